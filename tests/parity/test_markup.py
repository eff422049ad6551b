"""Reports and rewritten messages, byte for byte as Mail::SpamAssassin writes them: the cases of markup_cases.py through
markup_dump, against stored answers (markup/NAME.want). Where SpamAssassin 4.0.1 is installed, `test_markup.py --judge`
writes the answers again, and test_answers_are_the_judges asks it for a few of them.

A .want file: a line of three lengths, the rewritten message, the report, the rewritten message without its markup.
"""
import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import markup_cases  # noqa: E402

DUMP = HERE.parents[1] / os.environ.get("POSTERN_BUILD", "build") / "src/markup/markup_dump"
ANSWERS = HERE / "markup"
BOUNDARY = re.compile(rb"----------=_[0-9A-F]{8}\.[0-9A-F]{8}")
PARTS = ("message", "report", "stripped")
JUDGED_AGAIN = 8


def write_case(folder, name):
    """The case as files; their names."""
    config, message = markup_cases.CASES[name]
    config = config if isinstance(config, bytes) else config.encode()
    paths = [folder / f"{name}.cf", folder / f"{name}.eml"]
    for path, content in zip(paths, (config, message)):
        path.write_bytes(content)
    return [str(path) for path in paths]


def take_answer(data):
    """The first answer in the bytes, as the three parts, and what follows it. Boundaries are masked."""
    line, _, rest = data.partition(b"\n")
    parts = []
    for length in map(int, line.split()):
        parts.append(BOUNDARY.sub(b"----------=_BOUNDARY", rest[:length]))
        rest = rest[length:]
    return parts, rest


def judge(folder, names):
    lines = "".join(" ".join(write_case(folder, name)) + "\n" for name in names)
    done = subprocess.run(["perl", HERE / "judge_markup.pl"], input=lines.encode(), capture_output=True, timeout=600, check=True)
    answers, rest = {}, done.stdout
    for name in names:
        answers[name], rest = take_answer(rest)
    assert not rest
    return answers


def stored(name):
    return take_answer((ANSWERS / f"{name}.want").read_bytes())[0]


def has_judge():
    check = "use Mail::SpamAssassin; exit(Mail::SpamAssassin::Version() ne '4.0.1')"
    return subprocess.run(["perl", "-e", check], capture_output=True, check=False).returncode == 0


def show(what, got, want):
    lines = [f"{what}:"]
    for g, w in zip(got.split(b"\n") + [b"(end)"], want.split(b"\n") + [b"(end)"]):
        if g != w:
            return "\n".join(lines + [f"  want {w!r}", f"  got  {g!r}"])
    return f"{what}: one is longer"


@pytest.mark.parametrize("name", markup_cases.CASES)
def test_case(name, tmp_path):
    done = subprocess.run([DUMP, *write_case(tmp_path, name)], capture_output=True, timeout=60, check=True)
    got, rest = take_answer(done.stdout)
    assert not rest
    for part, g, w in zip(PARTS, got, stored(name)):
        assert g == w, show(f"{name}, {part}", g, w)


def test_answers_belong_to_cases():
    assert {path.stem for path in ANSWERS.glob("*.want")} == set(markup_cases.CASES)


@pytest.mark.skipif(not has_judge(), reason="SpamAssassin 4.0.1 is not installed")
def test_answers_are_the_judges(tmp_path):
    names = list(markup_cases.CASES)[::len(markup_cases.CASES) // JUDGED_AGAIN]
    for name, answer in judge(tmp_path, names).items():
        assert answer == stored(name), name


def main():
    import tempfile
    names = sys.argv[2:] or list(markup_cases.CASES)
    with tempfile.TemporaryDirectory() as folder:
        for name, parts in judge(pathlib.Path(folder), names).items():
            lengths = " ".join(str(len(part)) for part in parts)
            (ANSWERS / f"{name}.want").write_bytes(lengths.encode() + b"\n" + b"".join(parts))


if __name__ == "__main__" and sys.argv[1:2] == ["--judge"]:
    main()
