/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * holds: what a message holds at all, as bits. Many checks can hit only where there is an HTML part, an image, a
 * Reply-To or the like, and most messages have none: who runs the checks leaves such ones out without a call
 * (plugin.h, eval_def.needs). A bit may be set where there is no such thing, never the reverse.
 */
#pragma once

struct msg;

enum msg_holds {
	MSG_HOLDS_HTML = 1u << 0,  /* a part that was rendered as HTML: an entry of msg->html */
	MSG_HOLDS_IMAGE = 1u << 1, /* a leaf of a type image/... */
	MSG_HOLDS_ALTERNATIVE = 1u << 2, /* a part of the type multipart/alternative */
	/* No message holds it: for what never hits with the settings that there are. */
	MSG_HOLDS_NEVER = 1u << 3,
	MSG_HOLDS_HTML_TYPE = 1u << 4,   /* a Content-Type of text/html */
	MSG_HOLDS_BASE64 = 1u << 5,      /* a Content-Transfer-Encoding with this word */
	MSG_HOLDS_QUOTED = 1u << 6,      /* the same of quoted-printable */
	MSG_HOLDS_DISPOSITION = 1u << 7, /* a Content-Disposition */
	MSG_HOLDS_FLAWS = 1u << 8,       /* mime_message.flags, but for its kind of line ends */
	MSG_HOLDS_REPLY_TO = 1u << 9,    /* fields of the message's own header */
	MSG_HOLDS_MAIL_REPLY_TO = 1u << 10,
	MSG_HOLDS_NOTIFICATION_TO = 1u << 11, /* Disposition-Notification-To */
	MSG_HOLDS_URIS = 1u << 12,
	MSG_HOLDS_ODD_BYTES =
	    1u << 13, /* in a header or an undecoded part: controls but TAB and LF, from DEL on */
	MSG_HOLDS_ENTITIES = 1u << 14 /* there "&#" */
};

/* All bits that are true of the message. */
unsigned msg_holds(const struct msg *m);
