/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings that make a plan: sockets, log, numbers of processes. */
#include "proc/plan.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "core/log.h"
#include "core/num.h"
#include "front/profile.h"
#include "net/addr.h"

#include <unistd.h>

enum { DRAIN_MARGIN_MS = 10 * 1000, LOG_DETAIL_DEBUG = 5, MAX_LOG_DETAIL = 100 };

struct sockets {
	struct arena *arena;
	const struct conf *conf;
	struct plan *plan;
	uint32_t unix_mode;
	const char *setting;     /* the one that is read */
	struct conf_place place; /* and where its value stands */
	struct conf_diags *diags;
};

static void wrong(const struct sockets *s, const char *what)
{
	conf_diag_add(s->diags, CONF_ERROR, s->place, "%s: %s", s->setting, what);
}

/* A value's own place; of a default, that of the setting. */
static void stand_at(struct sockets *s, const char *setting, const struct conf_value *v)
{
	s->setting = setting;
	s->place = v && v->place.line ? v->place : conf_place_of(s->conf, setting);
}

/* The protocol that a socket's policy bank (by path, host:port, port, or SOCK) or else $protocol names. */
static bool speaks_lmtp(const struct sockets *s, struct str address, struct str port)
{
	const struct conf_value *banks = conf_get_hash(s->conf, "interface_policy");
	const struct conf_value *bank = conf_hash_get(banks, address);
	if (!bank)
		bank = conf_hash_get(banks, port.n ? port : STR("SOCK"));
	const struct conf_value *protocol = NULL;
	if (bank)
		protocol = conf_hash_get(
		    conf_hash_get(conf_get_hash(s->conf, "policy_bank"), conf_text(s->arena, bank)),
		    STR("protocol"));
	struct str name = protocol ? conf_text(s->arena, conf_resolve(s->conf, protocol))
				   : conf_get_str(s->conf, "protocol");
	return str_eq_nocase(name, STR("LMTP"));
}

static void add_socket(struct sockets *s, struct str address, struct str port)
{
	struct plan *p = s->plan;
	struct net_addr addr;
	struct err e = ERR_INIT;
	if (net_addr_parse(address, &addr, &e) < 0) {
		wrong(s, e.text);
		return;
	}
	for (size_t i = 0; i < p->listener_count; i++)
		if (str_eq(p->listeners[i].address, address))
			return;
	if (p->listener_count == PLAN_MAX_LISTENERS) {
		wrong(s, "more than 48 sockets to listen on");
		return;
	}
	p->listeners[p->listener_count++] = (struct plan_listener){
		.name = port.n ? port : address,
		.address = address,
		.unix_mode = s->unix_mode,
		.lmtp = speaks_lmtp(s, address, port),
	};
}

/* host: an address, "localhost", or "*" or nothing for all of them. */
static void add_inet(struct sockets *s, struct str host, struct str port)
{
	uint64_t number;
	if (!num_parse_u64(port, 10, 65535, &number) || !number) {
		wrong(s, arena_printf(s->arena, "\"%.*s\" is no port", STR_FMT(port)).p);
		return;
	}
	if (!host.n || str_eq(host, STR("*"))) {
		add_inet(s, STR("0.0.0.0"), port);
		host = STR("[::]");
	}
	if (str_eq_nocase(host, STR("localhost")))
		host = STR("127.0.0.1");
	bool bare_ip6 = str_chr(host, ':') != STR_NPOS && !str_starts(host, STR("["));
	add_socket(s,
		   arena_printf(s->arena, bare_ip6 ? "[%.*s]:%.*s" : "%.*s:%.*s", STR_FMT(host),
				STR_FMT(port)),
		   port);
}

/* An entry of @listen_sockets: /path, host:port, [address]:port, port. */
static void add_entry(struct sockets *s, struct str entry)
{
	size_t colon = str_rchr(entry, ':');
	if (str_starts(entry, STR("/")))
		add_socket(s, entry, STR(""));
	else if (colon == STR_NPOS)
		add_inet(s, STR("127.0.0.1"), entry);
	else
		add_inet(s, str_sub(entry, 0, colon), str_from(entry, colon + 1));
}

static void add_ports(struct sockets *s)
{
	const struct conf_value *ports = conf_get_list(s->conf, "inet_socket_port");
	const struct conf_value *hosts = conf_get_list(s->conf, "inet_socket_bind");
	for (size_t i = 0; i < ports->count; i++) {
		struct str port = conf_text(s->arena, ports->items[i]);
		stand_at(s, "$inet_socket_port", ports->items[i]);
		if (!hosts->count)
			add_inet(s, STR("*"), port);
		for (size_t j = 0; j < hosts->count; j++) {
			/* A bad port is its own fault, a bad address that of $inet_socket_bind. */
			uint64_t number;
			if (num_parse_u64(port, 10, 65535, &number) && number)
				stand_at(s, "$inet_socket_bind", hosts->items[j]);
			add_inet(s, conf_text(s->arena, hosts->items[j]), port);
		}
	}
}

static void read_mode(struct sockets *s)
{
	struct str mode = conf_get_str(s->conf, "unix_socket_mode");
	uint64_t bits = 0;
	stand_at(s, "$unix_socket_mode", NULL);
	if (mode.n && !num_parse_u64(mode, 8, 0777, &bits))
		wrong(s,
		      arena_printf(s->arena, "\"%.*s\" is no mode; write '0660'", STR_FMT(mode)).p);
	s->unix_mode = (uint32_t)bits;
}

