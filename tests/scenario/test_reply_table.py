# SPDX-License-Identifier: BSD-2-Clause
"""The reply, row by row of the table in docs/ARCHITECTURE.md: what the sending side is told, and who gets a copy.

Recipients of example.org are local and those of example.net are not: the two get different headers, so
a message to both makes two transactions with the next hop, in the order of the recipients.
"""
import email
import email.policy
import itertools
import time

import pytest

import harness
from client import Client
from next_hop import DROP, NextHop

SETTINGS = """
$mydomain = 'example.org';
$myhostname = 'filter.example.org';
@local_domains_maps = (['.example.org']);
@bypass_spam_checks_maps = (1);
@bypass_virus_checks_maps = (1);
$sa_local_tests_only = 1;
"""
HERE, ALSO_HERE, AWAY = "anna@example.org", "bert@example.org", "carl@example.net"
COUNT = itertools.count(1)


class Place:
    """A daemon and its next hop."""

    def __init__(self, make_daemon, hop, settings=""):
        self.hop = hop
        self.daemon = make_daemon(f"{SETTINGS}\n$forward_method = '{hop.method()}';\n{settings}\n", scans=1)
        self.daemon.start()

    def client(self, lmtp=False):
        return Client(self.daemon.port, lmtp)

    def send(self, recipients, raw=None, lmtp=False, **kwargs):
        with self.client(lmtp) as c:
            return c.send(raw or message(), recipients, **kwargs)


def message():
    """Another one each time: what an earlier test has had delivered is remembered by its digest."""
    return (f"From: sender@example.net\nTo: undisclosed\nSubject: number {next(COUNT)}\n"
            f"Message-ID: <{next(COUNT)}@example.net>\n\nHello.\n.\n..two dots\n").encode()


@pytest.fixture(scope="module")
def module_daemons():
    made = []

    def make(*args, **kwargs):
        made.append(harness.Daemon(*args, **kwargs))
        return made[-1]

    yield make
    for daemon in made:
        daemon.close()


@pytest.fixture(scope="module")
def shared_smtp(module_daemons):
    hop = NextHop()
    yield Place(module_daemons, hop)
    hop.close()


@pytest.fixture(scope="module")
def shared_lmtp(module_daemons):
    hop = NextHop(lmtp=True)
    yield Place(module_daemons, hop)
    hop.close()


@pytest.fixture
def smtp(shared_smtp):
    """The next hop speaks SMTP."""
    shared_smtp.hop.reset()
    return shared_smtp


@pytest.fixture
def lmtp(shared_lmtp):
    """The next hop speaks LMTP."""
    shared_lmtp.hop.reset()
    return shared_lmtp


@pytest.fixture
def make_place(make_daemon):
    hops = []

    def make(settings="", lmtp=False):
        hops.append(NextHop(lmtp))
        return Place(make_daemon, hops[-1], settings)

    yield make
    for hop in hops:
        hop.close()


# Every recipient 2xx: 250.

def test_all_accepted(smtp):
    code, text = smtp.send([HERE, ALSO_HERE])
    assert (code, smtp.hop.recipients()) == (250, [HERE, ALSO_HERE])
    assert text.startswith(f"2.0.0 from MTA(smtp:[127.0.0.1]:{smtp.hop.port}): 250 2.0.0 Ok: kept")
    assert len(smtp.hop.messages) == 1


def test_content_is_the_same(smtp):
    raw = message()
    smtp.send([HERE], raw)
    got = smtp.hop.messages[0].content.replace(b"\r\n", b"\n")
    assert got.endswith(raw)
    assert got[:-len(raw)].startswith(b"Received: from ")


def test_two_transactions(smtp):
    code, _ = smtp.send([HERE, AWAY])
    assert (code, smtp.hop.recipients()) == (250, [HERE, AWAY])
    assert len(smtp.hop.messages) == 2


def test_null_sender(smtp):
    code, _ = smtp.send([HERE], sender="")
    assert (code, smtp.hop.messages[0].sender) == (250, "")


