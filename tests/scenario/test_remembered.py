# SPDX-License-Identifier: BSD-2-Clause
"""Who has a copy when the sending side is told to come again gets no second one: also from another front."""
import pytest

import harness
from next_hop import NextHop
from test_reply_table import AWAY, HERE, Place, message


@pytest.fixture
def make_place(make_daemon):
    hops = []

    def make(settings=""):
        hops.append(NextHop())
        return Place(make_daemon, hops[-1], settings)

    yield make
    for hop in hops:
        hop.close()


def half_sent(place):
    """A message that HERE has got and AWAY has not."""
    raw = message()
    place.hop.on("dot", "450 4.3.0 later", match=AWAY, times=1)
    assert place.send([HERE, AWAY], raw)[0] == 451
    assert place.hop.recipients() == [HERE]
    return raw


def test_after_a_front_was_killed(make_place):
    place = make_place()
    raw = half_sent(place)
    place.daemon.role("front")[0].kill()
    assert place.send([HERE, AWAY], raw)[0] == 250
    assert place.hop.recipients() == [HERE, AWAY]


def test_after_hup(make_place):
    place = make_place()
    raw = half_sent(place)
    place.daemon.hup()
    place.daemon.wait_log("generation is over")
    assert place.send([HERE, AWAY], raw)[0] == 250
    assert place.hop.recipients() == [HERE, AWAY]


def test_by_all_fronts(make_place):
    place = make_place("$postern_fronts = 3; $postern_scan_processes = 3;")
    first = place.daemon.role("front")
    assert len(first) == 3
    raw = half_sent(place)
    # Whoever it was that remembers, and whoever takes the next one.
    for front in first:
        front.kill()
        harness.wait_for(lambda f=front: not f.is_alive(), "it is gone")
    assert place.send([HERE, AWAY], raw)[0] == 250
    assert place.hop.recipients() == [HERE, AWAY]


def test_forgotten_when_all_have_it(make_place):
    """The same bytes again, after all was answered, are another message."""
    place = make_place()
    raw = half_sent(place)
    assert place.send([HERE, AWAY], raw)[0] == 250
    assert place.send([HERE, AWAY], raw)[0] == 250
    assert place.hop.recipients() == [HERE, HERE, AWAY, AWAY]


def test_lmtp_answers_are_not_remembered(make_place):
    """Over LMTP whoever has it was told so: the client comes again for the others only."""
    place = make_place()
    raw = message()
    place.hop.on("dot", "450 4.3.0 later", match=AWAY, times=1)
    assert [code for code, _ in place.send([HERE, AWAY], raw, lmtp=True)] == [250, 451]
    assert [code for code, _ in place.send([AWAY], raw, lmtp=True)] == [250]
    assert [code for code, _ in place.send([HERE], raw, lmtp=True)] == [250]
    assert place.hop.recipients() == [HERE, HERE, AWAY]
