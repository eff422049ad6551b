/* SPDX-License-Identifier: BSD-2-Clause */
/* The lists of WLBLEval, as wlbl_conf.c reads them and wlbl_eval.c asks them. */
#pragma once

#include "checks/addrlist.h"
#include "checks/addresses.h"
#include "checks/args.h"

struct wlbl_conf {
	struct map
	    lists; /* name -> struct addrlist *: welcomelist_from ..., and those of enlist_addrlist */
	/* Values of entries: struct rcvd_domain *. */
	struct addrlist welcome_rcvd, default_rcvd;
	struct map uri_lists; /* name -> struct map *: host -> &wlbl_listed or &wlbl_exempt */
};

/* One second word of a welcomelist_from_rcvd line, in lower case. */
struct rcvd_domain {
	struct str text;
	struct rcvd_domain *next;
};

extern const char wlbl_listed, wlbl_exempt;
extern const struct directive_def wlbl_directives[];
void *wlbl_conf_new(struct arena *a);
