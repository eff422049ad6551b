"""What --lint says of lint/bad.cf, where nearly every line is wrong: the words, lines and number of SpamAssassin.

SpamAssassin's lines are stored in lint/bad.said; `test_lint.py` run as a program writes them anew.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"
FOLDER = pathlib.Path(__file__).with_name("lint")
SAID = FOLDER / "bad.said"
# Perl's own complaints have no area; of conditions and plugins Perl's words follow, and conditions are told of twice.
SHORTER = [(r" at \S+ line \d+\.$", ""), (r"(config: error parsing conditional in .* \(line \d+\)).*", r"\1"),
           (r"(plugin: failed to parse plugin).*", r"\1")]


def lint(program, folder):
    """The lines, sorted, as far as they can be the same."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C"}
    done = subprocess.run([program, "-L", "--lint", "-x", "-p", "/dev/null", "-C", "lint", "--siteconfigpath", folder / "none"],
                          cwd=FOLDER.parent, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    said = []
    for line in re.findall(r"\] warn: ((?:config|freemail|lint|netset|plugin|rules): .*)", done.stderr):
        for pattern, less in SHORTER:
            line = re.sub(pattern, less, line)
        if not (line in said and "conditional" in line):
            said.append(line)
    return sorted(said)


def test_lint(tmp_path):
    (tmp_path / "spamassassin").symlink_to(POSTERN)
    assert lint(tmp_path / "spamassassin", tmp_path) == SAID.read_text(encoding="utf-8").splitlines()


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not installed: script/bootstrap all")
def test_live_lint(tmp_path):
    assert lint("/usr/bin/spamassassin", tmp_path) == SAID.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        lines = lint("/usr/bin/spamassassin", pathlib.Path(home))
    SAID.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
