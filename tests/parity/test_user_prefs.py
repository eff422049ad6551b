"""What a user may set: each setting's privilege is the one it has in SpamAssassin."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import sys
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from test_settings import LIST, plugins  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"
SAID = re.compile(r"warning: not parsing, (?:('allow_user_rules' is 0)|administrator setting): (\w+) 1$", re.M)


def refused(tmp_path, names, allow):
    """{name: who may set it} of those that a user's file must not have."""
    rules, prefs = tmp_path / f"rules{allow}.cf", tmp_path / f"prefs{allow}"
    lines = [f"loadplugin Mail::SpamAssassin::Plugin::{name}" for name in plugins()]
    rules.write_text("\n".join([*lines, f"allow_user_rules {allow}", "body X /x/", ""]), encoding="utf-8")
    prefs.write_text("".join(f"{name} 1\n" for name in names), encoding="utf-8")
    done = subprocess.run([POSTERN, "lint", "--alone", "--user-prefs", prefs, rules], capture_output=True, text=True,
                          timeout=60, check=False)
    return {name: "rules" if by_rules else "admin" for by_rules, name in SAID.findall(done.stdout)}


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not installed: script/bootstrap all")
def test_privileges(tmp_path):
    answer = subprocess.run(["perl", LIST, "privileges"], capture_output=True, text=True, check=True).stdout
    want = {name: who for name, who in map(str.split, answer.splitlines()) if who != "user"}
    names = [line.split()[0] for line in answer.splitlines()]
    assert len(want) > 130
    assert refused(tmp_path, names, 0) == want
    assert refused(tmp_path, names, 1) == {name: who for name, who in want.items() if who == "admin"}
