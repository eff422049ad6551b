# SPDX-License-Identifier: BSD-2-Clause
"""Many clients at once, a next hop that fails at random, clients that leave at random: nobody who was told 250
is without the message, nobody has it twice, and no process of Postern's has died of it.

The next hop of these tests keeps nothing that it has not answered, so that even retries after a connection
to it was lost must not make a second copy. Only a client that does not wait for its answer may have one.
"""
import collections
import random
import threading

import pytest

from client import Client
from next_hop import Dropped, NextHop

CLIENTS, MESSAGES, TRIES = 16, 15, 60
SETTINGS = """
$mydomain = 'example.org';
@local_domains_maps = (['.example.org']);
@bypass_spam_checks_maps = (1);
@bypass_virus_checks_maps = (1);
$sa_local_tests_only = 1;
"""


class Storm(NextHop):
    """Fails in every phase with some probability."""

    def __init__(self, seed, lmtp=False):
        self.random = random.Random(seed)
        super().__init__(lmtp)

    def choose(self, phase, said, usual):
        with self.lock:
            dice = self.random.random()
        if phase in ("quit", "rset", "hello", "xforward", "connect"):
            return usual
        if dice < 0.03:
            return "450 4.3.0 a storm"
        if dice < 0.06:
            raise Dropped
        return usual


class Notes:
    """What the clients write down."""

    def __init__(self):
        self.told = []  # recipients that were answered 250
        self.left = set()  # those whose client left at least once: it may have missed its 250
        self.raw = {}  # recipient -> the message
        self.problems = []


def one_client(number, port, lmtp, notes):
    dice = random.Random(number)
    try:
        for k in range(MESSAGES):
            todo = [f"u{number}-{k}@example.org", f"v{number}-{k}@example.net"][:dice.choice([1, 2])]
            raw = f"Subject: {number}-{k}\n\n".encode() + bytes(dice.choices(b"abc \n.", k=dice.choice([10, 9000])))
            notes.raw.update({r: raw for r in todo})
            for _ in range(TRIES):
                if not todo:
                    break
                with Client(port, lmtp) as c:
                    if c.say("MAIL FROM:<sender@example.net>")[0] != 250:
                        continue
                    for r in todo:
                        assert c.say(f"RCPT TO:<{r}>")[0] == 250
                    c.content(raw)
                    if dice.random() < 0.1:
                        notes.left.update(todo)
                        continue  # it comes again without having waited for the answer
                    replies = [c.reply() for _ in todo] if lmtp else [c.reply()] * len(todo)
                done = [r for r, (code, _) in zip(todo, replies) if code == 250]
                notes.told.extend(done)
                todo = [r for r in todo if r not in done]
            assert not todo, f"{todo} not in {TRIES} tries"
    except Exception as e:  # what a thread ends with is the test's business
        notes.problems.append(f"client {number}: {e!r}")


@pytest.mark.parametrize("lmtp", [False, True], ids=["smtp", "lmtp"])
def test_storm(make_daemon, lmtp):
    hop = Storm(seed=7, lmtp=lmtp)
    daemon = make_daemon(f"{SETTINGS}\n$forward_method = '{hop.method()}';\n").start()
    before = [p.pid for p in daemon.tree()]
    notes = Notes()
    threads = [threading.Thread(target=one_client, args=(i, daemon.port, lmtp, notes), daemon=True)
               for i in range(CLIENTS)]
    try:
        for t in threads:
            t.start()
        for t in threads:
            t.join(timeout=120)
        assert not any(t.is_alive() for t in threads), "some client still waits"
        assert not notes.problems, notes.problems
        got = collections.Counter(hop.recipients())
        assert set(notes.told) <= set(got), "told 250, but it is not there"
        assert {r for r, n in got.items() if n > 1} <= notes.left
        for m in hop.messages:
            for r in m.recipients:
                assert m.content.replace(b"\r\n", b"\n").endswith(notes.raw[r].removesuffix(b"\n") + b"\n"), r
        assert [p.pid for p in daemon.tree()] == before, daemon.log()[-3000:]
    finally:
        hop.close()
