# SPDX-License-Identifier: BSD-2-Clause
"""Engines that speak Sophie's protocol, and the folder of parts that they are shown."""
import base64
import grp
import hashlib
import itertools
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import pytest

import harness
from client import Client
from next_hop import NextHop
from sophie_server import EICAR

HERE = pathlib.Path(__file__).resolve().parent
SETTINGS = r"""
$mydomain = 'example.org';
$myhostname = 'filter.example.org';
@local_domains_maps = (['.example.org']);
@bypass_spam_checks_maps = (1);
$sa_local_tests_only = 1;
"""
# As amavisd.conf's samples have it.
PATTERNS = r"qr/(?x)^ 0+ ( : | [\000\r\n]* $)/m, qr/(?x)^ 1 ( : | [\000\r\n]* $)/m, " \
           r"qr/(?x)^ [-+]? \d+ : (.*?) [\000\r\n]* $/m"
COUNT = itertools.count(1)
ANNA = "anna@example.org"


class Engine:
    """A sophie_server.py of another user than the daemon's: of the group of the parts, or of none."""

    def __init__(self, in_group=True):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="postern-sophie-", dir="/tmp"))
        self.dir.chmod(0o755)
        self.path = str(self.dir / "sophie")
        self.in_group = in_group
        self.popen = None

    def start(self):
        as_user = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("games")
            as_user = {"user": user.pw_uid, "group": user.pw_gid,
                       "extra_groups": [harness.daemon_user().pw_gid] if self.in_group else []}
            os.chown(self.dir, user.pw_uid, user.pw_gid)
        pathlib.Path(self.path).unlink(missing_ok=True)
        # Its own copy: another user may not be able to enter the source tree.
        program = shutil.copy(HERE / "sophie_server.py", self.dir)
        self.popen = subprocess.Popen(["/usr/bin/python3", "-I", program, self.path], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True, cwd=self.dir, **as_user)
        assert self.popen.stdout.readline() == "ready\n"
        return self

    def say(self, line):
        self.popen.stdin.write(line + "\n")
        self.popen.stdin.flush()
        return self.popen.stdout.readline().rstrip("\n")

    def set(self, *lines):
        for line in lines:
            assert self.say(line) == "ok", line

    def requests(self):
        got = json.loads(self.say("requests"))
        assert not [r for r in got if r["wrong"]], got
        return got

    def entry(self, query=r"{}\n", name="Sophie", scheme="sophie:"):
        return f"['{name}', \\&ask_daemon, [\"{query}\", '{scheme}{self.path}'], {PATTERNS} ]"

    def close(self):
        if self.popen and self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


@pytest.fixture
def make_engine():
    made = []

    def make(**kwargs):
        made.append(Engine(**kwargs).start())
        return made[-1]

    yield make
    for e in made:
        e.close()


@pytest.fixture
def hop():
    h = NextHop()
    yield h
    h.close()


def message(body=b"Hello.\n", fields=()):
    n = next(COUNT)
    head = ["From: sender@example.net", f"Subject: number {n}", f"Message-ID: <sophie-{n}@example.net>", *fields]
    return "\n".join(head).encode() + b"\n\n" + body


