# SPDX-License-Identifier: BSD-2-Clause
"""DNS lists from the rule to the wire and back: the daemon's own resolver against dns_server.py."""
import itertools
import os
import re
import subprocess
import time

import pytest

import harness
from client import Client
from name_server import NameServer
from next_hop import NextHop

LONG = os.environ.get("POSTERN_LONG") == "1"
STOCK = "/usr/share/spamassassin"
POSTERN = str(harness.BUILD / "src/cli/postern")
SETTINGS = r"""
$mydomain = 'example.org';
$myhostname = 'filter.example.org';
@local_domains_maps = (['.example.org']);
@bypass_virus_checks_maps = (1);
$sa_tag_level_deflt = -999; $sa_tag2_level_deflt = 999; $sa_kill_level_deflt = 999;
"""
RULES = [
    "loadplugin Mail::SpamAssassin::Plugin::DNSEval",
    "header __L_ALL    eval:check_rbl('list', 'list.test.')",
    "header __L_LAST   eval:check_rbl('list-lastexternal', 'list.test.')",
    "header L_TWO      eval:check_rbl_sub('list', '127.0.0.2')",
    "header L_MASK     eval:check_rbl_sub('list', '4')",
    "header L_RE       eval:check_rbl_sub('list', '^127\\.0\\.1\\.(?:7|8)$')",
    "header L_LAST2    eval:check_rbl_sub('list-lastexternal', '127.0.0.2')",
    "header L_ANY      eval:check_rbl('any', 'any.test.')",
    "header L_TXT      eval:check_rbl_txt('txt', 'txt.test.')",
    "header L_SLOW     eval:check_rbl('slow', 'slow.test.')",
    "header L_FROM     eval:check_rbl_envfrom('from', 'from.test.')",
    "meta   M_AND      L_TWO && L_ANY",
    "meta   M_NOT      L_ANY && !L_TWO",
    "meta   M_SUM      (L_TWO + L_MASK + L_ANY) >= 2",
    "meta   M_SLOW     L_SLOW && L_ANY",
    "body   LOCAL      /hello/i",
    *[f"score {name} 0.1" for name in ("L_TWO L_MASK L_RE L_LAST2 L_ANY L_TXT L_SLOW L_FROM M_AND M_NOT M_SUM M_SLOW "
                                       "LOCAL").split()],
    *[f"tflags {name} net" for name in ("__L_ALL __L_LAST L_TWO L_MASK L_RE L_LAST2 L_ANY L_TXT L_SLOW "
                                        "L_FROM").split()],
]
ZONES = ["zone list.test", "zone any.test", "zone txt.test", "zone slow.test", "zone from.test"]
COUNT = itertools.count(1)


def reverse(ip):
    return ".".join(reversed(ip.split(".")))


def message(*ips, sender="sender@example.net"):
    """Relayed by these addresses, the nearest first; another one each time."""
    n = next(COUNT)
    received = [f"Received: from relay{i}.example.com (relay{i}.example.com [{ip}])\n"
                f"\tby mx{i}.example.org (Postfix) with ESMTP id {n:04}{i:04}\n"
                f"\tfor <anna@example.org>; Mon, 1 Jan 2024 00:00:0{i} +0000 (UTC)\n" for i, ip in enumerate(ips)]
    return ("".join(received) + f"From: {sender}\nTo: anna@example.org\nSubject: number {n}\n"
            f"Date: Mon, 1 Jan 2024 00:00:00 +0000\nMessage-ID: <dnsl-{n}@example.net>\n\nHello.\n").encode()


class Place:
    def __init__(self, make_daemon, settings="", rules=(), stock=False, zones=ZONES, outside="nxdomain"):
        self.hop = NextHop()
        self.dns = NameServer(zones, outside)
        self.daemon = make_daemon(scans=1)
        lines = ",\n".join("'" + r.replace("\\", "\\\\").replace("'", "\\'") + "'"
                           for r in [*([] if stock else RULES), *rules])
        empty = self.daemon.dir / "none"
        empty.mkdir()
        where = "" if stock else f"$postern_rules_dir = '{empty}'; $postern_site_dir = '{empty}';\n"
        self.daemon.write_config(f"{SETTINGS}{where}$postern_rules_cf = [ {lines} ];\n"
                                 f"{self.own_servers()}\n"
                                 f"$forward_method = '{self.hop.method()}';\n{settings}")

    def own_servers(self):
        return f"$postern_dns_servers = ['127.0.0.1:{self.dns.port}'];"

    def start(self):
        self.daemon.start()
        return self

    def send(self, *ips, **kwargs):
        """The rules that hit, and how long the reply took."""
        before = len(self.hop.messages)
        start = time.monotonic()
        with Client(self.daemon.port) as c:
            code, text = c.send(message(*ips, **kwargs), ["anna@example.org"])
        took = time.monotonic() - start
        assert code == 250, text
        status = self.hop.wait_messages(before + 1)[-1].field("X-Spam-Status")
        tests = re.search(r"tests=\[([^]]*)\]", status)
        return {t.strip().partition("=")[0] for t in tests[1].split(",") if t.strip()} - {"none"}, took

    def listed(self, ip, zone="list.test", answer="127.0.0.2", rtype="A"):
        self.dns.set(f"line {reverse(ip)}.{zone} 60 {rtype} {answer}")

    def close(self):
        self.dns.close()
        self.hop.close()


