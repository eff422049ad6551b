/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail::SpamAssassin::Plugin::Test: the sample that SpamAssassin ships for those who write plugins. Its eval
 * function hits every message; its two features try out `if has(...)` and `if can(...)`. There it prints
 * to standard output, into the message; here it says so to -D.
 */
#include "checks/checks.h"

static int check_test_plugin(struct eval_call *call)
{
	if (call->host->debug)
		call->host->debug(call->host, "plugin",
				  STR("Mail::SpamAssassin::Plugin::Test eval test called"));
	return EVAL_HIT;
}

static const struct eval_def evals[] = {
	{ "check_test_plugin", 0, .fn = check_test_plugin },
	{ 0 },
};

static const char *const features[] = { "test_feature_xxxx_true", "!test_feature_xxxx_false",
					NULL };

const struct plugin plugin_sample = {
	.name = "Mail::SpamAssassin::Plugin::Test",
	.evals = evals,
	.features = features,
};
