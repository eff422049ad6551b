# SPDX-License-Identifier: BSD-2-Clause
"""Nothing is lost when a process is killed, whichever it is and wherever a message is.

A feeder sends messages over several connections all the while. For each kill one process is held at a
named point of some message's way (src/core/trace.h), the victim gets SIGKILL, the held process goes on, and
what was killed is started again: roles by the supervisor, the supervisor and the servers around by the
test. In the end every message must have reached the next hop, unaltered; twice only where a kill came
between the next hop's dot and our reply. Prints the table point x victim. POSTERN_LONG=1: more kills.
POSTERN_SEED: what an earlier run printed.
"""
import collections
import json
import os
import random
import re
import time

import pytest

import harness
from feeder import Feeder
from killable import Killable
from trace_server import TraceServer

LONG = os.environ.get("POSTERN_LONG") == "1"
ROUNDS = 5 if LONG else 1
PROGRAM = harness.PROGRAM if harness.is_sanitized() else str(harness.TOP / "build-trace/src/proc/posternd")

# The points in a message's order, and the trace points that stand for each.
POINTS = {
    "after MAIL": ["after-mail"],
    "mid-DATA": ["mid-data"],
    "dot, before the scan": ["before-scan"],
    "mid-scan": ["mid-scan"],
    "scan to re-injection": ["after-scan", "before-dot"],
    "next hop's dot to its 250": ["after-dot"],
    "its 250 to ours": ["after-next-hop", "before-reply"],
}
LAST_TWO = list(POINTS)[-2:]
VICTIMS = ["supervisor", "loader", "front", "scan", "engine", "next hop"]
# Only these may make the sending side try a message again that the next hop has; the next hop's own death
# does no harm once its 250 was read for each of the message's transactions.
MAKES_TWO = {"supervisor", "front", "next hop"}
MAY_TWICE = {(p, v) for p in LAST_TWO for v in MAKES_TWO} - {(LAST_TWO[1], "next hop")}
LATE_S = 1.0  # a dot that was in a socket when its sender was killed is taken later

SETTINGS = r"""
$forward_method = 'smtp:[127.0.0.1]:%d';
$mydomain = 'here.test';
@local_domains_maps = (['.here.test']);
$sa_tag_level_deflt = -999;
$sa_local_tests_only = 1;
$postern_poison_ttl = 1;
@av_scanners = ( ['Sophie', \&ask_daemon, ["{}/\n", 'sophie:%s'],
  qr/^0/m, qr/^1/m, qr/^1:(.*)$/m ] );
"""


class Kill:
    def __init__(self, point, victim, held, pids):
        self.time = time.monotonic()
        self.point, self.victim, self.sender, self.pids = point, victim, held.sender, pids
        self.trace = held.name
        self.lost = self.twice = 0

    def __str__(self):
        return f"{self.victim} at {self.point} ({self.trace}, {self.sender}, {self.pids})"


