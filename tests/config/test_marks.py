# SPDX-License-Identifier: BSD-2-Clause
"""The table of settings tells the truth: what is marked as in effect is read by something, what is read is marked so.

A setting is read when its name stands in a source file outside conf/, or when a setting that is read refers to it in
its default (%local_domains in @local_domains_maps). The rest must be marked as later or ignored: then it is named
when a configuration uses it, and never silently dropped.
"""
import pathlib
import re

SRC = pathlib.Path(__file__).resolve().parents[2] / "src"
ROW = re.compile(r'\{ "([$@%]\w+)", (SETTING_\w+), (SETTING_\w+), ([^\n]*?),\n((?:[^\n]*\n)*?[^\n]*\}),')
REFERENCE = re.compile(r"\\\\([$@%]\w+)|c[ar]?\('(\w+)'\)|(?<![\w\\])(\$\w+)")
# For other settings in the files: they are values, and have no effect of their own.
FOR_OTHERS = {"$policy_bank_name", "$myversion_id_numeric", "@mynetworks_maps"}
# The language itself, and the folders of the other one, whose settings are words of their own.
NOT_READERS = {"conf", "rules", "checks", "markup"}
# Words of other things that are quoted in the sources too.
OTHER_WORDS = {"$arc", "$bzip2", "$file", "$gzip", "$lzop"}


def table():
    rows = {}
    for path in sorted((SRC / "conf").glob("settings_*.c")):
        for name, kind, status, flags, rest in ROW.findall(path.read_text()):
            if kind != "SETTING_ALIAS":
                rows[name] = (status, flags, rest)
    assert len(rows) > 400
    return rows


def text_of(paths):
    return "".join(p.read_text() for p in paths if not p.stem.endswith(("_test", "_fuzz")))


def read_by(rows, text):
    """Settings that the text names, and those that these refer to."""
    words = set(re.findall(r'"([$@%]?\w+)"', text))
    found = {n for n in rows if n in words or n[1:] in words} - OTHER_WORDS
    todo = list(found)
    while todo:
        for groups in REFERENCE.findall(rows[todo.pop()][2]):
            for name in (groups[0], "$" + groups[1], "@" + groups[1], groups[2]):
                if name in rows and name not in found:
                    found.add(name)
                    todo.append(name)
    return found


def test_what_is_marked_as_in_effect_is_read():
    rows = table()
    read = read_by(rows, text_of(p for p in SRC.glob("*/*.c") if p.parent.name not in NOT_READERS))
    unread = {n for n, row in rows.items() if row[0] == "SETTING_LIVE"} - read - FOR_OTHERS
    assert not unread, f"marked SETTING_LIVE, and nothing reads it: {sorted(unread)}"
    unmarked = {n for n in read if rows[n][0] != "SETTING_LIVE"}
    assert not unmarked, f"something reads it, and it is not marked SETTING_LIVE: {sorted(unmarked)}"


def test_what_banks_may_hold_has_its_effect_there():
    """Read where a policy bank is laid on, or marked as one for the whole program, which a bank is told."""
    rows = table()
    front = [SRC / "front/profile.c", *SRC.glob("policy/*.c"), *SRC.glob("act/*.c")]
    banked = read_by(rows, text_of(front))
    everywhere = read_by(rows, text_of(p for p in SRC.glob("*/*.c") if p.parent.name not in NOT_READERS))
    wrong = {n for n in everywhere - banked if not re.search("SETTING_NO_BANK|SETTING_WHOLE", rows[n][1])}
    assert not wrong, f"a policy bank may hold it, and it has no effect there: {sorted(wrong)}"
