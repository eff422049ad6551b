# SPDX-License-Identifier: BSD-2-Clause
"""What the administrator sees, next to real amavisd-new: its main log line, the replies and the added header fields.

The same messages go through both with the same settings. amavisd's side is kept in
tests/golden/amavisd/ with ids, times and ports masked; Postern is compared with that everywhere, and
amavisd itself where it is installed (POSTERN_GOLDEN=1 writes the files anew). What is known to differ
stands in DIFFERS with its reason, and in docs/DEVIATIONS.md.
"""
import email
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

import amavisd
import harness
from client import Client
from next_hop import NextHop
from sophie import EICAR, Sophie

GOLDEN = harness.TOP / "tests/golden/amavisd"
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
RULES = r"""
body   GTUBE       /XJS\*C4JDBQADN1\.NSBN3\*2IDNEN\*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL\*C\.34X/
score  GTUBE       1000
body   TEST_SPAMMY /postern spammy body/
score  TEST_SPAMMY 5.25
body   TEST_TWO    /postern second rule/
score  TEST_TWO    0.125
body   TEST_GOOD   /postern good body/
score  TEST_GOOD   -2
"""
SETTINGS = r"""
$mydomain = 'example.org';
$myhostname = 'filter.example.org';
$myproduct_name = 'filter';
$X_HEADER_LINE = 'filter at example.org';
@local_domains_maps = (['.example.org']);
@mynetworks = qw( 127.0.0.0/8 10.0.0.0/8 );
$sa_local_tests_only = 1;
$sa_tag_level_deflt = -999;
$sa_tag2_level_deflt = 5;
$sa_kill_level_deflt = 8;
$sa_spam_subject_tag = '***Spam*** ';
$final_virus_destiny = D_DISCARD;
$final_bad_header_destiny = D_PASS;
@bypass_banned_checks_maps = (1);
@bypass_header_checks_maps = (1);
@spam_lovers_maps = ([qw( lover@example.org )]);
$virus_quarantine_method = undef;
$spam_quarantine_method = undef;
$bad_header_quarantine_method = undef;
$banned_files_quarantine_method = undef;
$virus_admin = undef;
$spam_admin = undef;
$bypass_decode_parts = 1;
$warnvirussender = 0;
$log_recip_templ = undef;
"""
HERE, ALSO, LOVER, AWAY = "anna@example.org", "bert@example.org", "lover@example.org", "carl@example.net"
INSIDE = "NAME=pc.example.org ADDR=10.1.2.3 PORT=99", "PROTO=ESMTP HELO=pc"
OUTSIDE = "NAME=mx.example.com ADDR=192.0.2.7 PORT=4711", "PROTO=ESMTP HELO=helo.example.com IDENT=4AAAA SOURCE=REMOTE"
RECEIVED = (b"Received: from helo.example.com (mx.example.com [198.51.100.9])\n\tby mail.example.com (Postfix) with ESMTP"
            b" id 4BBBB\n\tfor <anna@example.org>; Thu,  1 Jan 2026 00:00:00 +0000 (UTC)\n")


def mail(body=b"Hello.\n", more=b"", subject=b"a test", message_id=b"<c1@sender.test>"):
    head = b"From: Al <al@sender.test>\nTo: anna@example.org\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n"
    head += b"Subject: " + subject + b"\n" if subject is not None else b""
    head += b"Message-ID: " + message_id + b"\n" if message_id else b""
    return more + head + b"\n" + body


SPAMMY, SPAM, VIRUS = b"A postern spammy body.\n", GTUBE + b"\n", EICAR + b"\n"