def test_esmtp_parameters_are_passed_on(smtp):
    smtp.send([HERE], mail_options=" BODY=8BITMIME RET=HDRS ENVID=abc",
              rcpt_options=" NOTIFY=FAILURE ORCPT=rfc822;old@example.org")
    m = smtp.hop.messages[0]
    assert {"BODY=8BITMIME", "RET=HDRS", "ENVID=abc"} <= set(m.mail_line.split(" "))
    assert {"NOTIFY=FAILURE", "ORCPT=rfc822;old@example.org"} <= set(m.rcpt_lines[0].split(" "))


def test_xforward_is_passed_on(smtp):
    with smtp.client() as c:
        assert c.say("XFORWARD NAME=mx.example.com ADDR=192.0.2.7 PORT=4321")[0] == 250
        assert c.say("XFORWARD PROTO=ESMTP HELO=mx.example.com IDENT=Q1 SOURCE=REMOTE")[0] == 250
        assert c.send(message(), [HERE])[0] == 250
    assert smtp.hop.messages[0].xforward == {
        "NAME": "mx.example.com", "ADDR": "192.0.2.7", "PORT": "4321", "PROTO": "ESMTP",
        "HELO": "mx.example.com", "IDENT": "Q1", "SOURCE": "REMOTE"}


def test_many_recipients_in_two_transactions(smtp):
    recipients = [f"r{i}@example.{'org' if i % 2 else 'net'}" for i in range(400)]
    code, text = smtp.send(recipients)
    assert code == 250, text
    assert smtp.hop.recipients() == sorted(recipients)
    assert len(smtp.hop.messages) == 2


def test_large_message(smtp):
    raw = message() + b"".join(b"%08d %s\n" % (i, b"x" * 60) for i in range(150000))
    code, text = smtp.send([HERE], raw)
    assert code == 250, text
    assert smtp.hop.messages[0].content.replace(b"\r\n", b"\n").endswith(raw)


# A 4xx before any final dot was accepted: 4xx, and nobody gets it.

@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize("reply", ["450 4.2.0 not now", DROP], ids=["4xx", "lost"])
def test_failure_for_now(smtp, phase, reply):
    # The second transaction, which fails, is at its dot when the first one's has not been sent, but for "dot".
    match = AWAY if phase == "rcpt" else ""
    recipients = [HERE] if phase in ("dot", "mail", "data") else [HERE, AWAY]
    smtp.hop.on(phase, reply, match=match)
    code, text = smtp.send(recipients)
    assert 400 <= code < 500, (code, text)
    assert smtp.hop.recipients() == []


def test_failure_of_one_recipient_resets_the_other_transaction(smtp):
    smtp.hop.on("rcpt", "450 4.2.0 not now", match=HERE)
    code, text = smtp.send([AWAY, HERE])
    assert code == 451 and "450 4.2.0 not now" in text
    assert smtp.hop.recipients() == []
    smtp.hop.reset()
    assert smtp.send([AWAY])[0] == 250  # the connections are fit for use


def test_failure_of_one_recipient_of_one_transaction(smtp):
    smtp.hop.on("rcpt", "450 4.2.0 not now", match=HERE)
    assert smtp.send([HERE, ALSO_HERE])[0] == 451
    assert smtp.hop.recipients() == []


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize("reply", ["354 what", "250", "250-two\r\n250 lines", "garbage", "999 no class", "2 50 x",
                                   "250 " + "x" * 5000, "250 " + "x" * 100000, "250-\r\n" * 3000 + "250 x"],
                         ids=["class", "short", "lines", "garbage", "code", "digit", "long", "longer", "many"])
def test_odd_replies_of_the_next_hop(smtp, phase, reply):
    """Whatever it says: 250 goes to the client only where the message is there."""
    smtp.hop.on(phase, reply, times=1)
    code, text = smtp.send([HERE])
    assert code in (250, 451) and len(text) < 3000, (code, text)
    assert code == 451 or smtp.hop.recipients() == [HERE]
    smtp.hop.reset()
    assert smtp.send([HERE])[0] == 250
    assert smtp.hop.recipients() == [HERE]


