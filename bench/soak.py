# SPDX-License-Identifier: BSD-2-Clause
"""A million messages through one scan process: its private memory must not grow once it has seen every message."""
import itertools
import os
import subprocess
import sys
import threading
import time

from measure import POSTERN, corpus, load, private_kb, rules

MESSAGES, QUICK = 1_000_000, 20_000
GROWTH = 1.05  # the heap may settle; what leaks a page a message grows a hundredfold
SAMPLES = 20


def run(quick):
    """SOAK_MESSAGES: so many of them instead. Ends the program where memory has grown."""
    count = int(os.environ.get("SOAK_MESSAGES", QUICK if quick else MESSAGES))
    scan = subprocess.Popen([POSTERN, "scan", *rules(), "--tsv", "--alone", "--files-from", "-"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True, errors="replace")

    def give():
        for path in itertools.islice(itertools.cycle(corpus.files()), count):
            scan.stdin.write(f"{path}\n")
        scan.stdin.close()

    threading.Thread(target=give, daemon=True).start()
    began, at = time.monotonic(), []
    for n, _ in enumerate(scan.stdout, 1):
        if n % max(1, count // SAMPLES) == 0:
            at.append(private_kb(scan.pid, "Dirty") / 1024)
    assert scan.wait() == 0
    seen = len(corpus.files()) * SAMPLES // count + 1  # the first sample behind which each message is an old one
    print(f"{count} messages through one process in {time.monotonic() - began:.0f} s; {load()}")
    print("private MB, written to, at each twentieth: " + " ".join(f"{mb:.1f}" for mb in at))
    start, middle, end = at[seen], at[(seen + len(at)) // 2], at[-1]
    print(f"start {start:.1f} MB, middle {middle:.1f} MB, end {end:.1f} MB")
    if end > start * GROWTH:
        sys.exit(f"soak: private memory has grown by {end - start:.1f} MB")
