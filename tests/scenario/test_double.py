# SPDX-License-Identifier: BSD-2-Clause
"""SpamAssassin's programs by their own names: options, exit codes, what goes where. What the markup looks like byte for byte, the parity tests say."""
import bz2
import gzip
import lzma
import os
import pathlib
import re
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"
HAM = b"From: a@example.net\nTo: b@example.org\nSubject: hello\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <1@example.net>\n\nHi.\n"
SPAM = HAM + b"marked\n"
RULES = """
body MARKED /marked/
score MARKED 7
describe MARKED The word stands there
report Report: _SCORE_
report _SUMMARY_
"""
STAMP = re.compile(r"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\.\d{3} \[\d+\] (.*)$")


class Place:
    """A rules' folder, a site's folder, user preferences, a home of their own; and the program."""

    def __init__(self, path):
        self.path = path
        self.prefs = path / "prefs"
        for name in ("rules", "site", "home", "bin"):
            (path / name).mkdir()
        (path / "rules/10_test.cf").write_text(RULES)
        self.prefs.write_text("")
        for name in ("spamassassin", "sa-learn", "sa-awl", "spamd", "spamc", "sa-check_spamd"):
            (path / "bin" / name).symlink_to(POSTERN)

    def run(self, *args, stdin=HAM, name="spamassassin", env=None):
        return subprocess.run([self.path / "bin" / name, *args], input=stdin, capture_output=True, timeout=60, check=False,
                              env={"PATH": "/usr/bin:/bin", "HOME": str(self.path / "home"), **(env or {})})

    def filter(self, *args, stdin=HAM, env=None):
        return self.run("-L", "-C", self.path / "rules", "--siteconfigpath", self.path / "site", "-p", self.prefs, *args,
                        stdin=stdin, env=env)


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def said(done):
    """Lines of standard error without their stamps; each must have one."""
    lines = [STAMP.match(line) for line in done.stderr.decode().splitlines()]
    assert all(lines), done.stderr
    return [line[1] for line in lines]


def test_filter(place):
    ham, spam = place.filter(), place.filter(stdin=SPAM)
    assert (ham.returncode, spam.returncode) == (0, 0) and not ham.stderr and not spam.stderr
    assert ham.stdout.endswith(HAM) and b"X-Spam-Checker-Version: SpamAssassin 4.0.1" in ham.stdout
    assert b"Content-Type: message/rfc822; x-spam-type=original" in spam.stdout and SPAM in spam.stdout and b"Report: 7.0" in spam.stdout


def test_test_mode_adds_the_report(place):
    done = place.filter("-t", stdin=SPAM)
    assert done.stdout.decode().rstrip().endswith(" 7.0 MARKED                 BODY: The word stands there")
    assert b"Report: 0.0" in place.filter("-tL").stdout and b"Report:" not in place.filter("-L").stdout


def test_markup_comes_off_again(place):
    marked = place.filter(stdin=SPAM).stdout
    assert place.filter("-d", stdin=marked).stdout == SPAM
    assert b"Report: 7.0" in place.filter("-d", "-t", stdin=marked).stdout


@pytest.mark.parametrize("args, code", [(["-e"], 5), (["-e", "9"], 9), (["-e9"], 9), (["-Le"], 5), (["--exit-code=3"], 3), (["--error-code", "0"], 5),
                                        ([], 0)])
def test_exit_code(place, args, code):
    assert place.filter(*args, stdin=SPAM).returncode == code
    assert place.filter(*args).returncode == 0


def test_order_of_configuration(place):
    """Later wins: rules, site, preferences, --cf; and plugins of *.pre files are there for every *.cf."""
    (place.path / "site/a.pre").write_text("loadplugin Mail::SpamAssassin::Plugin::BodyEval\n")
    (place.path / "rules/20.cf").write_text("ifplugin Mail::SpamAssassin::Plugin::BodyEval\nbody SEEN /./\nendif\nscore SEEN 1\n")
    def points(*args):
        return re.search(rb"^ *([0-9.]+) SEEN ", place.filter("-t", *args).stdout, re.M)[1]

    assert points() == b"1.0"
    (place.path / "site/local.cf").write_text("score SEEN 2\n")
    assert points() == b"2.0"
    place.prefs.write_text("score SEEN 3\n")
    assert points() == b"3.0"
    assert points("--cf=score SEEN 4") == b"4.0"
    assert points("--cf", "score SEEN 4", "--cf=score SEEN 4.5") == b"4.5"


