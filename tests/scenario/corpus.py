# SPDX-License-Identifier: BSD-2-Clause
"""Real messages for tests: the SpamAssassin public corpus, which script/corpus fetches and keeps.

POSTERN_CORPUS names its folder where it lies elsewhere.
"""
import functools
import os
import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]


@functools.cache
def folder():
    if named := os.environ.get("POSTERN_CORPUS"):
        return pathlib.Path(named)
    got = subprocess.run([TOP / "script/corpus"], capture_output=True, text=True, timeout=300, check=False)
    assert got.returncode == 0, got.stderr
    return pathlib.Path(got.stdout.strip().splitlines()[-1])


@functools.cache
def files():
    found = sorted(folder().glob("*/*.txt"))
    assert len(found) == 6046, f"{len(found)} messages in {folder()}"
    return found


# What mail has that filters have broken, as a property of a message's bytes.
ODDITIES = {
    "a line over 998 bytes": lambda raw: re.search(rb"[^\n]{999}", raw) is not None,
    "a bare CR": lambda raw: re.search(rb"\r(?!\n)", raw) is not None,
    "no final newline": lambda raw: not raw.endswith(b"\n"),
    "8-bit bytes": lambda raw: re.search(rb"[\x80-\xff]", raw) is not None,
    "an X-Spam-Status of its own": lambda raw: re.search(rb"(?mi)^X-Spam-Status:", raw) is not None,
    "a line that begins with a dot": lambda raw: re.search(rb"(?m)^\.", raw) is not None,
}

# The others are so common that a spread brings enough of them.
RARE = ["a line over 998 bytes", "a bare CR", "no final newline"]


@functools.cache
def sample(count):
    """`count` messages as (name, bytes), spread over the corpus; all odd ones that fit come first."""
    odd, plain = [], []
    for path in files():
        raw = path.read_bytes()
        (odd if any(ODDITIES[name](raw) for name in RARE) else plain).append((path.name, raw))
    odd = odd[:count // 2] if len(odd) > count // 2 else odd
    step = len(plain) // (count - len(odd))
    chosen = odd + plain[::step][:count - len(odd)]
    assert len(chosen) == count
    # No message of the corpus has fields of another filter's with verdicts: the last five get them.
    return chosen[:-5] + [(name, with_forged_fields(raw)) for name, raw in chosen[-5:]]


FORGED = (b"X-Spam-Status: No, hits=-99.9 required=5.0\n\ttests=FORGED\n\tversion=2.20\n"
          b"X-Spam-Flag: NO\nX-Spam-Level: \nX-Other: stays\nX-SPAM-STATUS: No, twice\n")


def with_forged_fields(raw):
    """A forged verdict, folded, behind the first field (or the mbox line) of the header."""
    end = re.search(rb"\n(?![ \t])", raw).end()
    return raw[:end] + FORGED + raw[end:]


def wire(raw):
    """The message as a client sends it: CRLF line ends, one at the end; a bare CR stays."""
    lines = raw.replace(b"\r\n", b"\n").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return b"\r\n".join(lines) + b"\r\n"
