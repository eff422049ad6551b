/* SPDX-License-Identifier: BSD-2-Clause */
/* What test-config and every start say about a configuration that is right but may not be meant. */
#include "conf/conf_private.h"

#include "core/arena.h"

/*
 * Does a list of lookup tables match everybody? The first table that says something wins; a constant
 * says it for everyone.
 */
static bool matches_all(const struct conf *c, const struct conf_value *maps)
{
	for (size_t i = 0; i < maps->count; i++) {
		const struct conf_value *v = conf_resolve(c, maps->items[i]);

		if (v->kind == CONF_STRING || v->kind == CONF_NUMBER)
			return conf_is_true(v);
		if (v->kind == CONF_HASH && conf_hash_get(v, STR(".")))
			return conf_is_true(conf_hash_get(v, STR(".")));
		if (v->kind == CONF_LIST && v->count && v->items[0]->kind == CONF_STRING &&
		    str_eq(v->items[0]->text, STR(".")))
			return true;
	}
	return false;
}

static void check_bypass(const struct conf *c, const char *name, const char *what,
			 struct conf_diags *diags)
{
	struct conf_place place = conf_place_of(c, name);

	if (!matches_all(c, conf_get_list(c, name)))
		return;
	conf_diag_add(diags, CONF_WARNING, place,
		      "this switches all %s checks off; to switch them on, write @%s = "
		      "(\\%%%.*s, \\@%.*s_acl, \\$%.*s_re); (Debian: uncomment it in "
		      "/etc/amavis/conf.d/15-content_filter_mode)",
		      what, name, (int)(strlen(name) - 5), name, (int)(strlen(name) - 5), name,
		      (int)(strlen(name) - 5), name);
}

static void check_scanners(const struct conf *c, struct conf_diags *diags)
{
	if (conf_get_list(c, "av_scanners")->count ||
	    conf_get_list(c, "av_scanners_backup")->count ||
	    matches_all(c, conf_get_list(c, "bypass_virus_checks_maps")))
		return;
	conf_diag_add(diags, CONF_WARNING, conf_place_of(c, "@av_scanners"),
		      "@av_scanners is empty: no virus is found");
}

/* Handing mail on to a fixed server is what stands behind a queue; a before-queue proxy may reject. */
static void check_reject(const struct conf *c, struct conf_diags *diags)
{
	static const char *const destinies[] = { "final_virus_destiny", "final_banned_destiny",
						 "final_unchecked_destiny", "final_spam_destiny",
						 "final_bad_header_destiny" };

	for (size_t i = 0; i < sizeof(destinies) / sizeof(destinies[0]); i++) {
		if (conf_get_destiny(c, destinies[i]) != D_REJECT)
			continue;
		conf_diag_add(diags, CONF_WARNING, conf_place_of(c, destinies[i]),
			      "$%s = D_REJECT: right in front of the queue (Postfix: "
			      "smtpd_proxy_filter, milter); behind the queue (content_filter) the "
			      "mail server would bounce to senders that are mostly forged: use "
			      "D_DISCARD with a quarantine, or D_PASS",
			      destinies[i]);
	}
}

static void check_lost(const struct conf *c, struct conf_diags *diags)
{
	static const struct {
		const char *destiny, *method, *to;
	} kinds[] = {
		{ "final_virus_destiny", "virus_quarantine_method", "virus_quarantine_to" },
		{ "final_banned_destiny", "banned_files_quarantine_method",
		  "banned_quarantine_to" },
		{ "final_spam_destiny", "spam_quarantine_method", "spam_quarantine_to" },
		{ "final_bad_header_destiny", "bad_header_quarantine_method",
		  "bad_header_quarantine_to" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct str method = conf_get_str(c, kinds[i].method);
		bool kept = method.n && conf_get_str(c, kinds[i].to).n;
		bool later = conf_setting_of(kinds[i].method)->status != SETTING_LIVE;

		if (kept && str_starts(method, STR("local:")))
			kept = conf_is_defined(c, "QUARANTINEDIR") ||
			       conf_is_defined(c, "postern_maildir");
		if (conf_get_destiny(c, kinds[i].destiny) != D_DISCARD || (kept && !later) ||
		    !conf_is_set(c, kinds[i].destiny))
			continue;
		conf_diag_add(diags, CONF_WARNING, conf_place_of(c, kinds[i].destiny),
			      "$%s = D_DISCARD without a quarantine (%s$QUARANTINEDIR, $%s, $%s): "
			      "this mail is lost",
			      kinds[i].destiny, later ? "there is none yet; " : "", kinds[i].method,
			      kinds[i].to);
	}
}

static void check_levels(const struct conf *c, struct conf_diags *diags)
{
	double tag2 = conf_get_real(c, "sa_tag2_level_deflt");
	double kill = conf_get_real(c, "sa_kill_level_deflt");

	if (conf_is_defined(c, "sa_tag2_level_deflt") &&
	    conf_is_defined(c, "sa_kill_level_deflt") && kill < tag2)
		conf_diag_add(diags, CONF_WARNING, conf_place_of(c, "sa_kill_level_deflt"),
			      "$sa_kill_level_deflt (%.15g) is below $sa_tag2_level_deflt (%.15g): "
			      "mail would be blocked that is not even marked",
			      kill, tag2);
}

static void check_banks_named(const struct conf *c, struct conf_diags *diags)
{
	const struct conf_value *policy = conf_get_hash(c, "interface_policy");
	const struct conf_value *banks = conf_get_hash(c, "policy_bank");

	for (size_t i = 0; i < policy->count; i++) {
		const struct conf_value *v = policy->items[i];

		if (v->kind != CONF_STRING || !v->text.n || conf_hash_get(banks, v->text))
			continue;
		conf_diag_add(diags, CONF_WARNING, v->place,
			      "$interface_policy{'%.*s'}: there is no policy bank '%.*s'",
			      STR_FMT(policy->keys[i]), STR_FMT(v->text));
	}
}

void conf_check_sense(const struct conf *c, struct conf_diags *diags)
{
	check_bypass(c, "bypass_virus_checks_maps", "virus", diags);
	check_bypass(c, "bypass_spam_checks_maps", "spam", diags);
	check_scanners(c, diags);
	check_reject(c, diags);
	check_lost(c, diags);
	check_levels(c, diags);
	check_banks_named(c, diags);
}