# name: (content, recipients, what else)
CASES = {
    "clean": (mail(), [HERE], {}),
    "next hop that tells no id": (mail(), [HERE], {"says_no_id": True}),
    "clean with XFORWARD": (mail(), [HERE], {"xforward": OUTSIDE}),
    "clean with Received": (mail(more=RECEIVED), [HERE], {"xforward": OUTSIDE}),
    "LOCAL source": (mail(), [HERE], {"xforward": ("ADDR=127.0.0.1 NAME=localhost", "SOURCE=LOCAL IDENT=4CCCC")}),
    "inside client": (mail(), [AWAY], {"xforward": ("NAME=pc.example.org ADDR=10.1.2.3 PORT=99", "PROTO=ESMTP HELO=pc")}),
    "IPv6 client": (mail(), [HERE], {"xforward": ("NAME=six.example.com ADDR=IPV6:2001:db8::7 PORT=99", "HELO=six")}),
    "negative score": (mail(b"A postern good body.\n"), [HERE], {}),
    "two rules": (mail(SPAMMY + b"postern second rule\n"), [HERE], {}),
    "not local": (mail(), [AWAY], {"xforward": OUTSIDE}),
    "local and not": (mail(), [HERE, AWAY], {"xforward": OUTSIDE}),
    "several recipients": (mail(), [HERE, ALSO, LOVER], {}),
    "null sender": (mail(), [HERE], {"sender": ""}),
    "no Message-ID": (mail(message_id=None), [HERE], {}),
    "Resent-Message-ID": (mail(more=b"Resent-Message-ID: <r1@sender.test>\n"), [HERE], {}),
    "odd Message-ID": (mail(message_id=b"<a b \"c\"@x> (comment)"), [HERE], {}),
    "odd addresses": (mail(), ['"an na"@example.org'], {"sender": "o'neil+tag=x@sender.test"}),
    "spammy": (mail(SPAMMY), [HERE], {}),
    "spammy not local": (mail(SPAMMY), [AWAY], {}),
    "spammy, both": (mail(SPAMMY), [HERE, AWAY], {}),
    "spammy without Subject": (mail(SPAMMY, subject=None), [HERE], {}),
    "spam": (mail(SPAM), [HERE], {"xforward": OUTSIDE}),
    "spam to a lover": (mail(SPAM), [LOVER], {}),
    "spam to both": (mail(SPAM), [HERE, LOVER], {}),
    "virus": (mail(VIRUS), [HERE], {"xforward": OUTSIDE}),
    "virus in spam": (mail(VIRUS + SPAM), [HERE], {}),
    "next hop refuses": (mail(), [HERE], {"rule": ("rcpt", "550 5.1.1 no such user", HERE)}),
    "next hop refuses one": (mail(), [HERE, ALSO], {"rule": ("rcpt", "550 5.1.1 no such user", ALSO), "sender": ""}),
    "next hop refuses at the dot": (mail(), [HERE], {"rule": ("dot", "554 5.6.0 not that", "")}),
    "next hop not now": (mail(), [HERE], {"rule": ("dot", "450 4.2.0 not now", "")}),
    "spam from inside": (mail(SPAM), [HERE, AWAY], {"xforward": INSIDE}),
    "spammy from inside": (mail(SPAMMY), [HERE, AWAY], {"xforward": INSIDE}),
    "virus from inside": (mail(VIRUS), [AWAY], {"xforward": INSIDE}),
    "spam of an own user": (mail(SPAM), [AWAY], {"xforward": INSIDE, "sender": ALSO}),
    "own user from outside": (mail(SPAMMY), [HERE], {"xforward": OUTSIDE, "sender": ALSO}),
    "virus from IPv6": (mail(VIRUS), [HERE], {"xforward": ("NAME=six.example.com ADDR=IPV6:2001:db8::7 PORT=99", "HELO=six")}),
    "LMTP": (mail(), [HERE, ALSO], {"lmtp": True}),
    "LMTP spam to both": (mail(SPAM), [HERE, LOVER], {"lmtp": True}),
}
# Policy banks: by the port, by the client's address (XFORWARD, not who connects), by the sender; each over the one before.
BANKS = r"""
$final_spam_destiny = D_DISCARD;
$interface_policy{$inet_socket_port} = 'DOOR';
@client_ipaddr_policy = ([qw( !2001:db8::1 2001:db8::/32 )], 'SIX, NOSUCH,DEEP', \@mynetworks, 'MYNETS');
$policy_bank{'DOOR'} = { final_virus_destiny => D_REJECT, spam_subject_tag2_maps => ['[door] '] };
$policy_bank{'MYNETS'} = { final_spam_destiny => D_REJECT, spam_tag2_level_maps => [6], spam_kill_level_maps => [7] };
$policy_bank{'MYUSERS'} = { bypass_spam_checks_maps => [1], allowed_added_header_fields => { 'x-virus-scanned' => 0 } };
$policy_bank{'SIX'} = { bypass_virus_checks_maps => [1] };
$policy_bank{'DEEP'} = { originating => 1, spam_tag_level_maps => [3] };
"""
BANKED = ("clean", "clean with XFORWARD", "LOCAL source", "inside client", "IPv6 client", "spammy", "spam", "virus",
          "spam from inside", "spammy from inside", "virus from inside", "spam of an own user", "own user from outside",
          "virus from IPv6", "local and not", "LMTP spam to both")
REJECTED = ("clean", "spam", "spam to both", "LMTP spam to both", "virus")
CONFIGS = {
    "discard": ("$final_spam_destiny = D_DISCARD;", tuple(CASES)),
    "reject": ("$final_spam_destiny = D_REJECT; $final_virus_destiny = D_REJECT;", REJECTED),
    "banks": (BANKS, BANKED),
}
ADDED = ("X-Virus-Scanned", "X-Spam-Flag", "X-Spam-Score", "X-Spam-Level", "X-Spam-Status", "X-Amavis-Alert",
         "X-Quarantine-ID", "Subject", "Received")

# (case, row): why. The row is not compared.
DIFFERS = {
    ("spam to both", "reply 1"): "amavisd tells the sending server what became of the others (', but 1 DISCARD')",
    ("next hop refuses one", "reply 1"): "likewise",
    ("next hop refuses one", "log 1"): "Passed, MTA-BLOCKED: amavisd names the refusal of one on the line of the other",
    ("next hop not now", "reply 1"): "any failure for now is 451: the next hop's own 421 must never be passed on",
    ("spam to both", "copy 2 field 1"): "the notification's Subject is Postern's own",
}
# Learning is not built: autolearn= says so in each message, and SpamAssassin only where it would have learnt.
LEARNING = re.compile(r"autolearn=\w+")

