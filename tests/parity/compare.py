"""compare.py WANT.tsv GOT.tsv: how far one set of verdicts is from another.

Lines are: path TAB score TAB rules TAB sub-rules. Messages are paired by the last two parts of their path. Used by
test_parity.py; as a program it prints shares and the rules that differ most, and exits 1 unless all rules are the same.
"""
import collections
import sys


def read(path):
    verdicts = {}
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            name, score, rules, subs = line.rstrip("\n").split("\t")
            count = [collections.Counter(filter(None, text.split(","))) for text in (rules, subs)]
            verdicts["/".join(name.split("/")[-2:])] = (float(score), *count)
    return verdicts


def compare(want, got):
    """A dictionary of counts, and a Counter of "missing RULE" and "extra RULE"."""
    counts = collections.Counter(messages=len(want))
    differing = collections.Counter()
    for key, (score, rules, subs) in want.items():
        if key not in got:
            counts["lost"] += 1
            continue
        other_score, other_rules, other_subs = got[key]
        counts["rules"] += rules == other_rules
        counts["score"] += abs(score - other_score) < 0.0015
        counts["subrules"] += set(subs) == set(other_subs)
        counts["subrule_counts"] += subs == other_subs
        for rule in (rules - other_rules) + (subs - other_subs):
            differing["missing " + rule] += 1
        for rule in (other_rules - rules) + (other_subs - subs):
            differing["extra " + rule] += 1
    return counts, differing


def main():
    counts, differing = compare(read(sys.argv[1]), read(sys.argv[2]))
    for what in ("messages", "lost", "rules", "score", "subrules", "subrule_counts"):
        print(f"{what}: {counts[what]}")
    for name, n in differing.most_common(20):
        print(f"  {name}: {n}")
    return 0 if counts["rules"] == counts["messages"] else 1


if __name__ == "__main__":
    sys.exit(main())
