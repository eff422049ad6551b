"""The cases of test_markup.py: name -> (configuration, message). A name says what the case is about."""

SPAM = """util_rb_tld com net org example
header SPAM Subject =~ /./
describe SPAM A subject is there
score SPAM 7.5
body __TEXT /./
"""
HAM = SPAM.replace("7.5", "2.5")
REPORT = """report Report of _HOSTNAME_ for _CONTACTADDRESS_
report
report Preview: _PREVIEW_
report "   _SCORE_ of _REQD_ points"
report _SUMMARY_
unsafe_report Take care with what is attached.
"""
STATUS = "add_header all Status _YESNO_, score=_SCORE_ required=_REQD_ tests=_TESTS_\nadd_header spam Flag _YESNOCAPS_\n"
PLAIN = b"From: Ann <ann@example.com>\nTo: bob@example.net\nSubject: Hello there\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n" \
        b"Message-Id: <1@example.com>\n\nThe first line of the text.\n\nThe second paragraph.\n"
NO_SUBJECT = b"From: ann@example.com\nTo: bob@example.net\n\nText\n"
ALWAYS = "util_rb_tld com net org example\nbody SPAM /./\ndescribe SPAM Text is there\nscore SPAM 7.5\n"
MULTIPART = b"From: ann@example.com\nSubject: parts\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"xx\"\n\n" \
            b"--xx\nContent-Type: text/html\n\n<p>Some <b>html</b> text</p>\n--xx--\n"
RECEIVED = b"Return-Path: <ann@Example.COM>\nReceived: from mail.example.com (mail.example.com [192.0.2.17])\n" \
           b"\tby mx.example.net (Postfix) with ESMTP id 4711; Mon, 1 Jan 2024 00:00:00 +0000\n" \
           b"Received: from inner (unknown [198.51.100.9]) by mail.example.com with ESMTP id 1; Mon, 1 Jan 2024 00:00:00 +0000\n" + PLAIN


def crlf(message):
    return message.replace(b"\n", b"\r\n")


def tags(*names):
    """One field for each tag, unfolded, so that its value stands alone."""
    return "fold_headers 0\n" + "".join(f"add_header all T{i} [{name}]\n" for i, name in enumerate(names))


LONG = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua"
MANY = "".join(f"body RULE_NUMBER_{i} /./\nscore RULE_NUMBER_{i} 0.{i}1\npriority RULE_NUMBER_{i} {i}\n" for i in range(1, 10))

