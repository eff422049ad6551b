/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DNSEval's two halves: dns_eval.c decides what is asked, dns_answer.c what the answers mean. All DNS
 * list rules of a message share one state: an answer to one rule's question may make rules of the same
 * set hit (check_rbl_sub).
 */
#pragma once

#include "checks/args.h"
#include "checks/regex.h"

#include "core/vec.h"

enum { DNS_A = 1, DNS_MX = 15, DNS_TXT = 16 };

struct dns_conf {
	struct str headers;  /* rbl_headers */
	double max_received; /* num_check_received */
};

/* What an answer must be like: one of the three, or anything when none is set. */
struct dns_subtest {
	bool is_set;
	const struct regex *re;
	struct str address; /* the whole address; none: no such test */
	bool is_mask;
	uint32_t mask; /* some bit of the address */
};

/* check_rbl_sub: waits for answers of its set. */
struct dns_sub {
	struct str rule, set;
	const struct dns_subtest *subtest;
	bool hit;
};

/* A question that a rule waits for. */
struct dns_query {
	struct str rule, name;
	uint32_t ask_id;
	bool answered;
};

/* A rule with questions out. */
struct dns_waiter {
	struct str rule;
	size_t pending;
	bool hit;
	int failures; /* check_dns_sender */
};

struct dns_state {
	bool init, have_ips;
	struct vec subs, queries, waiters;
	struct vec ips, external, originating; /* struct str */
};

struct dns_state *dns_state(const struct eval_call *call);
/* Asks; false when the question cannot be asked. */
bool dns_eval_ask(struct eval_call *call, struct str name, uint16_t qtype);
/* EVAL_PENDING when the rule has questions out, else EVAL_MISS. */
int dns_result(struct eval_call *call);

/* The eval_def.compile of functions whose subtest is argument 1, 2 (the accreditor's too), 2. */
int dns_compile_first(struct arena *a, const void *conf, const struct str *args, size_t n,
		      void **ret, struct err *e);
int dns_compile_second(struct arena *a, const void *conf, const struct str *args, size_t n,
		       void **ret, struct err *e);

int dns_take_answer(struct eval_call *call, uint32_t ask_id, const struct answer *answer);
int dns_take_sender_answer(struct eval_call *call, uint32_t ask_id, const struct answer *answer);
