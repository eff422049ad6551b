# SPDX-License-Identifier: BSD-2-Clause
"""A message that kills the scan process: tried again alone, then refused for now, kept, and remembered.

The trace build's point "mid-scan" is answered by killing the scan process whenever the marked message is in it.
"""
import os
import signal
import threading
import time

import pytest

import harness
from client import Client
from killable import Killable
from next_hop import NextHop
from test_nothing_lost import PROGRAM
from trace_server import TraceServer

POISON, GOOD, HERE = "poison@example.net", "good@example.net", "anna@here.test"
SETTINGS = r"""
$forward_method = '%s';
$mydomain = 'here.test';
@local_domains_maps = (['.here.test']);
$sa_local_tests_only = 1;
$QUARANTINEDIR = '%s';
@av_scanners = ( ['Sophie', \&ask_daemon, ["{}/\n", 'sophie:%s'], qr/^0/m, qr/^1/m, qr/^1:(.*)$/m ] );
"""
ALSO_ALONE = "a scan of this message dies, also when it is alone"


def message(text):
    return f"From: somebody@example.net\nSubject: {text}\nMessage-ID: <{text}@example.net>\n\nHello {text}.\n".encode()


class Place:
    """A daemon whose scan processes die of messages from POISON while `deadly` is set."""

    def __init__(self, make_daemon, settings, scans):
        self.hop = NextHop()
        self.daemon = make_daemon(rules=harness.RULES, program=PROGRAM, scans=scans)
        self.trace = TraceServer(self.daemon.dir / "trace")
        self.trace.on_visit(self.visit)
        self.deadly = True
        self.killed = []
        self.kept = self.daemon.home / "quarantine"
        self.kept.mkdir()
        if self.daemon.user:
            os.chown(self.kept, self.daemon.user.pw_uid, self.daemon.user.pw_gid)
        socket = self.daemon.dir / "sophie"
        self.engine = Killable("engine", socket, self.trace.path)
        harness.wait_for(socket.exists, "the engine listens")
        self.daemon.env["POSTERN_TRACE"] = self.trace.path
        self.daemon.write_config(SETTINGS % (self.hop.method(), self.kept, socket) + settings)
        self.daemon.start()

    def visit(self, name, pid, sender):
        if name == "mid-scan" and sender == POISON and self.deadly:
            os.kill(pid, signal.SIGKILL)
            self.killed.append(pid)

    def send(self, sender, raw):
        with Client(self.daemon.port) as c:
            return c.send(raw, [HERE], sender=sender)

    def send_held(self, sender, raw):
        """Sends it up to where the engine is asked: what holds it, and a function that gives the reply."""
        replies = []
        thread = threading.Thread(target=lambda: replies.append(self.send(sender, raw)), daemon=True)
        caught = []
        catcher = threading.Thread(target=lambda: caught.append(
            self.trace.catch(lambda name, _: name == "engine-asked")), daemon=True)
        catcher.start()
        harness.wait_for(lambda: self.trace.wanted, "the catcher")
        thread.start()
        catcher.join(30)

        def reply():
            thread.join(30)
            return replies[0]

        return caught[0], reply

    def scans_of(self, sender):
        return sum(name == "mid-scan" and s == sender for _, name, _, s in self.trace.passed)

    def close(self):
        self.trace.close()
        self.engine.kill()
        self.hop.close()


@pytest.fixture
def make_place(make_daemon):
    made = []

    def make(settings="", scans=2):
        made.append(Place(make_daemon, settings, scans))
        return made[-1]

    yield make
    for place in made:
        place.close()


def test_tried_again_alone_then_refused_for_now(make_place):
    place = make_place()
    before = [p.pid for p in place.daemon.role("scan")]
    code, text = place.send(POISON, message("one"))
    assert (code, "cannot be examined" in text) == (451, True), text
    assert len(place.killed) == 2
    assert place.killed[0] in before
    assert place.killed[1] not in before, "the second try is to be in a fresh process"
    assert ALSO_ALONE in place.daemon.log()
    assert place.hop.messages == []


def test_copy_is_kept(make_place):
    place = make_place()
    place.send(POISON, message("one"))
    kept = list(place.kept.glob("poison-*"))
    assert [f.read_bytes() for f in kept] == [message("one")]
    assert kept[0].stat().st_mode & 0o777 == 0o600
    place.send(POISON, message("one"))
    assert list(place.kept.glob("poison-*")) == kept


def test_copy_is_bounded(make_place):
    place = make_place()
    raw = message("large") + b"0123456789abcde\n" * (1 << 20)
    assert place.send(POISON, raw)[0] == 451
    assert [f.read_bytes() for f in place.kept.glob("poison-*")] == [raw[:10 << 20]]


def test_remembered_whoever_sends_it(make_place):
    place = make_place()
    place.send(POISON, message("one"))
    count = len(place.trace.passed)
    assert place.send(GOOD, message("one"))[0] == 451
    assert place.send(POISON, message("one"))[0] == 451
    assert "mid-scan" not in [name for _, name, *_ in place.trace.passed[count:]]
    assert place.send(GOOD, message("two"))[0] == 250


def test_forgotten_after_a_time(make_place):
    place = make_place("$postern_poison_ttl = 1;")
    place.send(POISON, message("one"))
    place.deadly = False
    harness.wait_for(lambda: place.send(POISON, message("one"))[0] == 250, "it is examined again", 10)
    assert [m.sender for m in place.hop.messages] == [POISON]


def test_unchecked_by_setting(make_place):
    place = make_place("$postern_poison_action = 'unchecked';")
    for _ in range(2):
        assert place.send(POISON, message("one"))[0] == 250
    assert len(place.killed) == 2, "the second time it is not tried"
    assert [m.body() for m in place.hop.messages] == [b"Hello one.\r\n"] * 2
    assert "UNCHECKED" in place.daemon.log()


def test_neighbours_are_not_marked(make_place):
    place = make_place(scans=1)
    held, reply = place.send_held(GOOD, message("neighbour"))
    code, _ = place.send(POISON, message("one"))
    held.release()
    assert (code, reply()[0]) == (451, 250)
    assert place.daemon.log().count(ALSO_ALONE) == 1
    assert len(list(place.kept.glob("poison-*"))) == 1
    assert place.send(GOOD, message("neighbour"))[0] == 250
    assert [m.sender for m in place.hop.messages] == [GOOD, GOOD]


def test_many_poisons_are_no_outage(make_place):
    place = make_place(scans=1)
    for n in range(8):
        assert place.send(POISON, message(f"number {n}".replace(" ", "-")))[0] == 451
        assert place.send(GOOD, message(f"good-{n}"))[0] == 250
    assert len(place.killed) == 16


def test_dying_together_marks_nobody(make_place):
    """Processes that die of a cause of their own, one by one, are no proof against the message they held."""
    place = make_place()
    held, reply = place.send_held(GOOD, message("one"))
    loader = place.daemon.role("loader")[0]
    loader.kill(signal.SIGSTOP)  # no new scan process comes
    old = {p.pid: p for p in place.daemon.role("scan")}
    place.trace.on_visit(lambda name, pid, _: name == "mid-scan" and pid in old and old[pid].kill())
    old[[pid for _, name, pid, _ in place.trace.passed if name == "mid-scan"][-1]].kill()
    time.sleep(0.5)
    loader.kill()
    held.release()
    assert reply()[0] == 250
    assert ALSO_ALONE not in place.daemon.log()
