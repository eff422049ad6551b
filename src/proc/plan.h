/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plan: all that the supervisor needs to know of a configuration it does not read. The loader makes it
 * from the settings; the supervisor binds, starts a front and passes the same plan on to it. Also the
 * other frames between the supervisor and its roles.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "ipc/frame.h"
#include "proc/privilege.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct conf;
struct conf_diags;
struct strbuf;

enum proc_frame {
	/* supervisor -> loader */
	PROC_LOADER_START =
	    256, /* struct loader_start; with is_restart 1 descriptor: the settings */
	PROC_LOADER_EXTRA_SCAN, /* one more scan process, for a debug verb; empty body */
	/* loader -> supervisor */
	PROC_PLAN = 320, /* struct plan; descriptors: see struct plan */
	PROC_SCAN, /* 1 descriptor: a scan process's channel; u32 slot, PLAN_EXTRA_SLOT for the extra one */
	PROC_LOADER_READY, /* the generation's scan processes are there; body: rules_dns.h, for the fronts */
	PROC_FAILED, /* body: why this configuration cannot serve */
	/* supervisor -> front */
	PROC_FRONT_START =
	    384, /* u32 generation, rules_dns.h, plan; plan's descriptors, then the listeners */
	PROC_FRONT_SCAN,  /* 1 descriptor; u32 generation */
	PROC_FRONT_DRAIN, /* end your sessions, then exit; empty body */
	/* front -> supervisor */
	PROC_FRONT_READY = 448, /* it serves; empty body */
	/* any role -> supervisor */
	PROC_LOG = 512, /* i8 level, i8 detail, u32 length + text */
	/* debug socket: client -> supervisor -> client */
	PROC_DEBUG_VERB = 576, /* body: the verb */
	PROC_DEBUG_RESULT,     /* body: its result, or why not */
};

/* The slot of a scan process that was started for a debug verb. Slot N belongs to front N % fronts. */
#define PLAN_EXTRA_SLOT 0xffffffffu

enum {
	PLAN_MAX_LISTENERS = 48,
	PLAN_MAX_FILES = 64,
	PLAN_MAX_NAME = 4096,
	PLAN_MAX_FRONTS = 64,
	PLAN_MAX_SCANS = 1024,
	PLAN_MAX_BACKLOG = 65535
};

/* How posternd was started: where the log goes when the settings do not say. */
enum run_mode {
	RUN_FOREGROUND = 0, /* to standard error, as configured */
	RUN_DEBUG,          /* to standard error, everything */
	RUN_DAEMON,         /* to syslog */
	RUN_MODE_COUNT
};

struct loader_start {
	uint32_t generation;
	enum run_mode mode;
	bool is_restart; /* settings come as a memfd, the supervisor has the plan already */
	struct str *files;
	size_t file_count; /* 0: the default places */
};

struct plan_listener {
	struct str name;    /* as configured, for policy banks and the log */
	struct str address; /* for net_addr_parse() */
	uint32_t unix_mode;
	bool lmtp;
};

enum plan_log_target { PLAN_LOG_STDERR = 0, PLAN_LOG_SYSLOG, PLAN_LOG_FILE, PLAN_LOG_TARGET_COUNT };

struct plan {
	struct privilege_user user;
	enum plan_log_target log_target; /* PLAN_LOG_FILE: opened by the loader, one descriptor */
	uint32_t log_facility;           /* as core/log.h wants it */
	int8_t log_detail;
	bool log_json;
	struct str log_ident, log_syslog_path;
	uint32_t fronts, scans; /* processes */
	uint32_t backlog;       /* connections the system holds; 0: net/listener.h's usual number */
	uint32_t drain_ms;      /* how long an old front may take to end its sessions */
	struct str debug_socket; /* empty: no debug verbs */
	struct plan_listener *listeners;
	size_t listener_count;
	/* Descriptors, in this order, in the frame: sealed settings text; log file; pid file. */
	int settings_fd;
	int log_fd; /* -1: none */
	int pid_fd; /* -1: none; not passed to the front */
};

void loader_start_encode(struct strbuf *out, const struct loader_start *m);
/* Slices live in a. */
int loader_start_decode(struct arena *a, const struct frame *f, struct loader_start *ret,
			struct err *e);

/* The body only: the caller passes the descriptors. */
void plan_encode(struct strbuf *out, const struct plan *p);
/* From body; fds_at: where in the frame the plan's descriptors begin. They are taken on success. */
int plan_decode(struct arena *a, struct str body, struct frame *f, struct plan *ret, struct err *e);
/* Closes the descriptors. */
void plan_done(struct plan *p);

/*
 * What the settings say of a plan: all but the user and the descriptors. Slices live in a or in c. What is
 * wrong is told to diags at its place, and left out.
 */
void plan_from_conf(struct arena *a, const struct conf *c, enum run_mode mode, struct plan *ret,
		    struct conf_diags *diags);

/* PROC_LOG bodies. */
void proc_log_encode(struct strbuf *out, int level, int detail, struct str text);
int proc_log_decode(const struct frame *f, int *ret_level, int *ret_detail, struct str *ret_text,
		    struct err *e);
