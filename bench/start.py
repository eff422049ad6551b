# SPDX-License-Identifier: BSD-2-Clause
"""From nothing to serving: posternd with the stock rules until its first greeting, and `postern scan` of one small message."""
import resource
import socket
import subprocess
import time

from measure import POSTERN, cpu_s, harness, load, rules, spread

POLL_S = 0.002
LIMIT_S = 60


def serve():
    """Seconds until it greets, and CPU seconds of all its processes by then."""
    house = harness.Daemon("$sa_local_tests_only = 1;")
    try:
        began = time.monotonic()
        house.spawn()
        while not greets(house):
            assert time.monotonic() - began < LIMIT_S, house.log()
            time.sleep(POLL_S)
        took = time.monotonic() - began
        return took, cpu_s(house.popen.pid) + sum(cpu_s(p.pid) for p in house.tree())
    finally:
        house.close()


def greets(house):
    try:
        with socket.create_connection(("127.0.0.1", house.port), LIMIT_S) as s:
            return s.makefile("rb").readline().startswith(b"220 ")
    except OSError:
        return False


def scan_one():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([POSTERN, "scan", *rules(), "-"], input=b"Subject: x\n\nx\n", stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(quick):
    rounds = 3 if quick else 7
    served = [serve() for _ in range(rounds)]
    print(f"start, {rounds} rounds; {load()}")
    print(f"posternd, until it greets     {spread([s for s, _ in served], '{:.2f}')} s")
    print(f"  CPU of all its processes    {spread([c for _, c in served], '{:.2f}')} s")
    print(f"postern scan, one message     {spread([scan_one() for _ in range(rounds)], '{:.2f}')} s of CPU")