@pytest.fixture
def make_place(make_daemon):
    made = []

    def make(*args, **kwargs):
        made.append(Place(make_daemon, *args, **kwargs))
        return made[-1]

    yield make
    for p in made:
        p.close()


A, B, C, D, E = "81.2.69.142", "81.2.69.160", "89.160.20.112", "175.16.199.1", "216.160.83.56"


def test_hits(make_place):
    p = make_place().start()
    assert p.send(A)[0] == {"LOCAL"}
    p.listed(B)
    assert p.send(B)[0] == {"LOCAL", "L_TWO", "L_LAST2"}
    # Each answer is tested by each rule of its set.
    p.listed(C, answer="127.0.0.4")
    p.listed(C, answer="127.0.1.8")
    p.listed(C, zone="any.test", answer="127.0.0.9")
    assert p.send(C)[0] == {"LOCAL", "L_MASK", "L_RE", "L_ANY", "M_NOT", "M_SUM"}
    # The second relay is listed: not the last external one.
    assert p.send(A, B)[0] == {"LOCAL", "L_TWO"}
    # Rules of both, and metas that wait for all of them.
    assert p.send(B, C)[0] == {"LOCAL", "L_TWO", "L_LAST2", "L_MASK", "L_RE", "L_ANY", "M_AND", "M_SUM"}
    p.listed(D, zone="txt.test", rtype="TXT", answer='"listed, " "see http://txt.test"')
    assert p.send(D)[0] == {"LOCAL", "L_TXT"}
    # No address, nothing to ask.
    p.dns.forget()
    assert p.send("10.1.2.3")[0] == {"LOCAL"}
    assert not p.dns.asked("list.test|any.test")


def test_lies(make_place):
    """Addresses outside 127/8, empty and strange answers, errors: nobody's verdict."""
    p = make_place().start()
    lies = ["10.0.0.1", "192.0.2.1", "128.0.0.2", "126.255.255.255", "0.0.0.0", "255.255.255.255"]
    for i, answer in enumerate(lies):
        ip = f"81.3.0.{i + 1}"
        p.listed(ip, answer=answer)
        p.listed(ip, zone="any.test", answer=answer)
        assert p.send(ip)[0] == {"LOCAL"}, answer
    # One true answer among lies counts.
    p.listed("81.3.1.1", answer="192.0.2.7")
    p.listed("81.3.1.1", answer="127.0.0.2")
    assert p.send("81.3.1.1")[0] == {"LOCAL", "L_TWO", "L_LAST2"}
    p.dns.set(f"line {reverse('81.3.1.2')}.any.test TXT \"127.0.0.2\"")
    assert p.send("81.3.1.2")[0] == {"LOCAL"}
    for i, mode in enumerate(["servfail", "refused", "nxdomain", "formerr", "notimp"]):
        ip = f"81.3.2.{i + 1}"
        p.listed(ip)
        p.dns.set(f"mode {reverse(ip)}.list.test {mode}")
        assert p.send(ip)[0] == {"LOCAL"}, mode
    for i, mode in enumerate(["twice", "truncate", "delay 300"]):
        ip = f"81.3.3.{i + 1}"
        p.listed(ip)
        p.dns.set(f"mode {reverse(ip)}.list.test {mode}")
        assert "L_TWO" in p.send(ip)[0], mode


def test_forged_answers(make_place):
    p = make_place("$postern_dns_timeout = 2;").start()
    for i, mode in enumerate(["wrong-id", "wrong-name", "short", "garbage", "empty-label", "loop"]):
        ip = f"81.4.0.{i + 1}"
        p.listed(ip)
        p.dns.set(f"mode {reverse(ip)}.list.test {mode}")
        hits, took = p.send(ip)
        assert hits == {"LOCAL"} and took < 6, (mode, hits, took)


def test_deadline(make_place):
    """A list that is slow or silent costs its rules, not the message."""
    p = make_place("$postern_dns_timeout = 2;").start()
    p.listed(A, zone="slow.test")
    p.listed(A, zone="any.test")
    p.dns.set("mode slow.test delay 500")
    hits, took = p.send(A)
    assert hits == {"LOCAL", "L_ANY", "L_SLOW", "M_NOT", "M_SLOW"} and took >= 0.5
    for mode in ("delay 30000", "silent", "tc-silent"):
        ip = f"81.5.0.{len(mode)}"
        p.listed(ip, zone="slow.test")
        p.listed(ip, zone="any.test")
        p.dns.set(f"mode slow.test {mode}")
        hits, took = p.send(ip)
        assert hits == {"LOCAL", "L_ANY", "M_NOT"} and 1.5 < took < 5, (mode, hits, took)


