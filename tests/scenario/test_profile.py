# SPDX-License-Identifier: BSD-2-Clause
"""postern profile: counts are right and the same each time, what is dear comes first. Times are looked at for being there only."""
import json
import os
import pathlib
import subprocess

import corpus
import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"
RULES = r"""loadplugin Mail::SpamAssassin::Plugin::HeaderEval
body DEAR /\b([a-z]+) (?:[a-z]+ )+\1 \1\b/
body CHEAP /no such words here/
body WORD /\bcat\b/
tflags WORD multiple
header SUBJ Subject =~ /^hello/
header EVAL_A eval:check_for_fake_aol_relay_in_rcvd()
header EVAL_B eval:check_for_faraway_charset_in_headers()
meta BOTH SUBJ && WORD
header TWICE Subject =~ /(l)\1/
"""
HEAD = b"From: a@example.net\nTo: b@example.org\nSubject: hello\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <1@example.net>\n\n"
MAIL = HEAD + b"the cat saw another cat\n\n" + b"all words of this line are dull and without digits\n\n" * 20


def run(*args, stdin=b"", command="profile"):
    return subprocess.run([POSTERN, command, *args], input=stdin, capture_output=True, timeout=120, check=False)


@pytest.fixture
def profile(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "site").mkdir()
    (tmp_path / "rules/10.cf").write_text(RULES)

    def profile(*args, stdin=MAIL):
        return run("--local", "--rules", tmp_path / "rules", "--site", tmp_path / "site", *args, stdin=stdin)
    return profile


def counts(done):
    """Everything but times, by name."""
    assert done.returncode == 0, done
    said = json.loads(done.stdout)
    return {rule.pop("rule"): {k: v for k, v in rule.items() if k != "ns"} for rule in said["rules"]}


def test_counts(profile):
    rules = counts(profile("--json"))
    assert 21 <= rules["DEAR"]["runs"] <= 63 and rules["DEAR"]["hits"] == 0, "each paragraph, at one place or a few"
    assert rules["DEAR"]["bytes"] >= rules["DEAR"]["runs"] and "WORD" in rules
    assert (rules["WORD"]["hits"], rules["WORD"]["messages"]) == (2, 1)
    subj = [rules["SUBJ"][key] for key in ("runs", "hits", "type", "line")]
    assert subj == [0, 1, "header", 6], "told in the one read of its header that is for all rules over it"
    assert (rules["TWICE"]["runs"], rules["TWICE"]["hits"]) == (1, 1), "the read tells where it may match, a search whether it does"
    assert rules["EVAL_A"]["runs"] == 1 and rules["EVAL_A"]["type"] == "header eval"
    assert "CHEAP" not in rules, "what it needs stands nowhere: it was not run"


def test_twice_the_mail_is_twice_the_counts(profile, tmp_path):
    (tmp_path / "a").write_bytes(MAIL)
    once, twice = counts(profile("--json")), counts(profile("--json", tmp_path / "a", tmp_path / "a"))
    for name, rule in once.items():
        for key in ("runs", "bytes", "hits", "messages"):
            assert twice[name][key] == 2 * rule[key], (name, key)
    assert counts(profile("--json")) == once


def test_the_dear_rule_comes_first(profile):
    for key in ("runs", "bytes"):
        assert next(iter(counts(profile("--json", "--sort", key)))) == "DEAR"
    assert next(iter(counts(profile("--json", "--sort", "hits")))) == "WORD"
    said = json.loads(profile("--json").stdout)
    times = [rule["ns"] for rule in said["rules"]]
    assert times == sorted(times, reverse=True) and times[0] > 0
    assert sum(stage["ns"] for stage in said["stages"]) == said["ns"] and said["messages"] == 1 and said["bytes"] == len(MAIL)
    assert {"reading: MIME", "header rules", "body rules", "eval functions", "judging, metas"} <= {stage["stage"] for stage in said["stages"]}
    assert {e["function"] for e in said["evals"]} >= {"check_for_fake_aol_relay_in_rcvd"}


def test_text(profile):
    done = profile("--sort", "bytes", "--top", "1")
    assert done.returncode == 0 and not done.stderr
    lines = done.stdout.decode().splitlines()
    assert lines[0].startswith("1 messages, ")
    at = next(i for i, line in enumerate(lines) if line.startswith("1 of ") and "rules" in line)
    assert " DEAR (body, " in lines[at + 2] and lines[at + 2].endswith("10.cf:2)") and lines[at + 3] == ""
    assert "WORD" not in done.stdout.decode() and " WORD (body" in profile("--all").stdout.decode()


@pytest.mark.parametrize("args, code, text", [
    (["--top", "0"], 64, "--top"), (["--sort", "name"], 64, "--sort"), (["--frobnicate"], 64, "--frobnicate"),
    (["--files-from", "/nonexistent"], 66, "nonexistent"), (["/nonexistent"], 1, "nonexistent")])
def test_refusals(profile, args, code, text):
    done = profile(*args)
    assert done.returncode == code and text in done.stderr.decode()


def test_what_is_profiled_is_what_scan_does(tmp_path):
    """Hits of rules over mail of the corpus are those that scan reports."""
    names = corpus.files()[::300]
    (tmp_path / "list").write_text("".join(f"{name}\n" for name in names))
    hits = {}
    for line in run("--local", "--alone", "--tsv", "--files-from", tmp_path / "list", command="scan").stdout.decode().splitlines():
        for rule in filter(None, ",".join(line.split("\t")[2:4]).split(",")):
            hits[rule] = hits.get(rule, 0) + 1
    rules = counts(run("--local", "--all", "--json", "--files-from", tmp_path / "list"))
    assert len(hits) > 50
    for name, rule in rules.items():
        assert rule["hits"] == hits.get(name, 0) or name not in hits, name
    assert sum(name in rules for name in hits) > 40