def with_parts(*parts):
    body = b"".join(b"--b\n" + p + b"\n" for p in parts) + b"--b--\n"
    return message(body, ("MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"'))


def attached(data):
    return b"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(data)


def infected():
    return with_parts(b"Content-Type: text/plain\n\nhello\n", attached(EICAR))


class Place:
    def __init__(self, make_daemon, hop, entries, settings=""):
        self.hop = hop
        self.daemon = make_daemon(scans=1)
        user = harness.daemon_user()
        group = f"$postern_av_parts_group = '{grp.getgrgid(user.pw_gid).gr_name}';\n" if user else ""
        self.daemon.write_config(f"{SETTINGS}{group}$forward_method = '{hop.method()}';\n"
                                 f"@av_scanners = ( {', '.join(entries)} );\n{settings}")

    def start(self):
        self.daemon.start()
        return self

    def send(self, raw):
        with Client(self.daemon.port) as c:
            return c.send(raw, [ANNA])

    def folders(self):
        return sorted(p.name for p in self.daemon.home.glob("postern-*"))


def settle(engine, place):
    """The self-test is over: what comes next is the test's own."""
    place.daemon.wait_log("EICAR test file")
    engine.requests()


def test_what_is_shown(make_daemon, make_engine, hop):
    """The whole message and each decoded leaf, readable by the group and nobody else, gone afterwards."""
    engine = make_engine()
    p = Place(make_daemon, hop, [engine.entry()]).start()
    settle(engine, p)
    blob = bytes(range(256)) * 50
    raw = with_parts(b"Content-Type: text/plain\n\nhello\n", attached(blob), b"Content-Type: text/plain\n\n",
                     b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
                     b"<b>=C3=A4</b>\n")
    assert p.send(raw)[0] == 250 and len(hop.messages) == 1
    [request] = engine.requests()
    name = request["path"]
    assert name.startswith(f"{p.daemon.home}/postern-") and name.endswith("/parts"), name
    seen = request["seen"]
    group = grp.getgrgid(os.stat(p.daemon.home).st_gid).gr_name
    assert seen["."][:2] == ["0o750", group]
    files = {k: v for k, v in seen.items() if k != "."}
    assert set(files) == {"email.txt", "p001", "p002", "p003"}, files
    for mode, owner, _, _ in files.values():
        assert (mode, owner) == ("0o640", group)

    def digest(data):
        return hashlib.sha256(data).hexdigest()

    assert files["email.txt"][3] == digest(raw)  # line ends as on disk
    assert files["p002"][3] == digest(blob)
    assert files["p001"][2] in (len(b"hello"), len(b"hello\n"))
    assert files["p003"][2] in (len("<b>ä</b>".encode()), len("<b>ä</b>\n".encode()))
    harness.wait_for(lambda: not p.folders(), "the folder is gone")


def test_one_question_a_file(make_daemon, make_engine, hop):
    engine = make_engine()
    p = Place(make_daemon, hop, [engine.entry(r"{}/*\n")]).start()
    settle(engine, p)
    assert p.send(with_parts(b"Content-Type: text/plain\n\nhello\n", attached(b"x" * 100)))[0] == 250
    asked = [os.path.basename(r["path"]) for r in engine.requests()]
    assert asked == ["email.txt", "p001", "p002"]
    assert "INFECTED" in p.send(infected())[1]
    assert len(hop.messages) == 1
    engine.requests()


def test_every_way_to_end_a_reply(make_daemon, make_engine, hop):
    engine = make_engine()
    p = Place(make_daemon, hop, [engine.entry()]).start()
    settle(engine, p)
    clean = 0
    for ending in ("lf", "crlf", "nul", "eof"):
        for split in (0, 1, 2, 3, 7):
            engine.set(f"ending {ending}", f"split {split}", "names Troj/One-A,W32/Two, Three",)
            code, text = p.send(infected())
            assert code == 250 and "INFECTED: Troj/One-A,W32/Two, Three" in text, (ending, split, text)
            assert p.send(message())[0] == 250
            clean += 1
            assert len(hop.messages) == clean, (ending, split)
    engine.requests()
    assert "FAILED" not in p.daemon.log()


UNCLEAR = ["-1", "-1:error text", "2", "OK", "", "10", "hello 0", "-0", "\\x00", " 0", "01", "0x", "2:0", "-1\\n0\\n"]


def test_what_no_pattern_matches_is_a_failure(make_daemon, make_engine, hop):
    engine = make_engine()
    p = Place(make_daemon, hop, [engine.entry()]).start()
    settle(engine, p)
    for text in UNCLEAR:
        for ending in ("lf", "eof"):
            engine.set(f"answer {text}" if text else "answer \\x20", f"ending {ending}")
            assert p.send(message())[0] == 451, (text, ending)
    for mode in ("close", "reset"):
        engine.set(f"mode {mode}")
        assert p.send(message())[0] == 451, mode
    assert not hop.messages and hop.said("DATA") == 0
    assert p.daemon.log().count("ALL VIRUS SCANNERS FAILED") == 2 * len(UNCLEAR) + 2
    # Every "1" is a find, also one without a name.
    engine.set("mode ok", "answer 1", "ending lf")
    for text in ("1", "1:", "1:A"):
        engine.set(f"answer {text}")
        assert "INFECTED: " in p.send(message())[1], text
    assert not hop.messages
    engine.set("answer")
    assert p.send(message())[0] == 250 and len(hop.messages) == 1
    assert not p.folders()


def test_a_user_who_may_not_read_the_parts(make_daemon, make_engine, hop):
    """-1 for everything: told at the start, deferred, never clean."""
    if os.geteuid() != 0:
        pytest.skip("another user needs root")
    engine = make_engine(in_group=False)
    p = Place(make_daemon, hop, [engine.entry()]).start()
    p.daemon.wait_log("did not find the EICAR test file.*Permission denied")
    assert p.send(message())[0] == 451
    assert not hop.messages
    engine.requests()


def test_hangs(make_daemon, make_engine, hop):
    """The message's deadline comes first; its folder goes with it."""
    engine = make_engine()
    p = Place(make_daemon, hop, [engine.entry()], "$postern_message_deadline = 2;").start()
    settle(engine, p)
    engine.set("mode hang")
    start = time.monotonic()
    assert p.send(message())[0] == 451
    assert time.monotonic() - start < 8
    assert not hop.messages
    harness.wait_for(lambda: not p.folders(), "the folder is gone")


def test_an_engine_that_hangs_leaves_time_for_the_next(make_daemon, make_engine, hop):
    """Three fifths of the message's time are its own, as in amavisd: $child_timeout is that time."""
    hangs, works = make_engine(), make_engine()
    p = Place(make_daemon, hop, [hangs.entry(name="Sophie A"), works.entry(name="Sophie B")], "$child_timeout = 11;").start()
    p.daemon.wait_log("finds the EICAR test file", 2)
    hangs.set("mode hang")
    start = time.monotonic()
    got = p.send(infected())
    assert 5 < time.monotonic() - start < 10
    assert got[0] == 250 and "INFECTED" in got[1], got
    assert not hop.messages
    p.daemon.wait_log(r"\(Sophie A\) av-scanner FAILED")


@pytest.mark.parametrize("setting, said, asked", [
    ("", "Worm.A", 0), ("$first_infected_stops_scan = 1;", "Worm.A", 0), ("$first_infected_stops_scan = 0;", "Worm.A, Worm.B", 1),
    ("$policy_bank{'ALL'} = { first_infected_stops_scan => 0 }; $interface_policy{$inet_socket_port} = 'ALL';",
     "Worm.A, Worm.B", 1)])
def test_first_infected_stops(make_daemon, make_engine, hop, setting, said, asked):
    engines = make_engine(), make_engine()
    p = Place(make_daemon, hop, [e.entry(name=f"Sophie {i}") for i, e in enumerate(engines)], setting).start()
    p.daemon.wait_log("finds the EICAR test file", 2)
    for engine, name in zip(engines, "AB"):
        engine.requests()
        engine.set(f"answer 1:Worm.{name}\\n")
    assert p.send(message())[1].endswith(f"INFECTED: {said}")
    assert len(engines[0].requests()) == 1
    assert len(engines[1].requests()) == asked


def test_client_goes_away(make_daemon, make_engine, hop):
    engine = make_engine()
    p = Place(make_daemon, hop, [engine.entry()]).start()
    settle(engine, p)
    engine.set("mode hang")
    with Client(p.daemon.port) as c:
        c.begin([ANNA])
        c.content(message())
        harness.wait_for(p.folders, "the folder is there")
    harness.wait_for(lambda: not p.folders(), "the folder is gone")
    assert not hop.messages


def test_swept_after_a_kill(make_daemon, make_engine, hop):
    engine = make_engine()
    p = Place(make_daemon, hop, [engine.entry()]).start()
    settle(engine, p)
    engine.set("mode hang")
    others = p.daemon.home / "postern-notes"
    others.mkdir()
    alive = p.daemon.home / f"postern-{os.getpid()}-1"
    alive.mkdir()
    got = []

    def send():
        try:
            got.append(p.send(message()))
        except ConnectionError as e:
            got.append(e)

    t = threading.Thread(target=send)
    t.start()
    harness.wait_for(lambda: len(p.folders()) == 3, "the folder is there")
    [front] = p.daemon.role("front")
    front.kill()
    t.join(timeout=20)
    assert isinstance(got[0], ConnectionError)
    # The next front sweeps what the dead one left, and nothing else.
    engine.set("mode ok")
    p.daemon.wait_log("left-over parts folders removed")
    harness.wait_for(lambda: p.folders() == sorted([others.name, alive.name]), "what is left")
    harness.wait_for(p.daemon.greeting, "a new front serves", 30)
    assert p.send(message())[0] == 250
    assert len(hop.messages) == 1


def test_many_parts(make_daemon, make_engine, hop):
    """What is infected is found behind any number of harmless parts; each part is shown, and once."""
    engine = make_engine()
    p = Place(make_daemon, hop, [engine.entry()]).start()
    settle(engine, p)
    harmless = [attached(b"harmless %d" % i) for i in range(300)]
    assert "INFECTED" in p.send(with_parts(*harmless, attached(EICAR)))[1]
    assert not hop.messages
    engine.requests()
    assert p.send(with_parts(*harmless))[0] == 250
    seen = [n for r in engine.requests() for n in r["seen"] if n != "."]
    assert [n for n in seen if n.startswith("p")] == [f"p{i:03}" for i in range(1, 301)]
    assert seen.count("email.txt") == 1  # the whole message is shown once too
    assert len(hop.messages) == 1
    harness.wait_for(lambda: not p.folders(), "the folders are gone")


def test_more_parts_than_are_read(make_daemon, make_engine, hop):
    """Beyond the limit of parts an engine that reads no mail cannot speak for them: not "clean"."""
    engine = make_engine()
    p = Place(make_daemon, hop, [engine.entry()], "$final_unchecked_destiny = D_REJECT;").start()
    settle(engine, p)
    raw = with_parts(*[attached(b"harmless %d" % i) for i in range(1100)])
    assert p.send(raw)[0] == 554
    p.daemon.wait_log("Blocked UNCHECKED")
    deep = attached(b"harmless")
    for i in range(30):
        deep = (f'Content-Type: multipart/mixed; boundary="c{i}"\n\n--c{i}\n'.encode() + deep +
                f"\n--c{i}--\n".encode())
    assert p.send(with_parts(deep))[0] == 554
    assert not hop.messages
    engine.requests()


def test_socket_that_is_not_there(make_daemon, make_engine, hop):
    engine = make_engine()
    p = Place(make_daemon, hop, [engine.entry()]).start()
    settle(engine, p)
    engine.popen.send_signal(signal.SIGKILL)
    engine.popen.wait()
    assert p.send(message())[0] == 451
    assert not hop.messages
    engine.start()
    assert p.send(message())[0] == 250
    assert "INFECTED" in p.send(infected())[1]
    assert len(hop.messages) == 1