class Place:
    """A daemon of the trace build with all around it, and what was killed so far."""

    def __init__(self, make_daemon, rng):
        self.rng = rng
        self.daemon = make_daemon(rules=harness.RULES, program=PROGRAM)
        folder = self.daemon.dir
        self.trace = TraceServer(folder / "trace")
        self.records = folder / "records"
        self.records.touch()
        port, socket = harness.free_port(), folder / "sophie"
        self.hop = Killable("hop", port, self.records, self.trace.path)
        self.engine = Killable("engine", socket, self.trace.path)
        harness.wait_for(socket.exists, "the engine listens")
        self.daemon.env["POSTERN_TRACE"] = self.trace.path
        self.daemon.write_config(SETTINGS % (port, socket))
        self.daemon.start()
        self.kills = []
        self.longest_end_s = 0.0

    def close(self):
        self.hop.kill()
        self.engine.kill()
        self.trace.close()

    def kill(self, point, victim):
        names = ["engine-asked"] if (point, victim) == ("mid-scan", "engine") else POINTS[point]
        name = self.rng.choice(names)
        # A message of which the next hop has a part already is, in truth, past the early points.
        held = self.trace.catch(lambda at, sender: at == name and (
            point in LAST_TWO or sender not in self.trace.senders("after-dot")))
        try:
            getattr(self, "kill_" + victim.replace(" ", "_"))(point, victim, held)
        finally:
            held.release()

    def note(self, point, victim, held, pids):
        self.kills.append(Kill(point, victim, held, pids))

    def kill_supervisor(self, *what):
        left = self.daemon.tree()
        self.note(*what, [p.pid for p in left])
        began = time.monotonic()
        self.daemon.popen.kill()
        self.daemon.popen.wait()
        harness.wait_for(lambda: not any(p.is_alive() for p in left), "no child is left", 5)
        self.longest_end_s = max(self.longest_end_s, time.monotonic() - began)
        what[2].release()
        self.daemon.start()  # fails where the socket cannot be bound at once

    def kill_role(self, role, *what):
        point, _, held = what
        those = self.daemon.role(role)
        victim = next((p for p in those if p.pid == held.pid), None) or self.rng.choice(those)
        self.note(*what, [victim.pid])
        victim.kill()
        harness.wait_for(lambda: not victim.is_alive(), f"{role} is gone", 5)
        held.release()
        harness.wait_for(lambda: self.has_all(victim), f"{role} is back")

    def has_all(self, but):
        alive = {role: len([p for p in self.daemon.role(role) if p.pid != but.pid])
                 for role in ("loader", "front", "scan")}
        return alive == {"loader": 1, "front": 1, "scan": 2}

    def kill_loader(self, *what):
        self.kill_role("loader", *what)

    def kill_front(self, *what):
        self.kill_role("front", *what)

    def kill_scan(self, *what):
        self.kill_role("scan", *what)

    def kill_engine(self, *what):
        self.kill_server(self.engine, *what)

    def kill_next_hop(self, *what):
        self.kill_server(self.hop, *what)

    def kill_server(self, server, *what):
        self.note(*what, [server.pid])
        server.kill()
        what[2].release()
        time.sleep(self.rng.uniform(0, 0.2))
        server.start()

    def copies(self):
        """(id, recipient) -> records of the next hop, in the order of time."""
        found = collections.defaultdict(list)
        for line in self.records.read_text().splitlines():
            record = json.loads(line)
            for recipient in record["recipients"]:
                found[record["id"], recipient].append(record)
        return found

    def front_of(self, sender, when):
        """Which front sent the copy that was recorded then."""
        pids = [pid for at, name, pid, s in self.trace.passed
                if name == "before-dot" and s == sender and at <= when]
        return pids[-1] if pids else None


