# SPDX-License-Identifier: BSD-2-Clause
"""Behind a real Postfix: what comes out is what came in, but for the header changes listed here.

Each message goes through Postfix twice: with Postern as its content filter, and with a pass-through that
changes nothing in its place. The delivered files are compared field by field and byte by byte.
"""
import os
import re
import smtplib
import socket
import subprocess

import pytest

import corpus
import harness
import postfix
from pass_through import PassThrough

WHY_NOT = postfix.reason_to_skip()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

LONG = os.environ.get("POSTERN_LONG") == "1"
SENDER = "sender@example.net"
SETTINGS = f"""
$mydomain = '{postfix.DOMAIN}';
$myhostname = 'filter.example.org';
@local_domains_maps = (['.{postfix.DOMAIN}']);
$sa_tag_level_deflt = -999;
$sa_tag2_level_deflt = 999;
$sa_kill_level_deflt = 999;
$sa_local_tests_only = 1;
"""


def two_ports():
    """Two free ports, the second one above the first."""
    for _ in range(100):
        port = harness.free_port()
        try:
            with socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.1", port + 1)):
                return port, port + 1
        except OSError:
            continue
    raise AssertionError("no two ports side by side are free")


def send_all(port, messages, host="127.0.0.1"):
    with smtplib.SMTP(host, port, timeout=60, local_hostname="client.example.net") as s:
        for i, (_, raw) in enumerate(messages):
            s.sendmail(SENDER, [f"{postfix.USERS[i]}@{postfix.DOMAIN}"], corpus.wire(raw), ["BODY=8BITMIME"])


class Delivered:
    """A delivered file: its header as a list of whole fields, and its body."""

    def __init__(self, raw):
        # Lines up to the first that can be no field belong to the header.
        self.fields, at = [], 0
        for m in re.finditer(rb"[!-9;-~]+[ \t]*:.*\n(?:[ \t].*\n)*", raw):
            if m.start() != at:
                break
            self.fields.append(m.group())
            at = m.end()
        self.body = raw[at:]

    def names(self):
        return [f.split(b":")[0].strip().decode() for f in self.fields]


def plain(field):
    """A Received field of Postfix's without what differs from one run to the next: queue id and date."""
    field = re.sub(rb"(with E?SMTP id) [0-9A-Za-z]+", rb"\1 ID", field)
    return re.sub(rb";\s+\w{3}, [ \d]\d \w{3} \d{4} [\d:]{8} [-+]\d{4} \(\w+\)\n$", b"; DATE\n", field)


SPAM_FIELDS = ["X-Spam-Flag", "X-Spam-Score", "X-Spam-Level", "X-Spam-Status"]
OURS = rb"Received: from mx\.example\.org \(\[127\.0\.0\.1\]\)\s+by localhost \(filter\.example\.org\s+" \
       rb"\[127\.0\.0\.1\]\) \([-.\w]+,\s+port \d+\)\s+with %s\s+id [-\w]{12}\s+for <m\d{4}@example\.org>;\s+" \
       rb"\w{3}, +\d+ \w{3} \d{4} [\d:]{8} [-+]\d{4} \(\w+\)\n$"


def check_same(name, through_nothing, through_postern, protocol=b"ESMTP", verdict=True):
    """Every difference that there may be, in the order of the file. verdict: Postern's rules are on."""
    was, got = Delivered(through_nothing), Delivered(through_postern)
    # 1. Postfix's own fields on top: the same.
    top = ["Return-Path", "X-Original-To", "Delivered-To"]
    assert got.names()[:3] == was.names()[:3] == top, name
    assert got.fields[:3] == was.fields[:3], name
    # 2. The re-injection's Received: the name at HELO is Postern's, no longer Postfix's.
    assert got.names()[3] == was.names()[3] == "Received", name
    assert plain(got.fields[3]).replace(b"from localhost (localhost", b"from mx.example.org (localhost") == \
        plain(was.fields[3]), name
    # 3. Postern's fields: a verdict for a local recipient, then its Received.
    fields, names = got.fields[4:], got.names()[4:]
    if verdict:
        assert names[:4] == SPAM_FIELDS, name
        fields, names = fields[4:], names[4:]
    assert names[0] == "Received" and re.match(OURS % protocol, fields[0]), (name, fields[0])
    # 4. Fields that claim to be a verdict of this kind are gone; all others are there, in order, unchanged.
    kept = [f for f in was.fields[4:]
            if f.split(b":")[0].strip().lower() not in [n.lower().encode() for n in SPAM_FIELDS]]
    assert [plain(f) for f in fields[1:]] == [plain(f) for f in kept], name
    # 5. The rest, to the last byte.
    assert got.body == was.body, name


