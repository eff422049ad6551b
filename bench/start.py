# SPDX-License-Identifier: BSD-2-Clause
"""From nothing to serving: posternd with the stock rules until its first greeting, and `postern scan` of one small message.

Cold and cached starts take turns: a cold one finds no $postern_cache_dir, a cached one what the cold one before it has left there.
"""
import resource
import shutil
import socket
import subprocess
import tempfile
import time

from measure import POSTERN, cpu_s, harness, load, rules, spread

POLL_S = 0.002
LIMIT_S = 60
MOST_COLD_S, MOST_CACHED_S = 1.5, 0.3


def serve(house):
    """Seconds until it greets, and CPU seconds of all its processes by then."""
    began = time.monotonic()
    house.spawn()
    while not greets(house):
        assert time.monotonic() - began < LIMIT_S, house.log()
        time.sleep(POLL_S)
    took = time.monotonic() - began
    used = cpu_s(house.popen.pid) + sum(cpu_s(p.pid) for p in house.tree())
    house.popen.terminate()
    house.popen.wait(timeout=LIMIT_S)
    return took, used


def greets(house):
    try:
        with socket.create_connection(("127.0.0.1", house.port), LIMIT_S) as s:
            return s.makefile("rb").readline().startswith(b"220 ")
    except OSError:
        return False


def scan_one(*options):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([POSTERN, "scan", *rules(), *options, "-"], input=b"Subject: x\n\nx\n", stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def print_row(name, served, most):
    print(f"posternd, {name:<7} {spread([s for s, _ in served], '{:.2f}')} s until it greets (at most {most}), "
          f"{spread([c for _, c in served], '{:.2f}')} s of CPU in all its processes")


def run(quick):
    rounds = 5 if quick else 9
    cold, cached, scans = [], [], {"cold": [], "cached": []}
    house = harness.Daemon("$sa_local_tests_only = 1;")
    try:
        for _ in range(rounds):
            shutil.rmtree(house.home / "cache", ignore_errors=True)
            cold.append(serve(house))
            cached.append(serve(house))
    finally:
        house.close()
    with tempfile.TemporaryDirectory() as folder:
        for n in range(rounds):
            cache = f"{folder}/{n}"
            for name in ("cold", "cached"):
                scans[name].append(scan_one("--cache", cache))
    print(f"start, {rounds} rounds; {load()}")
    print_row("cold", cold, MOST_COLD_S)
    print_row("cached", cached, MOST_CACHED_S)
    for name, used in scans.items():
        print(f"postern scan, one message, {name:<7} {spread(used, '{:.2f}')} s of CPU")