def test_include_is_relative_to_its_file(place):
    (place.path / "inc").mkdir()
    (place.path / "inc/a.cf").write_text("include b.cf\n")
    (place.path / "inc/b.cf").write_text("body INCLUDED /./\n")
    place.prefs.write_text("include inc/a.cf\n")
    assert b"INCLUDED" in place.filter("-t").stdout


def test_languages(place):
    place.prefs.write_text("describe MARKED english\nlang de describe MARKED deutsch\n")
    assert b"BODY: english" in place.filter("-t", stdin=SPAM).stdout
    assert b"BODY: deutsch" in place.filter("-t", stdin=SPAM, env={"LANGUAGE": "de"}).stdout
    assert b"BODY: deutsch" in place.filter("-t", stdin=SPAM, env={"LC_ALL": "de_AT.UTF-8"}).stdout
    assert b"BODY: english" in place.filter("-t", stdin=SPAM, env={"LANGUAGE": "C", "LC_ALL": "de_DE"}).stdout


def test_lint(place):
    assert (place.filter("--lint").returncode, place.filter("--lint").stderr) == (0, b"")
    (place.path / "rules/30.cf").write_text("frobnicate 1\nbody BAD /[/\nbody MISSING eval:nobody()\n")
    done = place.filter("--lint")
    assert done.returncode == 1 and not done.stdout
    assert said(done) == [
        f"warn: config: failed to parse line in {place.path}/rules/30.cf (line 1): frobnicate 1",
        "warn: config: invalid regexp for BAD '/[/': Unmatched [ in regex; marked by <-- HERE in m/[ <-- HERE /",
        "warn: rules: unknown eval 'nobody' for MISSING",
        "warn: lint: 3 issues detected, please rerun with debug enabled for more information"]
    filtered = place.filter()
    assert filtered.returncode == 0 and not filtered.stderr, "only lint says it"


def test_unknown_plugin_is_named(place):
    place.prefs.write_text("loadplugin Foo::Bar\n")
    assert any("Foo::Bar" in line and line.startswith("warn: ") for line in said(place.filter()))


def test_debug(place):
    place.prefs.write_text("header CAPTURED Subject =~ /(?<WORD>hel+o)/\n")
    lines = said(place.filter("-D", "check,config"))
    assert f"dbg: config: read file {place.prefs}" in lines and "dbg: check: tag WORD is now ready, value: hello" in lines
    assert {line.split(": ")[1] for line in lines} == {"check", "config"}
    everything = said(place.filter("-D"))
    assert {"timing", "rules", "metadata"} <= {line.split(": ")[1] for line in everything}
    assert not any(": timing: " in line for line in said(place.filter("-D", "all,notiming")))
    assert place.filter("-D", "-t").stdout.endswith(place.filter("-t").stdout[-50:]), "-t is no area"


def test_preferences_are_created(place):
    place.prefs.unlink()
    (place.path / "site/user_prefs.template").write_text("# the template\n")
    for args in (["-x"], ["--nocreate-prefs"], ["--no-create-prefs"], ["--lint"]):
        place.filter(*args)
        assert not place.prefs.exists(), args
    assert said(place.filter()) == [f"warn: config: created user preferences file: {place.prefs}"]
    assert place.prefs.read_text() == "# the template\n"


def test_several_messages(place):
    (place.path / "a").write_bytes(HAM)
    (place.path / "b.mbox").write_bytes((b"From x@y Sun Nov 22 10:00:00 2026\n" + HAM + b"\n") * 2)
    assert place.filter(place.path / "a", place.path / "b.mbox").stdout.count(b"X-Spam-Checker-Version") == 3
    done = place.filter(place.path / "nowhere", place.path / "a")
    assert done.returncode == 1 and done.stdout.count(b"X-Spam-Checker-Version") == 1 and b"nowhere" in done.stderr
    done = place.filter("-r", place.path / "home")
    assert (done.returncode, done.stdout) == (1, b"0 message(s) examined.\n")
    assert place.filter("--mbox", stdin=(b"From x@y Sun Nov 22 10:00:00 2026\n" + HAM + b"\n") * 3).stdout.count(b"X-Spam-Checker-Version") == 3


