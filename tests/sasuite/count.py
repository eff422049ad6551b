# SPDX-License-Identifier: BSD-2-Clause
"""count.py RESULT: a run of SpamAssassin's own tests, summed up by group; failing subtests against the list of known ones."""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
LINE = re.compile(r"^(\S+\.t)\s+\S+\s+(\d+)/(\d+)(?:.*failed: ([\d,-]+))?")
LEAST = 0.95


def rows(name):
    return [line.split("\t") for line in (HERE / name).read_text().splitlines() if line and not line.startswith("#")]


def numbers(spec):
    """"1-3,7" as a set."""
    found = set()
    for piece in spec.split(",") if spec else []:
        first, _, last = piece.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def main():
    group_of = {f"{file}.t": group for group, files in rows("groups") for file in files.split()}
    known, sums, unknown = {}, {}, []
    for file, spec, _reason in rows("known"):
        known[file] = known.get(file, set()) | numbers(spec)
    for line in open(sys.argv[1], encoding="utf-8"):
        found = LINE.match(line)
        if not found:
            continue
        file, passed, total, failed = found.groups()
        sums.setdefault(group_of.get(file, "other"), [0, 0])
        sums[group_of.get(file, "other")][0] += int(passed)
        sums[group_of.get(file, "other")][1] += int(total)
        unknown += [f"{file} {n}" for n in sorted(numbers(failed) - known.get(file, set()))]
    if not sums:
        sys.exit("script/sasuite: nothing ran")
    for group, (passed, total) in sums.items():
        print(f"{group:10} {passed:5} of {total:5}  {100 * passed / total:5.1f} %")
    for one in unknown:
        print(f"not known to fail: {one}")
    sys.exit(1 if unknown or any(passed < LEAST * total for passed, total in sums.values()) else 0)


main()
