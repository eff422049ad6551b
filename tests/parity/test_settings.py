"""Every setting that the installed SpamAssassin has is known: implemented, or accepted with the reason why it has no effect."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"
LIST = pathlib.Path(__file__).with_name("settings.pl")


def plugins():
    folder = pathlib.Path("/usr/share/perl5/Mail/SpamAssassin/Plugin")
    return [path.stem for path in sorted(folder.glob("*.pm")) if path.stem not in ("Test", "P595Body")]


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not installed: script/bootstrap all")
def test_every_setting_is_known(tmp_path):
    names = subprocess.run(["perl", LIST], capture_output=True, text=True, check=True).stdout.split()
    assert len(names) > 350
    rules = "".join(f"loadplugin Mail::SpamAssassin::Plugin::{name}\n" for name in plugins())
    rules += "body X /x/\n" + "".join(f"{name} 1\n" for name in names)
    (tmp_path / "all.cf").write_text(rules, encoding="utf-8")
    (tmp_path / "message").write_text("Subject: x\n\nx\n", encoding="utf-8")
    done = subprocess.run([POSTERN, "scan", "-v", "--local", "--rules", tmp_path / "all.cf", "--site", tmp_path / "none",
                           tmp_path / "message"], capture_output=True, text=True, timeout=60, check=False)
    unknown = re.findall(r"failed to parse line.*: (\w+) 1$", done.stderr, re.M)
    assert unknown == []
    assert "failed to parse plugin Mail" not in done.stderr
