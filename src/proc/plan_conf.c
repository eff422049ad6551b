/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings that make a plan: sockets, log, numbers of processes. */
#include "proc/plan.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "core/log.h"
#include "core/num.h"
#include "net/addr.h"

#include <unistd.h>

enum { DRAIN_MARGIN_MS = 10 * 1000, LOG_DETAIL_DEBUG = 5, MAX_LOG_DETAIL = 100 };

struct sockets {
	struct arena *arena;
	const struct conf *conf;
	struct plan *plan;
	uint32_t unix_mode;
};

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

static int add_socket(struct sockets *s, struct str address, struct str port, struct err *e)
{
	struct plan *p = s->plan;
	struct net_addr addr;
	if (net_addr_parse(address, &addr, e) < 0)
		return -1;
	for (size_t i = 0; i < p->listener_count; i++)
		if (str_eq(p->listeners[i].address, address))
			return 0;
	if (p->listener_count == PLAN_MAX_LISTENERS)
		return err_set(e, ERR_CONFIG, false, "more than %d sockets to listen on",
			       PLAN_MAX_LISTENERS);
	p->listeners[p->listener_count++] = (struct plan_listener){
		.name = port.n ? port : address,
		.address = address,
		.unix_mode = s->unix_mode,
		.lmtp = speaks_lmtp(s, address, port),
	};
	return 0;
}

/* host: an address, "localhost", or "*" or nothing for all of them. */
static int add_inet(struct sockets *s, struct str host, struct str port, struct err *e)
{
	uint64_t number;
	if (!num_parse_u64(port, 10, 65535, &number) || !number)
		return err_set(e, ERR_CONFIG, false, "\"%.*s\" is no port", STR_FMT(port));
	if (!host.n || str_eq(host, STR("*"))) {
		if (add_inet(s, STR("0.0.0.0"), port, e) < 0)
			return -1;
		host = STR("[::]");
	}
	if (str_eq_nocase(host, STR("localhost")))
		host = STR("127.0.0.1");
	bool bare_ip6 = str_chr(host, ':') != STR_NPOS && !str_starts(host, STR("["));
	return add_socket(s,
			  arena_printf(s->arena, bare_ip6 ? "[%.*s]:%.*s" : "%.*s:%.*s",
				       STR_FMT(host), STR_FMT(port)),
			  port, e);
}

/* An entry of @listen_sockets: /path, host:port, [address]:port, port. */
static int add_entry(struct sockets *s, struct str entry, struct err *e)
{
	size_t colon = str_rchr(entry, ':');
	if (str_starts(entry, STR("/")))
		return add_socket(s, entry, STR(""), e);
	if (colon == STR_NPOS)
		return add_inet(s, STR("127.0.0.1"), entry, e);
	return add_inet(s, str_sub(entry, 0, colon), str_from(entry, colon + 1), e);
}

static int add_ports(struct sockets *s, struct err *e)
{
	const struct conf_value *ports = conf_get_list(s->conf, "inet_socket_port");
	const struct conf_value *hosts = conf_get_list(s->conf, "inet_socket_bind");
	for (size_t i = 0; i < ports->count; i++) {
		struct str port = conf_text(s->arena, ports->items[i]);
		if (!hosts->count && add_inet(s, STR("*"), port, e) < 0)
			return -1;
		for (size_t j = 0; j < hosts->count; j++)
			if (add_inet(s, conf_text(s->arena, hosts->items[j]), port, e) < 0)
				return -1;
	}
	return 0;
}

static int add_sockets(struct sockets *s, struct err *e)
{
	const struct conf_value *entries = conf_get_list(s->conf, "listen_sockets");
	const struct conf_value *paths = conf_get_list(s->conf, "unix_socketname");
	struct str mode = conf_get_str(s->conf, "unix_socket_mode");
	uint64_t bits = 0;
	if (mode.n && !num_parse_u64(mode, 8, 0777, &bits))
		return err_set(e, ERR_CONFIG, false, "$unix_socket_mode: \"%.*s\" is no mode",
			       STR_FMT(mode));
	s->unix_mode = (uint32_t)bits;
	if (add_ports(s, e) < 0)
		return -1;
	for (size_t i = 0; i < entries->count; i++)
		if (add_entry(s, conf_text(s->arena, entries->items[i]), e) < 0)
			return -1;
	for (size_t i = 0; i < paths->count; i++)
		if (add_socket(s, conf_text(s->arena, paths->items[i]), STR(""), e) < 0)
			return -1;
	if (!s->plan->listener_count)
		return err_set(e, ERR_CONFIG, false,
			       "no socket to listen on: set $inet_socket_port or @listen_sockets");
	return 0;
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

int plan_from_conf(struct arena *a, const struct conf *c, enum run_mode mode, struct plan *ret,
		   struct err *e)
{
	struct plan p = { .settings_fd = -1, .log_fd = -1, .pid_fd = -1 };
	p.listeners = arena_calloc(a, PLAN_MAX_LISTENERS, sizeof(*p.listeners));
	struct sockets s = { .arena = a, .conf = c, .plan = &p };
	if (add_sockets(&s, e) < 0)
		return -1;
	fill_log(c, mode, &p);
	p.fronts = (uint32_t)conf_get_int(c, "postern_fronts");
	p.scans = scan_count(c, p.fronts);
	int64_t deadline_s = conf_get_seconds(c, "postern_message_deadline");
	p.drain_ms = (uint32_t)(deadline_s * 1000 + DRAIN_MARGIN_MS);
	if (conf_get_bool(c, "postern_debug_verbs"))
		p.debug_socket =
		    arena_printf(a, "%.*s/postern-debug.sock", STR_FMT(conf_get_str(c, "MYHOME")));
	*ret = p;
	return 0;
}
