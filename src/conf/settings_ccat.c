/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of the table of settings (settings.h):
 * - settings by contents category
 * - policy banks
 * - unpacking programs: read, and not needed
 */
#include "conf/settings_private.h"

#include "core/xalloc.h"

/* clang-format off */
static const struct setting ccat_rows[] = {
	{ "%final_destiny_maps_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => 1, 2 => -4, '2,1' => -4, '2,2' => -3, 3 => -2, "
	  "4 => sub { c('final_bad_header_destiny') }, "
	  "6 => sub { c('final_spam_destiny') }, "
	  "7 => sub { c('final_unchecked_destiny') }, "
	  "8 => sub { c('final_banned_destiny') }, "
	  "9 => sub { c('final_virus_destiny') }", 0, 0,
	  "what happens to mail of a category", NULL },
	{ "%final_destiny_by_ccat", SETTING_ALIAS, SETTING_LIVE, 0,
	  "%final_destiny_maps_by_ccat", 0, 0,
	  "older name of %final_destiny_maps_by_ccat", NULL },
	{ "%forward_method_maps_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { ca('forward_method_maps') }", 0, 0,
	  "where mail of a category goes", NULL },
	{ "%smtp_reason_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => 'id=%n - OTHER', 1 => 'id=%n - CLEAN', "
	  "2 => 'id=%n - Unable to relay message back to MTA', "
	  "'2,1' => 'id=%n - Temporary MTA failure on relaying', "
	  "'2,2' => 'id=%n - Rejected by next-hop MTA on relaying', "
	  "3 => 'id=%n - Message size exceeds recipient\\'s size limit', "
	  "4 => 'id=%n - BAD HEADER', "
	  "'4,1' => 'id=%n - BAD HEADER: MIME error', "
	  "'4,2' => 'id=%n - BAD HEADER: nonencoded 8-bit character', "
	  "'4,3' => 'id=%n - BAD HEADER: contains invalid control character', "
	  "'4,4' => 'id=%n - BAD HEADER: line made up entirely of whitespace', "
	  "'4,5' => 'id=%n - BAD HEADER: line longer than RFC 5322 limit', "
	  "'4,6' => 'id=%n - BAD HEADER: syntax error', "
	  "'4,7' => 'id=%n - BAD HEADER: missing required header field', "
	  "'4,8' => 'id=%n - BAD HEADER: duplicate header field', "
	  "5 => 'id=%n - spammy', '5,1' => 'id=%n - spammy (tag3)', "
	  "6 => 'id=%n - spam', 7 => 'id=%n - UNCHECKED', "
	  "'7,1' => 'id=%n - UNCHECKED: encrypted', "
	  "'7,2' => 'id=%n - UNCHECKED: over limits', "
	  "'7,3' => 'id=%n - UNCHECKED: ambiguous content', "
	  "8 => 'id=%n - BANNED: %F', 9 => 'id=%n - INFECTED: %V'", 0, 0,
	  "text of the reply", NULL },
	{ "%lovers_maps_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "4 => sub { ca('bad_header_lovers_maps') }, "
	  "5 => sub { ca('spam_lovers_maps') }, "
	  "6 => sub { ca('spam_lovers_maps') }, "
	  "7 => sub { ca('unchecked_lovers_maps') }, "
	  "8 => sub { ca('banned_files_lovers_maps') }, "
	  "9 => sub { ca('virus_lovers_maps') }", 0, 0,
	  "recipients who get it all the same", NULL },
	{ "%defang_maps_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "4 => sub { c('defang_bad_header') }, "
	  "5 => sub { c('defang_spam') }, "
	  "6 => sub { c('defang_spam') }, "
	  "7 => sub { c('defang_undecipherable') }, "
	  "8 => sub { c('defang_banned') }, "
	  "9 => sub { c('defang_virus') }", 0, 0,
	  "wrapping", NULL },
	{ "%defang_by_ccat", SETTING_ALIAS, SETTING_LIVE, 0,
	  "%defang_maps_by_ccat", 0, 0,
	  "older name of %defang_maps_by_ccat", NULL },
	{ "%subject_tag_maps_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "'1,1' => sub { ca('spam_subject_tag_maps') }, "
	  "5 => sub { ca('spam_subject_tag2_maps') }, "
	  "'5,1' => sub { ca('spam_subject_tag3_maps') }, 6 => undef, "
	  "7 => sub { [ c('undecipherable_subject_tag') ] }, "
	  "8 => undef, 9 => ['***INFECTED*** ']", 0, 0,
	  "subject tag", NULL },
	{ "%quarantine_method_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "1 => sub { c('clean_quarantine_method') }, "
	  "4 => sub { c('bad_header_quarantine_method') }, "
	  "6 => sub { c('spam_quarantine_method') }, "
	  "7 => sub { c('unchecked_quarantine_method') }, "
	  "8 => sub { c('banned_files_quarantine_method') }, "
	  "9 => sub { c('virus_quarantine_method') }", 0, 0,
	  "how it is kept", NULL },
	{ "%quarantine_to_maps_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "1 => sub { ca('clean_quarantine_to_maps') }, "
	  "4 => sub { ca('bad_header_quarantine_to_maps') }, "
	  "6 => sub { ca('spam_quarantine_to_maps') }, "
	  "7 => sub { ca('unchecked_quarantine_to_maps') }, "
	  "8 => sub { ca('banned_quarantine_to_maps') }, "
	  "9 => sub { ca('virus_quarantine_to_maps') }", 0, 0,
	  "where it is kept", NULL },
	{ "%admin_maps_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "4 => sub { ca('bad_header_admin_maps') }, "
	  "6 => sub { ca('spam_admin_maps') }, "
	  "7 => sub { ca('virus_admin_maps') }, "
	  "8 => sub { ca('banned_admin_maps') }, "
	  "9 => sub { ca('virus_admin_maps') }", 0, 0,
	  "who is told", NULL },
	{ "%always_bcc_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { c('always_bcc') }", 0, 0,
	  "one more recipient", NULL },
	{ "%dsn_bcc_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { c('dsn_bcc') }", 0, 0,
	  "who gets copies of bounces", NULL },
	{ "%mailfrom_notify_admin_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { c('mailfrom_notify_admin') }, "
	  "6 => sub { c('mailfrom_notify_spamadmin') }", 0, 0,
	  "envelope sender of notices to administrators", NULL },
	{ "%hdrfrom_notify_admin_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { c('hdrfrom_notify_admin') }, "
	  "6 => sub { c('hdrfrom_notify_spamadmin') }", 0, 0,
	  "From of notices to administrators", NULL },
	{ "%mailfrom_notify_recip_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { c('mailfrom_notify_recip') }", 0, 0,
	  "envelope sender of notices to recipients", NULL },
	{ "%hdrfrom_notify_recip_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { c('hdrfrom_notify_recip') }", 0, 0,
	  "From of notices to recipients", NULL },
	{ "%hdrfrom_notify_sender_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { c('hdrfrom_notify_sender') }", 0, 0,
	  "From of bounces", NULL },
	{ "%hdrfrom_notify_release_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { c('hdrfrom_notify_release') }", 0, 0,
	  "From of released mail", NULL },
	{ "%hdrfrom_notify_report_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { c('hdrfrom_notify_report') }", 0, 0,
	  "From of reports", NULL },
	{ "%notify_admin_templ_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { cr('notify_virus_admin_templ') }, "
	  "6 => sub { cr('notify_spam_admin_templ') }", 0, 0,
	  "template of notices to administrators", NULL },
	{ "%notify_recips_templ_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { cr('notify_virus_recips_templ') }, "
	  "6 => sub { cr('notify_spam_recips_templ') }", 0, 0,
	  "template of notices to recipients", NULL },
	{ "%notify_sender_templ_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { cr('notify_sender_templ') }, "
	  "6 => sub { cr('notify_spam_sender_templ') }, "
	  "8 => sub { cr('notify_virus_sender_templ') }, "
	  "9 => sub { cr('notify_virus_sender_templ') }", 0, 0,
	  "template of bounces", NULL },
	{ "%notify_release_templ_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { cr('notify_release_templ') }", 0, 0,
	  "template of released mail", NULL },
	{ "%notify_report_templ_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { cr('notify_report_templ') }", 0, 0,
	  "template of reports", NULL },
	{ "%notify_autoresp_templ_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "0 => sub { cr('notify_autoresp_templ') }", 0, 0,
	  "template of automatic answers", NULL },
	{ "%warnsender_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "4 => sub { c('warnbadhsender') }, 6 => undef, "
	  "8 => sub { c('warnbannedsender') }, 9 => undef", 0, 0,
	  "tell senders", NULL },
	{ "%warnrecip_maps_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "4 => sub { ca('warnbadhrecip_maps') }, 6 => undef, "
	  "8 => sub { ca('warnbannedrecip_maps') }, "
	  "9 => sub { ca('warnvirusrecip_maps') }", 0, 0,
	  "tell recipients", NULL },
	{ "%addr_extension_maps_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "4 => sub { ca('addr_extension_bad_header_maps') }, "
	  "5 => sub { ca('addr_extension_spam_maps') }, "
	  "6 => sub { ca('addr_extension_spam_maps') }, "
	  "8 => sub { ca('addr_extension_banned_maps') }, "
	  "9 => sub { ca('addr_extension_virus_maps') }", 0, 0,
	  "address extension", NULL },
	{ "%addr_rewrite_maps_by_ccat", SETTING_HASH, SETTING_LATER, 0,
	  "", 0, 0,
	  "new recipient address", NULL },
	{ "%ccat_display_names", SETTING_HASH, SETTING_IGNORED, SETTING_NO_BANK,
	  "", 0, 0,
	  "names of categories", "built in" },
	{ "%ccat_display_names_major", SETTING_HASH, SETTING_IGNORED, SETTING_NO_BANK,
	  "", 0, 0,
	  "names of categories", "built in" },
};