NO_REPORT = "warn: reporter: no reporting methods available, so couldn't report"
NO_REVOKE = "warn: reporter: no revoke methods available, so couldn't revoke"
UNABLE = ["warn: spamassassin: warning, unable to report message",
          "warn: spamassassin: for more information, re-run with -D option to see debug output"]
UNABLE_REVOKE = [UNABLE[0].replace("report", "revoke"), UNABLE[1]]
EXAMINED = b"1 message(s) examined.\n"


def plugins(*names):
    return [f"--pre=loadplugin Mail::SpamAssassin::Plugin::{name}" for name in names]


@pytest.mark.parametrize("args, lines", [
    (["-r"], [NO_REPORT, *UNABLE]),
    (["-k"], [NO_REVOKE, *UNABLE_REVOKE]),
    (["-rk"], [NO_REPORT, NO_REVOKE, *UNABLE_REVOKE]),
    (["--report", "-t", "-e"], [NO_REPORT, *UNABLE]),
    (["-dtr"], [NO_REPORT, *UNABLE]),
    (["-r", *plugins("Razor2", "Pyzor", "DCC", "SpamCop")], [NO_REPORT, *UNABLE]),
    (["-r", *plugins("Bayes"), "--cf=bayes_learn_during_report 0"], [NO_REPORT, *UNABLE]),
    (["-k", *plugins("Bayes"), "--cf=use_learner 0"], [NO_REVOKE, *UNABLE_REVOKE]),
    (["-k", *plugins("Bayes"), "--cf=use_bayes 0"], [NO_REVOKE, *UNABLE_REVOKE]),
])
def test_nothing_to_report_to(place, args, lines):
    """What SpamAssassin 4.0.1 says where it reports and learns nothing either; it ends well then."""
    done = place.filter(*args, stdin=SPAM)
    assert (done.returncode, done.stdout, said(done)) == (0, EXAMINED, lines)


@pytest.mark.parametrize("args, names", [
    (["-r", *plugins("Razor2", "Pyzor", "DCC", "SpamCop")], ["Razor", "Pyzor", "DCC", "SpamCop"]),
    (["-k", *plugins("Razor2", "Pyzor", "DCC", "SpamCop")], ["Razor"]),
    (["-r", *plugins("Razor2", "Pyzor", "DCC"), "--cf=use_razor2 0", "--cf=use_pyzor 0"], ["DCC"]),
    (["-r", *plugins("Pyzor", "DCC"), "--cf=use_dcc 0"], ["Pyzor"]),
    (["-rL", *plugins("Bayes")], ["Bayes"]),
    (["-kL", *plugins("Bayes"), "--cf=bayes_learn_during_report 0"], ["Bayes"]),
    (["-r", *plugins("SpamCop", "Bayes")], ["SpamCop", "Bayes"]),
])
def test_what_would_be_reported_is_told_of(place, args, names):
    """One line for each thing that SpamAssassin would have done; then its own words for each message; and no success."""
    (place.path / "a").write_bytes(SPAM)
    (place.path / "b").write_bytes(HAM)
    done = place.run("-C", place.path / "rules", "--siteconfigpath", place.path / "site", "-p", place.prefs, *args, place.path / "a",
                     place.path / "b")
    lines = said(done)
    assert (done.returncode, done.stdout) == (69, b"2 message(s) examined.\n")
    told = [line for line in lines if "not in this version of Postern" in line]
    assert len(told) == len(names) and all(name in line for name, line in zip(names, told, strict=True)), lines
    assert lines[len(told):] == ([NO_REPORT, *UNABLE] if "r" in args[0] else [NO_REVOKE, *UNABLE_REVOKE]) * 2


def test_report_after_markup_came_off(place):
    """-d alone goes before -r: the clean message is printed, nothing is reported."""
    marked = place.filter(stdin=SPAM).stdout
    done = place.filter("-dr", *plugins("Bayes"), stdin=marked)
    assert (done.returncode, done.stdout, done.stderr) == (0, SPAM + EXAMINED, b"")
    assert place.filter("--lint", "-r").stdout == b""
    box = (b"From x@y Sun Nov 22 10:00:00 2026\n" + HAM + b"\n") * 3
    assert place.filter("-r", "--mbox", stdin=box).stdout == b"3 message(s) examined.\n"


