# SPDX-License-Identifier: BSD-2-Clause
"""Bad input to the running daemon: each message of bad_messages.py, bad commands, bad configuration files.

A case passes where the reply is the one in the table and comes within the deadline, the daemon's
processes are the same afterwards and serve the next session, and neither front nor scan has
needed more than MEMORY for it. What is counted: the process's peak of resident memory (VmHWM, reset
before the case), minus what it had after its first ordinary message, minus the message itself, which
both processes map from one memfd.
"""
import contextlib
import pathlib
import re
import socket
import threading
import time

import pytest

import harness
from bad_messages import FROM, MESSAGES
from client import Client
from next_hop import NextHop

MIB = 1 << 20
MEMORY = 64 * MIB
DEADLINE_S = 30
SETTINGS = """
$mydomain = 'example.org';
$myhostname = 'filter.example.org';
@local_domains_maps = (['.example.org']);
@bypass_virus_checks_maps = (1);
$sa_local_tests_only = 1;
$sa_tag_level_deflt = -999;
$final_spam_destiny = D_PASS;
"""
ACCEPTED = (250, r"2\.0\.0 from MTA\(smtp:\[127\.0\.0\.1\]:\d+\): 250 2\.0\.0 Ok: kept")

# What makes a process touch its share of the rules before it is measured.
TEXT = b"Dear Anna, see http://www.example.com/offer?id=1 and write to bert@example.net.\r\n\r\n" * 400
HTML = b"<html><body><p style='color:red'>Dear <b>Anna</b>, <a href='http://www.example.com/'>look</a></p></body></html>\r\n"
ORDINARY = (
    FROM + b"\r\n" + TEXT,
    FROM + b"Content-Type: text/html\r\n\r\n" + HTML * 400,
    FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + TEXT +
    b"--b\r\nContent-Type: text/html\r\n\r\n" + HTML + b"--b\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4\r\n--b--\r\n",
)


def resident(process):
    status = process.status()
    return {k: int(status[k].split()[0]) * 1024 for k in ("VmHWM", "VmRSS")}


class Place:
    """A daemon with one scan process, its next hop, and what its processes had when they were young."""

    def __init__(self):
        self.hop = NextHop()
        rules = harness.TOP / "var/spamassassin"
        where = "" if pathlib.Path("/usr/share/spamassassin").is_dir() else (
            f"$postern_rules_dir = '{rules}/usr/share/spamassassin';\n"
            f"$postern_site_dir = '{rules}/etc/spamassassin';\n")
        self.daemon = harness.Daemon(f"{SETTINGS}{where}$forward_method = '{self.hop.method()}';\n", scans=1)
        self.daemon.start()
        for content in ORDINARY:
            self.send_good(content)
        self.processes = {name: self.daemon.role(name)[0] for name in ("front", "scan")}
        self.young = {name: resident(p)["VmRSS"] for name, p in self.processes.items()}
        self.times = {}

    def close(self):
        slowest = sorted(self.times.items(), key=lambda x: -x[1][0])[:8]
        for name, (seconds, growth) in slowest:
            print(f"\n{seconds:6.2f} s  {name}: " + ", ".join(f"{k} {v / MIB:.1f} MiB" for k, v in growth.items()), end="")
        print()
        self.daemon.close()
        self.hop.close()

    def send_good(self, content=FROM + b"\r\nGood morning.\r\n"):
        with Client(self.daemon.port) as c:
            code, text = c.send(content, ["anna@example.org"])
        assert code == 250, text

    def measure(self, name, act):
        """Runs act() and checks that it was quick and cheap and left everything alive."""
        for p in self.processes.values():
            pathlib.Path(f"/proc/{p.pid}/clear_refs").write_text("5")
        start = time.monotonic()
        act()
        seconds = time.monotonic() - start
        growth = {k: max(0, resident(p)["VmHWM"] - self.young[k]) for k, p in self.processes.items()}
        self.times[name] = (seconds, growth)
        self.send_good()
        for role, p in self.processes.items():
            assert p.is_alive(), f"{role} died:\n{self.daemon.log()[-3000:]}"
        assert seconds < DEADLINE_S
        if not harness.is_sanitized():  # what is freed stays resident there, on purpose
            assert max(growth.values()) <= MEMORY, {k: f"{v / MIB:.1f} MiB" for k, v in growth.items()}