class House:
    """Postfix, a way around, and Postern, as one host has them."""

    def __init__(self, make_daemon, transport="postern-smtp", settings=SETTINGS):
        self.filter_port, self.back_port = two_ports()
        self.daemon = make_daemon(settings)
        self.daemon.port = self.filter_port
        self.daemon.write_config()
        self.around = PassThrough(self.back_port)
        self.ports = harness.free_port(), harness.free_port()
        self.postfix = postfix.Postfix()
        self.postfix.listen_before(self.ports[0], f"{transport}:[127.0.0.1]:{self.filter_port}")
        self.postfix.listen_before(self.ports[1], f"postern-smtp:[127.0.0.1]:{self.around.port}")
        self.postfix.listen_behind(self.back_port)

    def forward(self, method):
        self.daemon.write_config(f"{self.daemon.settings}\n$forward_method = '{method}';\n")
        return self

    def start(self):
        self.daemon.start()
        self.postfix.start()
        return self

    def through(self, port, messages):
        """Sends them all; returns the delivered files in the order of sending."""
        send_all(port, messages)
        self.postfix.wait_delivered(len(messages))
        boxes = self.postfix.mailboxes()
        self.postfix.empty_mailboxes()
        for i, (name, _) in enumerate(messages):
            assert len(boxes[postfix.USERS[i]]) == 1, f"{name}: {len(boxes[postfix.USERS[i]])} copies"
        return [boxes[postfix.USERS[i]][0] for i in range(len(messages))]

    def compare(self, messages, **kwargs):
        expected = self.through(self.ports[1], messages)
        got = self.through(self.ports[0], messages)
        for (name, _), was, now in zip(messages, expected, got):
            check_same(name, was, now, **kwargs)

    def close(self):
        self.postfix.close()
        self.around.close()


@pytest.fixture
def make_house(make_daemon):
    made = []

    def make(*args, **kwargs):
        made.append(House(make_daemon, *args, **kwargs))
        return made[-1]

    yield make
    for house in made:
        house.close()


def some(count):
    return corpus.sample(500 if LONG else count)


def test_sample_has_what_breaks_filters():
    messages = corpus.sample(500)
    for what, has in corpus.ODDITIES.items():
        assert any(has(raw) for _, raw in messages), what


def test_comparison_sees_each_change():
    top = b"Return-Path: <a@b>\nX-Original-To: m0001@example.org\nDelivered-To: m0001@example.org\n"
    back = b"Received: from %s (localhost [127.0.0.1])\n\tby mx.example.org (Postfix) with ESMTP id %s\n" \
        b"\tfor <m0001@example.org>; Sun, 22 Nov 2026 17:52:1%d +0000 (UTC)\n"
    ours = b"Received: from mx.example.org ([127.0.0.1]) by localhost (filter.example.org\n [127.0.0.1]) " \
        b"(postern, port 10024) with ESMTP id abcdefghijkl\n for <m0001@example.org>; " \
        b"Sun, 22 Nov 2026 17:52:16 +0000 (UTC)\n"
    rest = [b"From: me\n", b"X-Spam-Level: **\n", b"Subject: a\n b\n", b"\nbody\r \x80\n"]
    was = top + back % (b"mx.example.org", b"A1", 1) + b"".join(rest)
    got = top + back % (b"localhost", b"B2", 2) + ours + b"".join(rest[:1] + rest[2:])
    check_same("same", was, got, verdict=False)
    for old, new in [(b"From: me", b"From:  me"), (b"a\n b", b"a b"), (b"body\r", b"body"), (b"\x80", b"?"),
                     (b"m0001@example.org\nDel", b"m0002@example.org\nDel"), (b"From: me\n", b""),
                     (b"\nbody", b"X-New: field\n\nbody"), (b"port 10024", b"door 10024"), (ours, b"")]:
        assert old in got
        with pytest.raises((AssertionError, IndexError)):
            check_same("changed", was, got.replace(old, new), verdict=False)
    with pytest.raises(AssertionError):
        check_same("no verdict", was, got, verdict=True)


