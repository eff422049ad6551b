/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/double_report.h"

#include "cli/double_log.h"
#include "cli/double_options.h"
#include "rules/ruleset.h"

/* Report networks: the plugin that asks for one, and whether reports can be taken back from it. */
static const struct network {
	const char *name, *plugin;
	bool revokes;
} networks[] = {
	{ "Razor", "Mail::SpamAssassin::Plugin::Razor2", true },
	{ "Pyzor", "Mail::SpamAssassin::Plugin::Pyzor", false },
	{ "DCC", "Mail::SpamAssassin::Plugin::DCC", false },
	{ "SpamCop", "Mail::SpamAssassin::Plugin::SpamCop", false },
};

static bool switched_on(const struct rules_reporting_settings *s, size_t network)
{
	const bool on[ELEMENTS(networks)] = { s->razor2 != 0, s->pyzor, s->dcc, true };

	return on[network];
}

/* Only the network plugins mind -L. */
static bool would_report(const struct double_options *o, const struct ruleset *rules, size_t i)
{
	return !o->local && (o->report || (o->revoke && networks[i].revokes)) &&
	       ruleset_has_plugin(rules, str_of(networks[i].plugin)) &&
	       switched_on(&ruleset_settings(rules)->reporting, i);
}

static bool would_learn(const struct double_options *o, const struct ruleset *rules)
{
	const struct rules_settings *s = ruleset_settings(rules);

	return ruleset_has_plugin(rules, STR("Mail::SpamAssassin::Plugin::Bayes")) &&
	       s->use_bayes && s->use_learner && (o->revoke || s->reporting.learn);
}

bool double_report_complete(const struct double_options *o, const struct ruleset *rules)
{
	bool complete = true;

	for (size_t i = 0; i < ELEMENTS(networks); i++)
		if (would_report(o, rules, i)) {
			double_warn("reporter: %s: not in this version of Postern, nothing is "
				    "reported there",
				    networks[i].name);
			complete = false;
		}
	if (would_learn(o, rules)) {
		double_warn("learn: the Bayes classifier: not in this version of Postern, nothing "
			    "is learned");
		complete = false;
	}
	return complete;
}

void double_report_message(const struct double_options *o)
{
	if (o->report)
		double_warn("reporter: no reporting methods available, so couldn't report");
	if (o->revoke)
		double_warn("reporter: no revoke methods available, so couldn't revoke");
	double_warn("spamassassin: warning, unable to %s message", o->revoke ? "revoke" : "report");
	double_warn("spamassassin: for more information, re-run with -D option to see debug "
		    "output");
}