@pytest.fixture(scope="module")
def place():
    it = Place()
    yield it
    it.close()


def fits(got, want):
    return got[0] == want[0] and re.fullmatch(want[1], got[1])


@pytest.mark.parametrize("name", MESSAGES)
def test_message(place, name):
    content = MESSAGES[name]()

    def send():
        with Client(place.daemon.port, timeout=DEADLINE_S) as c:
            c.begin(["bert@example.org"])
            assert c.say("DATA")[0] == 354
            c.sock.sendall(content)
            c.sock.sendall(b".\r\n")
            got = c.reply()
        assert fits(got, ACCEPTED), got

    place.hop.reset()
    place.measure(name, send)


# name: (bytes behind EHLO, the replies to them; the last may be followed by the end of the connection)
TRANSACTION = b"MAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.org>\r\n"
COMMANDS = {
    "no such command": (b"FROBNICATE\r\n", [r"500 5\.5\.2 .*"]),
    "empty line": (b"\r\n", [r"500 5\.5\.2 .*"]),
    "NUL in a command": (b"NO\0OP\r\n", [r"500 5\.5\.2 Control character in command line"]),
    "bare LF": (b"NOOP\nNOOP\r\n", [r"500 5\.5\.2 Bare <LF> ends no command, closing channel"]),
    "line of 1 MiB": (b"MAIL FROM:<" + b"a" * MIB + b"@example.net>\r\n", [r"500 5\.5\.2 Command line too long"]),
    "DATA first": (b"DATA\r\n", [r"503 5\.5\.1 Need MAIL command before DATA"]),
    "RCPT first": (b"RCPT TO:<a@example.org>\r\n", [r"503 5\.5\.1 Need MAIL command before RCPT"]),
    "MAIL without a path": (b"MAIL FROM:\r\n", [r"501 5\.1\.7 Sender: address must be in angle brackets"]),
    "MAIL without an end": (b"MAIL FROM:<a@example.net\r\n", [r"501 .*"]),
    "MAIL with a number too large": (b"MAIL FROM:<> SIZE=99999999999999999999999\r\n",
                                     [r"501 5\.5\.4 Bad value of MAIL parameter SIZE"]),
    "MAIL with an unknown parameter": (b"MAIL FROM:<> X=1\r\n", [r"555 5\.5\.4 MAIL parameter not recognized"]),
    "BDAT": (TRANSACTION + b"BDAT 5 LAST\r\nabcde", [r"250 .*", r"250 .*", r"502 .*"]),
    "HTTP": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", [r"500 5\.5\.2 .*"]),
    "120,000 NOOPs at once": (b"NOOP\r\n" * 120_000, [r"250 2\.0\.0 .*"] * 99_999
                             + [r"421 4\.7\.0 Too many commands, closing channel"]),
    "100 wrong commands": (b"WRONG\r\n" * 100, [r"500 5\.5\.2 .*"] * 20 + [r"421 4\.7\.0 Too many errors, closing channel"]),
    "2,000 recipients": (b"MAIL FROM:<>\r\n" + b"".join(b"RCPT TO:<u%d@example.org>\r\n" % i for i in range(2000)),
                         [r"250 .*"] * 1101 + [r"452 4\.5\.3 .*"] * 900),
    "gone within DATA": (TRANSACTION + b"DATA\r\nSubject: no end\r\n", [r"250 .*", r"250 .*", r"354 .*"]),
}


def send_what_goes(sock, data):
    """The server may close before it has read all."""
    with contextlib.suppress(OSError):
        sock.sendall(data)


@pytest.mark.parametrize("name", COMMANDS)
def test_commands(place, name):
    said, want = COMMANDS[name]

    def talk():
        with Client(place.daemon.port, timeout=DEADLINE_S) as c:
            sender = threading.Thread(target=send_what_goes, args=(c.sock, said))
            sender.start()
            for reply in want:
                code, text = c.reply()
                assert re.fullmatch(reply, f"{code} {text}"), (code, text)
            c.sock.shutdown(socket.SHUT_RDWR)
            sender.join()

    place.measure(name, talk)
