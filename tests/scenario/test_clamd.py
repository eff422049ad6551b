# SPDX-License-Identifier: BSD-2-Clause
"""A real clamd as the virus engine: each way to show it a message, and what happens when it fails."""
import base64
import email.message
import io
import itertools
import re
import threading
import time
import zipfile

import pytest

import clamd
import harness
import postfix
from client import Client
from next_hop import NextHop

WHY_NOT = clamd.reason_to_skip()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

SETTINGS = r"""
$mydomain = 'example.org';
$myhostname = 'filter.example.org';
@local_domains_maps = (['.example.org']);
@bypass_spam_checks_maps = (1);
$sa_local_tests_only = 1;
"""
WAYS = ["contscan", "contscan_tcp", "stream_unix", "stream_tcp", "fildes"]
ANNA = "anna@example.org"
COUNT = itertools.count(1)


def message(*fields, body=b"Hello.\n"):
    """Another one each time."""
    n = next(COUNT)
    head = [f"From: sender@example.net", f"Subject: number {n}", f"Message-ID: <clamd-{n}@example.net>", *fields]
    return "\n".join(head).encode() + b"\n\n" + body


def encoded(data):
    return base64.encodebytes(data)


def mixed(*parts):
    body = b"".join(b"--b\n" + p + b"\n" for p in parts) + b"--b--\n"
    return message("MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"', body=body)


TEXT = b"Content-Type: text/plain\n\nSee the attachment.\n"


def attached(data, name="eicar.com"):
    return (f'Content-Type: application/octet-stream; name="{name}"\nContent-Transfer-Encoding: base64\n'
            f'Content-Disposition: attachment; filename="{name}"\n\n').encode() + encoded(data)


def zipped(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("eicar.com", data)
    return out.getvalue()


INFECTED = {
    "plain": lambda: message(body=clamd.EICAR + b"\n"),
    "base64 attachment": lambda: mixed(TEXT, attached(clamd.EICAR)),
    "quoted-printable": lambda: message("MIME-Version: 1.0", "Content-Transfer-Encoding: quoted-printable",
                                        body=b"".join(b"=%02X" % c for c in clamd.EICAR[:20]) + b"=\n" +
                                        clamd.EICAR[20:] + b"\n"),
    "in a message": lambda: mixed(TEXT, b"Content-Type: message/rfc822\n\n" + mixed(TEXT, attached(clamd.EICAR))
                                  .replace(b"--b", b"--i").replace(b'"b"', b'"i"')),
    "in a zip": lambda: mixed(TEXT, attached(zipped(clamd.EICAR), "eicar.zip")),
    "behind 100 parts": lambda: mixed(*[TEXT.replace(b"See", b"See %d" % i) for i in range(100)],
                                      attached(clamd.EICAR)),
}
CLEAN = {
    "plain": message,
    "attachment": lambda: mixed(TEXT, attached(bytes(range(256)) * 40, "a.bin")),
    "zip": lambda: mixed(TEXT, attached(zipped(b"nothing\n"), "a.zip")),
    "no body": lambda: message(body=b""),
    "an empty part": lambda: mixed(b"Content-Type: text/plain\n\n", TEXT),
    "1 MB": lambda: mixed(TEXT, attached(b"0123456789abcdef" * 65536, "big.bin")),
}


def parts_group():
    """The group of the daemon's files; clamd's user is given it too."""
    user = harness.daemon_user()
    return [__import__("grp").getgrgid(user.pw_gid).gr_name] if user else []


@pytest.fixture
def engine():
    c = clamd.Clamd(parts_group()).start()
    yield c
    c.close()


@pytest.fixture
def hop():
    h = NextHop()
    yield h
    h.close()


class Place:
    """A daemon with scanners, in front of a next hop."""

    def __init__(self, make_daemon, hop, primary, backup=(), settings=""):
        self.hop = hop
        self.daemon = make_daemon(scans=1)
        group = "".join(f"$postern_av_parts_group = '{g}';\n" for g in parts_group())
        self.daemon.write_config(
            f"{SETTINGS}{group}$TEMPBASE = '{self.daemon.home}';\n$forward_method = '{hop.method()}';\n"
            f"@av_scanners = ( {', '.join(primary)} );\n@av_scanners_backup = ( {', '.join(backup)} );\n{settings}")
        self.daemon.start()

    def send(self, raw, timeout=30):
        with Client(self.daemon.port, timeout=timeout) as c:
            return c.send(raw, [ANNA])

    def left_over(self):
        return list(self.daemon.home.glob("postern-*"))


@pytest.mark.parametrize("way", WAYS)
def test_finds(make_daemon, engine, hop, way):
    p = Place(make_daemon, hop, [getattr(engine, way)()])
    p.daemon.wait_log("virus engine finds the EICAR test file.*ClamAV-clamd")
    for what, make in INFECTED.items():
        code, text = p.send(make())
        assert (code, "INFECTED: " + clamd.NAME in text) == (250, True), (what, text)
        assert not hop.messages, what
    log = p.daemon.log()
    assert len(re.findall(rf"Blocked INFECTED \({clamd.NAME}[^)]*\) {{DiscardedInbound}}", log)) == len(INFECTED)
    for n, (what, make) in enumerate(CLEAN.items(), 1):
        raw = make()
        code, text = p.send(raw)
        assert code == 250 and "discarded" not in text, (what, text)
        got = hop.wait_messages(n)[-1]
        assert got.content.endswith(raw.partition(b"\n\n")[2].replace(b"\n", b"\r\n")), what
        assert re.search(rb"^X-Virus-Scanned: \S", got.header(), re.M), what
    assert p.daemon.log().count("Passed CLEAN") == len(CLEAN)
    assert not p.left_over()


def test_every_engine_is_tested_at_start(make_daemon, engine, hop):
    dead = engine.entry("FILDES", "clamd:/nonexistent/clamd", name="dead")
    p = Place(make_daemon, hop, [engine.contscan(name="by path"), dead, engine.stream_tcp(name="by stream")],
              [engine.fildes(name="by descriptor")])
    for name in ("by path", "by stream", "by descriptor"):
        p.daemon.wait_log(f'virus engine finds the EICAR test file engine="?{name}')
    p.daemon.wait_log("virus engine did not find the EICAR test file.*engine=dead.*nonexistent")


def test_engine_without_signatures_is_told_at_start(make_daemon, engine, hop):
    engine.kill()
    (engine.dir / "db/test.hdb").unlink()
    (engine.dir / "db/test.ndb").write_text("Other:0:0:6162636465666768\n")
    engine.start()
    p = Place(make_daemon, hop, [engine.fildes()])
    p.daemon.wait_log("did not find the EICAR test file.*clean")
    # Such an engine's "clean" says nothing.
    assert p.send(message())[0] == 451
    assert not hop.messages
    # Mended, it is tested again by the next message that it calls clean.
    engine.kill()
    (engine.dir / "db/test.ndb").write_text(f"{clamd.NAME}:0:0:{clamd.EICAR.hex()}\n")
    engine.start()
    assert p.send(message())[0] == 451
    p.daemon.wait_log("virus engine finds the EICAR test file")
    assert p.send(message())[0] == 250
    assert "INFECTED" in p.send(INFECTED["base64 attachment"]())[1]


def test_engine_that_may_not_read_the_parts(make_daemon, hop):
    """clamd says "Access denied. ERROR" of a file, and then "OK" of its folder: that is not clean."""
    if not parts_group():
        pytest.skip("another user needs root")
    stranger = clamd.Clamd(groups=()).start()
    try:
        p = Place(make_daemon, hop, [stranger.contscan()])
        p.daemon.wait_log("did not find the EICAR test file")
        assert p.send(message())[0] == 451
        assert p.send(INFECTED["plain"]())[0] == 451
        assert not hop.messages
        # The ways that need no files find it all the same.
        p = Place(make_daemon, hop, [stranger.contscan(), stranger.fildes(name="by descriptor")])
        assert "INFECTED" in p.send(INFECTED["plain"]())[1]
        assert p.send(message())[0] == 250
    finally:
        stranger.close()


@pytest.mark.parametrize("way", ["contscan", "stream_tcp", "fildes"])
def test_killed_in_a_scan(make_daemon, engine, hop, way):
    p = Place(make_daemon, hop, [getattr(engine, way)()])
    p.daemon.wait_log("virus engine finds")
    engine.hang()
    got = []
    t = threading.Thread(target=lambda: got.append(p.send(message())))
    t.start()
    time.sleep(0.7)
    assert not got and not hop.messages
    engine.kill()
    t.join(timeout=20)
    assert got and got[0][0] == 451, got
    assert p.send(message())[0] == 451
    assert not hop.messages and hop.said("DATA") == 0
    assert not p.left_over()
    p.daemon.wait_log("AV: ALL VIRUS SCANNERS FAILED", 2)
    engine.start()
    assert p.send(message())[0] == 250
    assert len(hop.messages) == 1


def test_hangs_past_the_deadline(make_daemon, engine, hop):
    p = Place(make_daemon, hop, [engine.fildes()], settings="$postern_message_deadline = 2;")
    p.daemon.wait_log("virus engine finds")
    engine.hang()
    start = time.monotonic()
    assert p.send(message())[0] == 451
    assert time.monotonic() - start < 10
    assert not hop.messages


def test_failure_is_not_fatal_by_setting(make_daemon, engine, hop):
    p = Place(make_daemon, hop, [engine.fildes()], settings="$virus_scanners_failure_is_fatal = 0;")
    engine.kill()
    assert p.send(message())[0] == 250
    assert len(hop.messages) == 1
    p.daemon.wait_log(r"Passed UNCHECKED \{RelayedTaggedInbound\}|Passed UNCHECKED \{RelayedInbound\}")


def test_backups_are_asked_when_all_primaries_failed(make_daemon, engine, hop):
    other = clamd.Clamd(parts_group()).start()
    try:
        p = Place(make_daemon, hop, [engine.fildes(name="one"), engine.stream_tcp(name="two")],
                  [other.fildes(name="spare")])
        p.daemon.wait_log("virus engine finds", 3)
        other.kill()
        # The primaries answer: nobody asks the dead spare.
        assert p.send(message())[0] == 250
        assert "FAILED" not in p.daemon.log()
        other.start()
        engine.kill()
        assert p.send(message())[0] == 250
        assert "INFECTED" in p.send(INFECTED["base64 attachment"]())[1]
        assert len(hop.messages) == 2
        log = p.daemon.log()
        assert log.count("(one) av-scanner FAILED") == log.count("(two) av-scanner FAILED") == 2
        assert "ALL VIRUS SCANNERS FAILED" not in log
        other.kill()
        assert p.send(message())[0] == 451
        p.daemon.wait_log("ALL VIRUS SCANNERS FAILED")
        assert len(hop.messages) == 2
    finally:
        other.close()


def test_one_primary_is_enough(make_daemon, engine, hop):
    dead = engine.entry("FILDES", "clamd:/nonexistent/clamd", name="dead")
    p = Place(make_daemon, hop, [dead, engine.contscan(name="works")])
    assert p.send(message())[0] == 250
    assert "INFECTED" in p.send(INFECTED["in a zip"]())[1]
    assert len(hop.messages) == 1


def test_larger_than_the_engine_takes(make_daemon, engine, hop):
    """clamd answers an error in the middle of the stream: no verdict, so nothing is delivered."""
    engine.kill()
    with open(engine.dir / "conf", "a") as f:
        f.write("StreamMaxLength 100K\n")
    engine.start()
    p = Place(make_daemon, hop, [engine.stream_unix()])
    for _ in range(3):
        assert p.send(CLEAN["1 MB"]())[0] == 451
    assert p.send(message())[0] == 250
    assert len(hop.messages) == 1
    assert "size limit exceeded" in p.daemon.log()


NO_POSTFIX = postfix.reason_to_skip()


@pytest.mark.skipif(NO_POSTFIX is not None, reason=str(NO_POSTFIX))
def test_postfix_keeps_mail_while_the_engine_is_away(make_daemon, engine):
    mta = postfix.Postfix()
    ports = [harness.free_port() for _ in range(2)]
    daemon = make_daemon(scans=1)
    daemon.write_config(f"{SETTINGS}$forward_method = 'smtp:[127.0.0.1]:{ports[1]}';\n"
                        f"@av_scanners = ( {engine.fildes()} );\n")
    mta.listen_before(ports[0], f"postern-smtp:[127.0.0.1]:{daemon.port}")
    mta.listen_behind(ports[1])
    to = f"{postfix.USERS[0]}@{postfix.DOMAIN}"
    try:
        daemon.start()
        mta.start()
        engine.kill()
        for raw in (message(), INFECTED["base64 attachment"](), message()):
            with Client(ports[0]) as c:
                assert c.send(raw, [to])[0] == 250
        harness.wait_for(lambda: mta.log().count("status=deferred") >= 3, "all are deferred", 30)
        assert mta.queued() >= 3 and mta.count_delivered() == 0
        engine.start()
        mta.command("postqueue", "-f")
        mta.wait_delivered(2, 60)
        daemon.wait_log("Blocked INFECTED")
        assert mta.count_delivered() == 2
    finally:
        mta.close()
