"""The command line: options, exit codes, what is printed where; man pages that name every option."""
import json
import os
import pathlib
import re
import select
import subprocess
import threading

import pytest

import harness

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"
HAM = b"From: a@example.net\nTo: b@example.org\nSubject: hello\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <1@example.net>\n\nHi.\n"
RULE = "body MARKED /marked/\nscore MARKED 7\ndescribe MARKED The word stands there\n"


@pytest.fixture
def place(tmp_path):
    """Rules of the test's own, and messages: two files, a Maildir, an mbox."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "10_test.cf").write_text(RULE)
    (tmp_path / "site").mkdir()
    mail = tmp_path / "mail"
    for folder in (mail / "box/new", mail / "box/cur", mail / "box/tmp", mail / "sub"):
        folder.mkdir(parents=True)
    (mail / "b.eml").write_bytes(HAM)
    (mail / "a.eml").write_bytes(HAM + b"marked\n")
    (mail / "sub/c.eml").write_bytes(b"From x@y Sun Nov 22 10:00:00 2026\n" + HAM)
    (mail / "box/new/1").write_bytes(HAM)
    (mail / "box/cur/2").write_bytes(HAM + b"marked\n")
    (mail / "box/tmp/3").write_bytes(HAM)
    (mail / "two.mbox").write_bytes((b"From x@y Sun Nov 22 10:00:00 2026\n" + HAM + b"\n") * 2)
    return tmp_path


def run(place, *args, stdin=b""):
    rules = ["--rules", place / "rules", "--site", place / "site"]
    return subprocess.run([POSTERN, "scan", "--local", *rules, *args], input=stdin, capture_output=True, timeout=60, check=False)


def names(done):
    return [line.split(b"\t")[0].decode() for line in done.stdout.splitlines()]


def test_folders_maildirs_and_mboxes(place):
    done = run(place, "--tsv", place / "mail")
    mail = place / "mail"
    assert names(done) == [str(mail / n) for n in ("a.eml", "b.eml")] + [f"{mail}/two.mbox#1", f"{mail}/two.mbox#2"] + [
        str(mail / n) for n in ("box/cur/2", "box/new/1", "sub/c.eml")], done
    assert done.returncode == 0


def test_columns(place):
    done = run(place, "--tsv", place / "mail/a.eml")
    assert done.stdout == f"{place}/mail/a.eml\t7.000\tMARKED\t\n".encode()


def test_report(place):
    """The template of the rule files, expanded; what comes from the message cannot do anything to a terminal."""
    template = "report Points: _SCORE_ (_REQD_)\nreport _PREVIEW_\nreport _SUMMARY_\n"
    (place / "rules" / "20_report.cf").write_text(template)
    (place / "mail/a.eml").write_bytes(HAM.replace(b"Hi.", b"Hi \x1b[2J there.") + b"marked\n")
    done = run(place, "--report", place / "mail/a.eml", place / "mail/b.eml")
    assert done.returncode == 0
    assert done.stdout.decode() == (
        f"{place}/mail/a.eml:\nPoints: 7.0 (5.0)\nHi \\x1b[2J there. marked \n 7.0 MARKED                 BODY: The word stands there\n\n"
        f"{place}/mail/b.eml:\nPoints: 0.0 (5.0)\nHi. \n\n")
    assert run(place, "--report", place / "mail/b.eml", "--cf", "clear_report_template").stdout.endswith(b"(no report template found)\n\n")


def test_text_and_json(place):
    text = run(place, place / "mail/a.eml").stdout.decode()
    assert "spam, 7.0 points (5.0 needed)" in text and "MARKED" in text and "The word stands there" in text
    found = json.loads(run(place, "--json", place / "mail/a.eml").stdout)
    assert found["spam"] is True and found["score"] == 7 and found["rules"][0]["rule"] == "MARKED"


def test_standard_input_and_lists(place):
    assert run(place, "--tsv", stdin=HAM + b"marked\n").stdout == b"-\t7.000\tMARKED\t\n"
    listed = f"{place}/mail/b.eml\n{place}/mail/a.eml\n".encode()
    assert names(run(place, "--tsv", "--files-from", "-", stdin=listed)) == listed.decode().split()
    assert len(names(run(place, "--tsv", "--mbox", "-", stdin=(b"From x@y\n" + HAM + b"\n") * 3))) == 3


def follow(place, **options):
    """postern scan, which waits for paths on its standard input."""
    return subprocess.Popen([POSTERN, "scan", "--local", "--rules", place / "rules", "--site", place / "site", "--tsv", "--files-from", "-"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)


def test_a_list_from_standard_input_is_followed(place):
    """The answer to one path can be had before the next is named."""
    popen = follow(place, stderr=subprocess.PIPE)
    for name in ("b", "none", "a"):
        popen.stdin.write(f"{place}/mail/{name}.eml\n\n".encode())
        popen.stdin.flush()
        if name != "none":
            assert select.select([popen.stdout], [], [], 60)[0], f"no answer for {name}"
            assert popen.stdout.readline().split(b"\t")[0].decode() == f"{place}/mail/{name}.eml"
    rest, said = popen.communicate(timeout=60)
    assert rest == b"" and popen.returncode == 1 and b"none.eml: No such file" in said


def test_many_names_at_once_are_answered_before_more_is_waited_for(place):
    """The list stays open: what is left to be written may not wait for its end."""
    popen = follow(place)
    popen.stdin.write(f"{place}/mail/a.eml\n".encode() * 300 + f"{place}/mail/b".encode())
    popen.stdin.flush()
    got = b""
    while got.count(b"\n") < 300:
        assert select.select([popen.stdout], [], [], 60)[0], f"no answer behind {got.count(b'a.eml')}"
        got += os.read(popen.stdout.fileno(), 1 << 20)
    popen.stdin.write(b".eml")
    assert popen.communicate(timeout=60)[0].startswith(f"{place}/mail/b.eml\t".encode()) and popen.returncode == 0


@pytest.mark.parametrize("args", [["--version"], ["scan", "--help"], ["scan", "--local", "MAIL"], ["scan", "--local", "--jobs", "2", "MAIL"]])
def test_what_cannot_be_told(place, args):
    """/dev/full takes nothing: no command may say that all is well."""
    options = ["--rules", place / "rules", "--site", place / "site"] if "MAIL" in args else []
    with open("/dev/full", "wb") as full:
        done = subprocess.run([POSTERN, *(place / "mail" if a == "MAIL" else a for a in args), *options], stdout=full, stderr=subprocess.PIPE,
                              timeout=60)
    assert done.returncode == 74 and b"standard output cannot be written: No space left" in done.stderr


def test_a_followed_list_may_be_endless(place):
    """Nothing is kept of what had its turn, mailboxes among it, though there is always more on the list."""
    (place / "box.mbox").write_bytes((b"From x@y\n" + HAM + b"\n") * 3)
    lines = f"{place}/mail/a.eml\n{place}/box.mbox\n".encode() * 500
    popen = follow(place)
    rounds, kept = 12, []
    writer = threading.Thread(target=lambda: (popen.stdin.write(lines * rounds), popen.stdin.flush()))
    writer.start()
    for _ in range(rounds):
        got = [popen.stdout.readline().split(b"\t")[0].decode() for _ in range(2000)]
        assert got[:4] == [f"{place}/mail/a.eml"] + [f"{place}/box.mbox#{n}" for n in (1, 2, 3)] == got[-4:]
        status = pathlib.Path(f"/proc/{popen.pid}/status").read_text()
        kept.append(int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]))
    writer.join()
    assert popen.communicate(timeout=60)[0] == b"" and popen.returncode == 0
    # what is freed stays resident under sanitizers, on purpose
    assert harness.is_sanitized() or kept[-1] - kept[1] < 500, kept


def test_jobs_keep_the_order(place):
    files = []
    for i in range(50):
        files.append(place / f"m{i}.eml")
        files[-1].write_bytes(HAM + (b"marked\n" if i % 3 == 0 else b""))
    assert run(place, "--tsv", "--jobs", "3", *files).stdout == run(place, "--tsv", *files).stdout


def test_stats_is_the_last_line(place):
    done = run(place, "--tsv", "--stats", place / "mail/a.eml", place / "mail/b.eml")
    assert re.fullmatch(rb"2 messages, \d+ bytes, [\d.]+ cpu-seconds, [\d.]+ seconds", done.stderr.splitlines()[-1])


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(place):
    done = run(place, "--tsv", place / "none", place / "mail/a.eml")
    assert done.returncode == 1 and names(done) == [f"{place}/mail/a.eml"]
    assert b"none: No such file or directory" in done.stderr


@pytest.mark.parametrize("args, status, text", [
    (["scan", "--jobs", "0"], 64, "--jobs takes a number"),
    (["scan", "--nonsense"], 64, "Try 'postern scan --help'"),
    (["scan", "--rules", "/nonexistent", "--site", "/nonexistent"], 78, "--rules DIR"),
    (["frobnicate"], 64, "no such command"),
    ([], 64, "usage: postern"),
    (["send", "--to", "a b"], 64, "no address"),
    (["send", "--server", "x25:1", "/dev/null"], 64, "is not implemented"),
    (["send", "/nonexistent"], 66, "No such file"),
])
def test_wrong_usage(args, status, text):
    done = subprocess.run([POSTERN, *args], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == status and text in done.stdout + done.stderr, done


def test_send_to_nobody():
    port = harness.free_port()
    done = subprocess.run([POSTERN, "send", "--server", f"smtp:127.0.0.1:{port}", TOP / "conf/sample.eml"], capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 75 and "Connection refused" in done.stderr


def test_config_commands(tmp_path):
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("$mydomain = 'example.com';\n$inet_socket_port = 10025;\n")
    bad.write_text("$mydomain = 'example.com';\n$nosuchthing = 1;\n")
    shown = subprocess.run([POSTERN, "config", "show", "-c", good, "inet_socket_port"], capture_output=True, text=True, timeout=60,
                           check=False)
    assert shown.returncode == 0 and "$inet_socket_port = 10025;" in shown.stdout and "good" in shown.stdout
    tested = subprocess.run([POSTERN, "test-config", "-c", bad], capture_output=True, text=True, timeout=60, check=False)
    assert tested.returncode == 78 and f"{bad}:2:1: " in tested.stderr + tested.stdout


@pytest.mark.parametrize("command, page", [("scan", "postern.1"), ("explain", "postern.1"), ("profile", "postern.1"), ("lint", "postern.1"), ("send", "postern.1")])
def test_the_manual_names_every_option(command, page):
    said = subprocess.run([POSTERN, command, "--help"], capture_output=True, text=True, timeout=60, check=False)
    manual = (TOP / "man" / page).read_text().replace("\\-", "-")
    assert said.returncode == 0
    for option in set(re.findall(r"--[a-z][a-z-]+", said.stdout)) - {"--help"}:
        assert option in manual, option
