"""The same messages through SpamAssassin and `postern scan`: the same rules, scores and sub-rules.

In an ordinary run SpamAssassin's answers come from cases/want.tsv (on the messages beside it); with
POSTERN_LONG=1 and SpamAssassin installed, 300 messages of the public corpus are asked about, and the answers kept in var/parity/.
"""
import os
import pathlib
import random
import shutil
import subprocess

import pytest

import sys
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import compare  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"


def rules():
    for rules, site in (("/usr/share/spamassassin", "/etc/spamassassin"),
                        (TOP / "var/spamassassin/usr/share/spamassassin", TOP / "var/spamassassin/etc/spamassassin")):
        if pathlib.Path(rules).is_dir():
            return ["--rules", str(rules), "--site", str(site)]
    pytest.skip("no SpamAssassin rule files: script/bootstrap unpacks them")


def scan(paths, *options):
    done = subprocess.run([POSTERN, "scan", "--local", "--tsv", "--stats", *rules(), *options, "--files-from", "-"],
                          input="".join(f"{p}\n" for p in paths), capture_output=True, text=True, timeout=1800,
                          errors="replace", check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done


def show(counts, differing):
    print({k: f"{counts[k]}/{counts['messages']}" for k in ("rules", "score", "subrules", "subrule_counts")})
    for name, n in differing.most_common(20):
        print(" ", name, n)


def corpus():
    done = subprocess.run([TOP / "script/corpus"], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        pytest.skip("the corpus cannot be had: " + done.stderr.strip()[-200:])
    return sorted(pathlib.Path(done.stdout.strip()).glob("*/*.txt"))


def test_stored_verdicts(tmp_path):
    """Messages of our own making, with SpamAssassin's stored answers."""
    folder = pathlib.Path(__file__).parent / "cases"
    want = compare.read(folder / "want.tsv")
    got_file = tmp_path / "got.tsv"
    got_file.write_text(scan(sorted(folder.glob("*/*.eml"))).stdout)
    counts, differing = compare.compare(want, compare.read(got_file))
    show(counts, differing)
    assert counts["messages"] == len(list(folder.glob("*/*.eml"))) and not counts["lost"]
    assert counts["rules"] == counts["score"] == counts["subrule_counts"] == counts["messages"]


def test_whole_corpus_is_scanned(tmp_path):
    """All 6,046 messages without an error; with two processes the output is the same and in the same order."""
    paths = corpus()
    if not os.environ.get("POSTERN_LONG"):
        paths = random.Random(2).sample(paths, 400)
    one, two = scan(paths), scan(paths, "--jobs", "2")
    assert one.stdout == two.stdout
    assert [line.split("\t")[0] for line in one.stdout.splitlines()] == [str(p) for p in paths]
    print(one.stderr.splitlines()[-1])
    assert one.stderr.splitlines()[-1].startswith(f"{len(paths)} messages, ")


@pytest.mark.skipif(not os.environ.get("POSTERN_LONG"), reason="a long form: POSTERN_LONG=1")
def test_live_judge(tmp_path):
    """300 messages of the public corpus, SpamAssassin asked here and now."""
    if not shutil.which("spamassassin"):
        pytest.skip("SpamAssassin is not installed: script/bootstrap all")
    paths = random.Random(1).sample(corpus(), 300)
    kept = TOP / "var/parity/want-300.tsv"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["perl", pathlib.Path(__file__).parent / "verdicts.pl"], capture_output=True, text=True,
                              input="".join(f"{p}\n" for p in paths), timeout=1800, errors="replace", check=True)
        kept.write_text(done.stdout)
    got = tmp_path / "got.tsv"
    got.write_text(scan(paths).stdout)
    counts, differing = compare.compare(compare.read(kept), compare.read(got))
    show(counts, differing)
    assert not counts["lost"]
