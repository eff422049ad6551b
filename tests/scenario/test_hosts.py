# SPDX-License-Identifier: BSD-2-Clause
"""Next hops by name, and what the system is told of listening sockets."""
import os
import subprocess

import pytest

import harness
from client import Client
from next_hop import NextHop

MAIL = b"From: a@example.net\nSubject: hello\n\nHello.\n"


def send(daemon):
    """The code that ended it: of MAIL when that was refused, else of the dot."""
    with Client(daemon.port) as c:
        got = c.say("MAIL FROM:<a@example.net>")
        if got[0] != 250:
            return got[0]
        assert c.say("RCPT TO:<b@example.org>")[0] == 250
        c.content(MAIL)
        return c.reply()[0]


def test_a_name_without_an_address_stops_no_start(make_daemon):
    """Only its mail waits: a name server may be away when the machine comes up."""
    d = make_daemon("$forward_method = 'smtp:no-such-host.invalid:25';", rules=harness.RULES).start()
    assert send(d) == 451
    d.wait_log("host name without an address.*no-such-host.invalid")


@pytest.mark.skipif(os.geteuid() != 0, reason="a file in the place of /etc/hosts needs root")
def test_a_host_that_moves(make_daemon, tmp_path):
    """None of the known addresses answers: the name is looked up again, and the retry finds it."""
    tmp_path.chmod(0o755)
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.2 hop.example.test\n")
    hosts.chmod(0o644)
    port = harness.free_port()
    first = NextHop(host="127.0.0.2", port=port)
    # The file that is bound over /etc/hosts is in the daemon's own namespace only.
    prefix = ["unshare", "-m", "sh", "-c", f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"]
    d = make_daemon(f"$forward_method = 'smtp:hop.example.test:{port}';", rules=harness.RULES, prefix=prefix).start()
    assert send(d) == 250 and len(first.messages) == 1
    first.close()
    second = NextHop(host="127.0.0.3", port=port)
    hosts.write_text("127.0.0.3 hop.example.test\n")
    try:
        assert send(d) == 451
        harness.wait_for(lambda: send(d) == 250, "the retry", 15)
        assert len(second.messages) == 1
    finally:
        second.close()


def test_waiting_connections(make_daemon):
    """$listen_queue_size, at a start and after a reload."""
    d = make_daemon("$listen_queue_size = 7;", rules=harness.RULES).start()

    def backlog():
        got = subprocess.run(["ss", "-ltnH", f"sport = :{d.port}"], capture_output=True, text=True, timeout=30, check=True).stdout
        return {int(line.split()[2]) for line in got.splitlines()}

    assert backlog() == {7}
    d.write_config("$listen_queue_size = 9;")
    d.hup()
    d.wait_log("configuration is in service", 2)
    assert backlog() == {9}