def test_message_deadline(make_place):
    """The message's own deadline comes before the lists': what is known counts."""
    p = make_place("$postern_dns_timeout = 60; $postern_message_deadline = 2;").start()
    p.listed(A, zone="any.test")
    p.dns.set("mode slow.test silent")
    hits, took = p.send(A)
    assert hits == {"LOCAL", "L_ANY", "M_NOT"} and took < 6


def test_slow_lists_do_not_queue_up(make_place):
    """Twenty messages that wait for a silent list wait at the same time, on one scan process."""
    p = make_place("$postern_dns_timeout = 2;").start()
    p.dns.set("mode slow.test silent")
    clients = [Client(p.daemon.port) for _ in range(20)]
    start = time.monotonic()
    for i, c in enumerate(clients):
        c.begin(["anna@example.org"])
        c.content(message(f"81.6.0.{i + 1}"))
    for c in clients:
        assert c.reply()[0] == 250
        c.close()
    assert time.monotonic() - start < 8


def test_cache(make_place):
    p = make_place().start()
    p.listed(A)
    first, _ = p.send(A)
    asked = p.dns.asked()
    assert len(asked) == len(set(asked)), "each question once"
    assert {f"{reverse(A)}.{z}.test A" for z in ("list", "any", "slow")} <= set(asked)
    p.dns.forget()
    assert p.send(A)[0] == first == {"LOCAL", "L_TWO", "L_LAST2"}
    assert not p.dns.asked(reverse(A) + r"\.list"), "the second message asks nothing that was answered"


def test_blocked(make_place):
    """dns_block_rule: who says that we are blocked is left alone for dns_block_time."""
    p = make_place(rules=["header BLOCKED eval:check_rbl('list', 'list.test.', '^127\\.255\\.255\\.255$')",
                          "tflags BLOCKED net", "score BLOCKED 0.1", "dns_block_rule BLOCKED list.test",
                          "dns_block_time 3"]).start()
    p.listed(A, answer="127.255.255.255")
    assert p.send(A)[0] >= {"LOCAL", "BLOCKED"}
    p.daemon.wait_log("DNS list blocks us.*list.test")
    end = time.monotonic() + 3.2
    p.dns.forget()
    p.listed(B)
    p.listed(B, zone="any.test")
    assert p.send(B)[0] == {"LOCAL", "L_ANY", "M_NOT"}
    assert not p.dns.asked("list.test") and p.dns.asked("any.test")
    time.sleep(max(0, end - time.monotonic()))
    assert p.send(B)[0] >= {"LOCAL", "L_TWO"}
    assert p.dns.asked("list.test")


def test_query_restriction(make_place):
    p = make_place(rules=["dns_query_restriction deny test", "dns_query_restriction allow any.test"]).start()
    p.listed(A)
    p.listed(A, zone="any.test")
    assert p.send(A)[0] == {"LOCAL", "L_ANY", "M_NOT"}
    assert not p.dns.asked(r"list\.test|slow\.test")


def test_stub_zone(make_place):
    """Two servers: a zone of one's own, and the rest."""
    own = NameServer(["zone list.test"])
    try:
        p = make_place(f"$postern_dns_stub = ['list.test 127.0.0.1:{own.port}'];").start()
        own.set(f"line {reverse(A)}.list.test A 127.0.0.2")
        p.listed(A, zone="any.test")
        assert p.send(A)[0] == {"LOCAL", "L_TWO", "L_LAST2", "L_ANY", "M_AND", "M_SUM"}
        assert own.asked("list.test") and not p.dns.asked("list.test")
    finally:
        own.close()


def test_server_away(make_place):
    """After an outage the next message has its answers: a dead server is not left alone for minutes."""
    p = make_place("$postern_dns_timeout = 2;").start()
    p.listed(A)
    assert "L_TWO" in p.send(A)[0]
    lines = [*ZONES, f"{reverse(B)}.list.test 60 A 127.0.0.2"]
    p.dns.kill()
    end = time.monotonic() + (40 if LONG else 4)
    n = 0
    while time.monotonic() < end:
        n += 1
        hits, took = p.send(f"81.7.0.{n % 250}")
        assert hits == {"LOCAL"} and took < 5
        time.sleep(0.3)
    p.dns.lines = lines
    p.dns.start()
    back = time.monotonic()
    while True:
        hits, _ = p.send(B)
        if "L_TWO" in hits:
            break
        assert time.monotonic() - back < 5, "no answer 5 s after the server is back"
    assert time.monotonic() - back < 6


