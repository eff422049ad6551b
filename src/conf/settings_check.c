/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of the table of settings (settings.h):
 * - unpacking and banned parts
 * - who is exempt from which check
 * - viruses
 */
#include "conf/settings_private.h"

#include "core/xalloc.h"

/* clang-format off */
static const struct setting decode_rows[] = {
	{ "$bypass_decode_parts", SETTING_BOOL, SETTING_LATER, 0,
	  "undef", 0, 0,
	  "do not unpack anything", NULL },
	{ "@decoders", SETTING_LIST, SETTING_IGNORED, 0,
	  "", 0, 0,
	  "programs that unpack, by type", "Postern unpacks by itself, "
	  "in a cage; no programs are started" },
	{ "$file", SETTING_STR_LIST, SETTING_IGNORED, SETTING_QUIET | SETTING_NO_BANK,
	  "'file'", 0, 0,
	  "program file(1)", "file types are found by a library, in a cage" },
	{ "@keep_decoded_original_maps", SETTING_MAPS, SETTING_LATER, SETTING_NO_BANK,
	  "\\$keep_decoded_original_re", 0, 0,
	  "types whose packed form is examined too", NULL },
	{ "$keep_decoded_original_re", SETTING_REGEXPS, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same, older form", NULL },
	{ "@map_full_type_to_short_type_maps", SETTING_MAPS, SETTING_LATER, SETTING_NO_BANK,
	  "\\$map_full_type_to_short_type_re", 0, 0,
	  "file(1)'s long names to short types", NULL },
	{ "$map_full_type_to_short_type_re", SETTING_ANY, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same, older form; undef: built in", NULL },
	{ "$MAXLEVELS", SETTING_INT, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 1000,
	  "deepest nesting of archives; undef: built in", NULL },
	{ "$MAXFILES", SETTING_INT, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 10000000,
	  "most parts of a message; undef: built in", NULL },
	{ "$MIN_EXPANSION_QUOTA", SETTING_BYTES, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 1e15,
	  "unpacked size that is always allowed", NULL },
	{ "$MAX_EXPANSION_QUOTA", SETTING_BYTES, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 1e15,
	  "unpacked size that is never passed", NULL },
	{ "$MIN_EXPANSION_FACTOR", SETTING_REAL, SETTING_LATER, SETTING_NO_BANK,
	  "5", 0, 1e9,
	  "unpacked size always allowed, in times the message's size", NULL },
	{ "$MAX_EXPANSION_FACTOR", SETTING_REAL, SETTING_LATER, SETTING_NO_BANK,
	  "500", 0, 1e9,
	  "unpacked size never passed, in times the message's size", NULL },
	{ "%banned_rules", SETTING_HASH, SETTING_LATER, SETTING_COMPUTED | SETTING_NO_BANK,
	  "", 0, 0,
	  "named tables of banned parts; empty: DEFAULT is $banned_filename_re", NULL },
	{ "$banned_filename_re", SETTING_REGEXPS, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "banned names and types", NULL },
	{ "$banned_namepath_re", SETTING_REGEXPS, SETTING_LATER, 0,
	  "undef", 0, 0,
	  "banned paths of names and types through archives", NULL },
	{ "@banned_filename_maps", SETTING_MAPS, SETTING_LATER, 0,
	  "'DEFAULT'", 0, 0,
	  "names of %banned_rules by recipient", NULL },
};

const struct setting_group setting_group_decode = {
	"Unpacking and banned parts", decode_rows, ELEMENTS(decode_rows)
};

static const struct setting lookup_rows[] = {
	{ "%bypass_virus_checks", SETTING_HASH, SETTING_LIVE, SETTING_NO_BANK,
	  "", 0, 0,
	  "recipients without virus checks", NULL },
	{ "@bypass_virus_checks_acl", SETTING_LIST, SETTING_LIVE, SETTING_NO_BANK,
	  "", 0, 0,
	  "the same as a list", NULL },
	{ "$bypass_virus_checks_re", SETTING_REGEXPS, SETTING_LIVE, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same as regular expressions", NULL },
	{ "@bypass_virus_checks_maps", SETTING_MAPS, SETTING_LIVE, 0,
	  "\\%bypass_virus_checks, \\@bypass_virus_checks_acl, "
	  "\\$bypass_virus_checks_re", 0, 0,
	  "all of these tables", NULL },
	{ "%bypass_spam_checks", SETTING_HASH, SETTING_LIVE, SETTING_NO_BANK,
	  "", 0, 0,
	  "recipients without spam checks", NULL },
	{ "@bypass_spam_checks_acl", SETTING_LIST, SETTING_LIVE, SETTING_NO_BANK,
	  "", 0, 0,
	  "the same as a list", NULL },
	{ "$bypass_spam_checks_re", SETTING_REGEXPS, SETTING_LIVE, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same as regular expressions", NULL },
	{ "@bypass_spam_checks_maps", SETTING_MAPS, SETTING_LIVE, 0,
	  "\\%bypass_spam_checks, \\@bypass_spam_checks_acl, "
	  "\\$bypass_spam_checks_re", 0, 0,
	  "all of these tables", NULL },
	{ "%bypass_banned_checks", SETTING_HASH, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "recipients without checks of banned parts", NULL },
	{ "@bypass_banned_checks_acl", SETTING_LIST, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "the same as a list", NULL },
	{ "$bypass_banned_checks_re", SETTING_REGEXPS, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same as regular expressions", NULL },
	{ "@bypass_banned_checks_maps", SETTING_MAPS, SETTING_LATER, 0,
	  "\\%bypass_banned_checks, \\@bypass_banned_checks_acl, "
	  "\\$bypass_banned_checks_re", 0, 0,
	  "all of these tables", NULL },
	{ "%bypass_header_checks", SETTING_HASH, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "recipients without header checks", NULL },
	{ "@bypass_header_checks_acl", SETTING_LIST, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "the same as a list", NULL },
	{ "$bypass_header_checks_re", SETTING_REGEXPS, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same as regular expressions", NULL },
	{ "@bypass_header_checks_maps", SETTING_MAPS, SETTING_LATER, 0,
	  "\\%bypass_header_checks, \\@bypass_header_checks_acl, "
	  "\\$bypass_header_checks_re", 0, 0,
	  "all of these tables", NULL },
	{ "%virus_lovers", SETTING_HASH, SETTING_LIVE, SETTING_NO_BANK,
	  "", 0, 0,
	  "recipients who get infected mail", NULL },
	{ "@virus_lovers_acl", SETTING_LIST, SETTING_LIVE, SETTING_NO_BANK,
	  "", 0, 0,
	  "the same as a list", NULL },
	{ "$virus_lovers_re", SETTING_REGEXPS, SETTING_LIVE, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same as regular expressions", NULL },
	{ "@virus_lovers_maps", SETTING_MAPS, SETTING_LIVE, 0,
	  "\\%virus_lovers, \\@virus_lovers_acl, \\$virus_lovers_re", 0, 0,
	  "all of these tables", NULL },
	{ "%spam_lovers", SETTING_HASH, SETTING_LIVE, SETTING_NO_BANK,
	  "", 0, 0,
	  "recipients who get spam", NULL },
	{ "@spam_lovers_acl", SETTING_LIST, SETTING_LIVE, SETTING_NO_BANK,
	  "", 0, 0,
	  "the same as a list", NULL },
	{ "$spam_lovers_re", SETTING_REGEXPS, SETTING_LIVE, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same as regular expressions", NULL },
	{ "@spam_lovers_maps", SETTING_MAPS, SETTING_LIVE, 0,
	  "\\%spam_lovers, \\@spam_lovers_acl, \\$spam_lovers_re", 0, 0,
	  "all of these tables", NULL },
	{ "@unchecked_lovers_maps", SETTING_MAPS, SETTING_LIVE, 0,
	  "", 0, 0,
	  "recipients who get unchecked mail", NULL },
	{ "%banned_files_lovers", SETTING_HASH, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "recipients who get banned parts", NULL },
	{ "@banned_files_lovers_acl", SETTING_LIST, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "the same as a list", NULL },
	{ "$banned_files_lovers_re", SETTING_REGEXPS, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same as regular expressions", NULL },
	{ "@banned_files_lovers_maps", SETTING_MAPS, SETTING_LATER, 0,
	  "\\%banned_files_lovers, \\@banned_files_lovers_acl, "
	  "\\$banned_files_lovers_re", 0, 0,
	  "all of these tables", NULL },
	{ "%bad_header_lovers", SETTING_HASH, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "recipients who get mail with bad headers", NULL },
	{ "@bad_header_lovers_acl", SETTING_LIST, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "the same as a list", NULL },
	{ "$bad_header_lovers_re", SETTING_REGEXPS, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same as regular expressions", NULL },
	{ "@bad_header_lovers_maps", SETTING_MAPS, SETTING_LATER, 0,
	  "\\%bad_header_lovers, \\@bad_header_lovers_acl, "
	  "\\$bad_header_lovers_re", 0, 0,
	  "all of these tables", NULL },
	{ "%whitelist_sender", SETTING_HASH, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "senders whose mail is never spam", NULL },
	{ "@whitelist_sender_acl", SETTING_LIST, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "the same as a list", NULL },
	{ "$whitelist_sender_re", SETTING_REGEXPS, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same as regular expressions", NULL },
	{ "@whitelist_sender_maps", SETTING_MAPS, SETTING_LATER, 0,
	  "\\%whitelist_sender, \\@whitelist_sender_acl, "
	  "\\$whitelist_sender_re", 0, 0,
	  "all of these tables", NULL },
	{ "%blacklist_sender", SETTING_HASH, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "senders whose mail is always spam", NULL },
	{ "@blacklist_sender_acl", SETTING_LIST, SETTING_LATER, SETTING_NO_BANK,
	  "", 0, 0,
	  "the same as a list", NULL },
	{ "$blacklist_sender_re", SETTING_REGEXPS, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "the same as regular expressions", NULL },
	{ "@blacklist_sender_maps", SETTING_MAPS, SETTING_LATER, 0,
	  "\\%blacklist_sender, \\@blacklist_sender_acl, "
	  "\\$blacklist_sender_re", 0, 0,
	  "all of these tables", NULL },
	{ "@score_sender_maps", SETTING_MAPS, SETTING_LATER, 0,
	  "", 0, 0,
	  "points by recipient and sender", NULL },
	{ "$per_recip_whitelist_sender_lookup_tables", SETTING_ANY, SETTING_LATER, 0,
	  "undef", 0, 0,
	  "white lists by recipient (older form)", NULL },
	{ "$per_recip_blacklist_sender_lookup_tables", SETTING_ANY, SETTING_LATER, 0,
	  "undef", 0, 0,
	  "black lists by recipient (older form)", NULL },
};

const struct setting_group setting_group_lookup = {
	"Who is exempt from which check", lookup_rows, ELEMENTS(lookup_rows)
};

static const struct setting virus_rows[] = {
	{ "@av_scanners", SETTING_SCANNERS, SETTING_LIVE, SETTING_WHOLE,
	  "", 0, 0,
	  "virus scanners; every one is asked", NULL },
	{ "@av_scanners_backup", SETTING_SCANNERS, SETTING_LIVE, SETTING_WHOLE,
	  "", 0, 0,
	  "asked when all of the first list failed", NULL },
	{ "$first_infected_stops_scan", SETTING_BOOL, SETTING_LIVE, 0,
	  "1", 0, 0,
	  "stop at the first scanner that finds something; 0: the others of its list are asked too", NULL },
	{ "$virus_scanners_failure_is_fatal", SETTING_BOOL, SETTING_LIVE, 0,
	  "1", 0, 0,
	  "when all scanners fail: 1 try again later, 0 or undef pass as unchecked", NULL },
	{ "$viruses_that_fake_sender_re", SETTING_REGEXPS, SETTING_LATER, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "names of viruses that forge senders", NULL },
	{ "@viruses_that_fake_sender_maps", SETTING_MAPS, SETTING_LATER, 0,
	  "\\$viruses_that_fake_sender_re, 1", 0, 0,
	  "all tables of such names", NULL },
	{ "@virus_name_to_spam_score_maps", SETTING_MAPS, SETTING_LATER, 0,
	  "new_RE([qr'^Structured\\.(SSN|CreditCardNumber)\\b', 0.1], "
	  "[qr'^(Heuristics\\.)?Phishing\\.', 0.1], "
	  "[qr'^(Email|HTML)\\.Phishing\\.(?!.*Sanesecurity)', 0.1], "
	  "[qr'^Sanesecurity\\.(Malware|Rogue|Trojan)\\.', undef], "
	  "[qr'^Sanesecurity\\.Foxhole\\.Zip_exe', 0.1], "
	  "[qr'^Sanesecurity\\.Foxhole\\.Zip_bat', 0.1], "
	  "[qr'^Sanesecurity\\.Foxhole\\.Mail_gz', 0.1], "
	  "[qr'^Sanesecurity\\.Foxhole\\.Mail_ace', 0.1], "
	  "[qr'^Sanesecurity\\.Foxhole\\.Mail_tar', 0], "
	  "[qr'^Sanesecurity\\.Foxhole\\.', undef], "
	  "[qr'^Sanesecurity\\.', 0.1], [qr'^Sanesecurity_PhishBar_', "
	  "0], [qr'^Sanesecurity.TestSig_', 0], "
	  "[qr'^Email\\.Spam\\.Bounce(\\.[^., ]*)*\\.Sanesecurity\\.', "
	  "0], [qr'^Email\\.Spammail\\b', 0.1], "
	  "[qr'^MSRBL-(Images|SPAM)\\b', 0.1], "
	  "[qr'^VX\\.Honeypot-SecuriteInfo\\.com\\.Joke', 0.1], "
	  "[qr'^VX\\.not-virus_(Hoax|Joke)\\..*-SecuriteInfo\\.com(\\.|\\z)', "
	  "0.1], [qr'^Email\\.Spam.*-SecuriteInfo\\.com(\\.|\\z)', "
	  "0.1], [qr'^Safebrowsing\\.', 0.1], "
	  "[qr'^winnow\\.(phish|spam)\\.', 0.1], "
	  "[qr'^INetMsg\\.SpamDomain', 0.1], "
	  "[qr'^Doppelstern\\.(Spam|Scam|Phishing|Junk|Lott|Loan)', "
	  "0.1], [qr'^Bofhland\\.Phishing', 0.1], [qr'^ScamNailer\\.', "
	  "0.1], [qr'^HTML/Bankish', 0.1], [qr'^PORCUPINE_JUNK', 0.1], "
	  "[qr'^PORCUPINE_PHISHING', 0.1], [qr'^Porcupine\\.Junk', "
	  "0.1], [qr'^PhishTank\\.Phishing\\.', 0.1], "
	  "[qr'-SecuriteInfo\\.com(\\.|\\z)', undef], "
	  "[qr'^MBL_NA\\.UNOFFICIAL', 0.1], [qr'^MBL_', undef])", 0, 0,
	  "virus names that only count as points of spam", NULL },
	{ "@virus_name_to_policy_bank_maps", SETTING_MAPS, SETTING_LATER, 0,
	  "", 0, 0,
	  "policy bank by virus name", NULL },
	{ "$warnvirussender", SETTING_BOOL, SETTING_IGNORED, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "tell senders of viruses", "senders of viruses are forged" },
	{ "$warnspamsender", SETTING_BOOL, SETTING_IGNORED, SETTING_NO_BANK,
	  "undef", 0, 0,
	  "tell senders of spam", "senders of spam are forged" },
};

const struct setting_group setting_group_virus = {
	"Viruses", virus_rows, ELEMENTS(virus_rows)
};
