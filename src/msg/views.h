/* SPDX-License-Identifier: BSD-2-Clause */
/* The text half of msg_new(): called by it in this order, once mime, conf and relays are there. */
#pragma once

struct msg;

/* Fills body, visible, invisible, rawbody, html and html_count (views.c). */
void msg_build_views(struct msg *m);
/* Fills uris, from the body view, html and DKIM fields (uris.c). */
void msg_build_uris(struct msg *m);
