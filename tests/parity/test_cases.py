"""Each case of cases/*.case through `postern scan`, with the feature and without it, against SpamAssassin's stored answer."""
import os
import pathlib
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
ALL = cases.read_all()


def known_differences():
    lines = (cases.FOLDER / "known-differences").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


KNOWN = known_differences()


def verdict(case, side, folder):
    cf, eml = folder / "rules.cf", folder / "message.eml"
    cf.write_bytes(cases.PRELUDE.read_bytes() + case.config(side))
    eml.write_bytes(case.eml(side))
    env = {**os.environ, "LANG": "C", "TZ": "UTC"}
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        env.pop(name, None)
    done = subprocess.run([POSTERN, "scan", "--local", "--tsv", "--rules", cf, "--site", folder / "none", eml],
                          capture_output=True, text=True, timeout=60, env=env, check=False)
    assert done.returncode == 0, done.stderr
    return cases.answer(*done.stdout.rstrip("\n").split("\t")[1:4])


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_case(case, tmp_path):
    got = {side: verdict(case, side, tmp_path) for side in "+-"}
    if case.id in KNOWN:
        assert got != case.want, f"{case.id} is the same now: take it out of cases/known-differences"
        pytest.xfail(KNOWN[case.id])
    assert got == case.want, f"{case.id} (line {case.line}): {case.what}"


def test_every_case_proves_its_feature():
    for case in ALL:
        assert case.want["+"] != case.want["-"] or case.out.get("+") != case.out.get("-"), case.id
        for pin in case.pins:
            assert pins.proves(case, pin), f"{case.id} pins {pin}"


def test_known_differences_are_cases():
    assert set(KNOWN) <= {case.id for case in ALL}


@pytest.mark.skipif(not os.environ.get("POSTERN_LONG"), reason="a long form: POSTERN_LONG=1")
def test_live_cases():
    """The stored answers are what the judge says here and now."""
    if not shutil.which("spamassassin"):
        pytest.skip("SpamAssassin is not installed: script/bootstrap all")
    answers = make_cases.ask(ALL)
    for case in ALL:
        for side in "+-":
            assert answers[case.id, side] == (case.want[side], case.out.get(side, [])), f"{case.id} {side}"