def test_content_comes_through_smtp(make_house):
    """The founding roles too: listening on port n, going on to n+1 on the client's own host."""
    house = make_house().forward("smtp:*:*").start()
    house.compare(corpus.sample(500))


def test_content_comes_through_lmtp(make_house):
    house = make_house("postern-lmtp")
    house.forward(f"smtp:[127.0.0.1]:{house.back_port}").start()
    house.compare(some(100), protocol=b"LMTP")


def test_content_with_checks_off(make_house):
    """Nothing but the one Received field is added, and forged verdicts are taken out all the same."""
    house = make_house(settings=f"{SETTINGS}\n@bypass_spam_checks_maps = (1); @bypass_virus_checks_maps = (1);")
    house.forward("smtp:*:*").start()
    house.compare(some(60), verdict=False)


def test_postfix_keeps_what_postern_defers(make_house):
    """No next hop: Postfix gets 451 at MAIL and keeps the mail; it is delivered when the next hop is back."""
    house = make_house().forward("smtp:*:*")
    behind = house.postfix.listeners.pop()
    house.start()
    messages = corpus.sample(20)[:5]
    send_all(house.ports[0], messages)
    harness.wait_for(lambda: house.postfix.log().count("status=deferred") >= 5, "all are deferred", 30)
    assert house.postfix.count_delivered() == 0
    house.postfix.listeners.append(behind)
    house.postfix.write_config()
    house.postfix.command("postfix", "reload")
    house.postfix.command("postqueue", "-f")
    house.postfix.wait_delivered(5, 60)
    assert house.postfix.count_delivered() == 5


GTUBE = b"Subject: spam\r\n\r\nXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"


def test_in_front_of_the_queue(make_house):
    """smtpd_proxy_filter: spam is refused while the client is there, and nobody bounces anything."""
    house = make_house(settings=f"{SETTINGS}\n$sa_kill_level_deflt = 100; $final_spam_destiny = D_REJECT;")
    house.forward("smtp:*:*")
    port = harness.free_port()
    house.postfix.listen(port, [f"smtpd_proxy_filter=127.0.0.1:{house.filter_port}"])
    house.start()
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as s:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            s.sendmail(SENDER, [f"m0000@{postfix.DOMAIN}"], GTUBE)
        assert refused.value.smtp_code == 554 and refused.value.smtp_error.startswith(b"5.7.0 Reject, id=")
        # The same session goes on, with a session to the filter for each message.
        s.sendmail(SENDER, [f"m0001@{postfix.DOMAIN}"], b"Subject: fine\r\n\r\n.\r\n..\r\nlast\r\n")
    house.postfix.wait_delivered(1, 30)
    assert list(house.postfix.mailboxes()) == ["m0001"]
    assert house.postfix.mailboxes()["m0001"][0].endswith(b"\n\n.\n..\nlast\n")
    assert "sender non-delivery" not in house.postfix.log()


# Two hosts: the mail server and the filter, each a network namespace.

MAIL_HOST, STRANGER, FILTER_HOST = "10.91.7.1", "10.91.7.3", "10.91.7.2"


