# SPDX-License-Identifier: BSD-2-Clause
"""What makes scans cheap must change no verdict, remember nothing of one message for another, and stay: counted, never timed."""
import json
import os
import pathlib
import subprocess

import corpus
import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"
LONG = os.environ.get("POSTERN_LONG")

# A message of the sample, with the rule files of SpamAssassin 4.0.1: what it took when this was written and half as much again.
MOST = {"steps": 100_000, "searches": 800, "search_bytes": 280_000}


def sample():
    """202 messages, of every folder."""
    return corpus.files()[::30]


def run(command, names, folder, *args):
    (folder / "list").write_text("".join(f"{name}\n" for name in names))
    done = subprocess.run([POSTERN, command, "--local", "--files-from", folder / "list", *args], capture_output=True, text=True, timeout=1800,
                          check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def work(names, folder):
    """Everything that is counted, but no time: of the run, and of each rule."""
    said = json.loads(run("profile", names, folder, "--all", "--json"))
    rules = {(rule["rule"], key): rule[key] for rule in said["rules"] for key in ("runs", "bytes", "hits", "messages")}
    searched = [rule for rule in said["rules"] if "eval" not in rule["type"]]
    return {"messages": said["messages"], "steps": said["steps"], "searches": sum(rule["runs"] for rule in searched),
            "search_bytes": sum(rule["bytes"] for rule in searched), **rules}


def test_each_rule_over_each_subject_hits_the_same(tmp_path):
    """Every regexp rule run by PCRE2 alone over all that it looks at: no prefilter, no windows, no gates."""
    names = corpus.files() if LONG else sample()
    jobs = ("--tsv", "--alone", "--jobs", str(os.cpu_count()))
    gated, plain = run("scan", names, tmp_path, *jobs).splitlines(), run("scan", names, tmp_path, *jobs, "--ungated").splitlines()
    assert len(gated) == len(names)
    assert [(a, b) for a, b in zip(gated, plain, strict=True) if a != b][:3] == []
    assert any("\t__" in line or ",__" in line for line in gated)


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    return work(sample(), tmp_path_factory.mktemp("once"))


def test_no_message_is_cheaper_for_what_came_before(once, tmp_path):
    """One process, each message twice, the second time in the other order: twice the work, for every rule."""
    names = sample()
    assert work(names + names[::-1], tmp_path) == {key: 2 * n for key, n in once.items()}


def test_what_one_message_costs_does_not_depend_on_its_neighbours(tmp_path):
    """Scans of A, B, A count as those of A, of B and of A by themselves."""
    names = sample()
    for a, b in ((names[3], names[150]), (names[150], names[3])):
        together, apart = work([a, b, a], tmp_path), [work([name], tmp_path) for name in (a, b, a)]
        assert together == {key: sum(one.get(key, 0) for one in apart) for key in together}
        assert all(key in together for one in apart for key in one)


def test_messages_scanned_together_are_as_alone(tmp_path):
    """What stands in a list is scanned some at a time; what is named when the answer to the one before is there, alone."""
    names = sample()
    together = run("scan", names, tmp_path, "--json", "--alone").splitlines()
    popen = subprocess.Popen([POSTERN, "scan", "--local", "--json", "--alone", "--files-from", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             text=True)
    for name, said in zip(names, together, strict=True):
        popen.stdin.write(f"{name}\n")
        popen.stdin.flush()
        assert popen.stdout.readline().rstrip("\n") == said
    popen.communicate(timeout=60)
    assert all(json.loads(said)["steps"] for said in together)


def test_work_of_a_message_stays_small(once):
    each = {key: once[key] / once["messages"] for key in MOST}
    assert all(each[key] <= most for key, most in MOST.items()), each
    assert all(each.values()), each