def test_next_hop_answers_421(smtp):
    """A 421 of ours would make Postfix hang up on its own client. A kept connection is tried anew first."""
    smtp.hop.on("mail", "421 4.3.2 going down")
    assert smtp.send([HERE])[0] == 451
    smtp.hop.reset()
    assert smtp.send([HERE])[0] == 250
    smtp.hop.on("mail", "421 4.3.2 going down", times=1)
    assert smtp.send([HERE])[0] == 250


# Every recipient 5xx: that 5xx with its text.

@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "dot"])
def test_all_refused(smtp, phase):
    smtp.hop.on(phase, "550 5.1.1 no such mailbox here")
    code, text = smtp.send([HERE, AWAY])
    assert code == 550 and text.startswith("5.1.1 "), text
    assert "no such mailbox here" in text
    assert smtp.hop.recipients() == []


def test_all_refused_by_one_transaction_after_the_other(smtp):
    smtp.hop.on("dot", "554 5.6.0 the second", match=AWAY)
    smtp.hop.on("dot", "550 5.6.1 the first", match=HERE)
    code, text = smtp.send([HERE, AWAY])
    assert code in (550, 554) and text.startswith("5.6."), text
    assert smtp.hop.recipients() == []


# Mixed, over LMTP: each recipient's own reply.

