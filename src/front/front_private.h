/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the front know of each other: one struct a thing, its functions by file. */
#pragma once

#include "act/outcome.h"
#include "act/relay.h"
#include "av/av.h"
#include "core/arena.h"
#include "core/log.h"
#include "front/digest_table.h"
#include "front/dns_blocks.h"
#include "front/front.h"
#include "front/profile.h"
#include "front/scan_pool.h"
#include "ipc/envelope.h"
#include "ipc/report.h"
#include "net/addr.h"
#include "net/dns.h"
#include "net/hosts.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/stream.h"
#include "policy/plan.h"
#include "smtp/server.h"

#include <stdbool.h>
#include <sys/queue.h>

struct conf;
struct conf_diags;
struct front_session;
struct front_msg;

TAILQ_HEAD(front_sessions, front_session);

/* Accepts sessions for one bound socket. */
struct front_door {
	struct front *front;
	struct listener *listener;
	struct str hostname;
	bool lmtp;
	unsigned port; /* 0: a UNIX socket */
	struct str name;
};

/* Memory that message bodies may take, all sessions together. */
struct front_memory {
	uint64_t max, held;
};

/* Random bytes for mail_ids: one system call for many. */
struct front_random {
	unsigned char bytes[252];
	size_t left; /* at the end, not used yet */
};

struct front {
	struct loop *loop;
	const struct conf *conf;
	struct log *log;
	struct arena *arena;           /* settings and the policy */
	struct front_profile *profile; /* without policy banks */
	struct front_door *doors;
	size_t door_count;
	struct front_sessions sessions;
	size_t session_count;
	size_t busy_messages; /* whose session is gone or not, but which are on their way */
	unsigned long mails;  /* for log ids */
	long pid;             /* also for these */
	struct front_random random;
	struct front_memory memory;
	struct hosts *hosts;
	struct net_addr local; /* to connect from */
	struct relay *relay;
	struct dns *dns; /* NULL: network checks are off */
	bool no_ip6_answers;
	int64_t dns_ms,
	    dns_min_ms; /* for an answer: at first, and when nearly all others are there */
	struct av *av;
	struct scan_pool *pool;
	struct digest_table delivered, poison;
	struct dns_blocks blocks;
	void (*drained)(void *);
	void *drained_arg;
	bool draining;
};

/* session.c: one client's connection */
struct front_session {
	TAILQ_ENTRY(front_session) link;
	struct front *front;
	struct front_door *door;
	struct front_profile *profile; /* by the socket it came to */
	struct smtp_server_opts opts;
	struct stream *stream;
	struct smtp_server *server;
	struct strbuf in; /* what the engine did not take yet */
	struct loop_call step;
	struct loop_timer *timer;
	struct front_msg *msg;
	struct net_addr peer, local;
	struct log log;
	char id[32];
	unsigned long number; /* of its first MAIL */
	unsigned mails;
	bool ending; /* CLOSE came: nothing more is read */
	bool lost;
};

/* fd is taken over; a client that @inet_acl does not let in is gone again at once. */
void session_new(struct front_door *door, int fd, const struct net_addr *peer);
void session_drop(struct front_session *s);
/* Answers what is awaited and lets the session go on, later. */
void session_reply(struct front_session *s, const struct smtp_reply *r);
void session_accept(struct front_session *s);
/* Tells idle sessions that we close, and drops them. */
void session_shut_down(struct front_session *s);

/* message.c: one message's way from MAIL to the reply */
enum msg_state {
	MSG_NEW = 0, /* MAIL: waits for the next hop's connection */
	MSG_OPEN,    /* RCPTs come */
	MSG_BODY,    /* the content comes */
	MSG_SCAN,    /* waits for the report */
	MSG_SEND,    /* goes to the next hop */
	MSG_NOTIFY,  /* its DSN goes out */
	MSG_OVER,
	MSG_STATE_COUNT
};

