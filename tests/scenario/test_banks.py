# SPDX-License-Identifier: BSD-2-Clause
"""Policy banks in the running daemon: what each changes takes effect for that connection or message, and for no other.

What amavisd does with the same banks is compared in test_amavisd_log.py.
"""
import pytest

import harness
from client import Client
from next_hop import NextHop

MAIL = b"From: a@example.net\nSubject: hello\n\nHello.\n"


@pytest.fixture(scope="module")
def site():
    """A daemon with a second port, and two next hops: the usual one, and that of banks."""
    usual, other = NextHop(), NextHop()
    second = harness.free_port()
    d = harness.Daemon(f"""
$inet_socket_port = [$inet_socket_port, {second}];
$forward_method = '{usual.method()}';
@mynetworks = qw( 10.0.0.0/8 );
$interface_policy{{'{second}'}} = 'SECOND';
$policy_bank{{'SECOND'}} = {{
  smtpd_greeting_banner => '${{helo-name}} second door of ${{product}}',
  smtpd_message_size_limit => 70000,
  smtpd_discard_ehlo_keywords => ['DSN'],
}};
$policy_bank{{'MYNETS'}} = {{ forward_method => '{other.method()}', allowed_added_header_fields => {{ 'received' => 0 }} }};
""", scans=1, rules=harness.RULES)
    d.second, d.usual, d.other = second, usual, other
    d.start()
    yield d
    d.close()
    usual.close()
    other.close()


def test_greeting_and_limits_are_the_ports(site):
    with Client(site.second) as c:
        assert c.greeting == (220, "[127.0.0.1] second door of Postern")
        assert "SIZE 70000" in c.hello[1] and "DSN" not in c.hello[1]
        assert c.say("MAIL FROM:<a@example.net> SIZE=80000")[0] == 552
    with Client(site.port) as c:
        assert c.greeting == (220, "[127.0.0.1] ESMTP Postern service ready")
        assert "SIZE 70000" not in c.hello[1] and "DSN" in c.hello[1]
        assert c.say("MAIL FROM:<a@example.net> SIZE=80000")[0] == 250
        assert c.say("QUIT") == (221, "2.0.0 [127.0.0.1] Postern closing transmission channel")


def test_next_hop_is_the_messages(site):
    """Three messages in one session: from outside, from inside, from outside again."""
    with Client(site.port) as c:
        for address, hop in (("192.0.2.7", site.usual), ("10.1.2.3", site.other), ("192.0.2.7", site.usual)):
            before = len(hop.messages), site.usual.connections
            assert c.say(f"XFORWARD ADDR={address}")[0] == 250
            assert c.send(MAIL, ["b@example.org"])[0] == 250
            assert len(hop.messages) == before[0] + 1
            # The connection that MAIL made ready was to the hop of this message too.
            assert hop is site.usual or site.usual.connections == before[1]
            assert (b"Received:" in hop.messages[-1].content) == (hop is site.usual)
    log = site.log()
    assert "{RelayedOpenRelay}, [192.0.2.7]" in log and "{RelayedOutbound}, MYNETS LOCAL [10.1.2.3]" in log


def test_access_is_the_ports(make_daemon):
    shut = harness.free_port()
    d = make_daemon(f"$inet_socket_port = [$inet_socket_port, {shut}]; $interface_policy{{'{shut}'}} = 'SHUT';"
                    "$policy_bank{'SHUT'} = { inet_acl => ['192.0.2.0/24'] };", scans=1, rules=harness.RULES).start()
    assert d.greeting().startswith("220 ")
    with pytest.raises((ConnectionError, ValueError)):
        Client(shut)
    d.wait_log("connection refused by @inet_acl")
