/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts made from the table of settings: conf/amavisd.conf and man/postern-config.5. */
#pragma once

struct strbuf;

/*
 * amavisd.conf with every setting commented out at its default. Explanations begin with "##", settings with
 * "# " and their sigil, lines that go on with "#  ": taking "# " off the latter two gives a configuration
 * that says what holds anyway.
 */
void conf_text_default_file(struct strbuf *out);
/* The same as a manual page. */
void conf_text_man_page(struct strbuf *out);