class RulesPlace(Place):
    """The rule files say whom to ask, as SpamAssassin has it; amavisd.conf says nothing."""

    def own_servers(self):
        rules = self.daemon.dir / "none"
        (rules / "dns.cf").write_text(f"clear_dns_servers\ndns_server 127.0.0.1:{self.dns.port}\n")
        return ""


@pytest.fixture
def make_rules_place(make_daemon):
    made = []

    def make(*args, **kwargs):
        made.append(RulesPlace(make_daemon, *args, **kwargs))
        return made[-1]

    yield make
    for p in made:
        p.close()


def test_servers_of_the_rule_files(make_rules_place):
    p = make_rules_place().start()
    p.listed(B)
    assert p.send(B)[0] == {"LOCAL", "L_TWO", "L_LAST2"}
    # A front that is started again asks them too.
    front = p.daemon.role("front")[0]
    front.kill()
    harness.wait_for(lambda: p.daemon.role("front") and p.daemon.role("front")[0].pid != front.pid, "a new front")
    p.listed(C)
    harness.wait_for(p.daemon.greeting, "it serves")
    assert p.send(C)[0] == {"LOCAL", "L_TWO", "L_LAST2"}


def test_rule_files_switch_dns_off(make_rules_place):
    p = make_rules_place(rules=["dns_available no"]).start()
    p.daemon.wait_log("the rules say dns_available no")
    p.listed(B)
    assert p.send(B)[0] == {"LOCAL"}
    assert not p.dns.asked()


def test_rbl_timeout(make_rules_place):
    """Most of the time while most is out; little for the last slow one."""
    p = make_rules_place(rules=["rbl_timeout 6 1"]).start()
    p.listed(B, zone="any.test")
    p.dns.set("mode slow.test silent")
    hits, took = p.send(B)
    assert "L_ANY" in hits and "L_SLOW" not in hits
    # Four of five have ended: 6 - (6 - 1) * 0.8 squared is 2.8 s.
    assert 1 < took < 5, took
    p = make_rules_place(settings="$postern_dns_timeout = 1;", rules=["rbl_timeout 6 6"]).start()
    p.dns.set("mode slow.test silent")
    assert p.send(B)[1] < 3


def test_off(make_place):
    p = make_place("$sa_local_tests_only = 1;").start()
    p.listed(A)
    assert p.send(A)[0] == {"LOCAL"}
    assert not p.dns.asked()


@pytest.mark.skipif(not os.path.isdir(STOCK), reason="SpamAssassin's rules are not installed (package spamassassin)")
def test_stock_rules(make_place):
    """RCVD_IN_ZEN and its family, as they come; blocked answers are never a listing."""
    p = make_place(stock=True, zones=["zone zen.spamhaus.org", "zone list.dnswl.org"]).start()
    zen = "zen.spamhaus.org"
    p.listed(A, zone=zen, answer="127.0.0.2")
    p.listed(A, zone=zen, answer="127.0.0.4")
    hits, _ = p.send(A)
    assert {"RCVD_IN_SBL", "RCVD_IN_XBL"} <= hits and "RCVD_IN_PBL" not in hits, hits
    p.listed(B, zone=zen, answer="127.0.0.10")
    hits, _ = p.send(B)
    assert "RCVD_IN_PBL" in hits and not {"RCVD_IN_SBL", "RCVD_IN_XBL"} & hits, hits
    p.listed(D, zone="list.dnswl.org", answer="127.0.5.3")
    hits, _ = p.send(D)
    assert "RCVD_IN_DNSWL_HI" in hits, hits
    p.listed(C, zone=zen, answer="127.255.255.255")
    hits, _ = p.send(C)
    assert "RCVD_IN_ZEN_BLOCKED" in hits and not {h for h in hits if re.match("RCVD_IN_(SBL|XBL|PBL|CSS)", h)}, hits
    p.daemon.wait_log("DNS list blocks us.*zen.spamhaus.org")
    p.dns.forget()
    assert not {"RCVD_IN_SBL", "RCVD_IN_XBL"} & p.send(A)[0]
    assert not p.dns.asked("spamhaus")


def test_command_line_local_asks_nothing(make_place):
    p = make_place()
    cf = [x for rule in RULES for x in ("--cf", rule)]
    none = str(p.daemon.dir / "none")
    args = [POSTERN, "scan", "--rules", none, "--site", none, *cf, "--local", "-"]
    if os.geteuid() == 0 and subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode == 0:
        args = ["unshare", "-n", *args]
    got = subprocess.run(args, input=message(A), capture_output=True, timeout=60, check=True)
    assert b"LOCAL" in got.stdout, got.stdout
    assert not p.dns.asked()