@pytest.fixture
def rng(capsys):
    seed = int(os.environ.get("POSTERN_SEED") or random.SystemRandom().randrange(1 << 32))
    with capsys.disabled():
        print(f"\nPOSTERN_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def place(make_daemon, rng):
    p = Place(make_daemon, rng)
    yield p
    p.close()


def cause(place, first, second):
    """The kill that made a second copy of a message; None where there is no excuse."""
    front = place.front_of(first["sender"], first["time"])
    for k in place.kills:
        if k.victim in MAKES_TWO and first["time"] - LATE_S <= k.time <= second["time"] and \
                (first["pid"] if k.victim == "next hop" else front) in k.pids:
            return k
    return None


def waited_for_another(place, kill):
    """Whether the message's last try had, when the next hop was killed, a transaction without its 250."""
    names = [name for at, name, _, sender in place.trace.passed if sender == kill.sender and at <= kill.time]
    last_try = names[len(names) - names[::-1].index("before-scan"):]
    return kill.victim == "next hop" and last_try.count("before-dot") > last_try.count("after-next-hop")


def last_kill_before(place, message, recipient):
    """Whom to count a loss for: the last kill aimed at the message, else the last one before our 250."""
    aimed = [k for k in place.kills if k.sender == message.sender]
    before = [k for k in place.kills if k.time <= message.answered.get(recipient, k.time)]
    return (aimed or before or place.kills)[-1]


def story(place, message, first):
    """What happened around a copy that should not be, in seconds from it."""
    start = first["time"]
    events = [(c["time"], f"copy for {r} by {c['pid']}") for (i, r), copies in place.copies().items()
              if i == message.sender for c in copies]
    events += [(at, f"{name} in {pid}") for at, name, pid, sender in place.trace.passed if sender == message.sender]
    events += [(k.time, f"kill of {k}") for k in place.kills if abs(k.time - start) < 3]
    lines = [f"{at - start:+.3f} {what}" for at, what in sorted(events)]
    return "\n  ".join([f"{message.recipients}, failures {message.failures}", *lines])


def judge(place, messages):
    """Counts lost and twice at their kills; returns what must not be, as text, and bystanders' second copies."""
    copies, wrong, bystanders = place.copies(), [], 0
    for m in messages:
        for r in m.recipients:
            got = copies[m.sender, r]
            if not got:
                k = last_kill_before(place, m, r)
                k.lost += 1
                wrong.append(f"lost: {m.sender} to {r}, {m.refused.get(r, 'answered 250')}; {k}")
            wrong += [f"altered: {m.sender} to {r}" for c in got if c["digest"] != m.digest]
            for first, second in zip(got, got[1:]):
                k = cause(place, first, second)
                if k is None:
                    wrong.append(f"twice without a kill: {m.sender} to {r}: {story(place, m, first)}")
                elif k.sender != m.sender:
                    bystanders += 1
                else:
                    k.twice += 1
                    if (k.point, k.victim) not in MAY_TWICE and not waited_for_another(place, k):
                        wrong.append(f"twice: {m.sender} to {r}: {story(place, m, first)}")
    return wrong, bystanders


def own_deaths(log):
    """Processes that ended, but not by a SIGKILL of ours."""
    return re.findall(r"[^\n]*process(?: \d+ | ended)[^\n]*(?:by signal (?!9 )|exited with [1-9])[^\n]*", log)


def print_table(kills):
    """point x victim: kills/lost/twice."""
    def cell(some):
        return f"{len(some)}/{sum(k.lost for k in some)}/{sum(k.twice for k in some)}".rjust(12)

    print("kills/lost/twice".ljust(26) + "".join(v.rjust(12) for v in [*VICTIMS, "all"]))
    for point in POINTS:
        here = [k for k in kills if k.point == point]
        print(point.ljust(26) + "".join(cell([k for k in here if k.victim == v]) for v in VICTIMS) + cell(here))
    print("all".ljust(26) + "".join(cell([k for k in kills if k.victim == v]) for v in VICTIMS) + cell(kills))


def test_nothing_lost(place, rng, capsys):
    plan = [(p, v) for p in POINTS for v in VICTIMS] * ROUNDS
    rng.shuffle(plan)
    began = time.monotonic()
    feeder = Feeder(place.daemon.port, random.Random(rng.random()))
    for point, victim in plan:
        place.kill(point, victim)
        time.sleep(rng.uniform(0, 0.1))
    unanswered = feeder.finish(60)
    wrong, bystanders = judge(place, feeder.messages)
    with capsys.disabled():
        print(f"{len(place.kills)} kills in {time.monotonic() - began:.0f} s, {len(feeder.messages)} messages, "
              f"{sum(m.tries for m in feeder.messages)} tries ({dict(feeder.reasons.most_common(5))}); "
              f"children of a killed supervisor gone within {place.longest_end_s:.1f} s; "
              f"twice for others than the one aimed at, past their dot: {bystanders}")
        print_table(place.kills)
    assert not unanswered, [(m.sender, m.failures[-3:]) for m in unanswered[:5]]
    assert not own_deaths(place.daemon.log())
    assert not wrong, "\n".join(wrong[:20])