struct front_msg {
	struct front *front;
	struct front_session *session; /* NULL: the client is gone */
	struct front_profile *profile; /* the session's, and by client and sender */
	struct arena *arena;
	struct log log;
	enum msg_state state;
	char id[40], mail_id[20];
	struct envelope env;
	struct smtp_mail mail;
	const struct smtp_rcpt **rcpts;
	struct str protocol;
	struct str peer_helo, peer_addr; /* of the connection itself, XFORWARD or not */
	uint64_t wire_size;              /* with CRLF line ends */
	bool is_lmtp;
	struct net_addr client; /* and the port it connected to: "smtp:*:*" goes back there */
	unsigned listen_port;
	/*
	 * The content: gathered in buf, and what is larger than SCAN_WIRE_MAX_BODY in a memfd, which is
	 * sealed and mapped at the end.
	 */
	struct strbuf buf;
	int fd;
	bool is_mapped;
	struct str raw; /* all of it, at the end */
	uint64_t held;  /* of front->memory */
	uint64_t nul, bare_lf, bare_cr;
	struct net_addr *hops;
	size_t hop_count;
	struct relay_wait *wait;
	struct relay_lease *lease; /* made ready at MAIL */
	struct scan_job *job;
	unsigned want;           /* enum scan_want */
	enum virus_result heard; /* what engines said to us */
	const struct report *report;
	struct plan *plan;
	struct outcome *outcomes; /* one a recipient */
	struct delivery *delivery;
	struct str queued_as;
	int64_t start_ms, deadline_ms; /* its scan's, on the loop's clock */
};

struct front_msg *msg_begin(struct front_session *s, const struct smtp_tx *tx);
/* The answer to DATA: NULL is yes. Takes memory for what SIZE announced. */
const struct smtp_reply *msg_data(struct front_msg *m, const struct smtp_tx *tx);
/* False: there is no memory for it; the rest of the body is to be refused. */
bool msg_body(struct front_msg *m, struct str bytes);
void msg_end(struct front_msg *m, const struct smtp_tx *tx);
/* The client is gone or gave up: forget it, unless a dot may have been sent already. */
void msg_abandon(struct front_msg *m);

/* What the scan has found, or that it failed (report NULL). text: why. */
void msg_scanned(struct front_msg *m, enum scan_outcome outcome, const struct report *report);
/* delivery.c is through: outcomes of all recipients are known. */
void msg_delivered(struct front_msg *m);

/* remembered.c: what outlives a message */
bool remembered_is_poison(struct front_msg *m);
/* It kills scans, also alone; a copy is kept where $QUARANTINEDIR is set. */
void remembered_add_poison(struct front_msg *m);
/* Recipients that an earlier try has served get their 250 without a second copy. */
void remembered_skip_sent(struct front_msg *m);
/* Those who have it, for when it comes again. */
void remembered_add_sent(struct front_msg *m);
/* Everybody has been answered: the same message from the same sender is another one from now on. */
void remembered_forget_sent(struct front_msg *m);

/* delivery.c: the transactions with the next hop */
/* Starts them for every recipient whose plan says PASS; outcomes are filled, then msg_delivered(). */
void delivery_start(struct front_msg *m);
/* A mail of our own (a DSN): done(arg, ok). Uses the message's arena. */
void delivery_notify(struct front_msg *m, const struct smtp_client_mail *mail,
		     const struct str *slices, size_t n,
		     void (*done)(struct front_msg *m, bool ok));
/* Gives up where no dot has been sent; true when all is stopped, false when it must go to its end. */
bool delivery_cancel(struct front_msg *m);
void delivery_free(struct front_msg *m);

/* resolver.c: DNS */
/* Reads $postern_dns_...; lists live in the arena. */
void resolver_read(struct arena *a, const struct conf *conf, struct dns_opts *ret,
		   struct conf_diags *diags);
/* rules: what the rule files say, for what the configuration does not. */
void resolver_start(struct front *f, struct dns_opts *opts, const struct front_dns *rules);

/* asks.c: what scans ask for */
void asks_init(struct front *f);
/*
 * The report, or one that says of viruses what the engines said: a process that hostile mail has taken over
 * could call clean what no engine was asked about. A report may know less than we heard, never something else.
 */
const struct report *asks_check_report(struct front_msg *m, const struct report *r);
