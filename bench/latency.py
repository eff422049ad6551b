# SPDX-License-Identifier: BSD-2-Clause
"""How long a sending server waits for the reply to its dot, when messages come at half and at 80 % of what can be done.

Messages arrive at random times (a Poisson process) whatever the answers take, as many connections as it needs.
The most that can be done is measured first, by the same feeder with as many connections as keep all busy.
"""
import random

from measure import daemon, load, some_files
from proxy import SETTINGS, Sink
from sender import Sender

MOST_SESSIONS = 32


def send(port, contents, times):
    """Sends one message at each of those times (seconds from now): how long all took, and each from then on."""
    sender = Sender(port, contents, most=MOST_SESSIONS)
    try:
        return sender.run(times), sender.took
    finally:
        sender.close()


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def run(quick):
    count = 600 if quick else 5000
    contents = [open(p, "rb").read() for p in some_files(min(count, 1500))]
    sink, house = Sink(), None
    try:
        house = daemon(f"{SETTINGS}\n$forward_method = 'smtp:[127.0.0.1]:{sink.port}';")
        rate = count / send(house.port, contents, [0.0] * count)[0]
        print(f"{count} messages each; at most {rate:.0f} a second; {load()}")
        print(f"{'load':<8}{'a second':>10}{'p50 ms':>10}{'p99 ms':>10}{'p99.9 ms':>10}")
        for share in (0.5, 0.8):
            rng, at, times = random.Random(share), 0.0, []
            for _ in range(count):
                at += rng.expovariate(rate * share)
                times.append(at)
            _, took = send(house.port, contents, times)
            print(f"{share:<8.0%}{rate * share:10.0f}" + "".join(f"{percentile(took, p) * 1000:10.1f}"
                                                                 for p in (0.5, 0.99, 0.999)))
    finally:
        if house:
            house.close()
        sink.close()