def run_ip(*args):
    return subprocess.run(["ip", *args], capture_output=True, text=True, timeout=20, check=False)


@pytest.fixture
def two_hosts():
    """Names of two namespaces joined by a cable; the first one has two addresses."""
    mail, filt = f"postern-mail-{os.getpid()}", f"postern-filt-{os.getpid()}"
    steps = [
        ("netns", "add", mail), ("netns", "add", filt),
        ("-n", mail, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", filt),
        ("-n", mail, "addr", "add", f"{MAIL_HOST}/24", "dev", "cable"),
        ("-n", mail, "addr", "add", f"{STRANGER}/24", "dev", "cable"),
        ("-n", filt, "addr", "add", f"{FILTER_HOST}/24", "dev", "cable"),
        *[("-n", ns, "link", "set", dev, "up") for ns in (mail, filt) for dev in ("lo", "cable")],
    ]
    try:
        for step in steps:
            try:
                got = run_ip(*step)
            except FileNotFoundError:
                pytest.skip("the program ip is not installed")
            if got.returncode:
                pytest.skip(f"no network namespaces here: ip {' '.join(step)}: {got.stderr.strip()}")
        yield mail, filt
    finally:
        for ns in (mail, filt):
            run_ip("netns", "del", ns)


GREETING = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 10, (sys.argv[3], 0)) as s:
    s.settimeout(10)
    try:
        print(s.recv(100).decode().strip())
    except ConnectionResetError:
        print()
"""

SEND = """
import smtplib, sys
with smtplib.SMTP(sys.argv[1], int(sys.argv[2]), timeout=30) as s:
    s.sendmail(sys.argv[3], sys.argv[4], sys.stdin.buffer.read(), ["BODY=8BITMIME"])
"""


def python_in(namespace, program, *args, data=b""):
    got = subprocess.run(["ip", "netns", "exec", namespace, "/usr/bin/python3", "-c", program,
                          *[str(a) for a in args]], input=data, capture_output=True, timeout=60, check=False)
    assert got.returncode == 0, got.stderr.decode()
    return got.stdout.decode().strip()


def test_filter_and_mail_server_on_two_hosts(two_hosts, make_daemon):
    mail, filt = two_hosts
    daemon = make_daemon(f"{SETTINGS}\n$inet_socket_bind = '{FILTER_HOST}';\n"
                         f"@inet_acl = qw({MAIL_HOST});\n$forward_method = 'smtp:*:*';\n",
                         prefix=("ip", "netns", "exec", filt))
    daemon.port = 10025
    daemon.write_config()
    mta = postfix.Postfix(addresses=(MAIL_HOST,), prefix=("ip", "netns", "exec", mail))
    try:
        mta.listen_before(2525, f"postern-smtp:[{FILTER_HOST}]:10025")
        mta.listen_behind(10026, peers=FILTER_HOST)
        daemon.start()
        mta.start()
        assert python_in(mail, GREETING, FILTER_HOST, 10025, MAIL_HOST).startswith("220 ")
        assert python_in(mail, GREETING, FILTER_HOST, 10025, STRANGER) == ""
        daemon.wait_log(f"refused by @inet_acl.*{STRANGER}")
        messages = corpus.sample(20)[-6:]
        for i, (_, raw) in enumerate(messages):
            python_in(mail, SEND, MAIL_HOST, 2525, SENDER, f"{postfix.USERS[i]}@{postfix.DOMAIN}",
                      data=corpus.wire(raw))
        mta.wait_delivered(len(messages), 60)
        for box in mta.mailboxes().values():
            assert len(box) == 1
            # The way back was to the host that it came from, one port up.
            assert re.search(rb"Received: from localhost \(unknown \[10\.91\.7\.2\]\)", box[0])
            assert re.search(rb"Received: from \S+ \(\[10\.91\.7\.1\]\)\s+by localhost \(filter\.example\.org", box[0]), \
                box[0][:1000]
    finally:
        mta.close()