MAIN_LINE = re.compile(r"(?:\(\d[\w-]*\) |^)((?:Passed|Blocked) .*)", re.M)
MASKS = (
    (r"mail_id: [\w-]+", "mail_id: ID"),
    (r", \d+ ms", ", N ms"),
    (r"\bid=\d[\w-]*", "id=ID"),
    (r"127\.0\.0\.1\]:\d+", "127.0.0.1]:PORT"),
    (r"port \d+\)", "port PORT)"),
    (r"(E?SMTP|LMTP)\s+id [\w-]{12}", r"\1 id ID"),
    (r"; \w\w\w,\s+\d+ \w+ \d+ [\d:]+ [+-]\d+ \(\w+\)", "; DATE"),
)


def masked(text):
    for pattern, instead in MASKS:
        text = re.sub(pattern, instead, text)
    return text


class Side:
    """One of the two filters with its next hop."""

    def __init__(self, program, hop):
        self.program, self.hop = program, hop

    def run(self, name):
        """One case: rows of text, masked."""
        content, recipients, how = CASES[name]
        before = len(MAIN_LINE.findall(self.program.log()))
        self.hop.reset()
        if not how.get("says_no_id"):
            self.hop.on("dot", "250 2.0.0 Ok: queued as 4ABCDEF001")
        if "rule" in how:
            self.hop.on(how["rule"][0], how["rule"][1], match=how["rule"][2])
        with Client(self.program.port, how.get("lmtp", False)) as c:
            for attributes in how.get("xforward", ()):
                assert c.say("XFORWARD " + attributes)[0] == 250
            got = c.send(content, recipients, sender=how.get("sender", "al@sender.test"))
            replies = got if isinstance(got, list) else [got]
            c.say("QUIT")
        harness.wait_for(lambda: len(MAIN_LINE.findall(self.program.log())) > before, "a main log line", 10)
        lines = MAIN_LINE.findall(self.program.log())[before:]
        rows = {f"reply {i}": f"{code} {text}" for i, (code, text) in enumerate(replies, 1)}
        rows |= {f"log {i}": line for i, line in enumerate(lines, 1)}
        for i, m in enumerate((m for m in self.hop.messages if m.mail_line), 1):
            rows |= self.fields(i, m)
        return {k: masked(v) for k, v in rows.items()}

    @staticmethod
    def fields(i, message):
        """The header fields that a filter adds or changes, in their order, folding taken off."""
        parsed = email.message_from_bytes(message.content)
        whole = [f"{k}: {' '.join(v.split())}" for k, v in parsed.items() if k in ADDED]
        return {f"copy {i} to": " ".join(message.recipients)} | {
            f"copy {i} field {n}": text for n, text in enumerate(whole, 1)}


def postern(settings, entry, hop):
    d = harness.Daemon(f"{SETTINGS}{settings}\n@av_scanners = ({entry});\n$forward_method = '{hop.method()}';\n"
                       f"$notify_method = '{hop.method()}';\n", scans=1, rules=RULES)
    d.write_config(d.settings + f"$TEMPBASE = '{d.home}';\n")
    return d


def real(settings, entry, hop):
    return amavisd.Amavisd(f"{SETTINGS}{settings}\n@av_scanners = ({entry});\n@av_scanners_backup = ();\n"
                           f"$forward_method = '{hop.method()}';\n$notify_method = '{hop.method()}';\n", RULES)


def run_side(make, config):
    """All cases of a configuration through one program: case -> rows."""
    settings, names = CONFIGS[config]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postern-sophie-", dir="/tmp"))
    folder.chmod(0o755)
    engine, hop = Sophie(folder / "sophie"), NextHop()
    program = make(settings, engine.entry(), hop)
    try:
        program.start()
        return {name: Side(program, hop).run(name) for name in names}, program.log()
    finally:
        program.close()
        hop.close()
        engine.close()
        shutil.rmtree(folder, ignore_errors=True)


def written(cases):
    out = []
    for name, rows in cases.items():
        out.append(f"[{name}]\n" + "".join(f"{k}: {v!r}\n" for k, v in rows.items()))
    return "\n".join(out)


def without_known(text):
    """Rows that are known to differ are taken out of both sides."""
    case, kept = None, []
    for line in text.splitlines():
        if line.startswith("["):
            case = line[1:-1]
        if (case, line.partition(":")[0]) not in DIFFERS:
            kept.append(LEARNING.sub("autolearn=...", line))
    return "\n".join(kept)


@pytest.mark.parametrize("config", CONFIGS)
def test_postern_writes_what_amavisd_writes(config):
    got, _ = run_side(postern, config)
    want = (GOLDEN / f"{config}.ref").read_text()
    assert without_known(written(got)) == without_known(want)


@pytest.mark.skipif(not amavisd.can_run(), reason="needs amavisd-new and root")
@pytest.mark.parametrize("config", CONFIGS)
def test_amavisd_still_writes_it(config):
    got, _ = run_side(real, config)
    path = GOLDEN / f"{config}.ref"
    if os.environ.get("POSTERN_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(got))
    assert written(got) == path.read_text()
