# SPDX-License-Identifier: BSD-2-Clause
"""What a second process brings: messages a second of `postern scan --jobs 2` against --jobs 1, in turn."""
from measure import load, scan, some_files, spread


def run(quick):
    rounds, count = (3, 1000) if quick else (5, 6046)
    paths = some_files(count)
    gains = []
    for _ in range(rounds):
        alone, both = scan(paths, "--jobs", "1"), scan(paths, "--jobs", "2")
        gains.append(alone[3] / both[3])
    print(f"--jobs 2 is {spread(gains)} times as fast as --jobs 1; {rounds} rounds of {count} messages; {load()}")
