# SPDX-License-Identifier: BSD-2-Clause
"""$postern_message_memory: many large messages at once take what it allows, the rest is told 452, all is given back."""
import os
import pathlib
import re
import resource
import time

import pytest

import harness
from client import Client
from next_hop import NextHop

LONG = os.environ.get("POSTERN_LONG") == "1"
MB = 1 << 20
SESSIONS, EACH_MB, LIMIT_MB = (500, 10, 1024) if LONG else (60, 2, 48)
# Of a process beside message bodies: code, rules, buffers of the sessions.
BESIDE_MB = 150
SETTINGS = f"""
$mydomain = 'example.org';
$myhostname = 'filter.example.org';
@local_domains_maps = (['.example.org']);
@bypass_virus_checks_maps = (1);
$sa_local_tests_only = 1;
$postern_message_memory = '{LIMIT_MB}M';
$postern_message_deadline = 500;
"""
ANNA = "anna@example.org"
LINE = b"0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n"


def header(n):
    return f"From: sender@example.net\r\nSubject: number {n}\r\nMessage-ID: <memory-{n}@example.net>\r\n\r\n".encode()


BODY = LINE * (EACH_MB * MB // len(LINE) - 10)


def size(n):
    return len(header(n)) + len(BODY)


def mb(process, field):
    return int(process.status()[field].split()[0]) / 1024


def bodies_mb(process):
    """Of all memfds of messages: what the kernel holds for them."""
    total = 0
    folder = pathlib.Path(f"/proc/{process.pid}/fd")
    for fd in folder.iterdir():
        try:
            if os.readlink(fd).startswith("/memfd:message"):
                total += fd.stat().st_blocks * 512
        except FileNotFoundError:
            pass
    return total / MB


class Sender:
    """A session that has sent all of its message but the final dot, if it was let."""

    def __init__(self, port, n, announces):
        self.client = Client(port, timeout=120)
        self.client.begin([ANNA], sender=f"sender{n}@example.net", mail_options=f" SIZE={size(n)}" if announces else "")
        self.code = self.client.say("DATA")[0]
        if self.code == 354:
            self.client.sock.sendall(header(n) + BODY)

    def finish(self):
        """The reply at the dot."""
        self.client.sock.sendall(b".\r\n")
        self.code = self.client.reply()[0]
        self.client.close()
        return self.code


@pytest.fixture
def hop():
    h = NextHop()
    yield h
    h.close()


def start(make_daemon, hop, settings=""):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # A soft limit as shells have it, in proportion: the front raises its own.
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024 if LONG else 96, hard))
    try:
        daemon = make_daemon(scans=2)
        empty = daemon.dir / "none"
        empty.mkdir()
        rules = f"$postern_rules_dir = '{empty}'; $postern_site_dir = '{empty}';\n" \
                "$postern_rules_cf = ['body NUMBERS /0123456789/', 'rawbody RAW /ABCDEF/', 'full ALL /xyz ABC/'];\n"
        daemon.write_config(f"{SETTINGS}{rules}$forward_method = '{hop.method()}';\n{settings}")
        return daemon.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def has_all_memory(daemon):
    """A message as large as the limit would be taken."""
    with Client(daemon.port) as c:
        c.begin([ANNA], mail_options=f" SIZE={LIMIT_MB * MB - 4096}")
        return c.say("DATA")[0] == 354


def test_limit_holds(make_daemon, hop):
    daemon = start(make_daemon, hop)
    [front] = daemon.role("front")
    scans = daemon.role("scan")
    before = mb(front, "VmRSS")
    senders = [Sender(daemon.port, i, announces=i % 2 == 0) for i in range(SESSIONS)]
    early = sum(s.code == 452 for s in senders)
    taken = bodies_mb(front)
    fit = LIMIT_MB // EACH_MB
    assert taken <= LIMIT_MB + 1, "more is held than the setting allows"
    assert taken >= 0.7 * LIMIT_MB, "nearly all that the setting allows is used"
    assert early > 0, "those that announce their size are refused before they send it"
    assert mb(front, "RssAnon") < before + BESIDE_MB
    # Nobody is shut out: small mail still finds the corner that is left, or 452; never silence.
    open_ones = [s for s in senders if s.code == 354]
    codes = [s.finish() for s in open_ones]
    assert set(codes) <= {250, 452}, set(codes)
    delivered = codes.count(250)
    assert 0.7 * fit <= delivered <= len(open_ones)
    assert delivered + early + codes.count(452) == SESSIONS and codes.count(452) > 0
    assert len(hop.messages) == delivered
    assert {len(m.body()) for m in hop.messages} == {len(BODY)}
    for s in senders:
        s.client.close()
    # Nothing died, and all is given back.
    assert front.is_alive() and all(s.is_alive() for s in scans)
    assert mb(front, "RssAnon") < before + BESIDE_MB
    for s in scans:
        assert mb(s, "VmHWM") < BESIDE_MB + 20 * EACH_MB, "a scan holds a few messages' worth"
    harness.wait_for(lambda: bodies_mb(front) == 0, "the bodies are gone")
    harness.wait_for(lambda: has_all_memory(daemon), "the memory is given back")
    assert re.search("message memory is used up", daemon.log())


def test_given_back_when_clients_vanish(make_daemon, hop):
    daemon = start(make_daemon, hop)
    [front] = daemon.role("front")
    for wave in range(3):
        senders = [Sender(daemon.port, wave * 100 + i, announces=i % 2 == 0) for i in range(LIMIT_MB // EACH_MB)]
        assert not has_all_memory(daemon)
        for i, s in enumerate(senders):
            if i % 3 == 0:
                s.client.say("RSET") if s.code == 452 else s.client.sock.sendall(b"no dot")
            s.client.close()
        harness.wait_for(lambda: bodies_mb(front) == 0, "the bodies are gone")
        harness.wait_for(lambda: has_all_memory(daemon), "the memory is given back")
    assert front.is_alive() and not hop.messages


def test_next_message_of_a_refused_session(make_daemon, hop):
    """452 ends a message, not its session."""
    daemon = start(make_daemon, hop, "$postern_message_memory = '1M';")
    with Client(daemon.port) as c:
        for announces in (True, False):
            c.begin([ANNA], mail_options=f" SIZE={4 * MB}" if announces else "")
            code, _ = c.say("DATA")
            if announces:
                assert code == 452
            else:
                assert code == 354
                c.sock.sendall(header(1) + LINE * (4 * MB // len(LINE)) + b".\r\n")
                assert c.reply()[0] == 452
            c.say("RSET")
            assert c.send(header(2) + b"small\r\n", [ANNA])[0] == 250
    assert len(hop.messages) == 2