@pytest.mark.parametrize("args, code, text", [
    (["--frobnicate"], 64, "Unknown option: frobnicate"),
    (["-Lz"], 64, "Unknown option: z"),
    (["--conf", "x"], 64, "Unknown option: conf"),
    (["--lint=1"], 64, "does not take an argument"),
    (["-C"], 64, "requires an argument"),
    (["--exit-code=x"], 64, "number expected"),
    (["-w"], 2, "The -w option has been removed"),
    (["-W"], 69, "--add-to-welcomelist: addresses are not kept in this version of Postern (AWL, TxRep)"),
    (["--remove-from-whitelist"], 69, "--remove-from-welcomelist: addresses are not kept in this version"),
    (["--add-addr-to-blocklist=a@example.net"], 69, "--add-addr-to-blocklist: addresses are not kept in this version"),
    (["-C", "/nonexistent", "--siteconfigpath", "/nonexistent", "-x"], 2, "no rules were found"),
])
def test_refusals(place, args, code, text):
    done = place.run(*args)
    assert done.returncode == code and text in done.stderr.decode() and not done.stdout


def test_old_options_are_told_of(place):
    done = place.filter("-P", "-S")
    assert done.returncode == 0 and done.stdout and [line[:16] for line in said(done)] == ["warn: The -P opt", "warn: The -S opt"]


def test_version_and_help(place):
    assert place.run("-V").stdout.startswith(b"SpamAssassin version 4.0.1\n") and place.run("--version").returncode == 0
    done = place.run("-h")
    assert done.returncode == 0 and b"usage: spamassassin" in done.stdout and place.run("-?").returncode == 0


@pytest.mark.parametrize("name", ["sa-learn", "sa-awl", "spamd", "spamc", "sa-check_spamd"])
def test_absent_programs_never_succeed(place, name):
    for args in ([], ["--version"], ["-V"], ["--spam", "/dev/null"]):
        done = place.run(*args, name=name)
        assert done.returncode == 69 and not done.stdout and f"{name}: not in this version of Postern" in done.stderr.decode()


