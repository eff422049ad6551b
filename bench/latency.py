# SPDX-License-Identifier: BSD-2-Clause
"""How long a sending server waits for the reply to its dot, when messages come at half and at 80 % of what can be done.

Messages arrive at random times (a Poisson process) whatever the answers take, as many connections as it needs.
The most that can be done is measured first, by the same feeder with as many connections as keep all busy.
"""
import queue
import random
import threading
import time

from client import Client
from measure import daemon, load, some_files
from proxy import SETTINGS, Sink

THREADS = 32


class Feeder:
    def __init__(self, port, contents):
        self.port, self.contents = port, contents
        self.due = queue.SimpleQueue()
        self.took = []
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(THREADS)]

    def work(self):
        with Client(self.port) as client:
            while (item := self.due.get()) is not None:
                when, content = item
                reply = client.send(content, ["anna@example.org"])
                assert reply[0] == 250, reply
                self.took.append(time.monotonic() - when)

    def run(self, times):
        """Sends one message at each of those times (seconds from now); how long each took from then on."""
        for t in self.threads:
            t.start()
        began = time.monotonic()
        for i, at in enumerate(times):
            wait = began + at - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self.due.put((max(began + at, 0), self.contents[i % len(self.contents)]))
        for _ in self.threads:
            self.due.put(None)
        for t in self.threads:
            t.join()
        return time.monotonic() - began


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def run(quick):
    count = 600 if quick else 5000
    contents = [open(p, "rb").read() for p in some_files(min(count, 1500))]
    sink, house = Sink(), None
    try:
        house = daemon(f"{SETTINGS}\n$forward_method = 'smtp:[127.0.0.1]:{sink.port}';")
        full = Feeder(house.port, contents)
        rate = count / full.run([0.0] * count)
        print(f"{count} messages each; at most {rate:.0f} a second; {load()}")
        print(f"{'load':<8}{'a second':>10}{'p50 ms':>10}{'p99 ms':>10}{'p99.9 ms':>10}")
        for share in (0.5, 0.8):
            rng, at, times = random.Random(share), 0.0, []
            for _ in range(count):
                at += rng.expovariate(rate * share)
                times.append(at)
            feeder = Feeder(house.port, contents)
            feeder.run(times)
            print(f"{share:<8.0%}{rate * share:10.0f}" + "".join(f"{percentile(feeder.took, p) * 1000:10.1f}"
                                                                 for p in (0.5, 0.99, 0.999)))
    finally:
        if house:
            house.close()
        sink.close()