def test_mixed_over_lmtp(lmtp):
    lmtp.hop.on("dot", "450 4.2.2 full", match=ALSO_HERE)
    lmtp.hop.on("rcpt", "550 5.1.1 unknown", match=AWAY)
    replies = lmtp.send([HERE, ALSO_HERE, AWAY], lmtp=True)
    assert [code // 100 for code, _ in replies] == [2, 4, 5]
    assert "4.2.2 full" in replies[1][1]
    assert replies[2][0] == 550 and replies[2][1].startswith("5.1.1 ")
    assert lmtp.hop.recipients() == [HERE]


def test_mixed_over_lmtp_to_smtp(smtp):
    smtp.hop.on("rcpt", "550 5.1.1 unknown", match=HERE)
    smtp.hop.on("rcpt", "450 4.2.2 full", match=ALSO_HERE)
    replies = smtp.send([HERE, ALSO_HERE, AWAY], lmtp=True)
    assert [code // 100 for code, _ in replies] == [5, 4, 2]
    assert smtp.hop.recipients() == [AWAY]


def test_lmtp_retry_goes_to_the_rest(lmtp):
    """Only the one who failed is tried again by an LMTP client, and gets it."""
    raw = message()
    lmtp.hop.on("dot", "450 4.2.2 full", match=HERE, times=1)
    assert [c for c, _ in lmtp.send([HERE, ALSO_HERE], raw, lmtp=True)] == [451, 250]
    assert [c for c, _ in lmtp.send([HERE], raw, lmtp=True)] == [250]
    assert lmtp.hop.recipients() == [HERE, ALSO_HERE]


def test_smtp_to_lmtp_with_a_failure(lmtp):
    """One reply for two recipients of an LMTP next hop: 4xx, and the retry is for the one only."""
    raw = message()
    lmtp.hop.on("dot", "450 4.2.2 full", match=HERE, times=1)
    assert lmtp.send([HERE, ALSO_HERE], raw)[0] == 451
    assert lmtp.hop.recipients() == [ALSO_HERE]
    assert lmtp.send([HERE, ALSO_HERE], raw)[0] == 250
    assert lmtp.hop.recipients() == [HERE, ALSO_HERE]


# Mixed 2xx and 5xx, over SMTP: 250, and a DSN for the refused ones.

def dsn_of(hop):
    """The one notification among the messages, as a parsed message."""
    found = [m for m in hop.messages if m.sender == ""]
    assert len(found) == 1
    assert found[0].recipients == ["sender@example.net"]
    return email.message_from_bytes(found[0].content, policy=email.policy.default)


@pytest.mark.parametrize("phase,other", [("rcpt", ALSO_HERE), ("rcpt", AWAY), ("dot", AWAY)])
def test_mixed_over_smtp(smtp, phase, other):
    smtp.hop.on(phase, "550 5.1.1 no such user", match=other)
    code, text = smtp.send([HERE, other], mail_options=" ENVID=env+2Bid",
                           rcpt_options=" NOTIFY=FAILURE ORCPT=rfc822;first@example.com")
    assert code == 250, text
    assert smtp.hop.recipients() == [HERE, "sender@example.net"]
    dsn = dsn_of(smtp.hop)
    assert dsn.get_content_type() == "multipart/report"
    assert dsn.get_param("report-type") == "delivery-status"
    assert dsn["Auto-Submitted"] == "auto-replied" and "sender@example.net" in dsn["To"]
    assert dsn["Message-ID"] and dsn["Date"] and dsn["From"] and dsn["Subject"]
    parts = list(dsn.iter_parts())
    assert [p.get_content_type() for p in parts] == [
        "text/plain", "message/delivery-status", "text/rfc822-headers"]
    words = parts[0].get_content()
    assert f"<{other}>" in words and "no such user" in words and HERE not in words
    message_fields, *recipient_fields = parts[1].get_payload()
    assert message_fields["Reporting-MTA"] == "dns; filter.example.org"
    assert message_fields["Original-Envelope-Id"] == "env+id"
    assert message_fields["Arrival-Date"]
    assert len(recipient_fields) == 1
    fields = recipient_fields[0]
    assert fields["Final-Recipient"].replace(" ", "") == f"rfc822;{other}"
    assert fields["Original-Recipient"] == "rfc822;first@example.com"
    assert fields["Action"] == "failed" and fields["Status"] == "5.1.1"
    assert "no such user" in fields["Diagnostic-Code"]
    quoted = email.message_from_string(parts[2].get_payload())
    assert quoted["Subject"].startswith("number ") and "Hello" not in parts[2].get_payload()


def test_no_dsn_to_the_null_sender(smtp):
    smtp.hop.on("rcpt", "550 5.1.1 no such user", match=ALSO_HERE)
    assert smtp.send([HERE, ALSO_HERE], sender="")[0] == 250
    assert smtp.hop.recipients() == [HERE]


def test_no_dsn_where_none_is_wanted(smtp):
    smtp.hop.on("rcpt", "550 5.1.1 no such user", match=ALSO_HERE)
    assert smtp.send([HERE, ALSO_HERE], rcpt_options=" NOTIFY=NEVER")[0] == 250
    assert smtp.hop.recipients() == [HERE]


def test_dsn_goes_by_notify_method(make_place):
    office = NextHop()
    try:
        place = make_place(f"$notify_method = '{office.method()}';")
        place.hop.on("rcpt", "550 5.1.1 no such user", match=ALSO_HERE)
        assert place.send([HERE, ALSO_HERE])[0] == 250
        assert place.hop.recipients() == [HERE]
        assert dsn_of(office).get_content_type() == "multipart/report"
    finally:
        office.close()


def test_dsn_that_cannot_be_sent(smtp):
    """Nobody would tell the sender: 4xx, and the retry gives no second copy to the one who has it."""
    raw = message()
    smtp.hop.on("rcpt", "550 5.1.1 no such user", match=ALSO_HERE)
    smtp.hop.on("mail", "450 4.3.0 not now", match="FROM:<>", times=1)
    assert smtp.send([HERE, ALSO_HERE], raw)[0] == 451
    assert smtp.hop.recipients() == [HERE]
    assert smtp.send([HERE, ALSO_HERE], raw)[0] == 250
    assert smtp.hop.recipients() == [HERE, "sender@example.net"]


# A 4xx or a lost connection after another transaction's dot was accepted: 4xx; the retry goes to the rest only.

@pytest.mark.parametrize("reply", ["450 4.2.0 not now", DROP], ids=["4xx", "lost"])
def test_failure_after_an_accepted_dot(smtp, reply):
    raw = message()
    smtp.hop.on("dot", reply, match=AWAY, times=1)
    code, text = smtp.send([HERE, AWAY], raw)
    assert code == 451, text
    assert smtp.hop.recipients() == [HERE]
    code, text = smtp.send([HERE, AWAY], raw)
    assert code == 250, text
    assert smtp.hop.recipients() == [HERE, AWAY]


def test_another_message_is_not_taken_for_the_retry(smtp):
    smtp.hop.on("dot", "450 4.2.0 not now", match=AWAY, times=1)
    assert smtp.send([HERE, AWAY], message())[0] == 451
    assert smtp.send([HERE, AWAY], message())[0] == 250
    assert smtp.hop.recipients() == [HERE, HERE, AWAY]


def test_same_content_from_another_sender_is_not_the_retry(smtp):
    raw = message()
    smtp.hop.on("dot", "450 4.2.0 not now", match=AWAY, times=1)
    assert smtp.send([HERE, AWAY], raw)[0] == 451
    assert smtp.send([HERE, AWAY], raw, sender="other@example.net")[0] == 250
    assert smtp.hop.recipients() == [HERE, HERE, AWAY]


def test_delivered_mail_is_not_remembered(smtp):
    """A sender may well send the same bytes twice: the memory is for what was answered 4xx."""
    raw = message()
    assert smtp.send([HERE], raw)[0] == 250
    assert smtp.send([HERE], raw)[0] == 250
    assert smtp.hop.recipients() == [HERE, HERE]


def test_client_lost_while_the_dot_is_out(smtp):
    """The client cannot hear the 250: it will come again, and nobody gets a second copy."""
    raw = message()
    smtp.hop.on("dot", delay=1.0, times=1)
    with smtp.client() as c:
        c.begin([HERE])
        c.content(raw)
        harness.wait_for(lambda: smtp.hop.said("DATA") == 1, "the message is on its way")
        time.sleep(0.3)
    smtp.hop.wait_messages(1)
    smtp.daemon.wait_log("remembered for the retry.*anna")
    assert smtp.send([HERE], raw)[0] == 250
    assert smtp.hop.recipients() == [HERE]


def test_client_lost_while_the_dsn_is_sent(smtp):
    raw = message()
    before = smtp.daemon.log().count("remembered for the retry")
    smtp.hop.on("rcpt", "550 5.1.1 no such user", match=ALSO_HERE)
    smtp.hop.on("mail", delay=1.0, match="FROM:<>", times=1)
    with smtp.client() as c:
        c.begin([HERE, ALSO_HERE])
        c.content(raw)
        smtp.hop.wait_messages(1)
        time.sleep(0.3)
    smtp.daemon.wait_log("remembered for the retry", before + 1)
    assert smtp.send([HERE, ALSO_HERE], raw)[0] == 250
    assert smtp.hop.recipients().count(HERE) == 1


def test_client_lost_before_the_dot(smtp):
    with smtp.client() as c:
        c.begin([HERE])
        assert c.say("DATA")[0] == 354
        c.sock.sendall(b"Subject: half\r\n\r\nno end")
    smtp.daemon.wait_log("transaction ended without a message|connection ended")
    assert smtp.send([AWAY])[0] == 250
    assert smtp.hop.recipients() == [AWAY]


# The next hop is asked at MAIL already.

def test_next_hop_down_is_told_at_mail(make_place):
    place = make_place()
    place.hop.close()
    with place.client() as c:
        code, text = c.say("MAIL FROM:<sender@example.net>")
        assert code == 451 and text.startswith("4.4.1 "), text
        assert c.say("RSET")[0] == 250  # the session goes on


def test_without_early_connect_it_is_told_at_the_dot(make_place):
    place = make_place("$postern_early_connect = 0;")
    with place.client() as c:
        c.begin([HERE])
        assert place.hop.connections == 0
        c.content(message())
        assert c.reply()[0] == 250
    assert place.hop.recipients() == [HERE]
    place.hop.close()
    code, _ = place.send([HERE])
    assert code == 451


def test_next_hop_that_refuses_everybody(make_place):
    place = make_place()
    place.hop.on("connect", "554 5.3.2 go away")
    with place.client() as c:
        assert c.say("MAIL FROM:<sender@example.net>")[0] == 451


def test_connection_to_the_next_hop_is_kept(make_place):
    place = make_place()
    with place.client() as c:
        for _ in range(5):
            assert c.send(message(), [HERE])[0] == 250
    assert place.hop.connections == 1
    assert len(place.hop.messages) == 5


def test_kept_connection_that_died_is_replaced(make_place):
    place = make_place()
    assert place.send([HERE])[0] == 250
    place.hop.drop_connections()
    assert place.send([HERE])[0] == 250
    assert len(place.hop.messages) == 2


def test_connection_made_at_mail_that_died_is_replaced(smtp):
    """A slow client: the next hop has hung up on the connection that was made ready for it."""
    with smtp.client() as c:
        c.begin([HERE])
        smtp.hop.drop_connections()
        time.sleep(0.2)
        c.content(message())
        assert c.reply()[0] == 250
    assert smtp.hop.recipients() == [HERE]


def test_next_hop_says_421_while_a_slow_client_speaks(smtp):
    with smtp.client() as c:
        c.begin([HERE])
        for s in list(smtp.hop.open):
            s.sendall(b"421 4.4.2 timeout\r\n")
        smtp.hop.drop_connections()
        time.sleep(0.2)
        c.content(message())
        assert c.reply()[0] == 250
    assert smtp.hop.recipients() == [HERE]


# By policy: what is spam for one recipient may be loved by another.

GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
SPAM = """
@bypass_spam_checks_maps = ();
$sa_tag_level_deflt = -999;
$sa_kill_level_deflt = 100;
$final_spam_destiny = %s;
@spam_lovers_maps = (['bert@example.org']);
"""


def spam():
    return message().rstrip(b"\n") + b"\n" + GTUBE + b"\n"


def test_discarded_by_policy(make_place):
    place = make_place(SPAM % "D_DISCARD")
    code, text = place.send([HERE], spam())
    assert (code, text.startswith("2.7.0 Ok, discarded")) == (250, True), text
    assert place.hop.messages == []
    # Where others get it the sender is told nothing of those who do not.
    assert place.send([HERE, ALSO_HERE], spam())[0] == 250
    assert place.hop.recipients() == [ALSO_HERE]
    assert place.send([HERE], message())[0] == 250
    assert place.hop.recipients() == [HERE, ALSO_HERE]


def test_rejected_by_policy(make_place):
    place = make_place(SPAM % "D_REJECT")
    code, text = place.send([HERE, AWAY], spam())
    assert code == 554 and text.startswith("5.7.0 Reject, id="), text
    assert place.hop.messages == []
    # Over LMTP each has its own reply; over SMTP a notification goes out for the refused one.
    replies = place.send([HERE, ALSO_HERE], spam(), lmtp=True)
    assert [code for code, _ in replies] == [554, 250]
    assert place.hop.recipients() == [ALSO_HERE]
    place.hop.reset()
    assert place.send([HERE, ALSO_HERE], spam())[0] == 250
    assert place.hop.recipients() == [ALSO_HERE, "sender@example.net"]
    assert HERE in str(dsn_of(place.hop))


@pytest.mark.parametrize("level,told", [("undef", 1), ("2000", 1), ("500", 0)])
def test_bounced_by_policy(make_place, level, told):
    """A bounce for spam goes out below $sa_dsn_cutoff_level only."""
    place = make_place(SPAM % "D_BOUNCE" + f"$sa_dsn_cutoff_level = {level};")
    code, text = place.send([HERE], spam())
    assert code == 250, text
    assert len(place.hop.messages) == told
    if told:
        assert HERE in str(dsn_of(place.hop))


def test_failure_for_now_of_one_whom_policy_lets_through(make_place):
    """A discarded copy does not hide that another recipient has to be tried again."""
    place = make_place(SPAM % "D_DISCARD")
    place.hop.on("dot", "450 4.2.0 not now", times=1)
    raw = spam()
    assert place.send([HERE, ALSO_HERE], raw)[0] == 451
    assert place.send([HERE, ALSO_HERE], raw)[0] == 250
    assert place.hop.recipients() == [ALSO_HERE]
