# SPDX-License-Identifier: BSD-2-Clause
"""What others notice of 2,000 sessions that wait for slow answers of a name server.

Two daemons with the same settings, measured in turn: one is quiet, in the other 2,000 clients have each sent a message whose
address the name server of the tests says nothing of, and wait for the reply to their dot. The resolver gives up after some
ten seconds: then they send again before the next measurement begins, and how many still waited at its end is told. The others'
mail must go through as before: 95 % of the messages a second at least, and at half of that rate a p99 of 1.2 times at most.
"""
import random
import select
import statistics

from client import Client
from latency import Feeder, percentile
from measure import cpu_s, daemon, load, private_kb, some_files
from name_server import NameServer
from proxy import SETTINGS, Sink

WAITING = 2000
LEAST_RATE, MOST_P99 = 0.95, 1.2
NETWORK = SETTINGS.replace("$sa_local_tests_only = 1;", "") + """
$postern_early_connect = 0;
@bypass_virus_checks_maps = (1);
$child_timeout = 7200;
$postern_rules_cf = [ "loadplugin Mail::SpamAssassin::Plugin::DNSEval", "header SLOW eval:check_rbl('slow', 'slow.test.')",
  'score SLOW 0.1', 'tflags SLOW net', 'rbl_timeout 3600', 'dns_query_restriction deny com net org eu info de' ];
"""


def slow_message(n):
    """Relayed by an address of its own in 9/8, of which the name server is slow to speak."""
    return (f"Received: from a.example.com (a.example.com [9.{n >> 16}.{n >> 8 & 255}.{n & 255}])\n\tby mx.example.org (Postfix) "
            f"with ESMTP id {n:08};\n\tMon, 1 Jan 2024 00:00:00 +0000 (UTC)\nFrom: a@example.net\nTo: anna@example.org\n"
            f"Subject: number {n}\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nMessage-ID: <{n}@example.net>\n\nHello.\n").encode()


class House:
    def __init__(self, sink, dns):
        self.daemon = daemon(f"{NETWORK}\n$forward_method = 'smtp:[127.0.0.1]:{sink.port}';\n"
                             f"$postern_dns_servers = ['127.0.0.1:{dns.port}'];")
        self.waiting, self.sent, self.left = [], 0, []
        self.rates, self.p99, self.cpu_ms = [], [], []

    def crowd(self, dns):
        """Fills it with sessions that wait."""
        before = sum(private_kb(p.pid) for p in self.daemon.tree())
        self.waiting = [Client(self.daemon.port) for _ in range(WAITING)]
        for client in self.waiting:
            self.wait(client)
        asked = len(set(dns.asked(r"\.9\.slow\.test")))
        kb = (sum(private_kb(p.pid) for p in self.daemon.tree()) - before) / WAITING
        print(f"{WAITING} sessions wait, for {asked} of them the name server has been asked; {kb:.0f} kB each in all processes")

    def wait(self, client):
        client.begin(["anna@example.org"])
        client.content(slow_message(self.sent))
        self.sent += 1

    def answered(self):
        """Those that wait no longer: the resolver has given up."""
        poll = select.poll()
        for client in self.waiting:
            poll.register(client.sock, select.POLLIN)
        ready = {fd for fd, _ in poll.poll(0)}
        return [client for client in self.waiting if client.sock.fileno() in ready]

    def refill(self):
        for client in self.answered():
            assert client.reply()[0] == 250
            self.wait(client)

    def cpu_s(self):
        return sum(cpu_s(p.pid) for p in self.daemon.tree())

    def round(self, contents, count, rate):
        """Messages a second as many as there can be, then p99 at that many a second."""
        self.refill()
        before = self.cpu_s()
        self.rates.append(count / Feeder(self.daemon.port, contents).run([0.0] * count))
        self.left.append(len(self.waiting) - len(self.answered()))
        self.cpu_ms.append((self.cpu_s() - before) * 1000 / count)
        rng, at, times = random.Random(count), 0.0, []
        for _ in range(count):
            at += rng.expovariate(rate or self.rates[-1] / 2)
            times.append(at)
        feeder = Feeder(self.daemon.port, contents)
        self.refill()
        feeder.run(times)
        self.left.append(len(self.waiting) - len(self.answered()))
        self.p99.append(percentile(feeder.took, 0.99) * 1000)

    def close(self):
        for client in self.waiting:
            client.close()
        self.daemon.close()


def run(quick):
    rounds, count = (3, 400) if quick else (7, 2000)
    contents = [open(p, "rb").read() for p in some_files(200)]
    sink, houses = Sink(), []
    dns = NameServer(["zone slow.test", "slow.test 3600 SOA ns.slow.test admin.slow.test 1 60 60 60 3600", "mode 9.slow.test silent"])
    try:
        houses = quiet, crowded = [House(sink, dns) for _ in range(2)]
        for house in houses:
            # Twice: what the resolver knows by then is not asked in what is measured.
            house.round(contents, 2 * len(contents), None)
            house.rates.clear()
            house.p99.clear()
            house.cpu_ms.clear()
        crowded.crowd(dns)
        rate = None
        for n in range(rounds):
            for house in houses[::-1] if n % 2 else houses:
                house.round(contents, count, rate)
                rate = rate or quiet.rates[0] / 2
        ratio = statistics.median(crowded.rates) / statistics.median(quiet.rates)
        p99 = statistics.median(crowded.p99) / statistics.median(quiet.p99)
        print(f"{rounds} rounds of {count} messages each; {load()}")
        for name, house in (("quiet", quiet), ("crowded", crowded)):
            print(f"{name:<8} {statistics.median(house.rates):6.0f} a second, {statistics.median(house.cpu_ms):.2f} ms of CPU a message, "
                  f"p99 {statistics.median(house.p99):6.1f} ms at {rate:.0f} a second")
        print(f"crowded to quiet: {ratio:.2f} of the messages (at least {LEAST_RATE}), {p99:.2f} times the p99 (at most {MOST_P99})")
        print(f"of {WAITING}, behind the measurements there still waited {crowded.left[2:]}")
        print("reached" if ratio >= LEAST_RATE and p99 <= MOST_P99 else "NOT REACHED: those that wait are noticed by others")
    finally:
        for house in houses:
            house.close()
        dns.close()
        sink.close()
