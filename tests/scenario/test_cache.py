# SPDX-License-Identifier: BSD-2-Clause
"""What was worked out of the rules is kept for the next start; what is stale, damaged or not ours is as not there."""
import contextlib
import os
import pathlib
import subprocess

import pytest

import corpus
import harness

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"
RULES = r"""
body MARKED /\bmarked (?:once|twice|three times) in (?:a|the|some) text/i
score MARKED 7
header SUBJ Subject =~ /^hello (?:world|there|everybody)$/
loadplugin Mail::SpamAssassin::Plugin::ReplaceTags
replace_tag Z [z2]
replace_rules TAGGED
body TAGGED /<Z>ebra\b/i
body NAMED /(?<how>mark|mask)ed t/
"""


def scan(*args):
    done = subprocess.run([POSTERN, "scan", "--local", "--tsv", *args], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.fixture
def place(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/10_test.cf").write_text(RULES)
    (tmp_path / "site").mkdir()
    (tmp_path / "mail").write_text("Subject: hello there\n\nIt is marked twice in the text: Zebra.\n")
    return tmp_path


def args_of(place):
    return ["--rules", place / "rules", "--site", place / "site", "--cache", place / "cache", place / "mail"]


def test_kept_and_taken(place):
    first, said = scan(*args_of(place))
    assert all(name in first for name in ("MARKED", "SUBJ", "TAGGED", "NAMED")) and not said
    kept = (place / "cache").read_bytes()
    assert (place / "cache").stat().st_mode & 0o777 == 0o600
    inode = (place / "cache").stat().st_ino
    assert scan(*args_of(place)) == (first, "")
    assert (place / "cache").stat().st_ino == inode, "nothing was new, and it was written again"
    # New rules go in, old ones out.
    (place / "rules/10_test.cf").write_text(RULES.replace("twice", "two times"))
    got, _ = scan(*args_of(place))
    assert "MARKED" not in got and "SUBJ" in got
    assert b"two times" in (place / "cache").read_bytes() and b"twice" not in (place / "cache").read_bytes()
    (place / "rules/10_test.cf").write_text(RULES)
    assert scan(*args_of(place))[0] == first
    assert len(kept) == (place / "cache").stat().st_size


def damage_byte(data):
    return data[:len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1:]


@pytest.mark.parametrize("damage", [
    damage_byte,
    lambda data: data[:-1],
    lambda data: data + b"x",
    lambda data: b"",
    lambda data: b"\0" * len(data),
    lambda data: data[:8] + bytes(8) + data[16:],
], ids=["byte", "cut", "longer", "empty", "zeros", "version"])
def test_damaged(place, damage):
    first, _ = scan(*args_of(place))
    good = (place / "cache").read_bytes()
    (place / "cache").write_bytes(damage(good))
    assert scan(*args_of(place)) == (first, "")
    assert (place / "cache").read_bytes() == good


def test_others_may_write(place):
    """It is not believed, and replaced by our own."""
    first, _ = scan(*args_of(place))
    (place / "cache").chmod(0o666)
    inode = (place / "cache").stat().st_ino
    assert scan(*args_of(place)) == (first, "")
    assert (place / "cache").stat().st_ino != inode and (place / "cache").stat().st_mode & 0o777 == 0o600


def test_link(place):
    """A link is not followed, and gives way."""
    first, _ = scan(*args_of(place))
    (place / "cache").rename(place / "other")
    (place / "cache").symlink_to(place / "other")
    before = (place / "other").read_bytes()
    assert scan(*args_of(place)) == (first, "")
    assert not (place / "cache").is_symlink() and (place / "other").read_bytes() == before


def test_no_folder(place):
    """The verdict is given all the same; standard error says why nothing is kept."""
    args = [a if a != place / "cache" else place / "none/cache" for a in args_of(place)]
    got, said = scan(*args)
    assert "MARKED" in got and "none/cache" in said and "No such file" in said


def test_same_verdicts_with_all_rules(tmp_path):
    files = [str(f) for f in corpus.files()[::300]]
    plain, _ = scan("--alone", *files)
    cache = ["--cache", tmp_path / "cache"]
    assert scan("--alone", *cache, *files)[0] == plain
    assert scan("--alone", *cache, *files)[0] == plain


def test_daemon():
    """The loader makes the folder, keeps what it worked out, and takes it at the next start."""
    with contextlib.closing(harness.Daemon(rules=harness.RULES)) as d:
        d.start()
        path = d.home / "cache/rules"
        assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
        if d.user:
            assert path.stat().st_uid == d.user.pw_uid
        inode = path.stat().st_ino
        d.stop()
        d.start()
        assert path.stat().st_ino == inode
        d.stop()
        path.write_bytes(damage_byte(path.read_bytes()))
        d.start()
        assert path.stat().st_ino != inode
        assert sorted(p.name for p in path.parent.iterdir()) == ["rules"]


def test_daemon_without():
    with contextlib.closing(harness.Daemon("$postern_cache_dir = '';", rules=harness.RULES)) as d:
        d.start()
        assert not (d.home / "cache").exists()
    with contextlib.closing(harness.Daemon("$postern_cache_dir = '/no/such/folder';", rules=harness.RULES)) as d:
        d.start()
        d.wait_log("there is no folder for a cache.*/no/such/folder")
