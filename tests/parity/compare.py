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


def show(counts, differing, top=20):
    """Shares, and the rules that differ most."""
    n = counts["messages"]
    print("messages not in GOT:", counts["lost"])
    for key, what in (("rules", "rules"), ("score", "score"), ("subrules", "sub-rules"),
                      ("subrule_counts", "sub-rules with counts")):
        print(f"same {what}: {counts[key]}/{n} ({100 * counts[key] / n if n else 0:.2f}%)")
    names = collections.Counter()
    for name, count in differing.items():
        names[name.split()[1]] += count
    for rule, _ in names.most_common(top):
        print(f"  {rule}: {differing['missing ' + rule]} missing, {differing['extra ' + rule]} extra")


def main():
    counts, differing = compare(read(sys.argv[1]), read(sys.argv[2]))
    show(counts, differing)
    return 0 if counts["messages"] and counts["rules"] == counts["messages"] else 1


if __name__ == "__main__":
    sys.exit(main())