/* Somebody named sockets: what is wrong with them has been told. */
static bool ports_are_wrong(const struct sockets *s)
{
	return conf_get_list(s->conf, "inet_socket_port")->count ||
	       conf_get_list(s->conf, "listen_sockets")->count ||
	       conf_get_list(s->conf, "unix_socketname")->count;
}

static void add_sockets(struct sockets *s)
{
	const struct conf_value *entries = conf_get_list(s->conf, "listen_sockets");
	const struct conf_value *paths = conf_get_list(s->conf, "unix_socketname");
	read_mode(s);
	add_ports(s);
	for (size_t i = 0; i < entries->count; i++) {
		stand_at(s, "@listen_sockets", entries->items[i]);
		add_entry(s, conf_text(s->arena, entries->items[i]));
	}
	for (size_t i = 0; i < paths->count; i++) {
		stand_at(s, "$unix_socketname", paths->items[i]);
		add_socket(s, conf_text(s->arena, paths->items[i]), STR(""));
	}
	stand_at(s, "@listen_sockets", NULL);
	if (!s->plan->listener_count && !ports_are_wrong(s))
		wrong(s, "no socket to listen on: set $inet_socket_port or @listen_sockets");
}

static uint32_t facility_of(struct str name)
{
	static const struct {
		struct str name;
		uint32_t number;
	} facilities[] = {
		{ { "kern", 4 }, 0 },    { { "user", 4 }, 1 },      { { "mail", 4 }, 2 },
		{ { "daemon", 6 }, 3 },  { { "auth", 4 }, 4 },      { { "syslog", 6 }, 5 },
		{ { "lpr", 3 }, 6 },     { { "news", 4 }, 7 },      { { "uucp", 4 }, 8 },
		{ { "cron", 4 }, 9 },    { { "authpriv", 8 }, 10 }, { { "ftp", 3 }, 11 },
		{ { "local0", 6 }, 16 }, { { "local1", 6 }, 17 },   { { "local2", 6 }, 18 },
		{ { "local3", 6 }, 19 }, { { "local4", 6 }, 20 },   { { "local5", 6 }, 21 },
		{ { "local6", 6 }, 22 }, { { "local7", 6 }, 23 },
	};
	enum { MAIL = 2, SHIFT = 3 };
	for (size_t i = 0; i < ELEMENTS(facilities); i++)
		if (str_eq_nocase(name, facilities[i].name))
			return facilities[i].number << SHIFT;
	return MAIL << SHIFT;
}

static void fill_log(const struct conf *c, enum run_mode mode, struct plan *p)
{
	int64_t detail = mode == RUN_DEBUG ? LOG_DETAIL_DEBUG : conf_get_int(c, "log_level");
	p->log_detail = (int8_t)(detail < MAX_LOG_DETAIL ? detail : MAX_LOG_DETAIL);
	p->log_json = str_eq(conf_get_str(c, "postern_log_format"), STR("json"));
	p->log_ident = conf_get_str(c, "syslog_ident");
	p->log_syslog_path = conf_get_str(c, "postern_syslog_socket");
	p->log_facility = facility_of(conf_get_str(c, "syslog_facility"));
	if (mode == RUN_DEBUG)
		p->log_target = PLAN_LOG_STDERR;
	else if (conf_is_defined(c, "do_syslog") && conf_get_bool(c, "do_syslog"))
		p->log_target = PLAN_LOG_SYSLOG;
	else if (conf_get_str(c, "logfile").n)
		p->log_target = PLAN_LOG_FILE;
	else if (mode == RUN_DAEMON)
		p->log_target = PLAN_LOG_SYSLOG;
	else
		p->log_target = PLAN_LOG_STDERR;
}

static uint32_t scan_count(const struct conf *c, uint32_t fronts)
{
	int64_t n = conf_get_int(c, "postern_scan_processes");
	if (!n)
		n = sysconf(_SC_NPROCESSORS_ONLN);
	if (n < fronts)
		n = fronts;
	return (uint32_t)(n < PLAN_MAX_SCANS ? n : PLAN_MAX_SCANS);
}

void plan_from_conf(struct arena *a, const struct conf *c, enum run_mode mode, struct plan *ret,
		    struct conf_diags *diags)
{
	struct plan p = { .settings_fd = -1, .log_fd = -1, .pid_fd = -1 };
	p.listeners = arena_calloc(a, PLAN_MAX_LISTENERS, sizeof(*p.listeners));
	struct sockets s = { .arena = a, .conf = c, .plan = &p, .diags = diags };
	add_sockets(&s);
	fill_log(c, mode, &p);
	p.fronts = (uint32_t)conf_get_int(c, "postern_fronts");
	p.scans = scan_count(c, p.fronts);
	p.backlog = (uint32_t)conf_get_int(c, "listen_queue_size");
	p.drain_ms = (uint32_t)(profile_deadline_ms(c) + DRAIN_MARGIN_MS);
	if (conf_get_bool(c, "postern_debug_verbs"))
		p.debug_socket =
		    arena_printf(a, "%.*s/postern-debug.sock", STR_FMT(conf_get_str(c, "MYHOME")));
	*ret = p;
}