def test_output_that_cannot_be_written(place):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([place.path / "bin/spamassassin", "-L", "-x", "-C", place.path / "rules", "--siteconfigpath", place.path / "site"],
                              input=HAM, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == 74 and b"error writing" in done.stderr


def lint(*args):
    return subprocess.run([POSTERN, "lint", *args], capture_output=True, text=True, timeout=60, check=False)


def test_postern_lint(tmp_path):
    cf = tmp_path / "a.cf"
    cf.write_text("body GOOD /x/\nscore GOOD 1\ndescribe GOOD Good.\n")
    done = lint("--alone", cf)
    assert (done.returncode, done.stdout) == (0, "0 errors, 0 warnings, 0 notes\n"), done
    cf.write_text("body GOOD /x/\nfrobnicate 1\nloadplugin Foo::Bar\nifplugin Foo::Bar\nheader WAITS eval:foo()\nendif\nmeta __M NOBODY\n")
    done = lint("--alone", cf)
    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == [f"{cf}:2: error: failed to parse line: frobnicate 1",
                                             f"{cf}:3: warning: plugin: failed to parse plugin Foo::Bar: not one of SpamAssassin's, and Postern runs no Perl"]
    assert f"{cf}:5: warning: rule WAITS is left out: it needs the plugin Foo::Bar" in done.stdout
    assert "NOBODY" not in done.stdout and f"{cf}:7: note: meta __M names NOBODY, which is no rule" in lint("--alone", "-v", cf).stdout
    assert "warning:" not in lint("--alone", "-q", cf).stdout
    assert lint("--alone", tmp_path).stdout == done.stdout.replace(str(cf), f"{tmp_path}/a.cf"), "a folder is its files"
    assert lint("--alone", tmp_path / "none.cf").returncode == 66 and lint("--frobnicate").returncode == 64


def test_manual_names_every_option():
    manual = (TOP / "man/postern-spamassassin.1").read_text().replace("\\-", "-")
    for option in re.findall(r"--[a-z-]+|(?<=[ ,])-[A-Za-z0-9?]\b", subprocess.run(
            ["spamassassin", "-h"], executable=str(POSTERN), capture_output=True, text=True, timeout=60, check=False).stdout):
        assert option.rstrip("-") in manual, option


def test_postern_lint_tells_what_asks_no_network(tmp_path):
    cf = tmp_path / "a.cf"
    cf.write_text("loadplugin Mail::SpamAssassin::Plugin::SPF\nloadplugin Mail::SpamAssassin::Plugin::DKIM\n"
                  "header A eval:check_for_spf_pass()\nheader B eval:check_dkim_testing()\n")
    words = f"{cf}:3: warning: rule A hits by what the header says only: no network is asked yet by eval function check_for_spf_pass\n"
    said = lint("--alone", "--net", cf).stdout
    assert words in said and f"{cf}:4: warning: rule B cannot hit: Postern has no eval function check_dkim_testing\n" in said
    assert words not in lint("--alone", "-v", cf).stdout


def test_compressed_messages(place):
    want = place.filter().stdout
    forms = {"gz": gzip.compress(HAM), "two.gz": gzip.compress(HAM[:20]) + gzip.compress(HAM[20:]), "bz2": bz2.compress(HAM),
             "xz": lzma.compress(HAM)}
    for name, data in forms.items():
        path = place.path / f"a.{name}"
        path.write_bytes(data)
        assert place.filter(path).stdout == want, name
        assert place.filter(stdin=data).stdout == want, name
    path.write_bytes(forms["gz"][:60])
    done = place.filter(path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert said(done) == [f"warn: archive-iterator: no access to {path}: gzip: truncated gzip input"]
    path.write_bytes(b"\x89LZO\0\r\n\x1a\n")
    assert said(place.filter(path)) == [f"warn: archive-iterator: no access to {path}: lzop is not unpacked"]


def test_mbox_is_cut_as_spamassassin_cuts(place):
    lines = ["Mon Jan  6 10:00:00 2020", "   Mon Jan 06 10:00:00 2020", "Mon Jan 6 9:00:00 2020", "Mon Jan 6 10:00:00 +0000 2020",
             "Mon 6 Jan 10:00:00 2020", "06-01-2020_10:00:00_", "6-01-2020_10:00:00_", "today", "Mon Jan 6 10:00 2020"]
    for begins, line in zip("y n y n n y y n n".split(), lines, strict=True):
        box = b"junk\nFrom a@b Mon Jan  6 10:00:00 2020\n" + HAM + b"From c@d " + line.encode() + b"\n" + HAM
        done = place.filter("--mbox", stdin=box)
        assert done.stdout.count(b"X-Spam-Checker-Version") == 1 + (begins == "y"), line
        assert b"junk" not in done.stdout


def test_mbx(place):
    pieces = [HAM, SPAM, HAM]
    box = b"*mbx*\r\n".ljust(2048, b"\n")
    for i, piece in enumerate(pieces):
        box += b" 7-Jan-2020 10:00:00 +0000,%d;000000000000-0000000%d\r\n" % (len(piece), i) + piece
    path = place.path / "box"
    path.write_bytes(box)
    done = place.filter("--mbx", path)
    assert done.returncode == 0 and done.stdout.count(b"X-Spam-Checker-Version") == 3 and done.stdout.count(b"marked\n") == 1
    for broken, why in ((b"", "mailbox not in mbx format - empty!"), (HAM, "mailbox not in mbx format!"),
                        (box + b"x\n", "failure to read message body!")):
        path.write_bytes(broken)
        done = place.filter("--mbx", path)
        assert done.returncode and said(done) == [f"warn: archive-iterator: no access to {path}: {why}"]


def test_folders_as_spamassassin_reads_them(place):
    for name in ("1", ",2", ".3", "4.mbox", "sub/5", "md/new/6", "md/cur/7:2,S", "md/cur/8:2,ST", "md/tmp/9"):
        path = place.path / "dir" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"X-Name: " + name.encode() + b"\n" + HAM)
    out = place.filter(place.path / "dir").stdout
    assert sorted(re.findall(rb"X-Name: (.*)", out)) == [b"1", b"4.mbox", b"md/cur/7:2,S", b"md/new/6", b"sub/5"]


DEBUG_RULES = """
util_rb_tld com
loadplugin Mail::SpamAssassin::Plugin::MIMEHeader
loadplugin Mail::SpamAssassin::Plugin::HeaderEval
header HD Subject =~ /h.l/
header NEG Subject !~ /xyz/
header EX exists:Subject
header UN X-None =~ /unset/ [if-unset: unset]
header MU Subject =~ /l/
tflags MU multiple
header EV eval:check_for_missing_to_header()
body BO /H[ij]/
body MANY /a/
tflags MANY multiple
uri UR /example/
rawbody RA /Hi/
full FU /Hi.*$/s
meta ME HD && BO
meta __SUB BO + HD
mimeheader MI Content-Type =~ /pl../
mimeheader MN Content-Type !~ /foo/
"""
# Sorted, what SpamAssassin 4.0.1 says; it runs the rules of a class in no order.
DEBUG_SAID = [
    'mimeheader: ran rule MI ======> got hit: "plai" (part 1)',
    'mimeheader: ran rule MN ======> got hit: "<negative match>"',
    'rules: [...] "',
    "rules: [...] Hi two",
    *['rules: ran body rule MANY ======> got hit: "a"'] * 10,
    'rules: ran body rule BO ======> got hit: "Hi"',
    'rules: ran body rule MANY ======> got hit: "a" [... logline repeated 10 times]',
    "rules: ran eval rule EV ======> got hit (1)",
    "rules: ran eval rule MN ======> got hit (1)",
    'rules: ran full rule FU ======> got hit: "Hi http://www.example.com/ aaaaaaaaaaaaaaaaaaa',
    'rules: ran header rule EX ======> got hit: "<YES>"',
    'rules: ran header rule HD ======> got hit: "hel"',
    *['rules: ran header rule MU ======> got hit: "l"'] * 3,
    'rules: ran header rule NEG ======> got hit: "<negative match>"',
    'rules: ran header rule UN ======> got hit: "unset"',
    "rules: ran meta rule ME ======> got hit (1)",
    "rules: ran meta rule __SUB ======> got hit (2)",
    'rules: ran rawbody rule RA ======> got hit: "Hi"',
    'rules: ran uri rule UR ======> got hit: "example"',
]


def test_debug_tells_what_rules_matched(place):
    (place.path / "rules/20_debug.cf").write_text("loadplugin Mail::SpamAssassin::Plugin::Check\n" + DEBUG_RULES)
    mail = (b"From: a@b.com\nSubject: hello l\nMIME-Version: 1.0\nContent-Type: text/plain\n\n"
            b"Hi http://www.example.com/ aaaaaaaaaaaaaaaaaaa\nHi two\n")
    lines = [line.removeprefix("dbg: ") for line in said(place.filter("-D", "rules,mimeheader", stdin=mail))]
    assert sorted(line for line in lines if "ran " in line or "[...]" in line) == sorted(DEBUG_SAID)
    order = [line.split()[4] for line in lines if line.startswith("rules: ran")]
    assert order == sorted(order, key="HD NEG EX UN MU EV BO MANY UR MN RA FU ME __SUB".split().index)


def test_preferences_that_are_no_file(place):
    for path, why in ((place.path / "site", "is not a regular file"), (place.path / "prefs/x", "not accessible: Not a directory")):
        words = f"warn: config: default user preference file {path} {why}"
        assert words in said(place.filter("-p", path)) and words not in said(place.filter("-x", "-p", path))


def test_debug_tells_which_files_are_read(place):
    (place.path / "site/a.pre").write_text("# site\n")
    (place.path / "site/local.cf").write_text("# site\n")
    (place.path / "rules/r.pre").write_text("# rules\n")
    place.prefs.write_text("# prefs\n")
    rules, site, prefs = place.path / "rules", place.path / "site", place.prefs
    lines = [line.removeprefix("dbg: config: ") for line in said(place.filter("-D", "config")) if "using" in line or "read file" in line]
    assert lines == [
        f'using "{site}" for site rules pre files', f"read file {site}/a.pre",
        f'using "{rules}" for sys rules pre files', f"read file {rules}/r.pre",
        f'using "{rules}" for default rules dir', f"read file {rules}/10_test.cf",
        f'using "{site}" for site rules dir', f"read file {site}/local.cf",
        f'using "{prefs}" for user prefs file', f"read file {prefs}"]