const struct setting_group setting_group_ccat = {
	"Settings by contents category", ccat_rows, ELEMENTS(ccat_rows)
};

static const struct setting banks_rows[] = {
	{ "%interface_policy", SETTING_HASH, SETTING_LIVE, SETTING_NO_BANK,
	  "", 0, 0,
	  "policy bank by socket or port", NULL },
	{ "%policy_bank", SETTING_HASH, SETTING_LIVE, SETTING_NO_BANK,
	  "", 0, 0,
	  "named sets of settings that apply to some mail", NULL },
	{ "%current_policy_bank", SETTING_HASH, SETTING_IGNORED, SETTING_NO_BANK,
	  "", 0, 0,
	  "the bank in force inside amavisd", "internal to amavisd" },
};

const struct setting_group setting_group_banks = {
	"Policy banks", banks_rows, ELEMENTS(banks_rows)
};

static const struct setting programs_rows[] = {
	{ "$arc", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$bzip2", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$lzop", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$lha", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$unarj", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$gzip", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$uncompress", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$unfreeze", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$unrar", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$zoo", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$pax", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$cpio", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$ar", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$rpm2cpio", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$cabextract", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$ripole", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$tnef", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$gunzip", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_AFTER | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$bunzip2", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_AFTER | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$unlzop", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_AFTER | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$unstuff", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "undef", 0, 0,
	  "unpacking program", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
};

const struct setting_group setting_group_programs = {
	"Unpacking programs: read, and not needed", programs_rows, ELEMENTS(programs_rows)
};
