"""Each case of cases/*.case through `postern scan`, with the feature and without it, against SpamAssassin's stored answer."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import sys
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import cases  # noqa: E402
import make_cases  # noqa: E402
import pins  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"
MARKUP = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/markup/markup_dump"
BOUNDARY = re.compile("----------=_[0-9A-F]{8}\\.[0-9A-F]{8}")
ALL = cases.read_all()


def known_differences():
    lines = (cases.FOLDER / "known-differences").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


KNOWN = known_differences()


def run(program, *args):
    env = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_MESSAGES", "LANGUAGE")}
    done = subprocess.run([program, *args], capture_output=True, text=True, errors="surrogateescape", timeout=60,
                          env={**env, "LANG": "C", "TZ": "UTC"}, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def scan(rules, mails):
    prefs = ["--user-prefs", rules / "prefs"] if (rules / "prefs").exists() else []
    lines = run(POSTERN, "scan", "--local", "--tsv", "--alone", "--rules", rules, "--site", rules / "none", *prefs, *mails).split("\n")
    return [cases.answer(*line.split("\t")[1:4]) for line in lines if line]


def look(rules, mail):
    """The message as it goes out, and the report, as judge_cases.pl shows them."""
    sizes, _, text = run(MARKUP, rules / "rules.cf", mail).partition("\n")
    message, report, _ = map(int, sizes.split())
    text = text.encode("utf-8", "surrogateescape")
    text = text[:message] + b"==== report\n" + text[message:message + report]
    return BOUNDARY.sub("----------=_BOUNDARY", text.decode("utf-8", "surrogateescape")).split("\n")


def answers(case, folder):
    """What Postern says: verdicts and outputs of both sides."""
    files = {}
    for side, name in (("+", "with"), ("-", "without")):
        files[side] = folder / name, folder / f"{name}.eml"
        case.write_rules(side, folder / name)
        files[side][1].write_bytes(case.eml(side))
    if case.config("+") == case.config("-"):
        mails = [eml for _, eml in files.values()]
        want = dict(zip("+-", scan(files["+"][0], mails), strict=True))
    else:
        want = {side: scan(rules, [eml])[0] for side, (rules, eml) in files.items()}
    return want, {side: look(rules, eml) for side, (rules, eml) in files.items()} if case.show else {}


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_case(case, tmp_path):
    got = answers(case, tmp_path)
    if case.id in KNOWN:
        assert got != (case.want, case.out), f"{case.id} is the same now: take it out of cases/known-differences"
        pytest.xfail(KNOWN[case.id])
    assert got == (case.want, case.out), f"{case.id} (line {case.line}): {case.what}"


def test_every_case_proves_its_feature():
    for case in ALL:
        assert case.want["+"] != case.want["-"] or case.out.get("+") != case.out.get("-"), case.id
        for pin in case.pins:
            assert pins.proves(case, pin), f"{case.id} pins {pin}"


def test_known_differences_are_cases():
    assert set(KNOWN) <= {case.id for case in ALL}


def test_everything_is_pinned():
    assert not pins.uncovered(ALL)


@pytest.mark.skipif(not os.environ.get("POSTERN_LONG"), reason="a long form: POSTERN_LONG=1")
def test_live_cases():
    """The stored answers are what the judge says here and now."""
    if not shutil.which("spamassassin"):
        pytest.skip("SpamAssassin is not installed: script/bootstrap all")
    reader = subprocess.run(["perl", "-MMaxMind::DB::Reader", "-e", "1"], capture_output=True, check=False)
    asked = [case for case in ALL if reader.returncode == 0 or case.topic not in ("asn", "countries", "uri-local")]
    answers = make_cases.ask(asked)
    for case in asked:
        for side in "+-":
            assert answers[case.id, side] == (case.want[side], case.out.get(side, [])), f"{case.id} {side}"
