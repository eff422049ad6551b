# SPDX-License-Identifier: BSD-2-Clause
"""No rule's expression can be made to run for long: texts made of its own pieces, over and over, are read in linear work.

Counted in the steps of the message's budget, which a search that runs into PCRE2's match limit takes two million of at once.
"""
import json
import os
import pathlib
import re
import subprocess
import warnings

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import sre_constants
    import sre_parse

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"
RULES = pathlib.Path("/usr/share/spamassassin")
EVERY = 1 if os.environ.get("POSTERN_LONG") else 40  # rules of which one is probed
SIZE = 64 * 1024
# Twice the text may be a little more than twice the work: buffers, lines that are cut elsewhere.
MOST, SLACK = 2.5, 200_000
GROUP = 200  # messages on disk at a time
LINE = re.compile(r"^\s*(body|rawbody|full|uri|header)\s+(\w+)\s+(?:([\w:-]+)\s*=~\s*)?m?([/!{,|#@%])(.*)([/!},|#@%])([a-z]*)\s*(?:\[if-unset.*)?$")
CLASSES = {sre_constants.CATEGORY_DIGIT: "1", sre_constants.CATEGORY_SPACE: " ", sre_constants.CATEGORY_WORD: "a",
           sre_constants.CATEGORY_NOT_DIGIT: "a", sre_constants.CATEGORY_NOT_SPACE: "a", sre_constants.CATEGORY_NOT_WORD: "-"}


def rules():
    """(type, name, header, expression) of the stock rules that are regexps."""
    found = []
    for path in sorted(RULES.glob("*.cf")):
        for line in path.read_text(encoding="latin-1").splitlines():
            if m := LINE.match(line):
                found.append((m[1], m[2], m[3], m[5]))
    return found


def member(items):
    """A character of a class."""
    if items[0][0] is sre_constants.NEGATE:
        refused = [sample([item]) for item in items[1:]]
        return next(c for c in "a1 -~Z" if c not in refused)
    return sample(items[:1])


def sample(tree, times=2):
    """A text that the expression matches, lookaround left out; what may be repeated is, so often."""
    out = ""
    for op, value in tree:
        if op is sre_constants.LITERAL:
            out += chr(value & 0xff)
        elif op is sre_constants.NOT_LITERAL:
            out += "a" if value != ord("a") else "b"
        elif op is sre_constants.ANY:
            out += "x"
        elif op is sre_constants.IN:
            out += member(value)
        elif op is sre_constants.RANGE:
            out += chr(value[0] & 0xff)
        elif op is sre_constants.CATEGORY:
            out += CLASSES.get(value, "a")
        elif op is sre_constants.BRANCH:
            out += sample(value[1][0], times)
        elif op is sre_constants.SUBPATTERN:
            out += sample(value[3], times)
        elif op is sre_constants.ATOMIC_GROUP:
            out += sample(value, times)
        elif op in (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT, sre_constants.POSSESSIVE_REPEAT):
            least, most, what = value
            out += sample(what, times) * max(least, min(int(most), times))
    return out[:4000]


def repeated(tree):
    """What stands below an open repetition, the longest of them: the fuel of backtracking."""
    best = ""
    for op, value in tree:
        inner = ""
        if op in (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT):
            inner = repeated(value[2]) or (sample(value[2]) if value[1] > 8 else "")
        elif op is sre_constants.SUBPATTERN:
            inner = repeated(value[3])
        elif op is sre_constants.BRANCH:
            inner = max((repeated(branch) for branch in value[1]), key=len)
        best = max(best, inner, key=len)
    return best


def pieces(expression):
    """Texts to be repeated: a match; a match but for its end; what the expression repeats, behind its beginning."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = sre_parse.parse(expression.replace("\\#", "#"), 0)
        whole, fuel = sample(tree), repeated(tree)
    except (re.error, OverflowError, StopIteration, ValueError, IndexError):  # Perl's own syntax: its words will do
        whole, fuel = " ".join(re.findall(r"[A-Za-z0-9]+", expression))[:4000], ""
    return [("", whole), ("", whole[:-1]), (whole[:len(whole) // 2], fuel)]


def message(kind, header, before, piece, size):
    text = (before + piece * (size // max(1, len(piece)) + 1))[:size].encode("latin-1").replace(b"\0", b" ").replace(b"\r", b" ")
    name = (header or "Subject").partition(":")[0]
    name = {"ALL": "X-Probe", "ToCc": "To", "EnvelopeFrom": "Return-Path", "MESSAGEID": "Message-ID"}.get(name, name)
    head = b"From: a@example.net\nMIME-Version: 1.0\nContent-Type: text/plain\n"
    if kind == "header":
        return name.encode() + b": " + text.replace(b"\n", b" ") + b"\n" + head + b"\nbody\n"
    if kind == "uri":
        return head + b"\nhttp://example.com/" + text.replace(b"\n", b"").replace(b" ", b"") + b"\n"
    return head + b"\n" + text + b"\n"


def steps(probes, folder, size):
    """Of each probe the steps of its message of that size; none may be over its budget."""
    for i, (kind, _, header, before, piece) in enumerate(probes):
        (folder / str(i)).write_bytes(message(kind, header, before, piece, size))
    (folder / "list").write_text("".join(f"{folder}/{i}\n" for i in range(len(probes))))
    done = subprocess.run([POSTERN, "scan", "--local", "--json", "--jobs", str(os.cpu_count()), "--files-from", folder / "list"],
                          capture_output=True, text=True, timeout=3600, check=False)
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    over = [(probe[1], one["over_budget"]) for probe, one in zip(probes, said, strict=True) if one["over_budget"] or one["stopped"]]
    assert not over, over
    return [one["steps"] for one in said]


@pytest.mark.skipif(not RULES.is_dir(), reason="needs SpamAssassin's rule files")
def test_work_is_linear_in_what_a_rule_would_like_least(tmp_path):
    probes = []
    for kind, name, header, expression in rules()[::EVERY]:
        probes += [(kind, name, header, before, piece) for before, piece in pieces(expression) if piece]
    assert len(probes) > 3000 / EVERY
    worse = []
    for at in range(0, len(probes), GROUP):
        group = probes[at:at + GROUP]
        half, whole = steps(group, tmp_path, SIZE // 2), steps(group, tmp_path, SIZE)
        worse += [(probe[1], probe[4][:40], a, b) for probe, a, b in zip(group, half, whole, strict=True) if b > a * MOST + SLACK]
    assert not worse, worse
