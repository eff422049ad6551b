/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * holds: what a message holds at all, as bits. Many checks can hit only where there is an HTML part, an image or
 * the like, and most messages have none: who runs the checks leaves such ones out as a group (plugin.h,
 * eval_def.needs).
 */
#pragma once

struct msg;

enum msg_holds {
	MSG_HOLDS_HTML = 1u << 0,  /* a part that was rendered as HTML: an entry of msg->html */
	MSG_HOLDS_IMAGE = 1u << 1, /* a leaf of a type image/... */
	MSG_HOLDS_ALTERNATIVE = 1u << 2, /* a part of the type multipart/alternative */
	/* No message holds it: for what never hits with the settings that there are. */
	MSG_HOLDS_NEVER = 1u << 3,
	MSG_HOLDS_END = 1u << 4 /* behind the last */
};

/* All bits that are true of the message. */
unsigned msg_holds(const struct msg *m);
