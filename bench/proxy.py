# SPDX-License-Identifier: BSD-2-Clause
"""Postern between a feeder and a sink: messages a second, and CPU time a message of each program.

Three ways, one after the other in every round, so that what else the machine does falls on all alike:
    direct      smtp-source → smtp-sink
    rules off   smtp-source → Postern (@bypass_*_maps = (1)) → smtp-sink
    rules on    smtp-source → Postern → smtp-sink
each with a connection a message and with kept connections.
"""
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time

from measure import corpus, cpu_s, daemon, harness, load, spread

RUN_LIMIT_S = 600
SESSIONS = 20  # as many as Postfix opens to a filter: default_destination_concurrency_limit
OTHERS = (2, 5, 10, 50)  # the same with fewer and more, where the direct way is compared only
SETTINGS = """
$mydomain = 'example.org';
@local_domains_maps = (['.example.org']);
$sa_local_tests_only = 1;
$sa_tag_level_deflt = -999;
$sa_kill_level_deflt = 999;
"""
OFF = "@bypass_spam_checks_maps = (1);\n@bypass_virus_checks_maps = (1);\n"
WAYS = ["direct", "rules off", "rules on"]


def program(name):
    for folder in ("/usr/sbin", "/usr/bin"):
        if os.path.exists(f"{folder}/{name}"):
            return f"{folder}/{name}"
    sys.exit(f"bench: {name} is not installed (it comes with Postfix)")


class Sink:
    def __init__(self):
        self.port = harness.free_port()
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.popen = subprocess.Popen([program("smtp-sink"), *user, f"127.0.0.1:{self.port}", "1000"],
                                      stdin=subprocess.DEVNULL, start_new_session=True)
        harness.wait_for(self.is_up, "smtp-sink listens")

    def is_up(self):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        return False

    def cpu_s(self):
        return cpu_s(self.popen.pid)

    def close(self):
        self.popen.send_signal(signal.SIGTERM)
        try:
            self.popen.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.popen.kill()


class Postern:
    def __init__(self, sink_port, settings):
        self.daemon = daemon(f"{SETTINGS}\n$forward_method = 'smtp:[127.0.0.1]:{sink_port}';\n{settings}",
                             scans=os.cpu_count() or 1)
        self.pids = {role: [p.pid for p in self.daemon.role(role)] for role in ("front", "scan")}
        self.port = self.daemon.port

    def cpu_s(self):
        return {role: sum(cpu_s(p) for p in pids) for role, pids in self.pids.items()}


def feed(port, message, count, keeps, sessions=SESSIONS):
    """Sends them; returns the feeder's seconds of CPU and of wall time."""
    command = [program("smtp-source"), "-s", str(sessions), "-m", str(count), "-F", message,
               "-f", "sender@example.net", "-t", "anna@example.org"]
    if keeps:
        command.append("-d")
    began = time.monotonic()
    process = subprocess.Popen([*command, f"127.0.0.1:{port}"], stdin=subprocess.DEVNULL)
    timer = _kill_later(process)
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench: smtp-source ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began


def _kill_later(process):
    timer = threading.Timer(RUN_LIMIT_S, process.kill)
    timer.daemon = True
    timer.start()
    return timer


class Row:
    """One run: all in microseconds a message, but rate in messages a second."""

    def __init__(self, count, wall, source, sink, front, scan):
        self.rate = count / wall
        self.source, self.sink, self.front, self.scan = (x * 1e6 / count for x in (source, sink, front, scan))
        self.postern = self.front + self.scan


def run_once(way, houses, sink, message, count, keeps, sessions=SESSIONS):
    house = houses.get(way)
    before = sink.cpu_s(), house.cpu_s() if house else {}
    source, wall = feed(house.port if house else sink.port, message, count, keeps, sessions)
    after = house.cpu_s() if house else {}
    used = {role: after[role] - before[1][role] for role in after}
    return Row(count, wall, source, sink.cpu_s() - before[0], used.get("front", 0), used.get("scan", 0))


def messages(count):
    """Messages of usual size, each as a file name: the ones around the median of the corpus."""
    found = sorted(corpus.files(), key=lambda p: p.stat().st_size)
    middle = len(found) // 2
    return [str(p) for p in found[middle:middle + count]]


def print_row(name, rows, direct):
    def median(what):
        return statistics.median(getattr(r, what) for r in rows)

    rates = sorted(r.rate for r in rows)
    # Of each round's two, which the same hour has: the machine's speed changes within a run.
    share = spread([r.rate / d.rate for r, d in zip(rows, direct)])
    pair = statistics.median(r.source + r.sink for r in direct)
    print(f"{name:<10} {median('rate'):8.0f} {rates[0]:7.0f}-{rates[-1]:<7.0f} {share:>21} {median('source'):8.0f} "
          f"{median('sink'):8.0f} {median('front'):8.0f} {median('scan'):8.0f} {median('postern'):8.0f} "
          f"{median('postern') / pair:7.2f}")


def measure(houses, sink, files, count, keeps):
    results = {way: [] for way in WAYS}
    for r in range(len(files)):
        # Each round begins with another way.
        for i in range(len(WAYS)):
            way = WAYS[(r + i) % len(WAYS)]
            results[way].append(run_once(way, houses, sink, files[r], count, keeps))
    print(f"\n{'kept connections' if keeps else 'a connection a message'}: medians of {len(files)} rounds of "
          f"{count} messages, {SESSIONS} sessions at a time")
    print(f"{'':<10} {'messages a second':>24} {'ratio, round by round':>21} {'CPU, microseconds a message':>44} {'ratio':>7}")
    print(f"{'':<10} {'median':>8} {'lowest-highest':>15} {'':>21} {'source':>8} {'sink':>8} {'front':>8} {'scan':>8} "
          f"{'Postern':>8}")
    for way in WAYS:
        print_row(way, results[way], results["direct"])


def compare_sessions(houses, sink, files, count):
    """What of the direct way is left with checks off, kept connections, by how many come at a time."""
    print(f"\nrules off to direct, kept connections, medians of {len(files)} rounds of {count} messages")
    for sessions in OTHERS:
        shares = []
        for r, file in enumerate(files):
            rates = {way: run_once(way, houses, sink, file, count, True, sessions).rate for way in (WAYS[:2], WAYS[1::-1])[r % 2]}
            shares.append(rates["rules off"] / rates["direct"])
        print(f"{sessions:>4} sessions: {spread(shares)}")


def run(quick):
    rounds, count = (5, 1000) if quick else (7, 5000)
    files = messages(rounds)
    sink, houses = Sink(), {}
    try:
        houses["rules off"] = Postern(sink.port, OFF)
        houses["rules on"] = Postern(sink.port, "")
        sizes = [os.path.getsize(f) for f in files]
        print(f"messages of {min(sizes)} to {max(sizes)} bytes; {load()}")
        for keeps in (False, True):
            measure(houses, sink, files, count, keeps)
        compare_sessions(houses, sink, files, count // 2)
    finally:
        for house in houses.values():
            house.daemon.close()
        sink.close()