CASES = {
    # fields
    "ham": (HAM + REPORT + STATUS, PLAIN),
    "spam-safe-0": (SPAM + REPORT + "report_safe 0\n" + STATUS, PLAIN),
    "spam-safe-1": (SPAM + REPORT + STATUS, PLAIN),
    "spam-safe-2": (SPAM + REPORT + STATUS + "report_safe 2\n", PLAIN),
    "no-settings-at-all": (SPAM, PLAIN),
    "clear-headers": (SPAM + "report_safe 0\nclear_headers\n", PLAIN),
    "remove-header": (SPAM + "report_safe 0\n" + STATUS + "remove_header all Status\nremove_header ham Flag\n"
                      "remove_header all Checker-Version\n", PLAIN),
    "checker-version-other-case": (HAM + "remove_header all checker-version\n", PLAIN),
    "checker-version-changed": (HAM + "add_header all Checker-Version ours\n", PLAIN),
    "same-name-again": (HAM + "add_header all One 1\nadd_header all Two 2\nadd_header ham oNE 3\n", PLAIN),
    "escapes": (HAM + 'add_header all E "a\\tb\\nc\\\\d\\xe\\"\nadd_header all F a\\\nadd_header all G ""\n'
                'add_header all H "\\n\\nx  \\n  y\\n"\n', PLAIN),
    "folding": (MANY + "add_header all Status _YESNO_, score=_SCORE_ required=_REQD_ tests=_TESTS_ autolearn=no\n", PLAIN),
    "folding-names": (MANY + "add_header all A-Rather-Long-Name-Of-A-Field-To-Begin-With _TESTSSCORES_\n", PLAIN),
    "folding-one-word": (HAM + "add_header all W " + "w" * 120 + " end\nadd_header all V a " + "v" * 90 + ",x\n", PLAIN),
    "folding-tabs": (HAM + 'add_header all T "' + "word\\t" * 20 + 'end"\n', PLAIN),
    "folding-blanks": (HAM + 'add_header all B "' + "word   , " * 20 + 'end"\n', PLAIN),
    "no-folding": (MANY + 'fold_headers 0\nadd_header all Status tests=_TESTS_\nadd_header all L "a\\nb"\n', PLAIN),
    "report-field": (SPAM + "report_safe 0\n", PLAIN),
    "report-field-cleared": (SPAM + "report_safe 0\nclear_headers\n" + STATUS, PLAIN),
    "report-field-latin1": (SPAM.encode().replace(b"A subject is there", b"Gr\xfc\xdfe an alle \xe4 hier") +
                            b"report_safe 0\n" + REPORT.encode(), PLAIN),
    "report-field-utf8": (SPAM.replace("A subject is there", "Ein Betreff ist dä, für lange und kürzere Zeilen "
                                       "die nicht in eine passen und später kömmt noch einer") + "report_safe 0\n" + REPORT, PLAIN),
    "encoded-words": (HAM + 'add_header all A "vor dem Wört und zwei Wörter danach"\nadd_header all B "ä"\nadd_header all C "= ? _ é x"\n'
                      'add_header all D "中文字符中文字符中文字符"\nadd_header all E "plain é"\nadd_header all F "é plain\\nand é again é x"\n', PLAIN),
    # tags
    "tags-verdict-spam": (SPAM + "report_safe 0\n" + tags("_YESNO_", "_YESNO(a,b)_", "_YESNO(a)_", "_YESNO(,b)_", "_YESNO()_", "_YESNO(a,)_",
                          "_YESNOCAPS_", "_YESNOCAPS(yes,no)_", "_SCORE_", "_SCORE(0)_", "_SCORE(00)_", "_SCORE( )_", "_SCORE(x)_", "_HITS_",
                          "_REQD_", "_STARS_", "_STARS(+)_", "_STARS(ab)_", "_STARS()_"), PLAIN),
    "tags-verdict-ham": (HAM + tags("_YESNO_", "_YESNO(a,b)_", "_YESNO(a)_", "_YESNO(,b)_", "_YESNO()_", "_YESNO(a,)_", "_YESNOCAPS_",
                         "_YESNOCAPS(yes,no)_", "_SCORE_", "_SCORE(0)_", "_SCORE(00)_", "_HITS_", "_REQD_", "_STARS_", "_STARS(+)_"), PLAIN),
    "tags-score-just-below": (HAM.replace("2.5", "4.96") + tags("_SCORE_", "_SCORE(0)_", "_REQD_", "_STARS_"), PLAIN),
    "tags-score-just-below-odd": (HAM.replace("2.5", "5.09") + "required_score 5.1\n" + tags("_SCORE_", "_SCORE(000)_"), PLAIN),
    "tags-score-negative": (HAM.replace("2.5", "-3.14") + tags("_SCORE_", "_SCORE(0)_", "_STARS_", "_TESTSSCORES_"), PLAIN),
    "tags-score-big": (SPAM.replace("7.5", "123.456") + "report_safe 0\n" + REPORT + tags("_SCORE_", "_SCORE(0)_", "_STARS_", "_TESTSSCORES_"), PLAIN),
    "tags-tests": (MANY + "body __MANY /e/\ntflags __MANY multiple\nbody TWICE /e/\ntflags TWICE multiple maxhits=3\npriority TWICE 20\n" +
                   tags("_TESTS_", "_TESTS(;)_", "_TESTS( )_", "_TESTS()_", "_TESTS(0)_", "_TESTSSCORES_", "_TESTSSCORES(,)_", "_SUBTESTS_",
                        "_SUBTESTS(;)_", "_SUBTESTSCOLLAPSED_", "_SUBTESTSCOLLAPSED(;)_") + REPORT, PLAIN),
    "tags-tests-none": ("body NEVER /nothing of the kind/\n" +
                        tags("_TESTS_", "_TESTSSCORES_", "_SUBTESTS_", "_SUBTESTSCOLLAPSED_", "_REPORT_", "_SUMMARY_"), PLAIN),
    "tags-versions": (HAM + "version_tag My Rules-1\nversion_tag two.2\nversion_tag my_rules_1\n" +
                      tags("_VERSION_", "_SUBVERSION_", "_HOSTNAME_", "_CONTACTADDRESS_", "_DATE_", "_REMOTEHOSTNAME_", "_REMOTEHOSTADDR_",
                           "_BAYES_", "_AUTOLEARNSCORE_"), PLAIN),
    "tags-host-and-contact": (HAM + "report_hostname mx.example.org\nreport_contact postmaster\n" + tags("_HOSTNAME_", "_CONTACTADDRESS_"), PLAIN),
    "tags-relays": (HAM + "trusted_networks 192.0.2/24\n" +
                    tags("_RELAYSTRUSTED_", "_RELAYSUNTRUSTED_", "_RELAYSINTERNAL_", "_RELAYSEXTERNAL_", "_RELAYSTRUSTEDREVIP_",
                         "_RELAYSUNTRUSTEDREVIP_", "_RELAYSINTERNALREVIP_", "_RELAYSEXTERNALREVIP_", "_FIRSTTRUSTEDIP_", "_FIRSTTRUSTEDREVIP_",
                         "_LASTEXTERNALIP_", "_LASTEXTERNALREVIP_", "_LASTEXTERNALRDNS_", "_LASTEXTERNALHELO_", "_SENDERDOMAIN_",
                         "_AUTHORDOMAIN_"), RECEIVED),
    "tags-relays-none": (HAM + tags("_RELAYSTRUSTED_", "_RELAYSEXTERNAL_", "_RELAYSEXTERNALREVIP_", "_FIRSTTRUSTEDIP_", "_LASTEXTERNALIP_",
                                    "_SENDERDOMAIN_", "_AUTHORDOMAIN_", "_LANGUAGES_"), b"Subject: nobody\n\ntext\n"),
    "tags-authors": (HAM + tags("_AUTHORDOMAIN_"), b"From: a@one.example, b@two.example, c@one.example\nSubject: s\n\ntext\n"),
    "tags-header": (HAM + tags("_HEADER(Subject)_", "_HEADER(From:addr)_", "_HEADER(From:name)_", "_HEADER(To:raw)_", "_HEADER(Nope)_", "_HEADER_",
                    "_HEADER()_", "_HEADER(Received)_", "_HEADER(X-Two)_", "_HEADER(EnvelopeFrom)_", "_HEADER(MESSAGEID)_", "_HEADER(ToCc)_"),
                    b"X-Two: one\nX-Two: two\nCc: c@example.org\n" + PLAIN),
    "tags-header-folded": (HAM + "add_header all Copy _HEADER(X-Two)_|\n", b"X-Two: one\nX-Two: two\n" + PLAIN),
    "tags-unknown": (HAM + tags("_NOSUCHTAG_", "_NOSUCHTAG(x)_", "_yesno_", "__SCORE__", "_SCORE", "SCORE_", "_SCORE_REQD_", "_NO_SCORE_REQD_",
                     "_SCORE__REQD_", "_A_B(x_", "_YESNO(a", "_YESNO(a)b)_", "_YESNO(a)", "_1A_", "_AWL_", "_RBL_", "_PYZOR_", "_DCCB_",
                     "_TOKENSUMMARY_", "_TIMINGS_", "_ADDEDHEADER_", "_ADDEDHEADERHAM_", "_SC_", "_SCTYPE_"), PLAIN),
    "tags-shortcircuit": ("loadplugin Mail::SpamAssassin::Plugin::Shortcircuit\nreport_safe 0\n" + SPAM + "shortcircuit SPAM spam\n" +
                          tags("_SC_", "_SCRULE_", "_SCTYPE_", "_AUTOLEARN_"), PLAIN),
    "tags-shortcircuit-no": ("loadplugin Mail::SpamAssassin::Plugin::Shortcircuit\n" + HAM + tags("_SC_", "_SCRULE_", "_SCTYPE_"), PLAIN),
    "tags-capture": (HAM + "header CAP Subject =~ /(?<FIRST>\\w+) (?<SECOND_2>\\w+)/\nbody MANY /(?<WORDS>\\w+e)\\b/\ntflags MANY multiple\n" +
                     tags("_FIRST_", "_SECOND_2_", "_WORDS_"), PLAIN),
    "tags-autolearn-off": (HAM + "use_bayes 0\n" + tags("_AUTOLEARN_"), PLAIN),
    "tags-autolearn-no": (HAM + tags("_AUTOLEARN_"), PLAIN),
    "tags-autolearn-thresholds": ("loadplugin Mail::SpamAssassin::Plugin::AutoLearnThreshold\n" + HAM + tags("_AUTOLEARN_", "_AUTOLEARNSCORE_"), PLAIN),
    "tags-autolearn-ham": ("loadplugin Mail::SpamAssassin::Plugin::AutoLearnThreshold\n" + HAM.replace("2.5", "-2") +
                           tags("_AUTOLEARN_", "_AUTOLEARNSCORE_"), PLAIN),
    "tags-autolearn-spam": ("loadplugin Mail::SpamAssassin::Plugin::AutoLearnThreshold\nreport_safe 0\n" + SPAM +
                            "body B /text/\nscore B 6\n" + tags("_AUTOLEARN_", "_AUTOLEARNSCORE_"), PLAIN),
    "tags-autolearn-forced": ("loadplugin Mail::SpamAssassin::Plugin::AutoLearnThreshold\nreport_safe 0\n" + SPAM +
                              "score SPAM 14\ntflags SPAM autolearn_force\n" + tags("_AUTOLEARN_", "_AUTOLEARNSCORE_"), PLAIN),
    # report lines
    "report-wrapping": (SPAM.replace("A subject is there", LONG) + "report_safe 0\n" + REPORT, PLAIN),
    "report-wrapping-narrow": (SPAM.replace("A subject is there", LONG) + "report_safe 0\nreport_wrap_width 40\n" + REPORT, PLAIN),
    "report-wrapping-blanks": (SPAM.replace("A subject is there", LONG.replace(" ", "  ")) + "report_safe 0\n" + REPORT, PLAIN),
    "report-wrapping-word": (SPAM.replace("A subject is there", "x" * 90 + " " + LONG) + "report_safe 0\n" + REPORT, PLAIN),
    "report-long-name": ("header " + "LONG_NAME_" * 4 + " Subject =~ /./\nscore " + "LONG_NAME_" * 4 + " 7\ndescribe " + "LONG_NAME_" * 4 +
                         " " + LONG + "\nreport_safe 0\n" + REPORT, PLAIN),
    "report-longest-name": ("header " + "LONG_NAME_" * 8 + " Subject =~ /./\nscore " + "LONG_NAME_" * 8 + " 7\ndescribe " + "LONG_NAME_" * 8 +
                            " " + LONG + "\nreport_safe 0\n" + REPORT, PLAIN),
    "report-areas": ("header H Subject =~ /./\nbody B /./\nuri U /./\nrawbody R /./\nfull F /./\nmeta M B && U\nscore M 99.95\nscore F -12.5\n"
                     "report_safe 0\n" + REPORT, PLAIN.replace(b"The second", b"See http://www.example.com/ The second")),
    "report-no-description": ("header H Subject =~ /./\nscore H 9.96\nreport_safe 0\n" + REPORT, PLAIN),
    "report-none": ("body NEVER /nothing of the kind/\n" + REPORT, PLAIN),
    "report-quotes": (SPAM + 'report "  kept blanks  "\nreport " a" b "\nreport ""\nreport last _NOSUCH_\nreport\nreport\n', PLAIN),
    "report-cleared": (SPAM + REPORT + "clear_report_template\nreport other\n", PLAIN),
    "report-logs": ("loadplugin Mail::SpamAssassin::Plugin::FreeMail\nheader FM eval:check_freemail_from()\nscore FM 6\nreport_safe 0\n"
                    "freemail_domains example.com\n" + REPORT, PLAIN),
    "report-logs-long": ("loadplugin Mail::SpamAssassin::Plugin::FreeMail\nheader FM eval:check_freemail_from()\nscore FM 6\nreport_safe 0\n"
                         "freemail_domains example.com\n" + REPORT, PLAIN.replace(b"ann@", b"a" * 52 + b"@")),
    "report-logs-not-shown": ("loadplugin Mail::SpamAssassin::Plugin::FreeMail\nheader FM eval:check_freemail_from()\nscore FM 6\nreport_safe 0\n"
                              "tflags FM nolog\nfreemail_domains example.com\n" + REPORT, PLAIN),
    # the preview
    "preview-long": (HAM + REPORT, PLAIN + b"\n\n" + b"word " * 100 + b"\n\nmore\n"),
    "preview-one-long-line": (HAM + REPORT, b"Subject: x\n\n" + b"word " * 60 + b"\n"),
    "preview-rulers": (HAM + REPORT, b"Subject: x\n\nabove\n----------------\nbetween\n*=*=*=*=*=*\n.........\n__________ under\n"),
    "preview-forwarded": (HAM + REPORT, b"Subject: x\n\nSee below -----Original Message----- of him\n\nThis is a multi-part message in MIME format.\nrest\n"),
    "preview-empty": (HAM + REPORT, b"Subject: x\n\n"),
    "preview-utf8": (HAM + REPORT, "Subject: x\nContent-Type: text/plain; charset=utf-8\n\n".encode() + ("Grüße über Äcker " * 25).encode() + b"\n"),
    "preview-latin1": (HAM + REPORT, b"Subject: x\nContent-Type: text/plain; charset=iso-8859-1\n\n" + b"Gr\xfc\xdfe \xfcber \xc4cker " * 25 + b"\n"),
    "preview-html": (SPAM + REPORT, MULTIPART),
    # rewriting
    "rewrite-subject": (SPAM + "report_safe 0\nrewrite_header Subject ***SPAM(_SCORE_)***\n", PLAIN),
    "rewrite-subject-safe-1": (SPAM + "rewrite_header Subject ***SPAM(_SCORE_)***\n" + REPORT, PLAIN),
    "rewrite-all": (SPAM + "report_safe 0\nrewrite_header subject [S]\nrewrite_header FROM (is _SCORE_)\nrewrite_header To _NOSUCH_ x\n", PLAIN),
    "rewrite-all-safe-1": (SPAM + "rewrite_header subject [S]\nrewrite_header FROM (is _SCORE_)\nrewrite_header To _NOSUCH_ x\n", PLAIN),
    "rewrite-unset": (SPAM + "report_safe 0\nrewrite_header Subject [S]\nrewrite_header Subject\nrewrite_header Reply-To x\n", PLAIN),
    "rewrite-ham": (HAM + "rewrite_header Subject [S]\nrewrite_header From f\n", PLAIN),
    "rewrite-no-subject": (ALWAYS + "report_safe 0\nrewrite_header Subject [S]\n", NO_SUBJECT),
    "rewrite-no-subject-ham": (ALWAYS.replace("7.5", "1") + "rewrite_header Subject [S]\n", NO_SUBJECT),
    "rewrite-no-subject-safe-1": (ALWAYS + "rewrite_header Subject [S]\nrewrite_header To t\n", NO_SUBJECT.replace(b"To: bob@example.net\n", b"")),
    "rewrite-empty-subject": (ALWAYS + "report_safe 0\nrewrite_header Subject [S]\n", b"Subject:\nTo: b@example.net\n\nText\n"),
    "rewrite-tag-there": (SPAM + "report_safe 0\nrewrite_header Subject [S]\n", PLAIN.replace(b"Hello there", b"  [s] Hello")),
    "rewrite-tag-there-safe-1": (SPAM + "rewrite_header Subject [S]\nrewrite_header To t\n",
                                 PLAIN.replace(b"Hello there", b"[S] Hello").replace(b"example.net", b"example.net\t(t)")),
    "rewrite-newline-in-tag": (SPAM + "report_safe 0\nrewrite_header Subject [_REPORT_]\nrewrite_header From [_REPORT_]\n", PLAIN),
    "subject-prefix": (HAM + "rewrite_header Subject [S]\nsubjprefix SPAM [one]\nsubjprefix __TEXT [two]\nadd_header all P _SUBJPREFIX_|\n", PLAIN),
    "subject-prefix-spam": (SPAM + "report_safe 0\nrewrite_header Subject [S]\nrewrite_header From f\nsubjprefix SPAM [one]\n"
                            "add_header all P _SUBJPREFIX_|\n", PLAIN),
    "subject-prefix-safe-1": (SPAM + "rewrite_header Subject [S]\nsubjprefix SPAM [one]\n", PLAIN),
    "subject-prefix-alone": (HAM + "subjprefix SPAM [one]\nadd_header all P _SUBJPREFIX_|\n", PLAIN),
    # the message
    "old-markup": (HAM + STATUS, b"X-Spam-Status: No, old\n\tfolded\nx-spam-other: too\nX-Spam-Prev-Subject: kept\nX-Spam-Bare\n" + PLAIN),
    "old-markup-in-rules": (HAM + "header A X-Spam-Flag =~ /./\nheader B ALL =~ /X-Spam-Flag/\nheader C exists:x-spam-foo\n"
                            "header D ALL:raw =~ /X-Spam-Flag/\nfull E /X-Spam-Flag/\nmimeheader F X-Spam-Flag =~ /./\n"
                            "priority D 1\npriority E 2\nreport _HEADER(X-Spam-Flag)_|_HEADER(ALL)_|_TESTS_|_HEADER(X-Spam-Prev-A)_\n",
                            b"X-Spam-Flag: YES\nx-spam-foo: 1\nX-Spam-Prev-A: 2\nX-Spam: 3\n" + PLAIN),
    "return-path-first": (HAM + STATUS, RECEIVED),
    "return-path-folded": (HAM + STATUS, b"Return-Path:\n <ann@example.com>\n" + PLAIN),
    "return-path-later": (HAM + STATUS, b"X-First: 1\nReturn-Path: <ann@example.com>\n" + PLAIN),
    "mbox-line": (HAM + STATUS, b"From ann@example.com Mon Jan  1 00:00:00 2024\n" + PLAIN),
    "mbox-line-safe-1": (SPAM + STATUS, b"From ann@example.com Mon Jan  1 00:00:00 2024\n" + PLAIN),
    "crlf": (HAM + STATUS, crlf(PLAIN)),
    "crlf-spam-safe-0": (SPAM + STATUS + "report_safe 0\n" + REPORT + "rewrite_header Subject [S]\n", crlf(PLAIN)),
    "crlf-spam-safe-1": (SPAM + STATUS + REPORT + "rewrite_header Subject [S]\n", crlf(PLAIN)),
    "crlf-body-only-lf": (HAM + STATUS, crlf(PLAIN[:40]) + PLAIN[40:]),
    "no-body": (ALWAYS.replace("body SPAM /./", "header SPAM From =~ /./") + "report_safe 0\n", b"From: a@example.com\nTo: b@example.net\n"),
    "no-separator": (HAM + STATUS, b"From: a@example.com\nSubject: s\n--boundary\ntext\n"),
    "eight-bit-header": (SPAM + STATUS + "report_safe 0\nrewrite_header Subject [S]\n", PLAIN.replace(b"Hello there", b"Gr\xfc\xdfe")),
    "eight-bit-header-safe-1": (SPAM + STATUS + "rewrite_header Subject [S]\n", PLAIN.replace(b"Hello there", "Grüße".encode())),
    "unsafe-attachment": (SPAM + REPORT, MULTIPART),
    "unsafe-text-type": (SPAM + REPORT, b"Content-Type: TEXT/PLAIN; charset=utf-8\n" + PLAIN),
    "report-charset": (SPAM + REPORT + "report_charset iso-8859-1\n", PLAIN),
    "copied-headers": (SPAM + "report_safe_copy_headers X-Mailer subject received X-Two\nreport_safe_copy_headers x-mailer Nope\n",
                       b"X-Mailer: old one\nX-Two: 1\nX-two: 2\n folded\n" + RECEIVED),
    "folded-and-repeated": (SPAM + "rewrite_header To t\n", b"Subject: one\n two\nTo: a@example.com,\n\tb@example.com\nTo: c@example.com\nCc: d@example.com\n"
                            b"From : blank@example.com\n\ntext\n"),
    "subject-cut-off": (SPAM + "rewrite_header Subject [S]\n", b"From: a@example.com\nSubject: cut off"),
}
