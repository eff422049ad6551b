"""The amavisd.conf language against real Perl, and Debian's folders and upstream's default file against amavisd.

What Postern's reader makes of a text is printed as canonical text, which is Perl again: so Perl evaluates both, the
text as it was and the canonical one, and the values must be equal.
"""
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VALUES = ROOT / "tests/config/perl_values.pl"
DEFAULT_FILE = pathlib.Path("/usr/share/doc/amavisd-new/examples/amavisd.conf-default")
FOLDERS = [pathlib.Path("/usr/share/amavis/conf.d"), pathlib.Path("/etc/amavis/conf.d")]

# The variable that is compared, and texts: each construct of the language at least once.
SNIPPETS = {
    "$tested": [
        "$tested = 0x1F + 017 + 0b101 + 1_000;", "$tested = 10 / 4 - 2 * 3;", "$tested = 1.50 . 'x';",
        "$tested = 1e15 * 10;", "$tested = 10/3;", "$tested = -7 - -2;", "$tested = .5 + 1.;",
        "$tested = '3' + '4.50';", "$tested = 2 . 3 * 4;", "$tested = (1 + 2) * 3 . '';",
        "$tested = 'a\\'b\\\\c\\d';", "$tested = q(a(b)\\)c\\\\);", "$tested = qq{a{b}\\t\"c\"};",
        "$tested = \"a\\tb\\n\\x41\\x{42}\\101\\e\\cA\\a\\$\\@\\q\\\"\";", "$tested = \"${mydomain}z $mydomain-x\";",
        "$tested = \"u\\LABC\\E\\uabc\\Qa.b\\E \\Uxyz\\E\\lABC\";", "$tested = \"@mynetworks, $mynetworks[0]x\";",
        "$local_domains{k}='v'; $tested = \"$local_domains{k} $local_domains{'k'}-x\";",
        "$tested = <<\"E\" . 'z';\na $mydomain\\t\nb\nE\n", "$tested = <<'E';\na $x \\\\ \\t\nE\n",
        "$tested = <<~E;\n    a\n      b\n    E\n", "$tested = $spam_admin = 'x';", "$tested = lc('AB') . uc 'cd';",
        "$tested = lc 'AB' . 'CD';", "$tested = 5; $tested .= 'x'; $tested .= 1 + 1;",
        "$tested = 5; $tested += 2; $tested *= 3; $tested -= 1;", "$tested = D_REJECT . CC_VIRUS.',1';",
        "$tested = undef;", "$tested = [1, [2, {a => [3]}], ];", "$ENV{POSTERN_TEST} = $tested = 'y';",
        "$tested = 'a' . # comment\n 'b';", "$tested = 1;\n=pod\n\n$tested = 2;\n\n=cut\n$tested .= 3;",
        "$tested = { a => 1, 'b c', 2, -d => 3 }; $tested->{e}{f}[1] = 4;", "$tested = \"a b\tc\\0\\x7f\";",
        "$tested = 'multi\nline';", "$tested = qq<x<y>>;", "$tested = 9999999999 * 9999999999;",
        "$tested = 0.1 + 0.2;", "$tested = '10' * '10';", "$tested = 200*1024;", "$tested = 1 . '' . 2.0;",
    ],
    "@inet_acl": [
        "@inet_acl = (1, 'b', (2, 3), );", "@inet_acl = qw( a b\n\tc );", "@inet_acl = 1;", "@inet_acl = (1..4, 7..5);",
        "push(@inet_acl, 2, qw(a b)); unshift @inet_acl, 0, 1;", "@inet_acl = (@inet_acl, 3);", "$inet_acl[3] = 'x';",
        "@inet_acl = ([1, [2]], {a => undef});", "@inet_acl = (\\%local_domains, \\@mynetworks, \\$spam_admin);",
        "@inet_acl = (\\&ask_daemon, \\&do_unzip);", "@inet_acl = (sub { c('x') }, sub { ca('y') }, sub { cr(\"z\") });",
        "@inet_acl = new_RE(qr'^a\\.b$'i, [qr/c/ => 1], [qr{d}m, undef]);",
        "@inet_acl = (qr/a\\/b/, qr!a\\!b!x, qr{a\\}b{2}}, qr(a\\(b));",
        "@inet_acl = (qr'a\\'b$x', qr#a\\#b#, qr/\\@x\\$/, qr/a(?i)b/msix, qr'a\\\\b');",
        "@inet_acl = (qr/^\\Q$mydomain\\E$/, qr/a$|$mydomain|b$/, qr/($mydomain)$/);", "@inet_acl = ();",
        "@inet_acl = ((map { $_ => 1 } qw(a b)), 'c');", "@inet_acl = map { lc $_, 'X' } ('A', 'b');",
        "@inet_acl = (q_sql_n('f'), sub { 0 });", "@inet_acl = (undef, '', 0);", "@inet_acl = %local_domains;",
        "@inet_acl = @mynetworks; push(@mynetworks, 5);", "my @x = (1, 2); my $y = 'z'; @inet_acl = (@x, $y);",
    ],
    "%local_domains": [
        "%local_domains = (a => 1, 'b', 2, CC_SPAM, 3, CC_VIRUS.',1', 4);", "%local_domains = (a => 1, a => 2);",
        "$local_domains{a}{b}[1] = 5;", "$local_domains{'a'}->{b} = 1; push @{$local_domains{x}{y}}, 7;",
        "@{$local_domains{a}} = (1,2); %{$local_domains{b}} = (c => 3);", "$local_domains{lc $_} = 1 for qw(A b);",
        "$local_domains{lc($_)} = 2 foreach ('A', 'b');", "for (qw(A b)) { $local_domains{$_} = [1] }",
        "%local_domains = map { $_ => 1 } qw(a b);", "%local_domains = (D_PASS => 1);", "$local_domains{s}{y}{m} = 1;",
        "%local_domains = (x => {y => {z => [qw(a b)]}}); $local_domains{x}{y}{w} = 'v';",
    ],
}
CASES = [(name, text) for name, texts in SNIPPETS.items() for text in texts]

# Where Postern's default is deliberately another one, or a value is the machine's: docs/DEVIATIONS.md.
OTHER_DEFAULT = {
    "$myproduct_name", "$myversion", "$myprogram_name", "$X_HEADER_LINE", "$inet_socket_bind", "$log_short_templ",
    "$log_verbose_templ", "$log_templ", "@decoders", "$map_full_type_to_short_type_re", "%sql_clause",
    "$sql_select_policy", "$sql_select_white_black_list", "$AF_INET6", "$io_socket_module_name",
    "%ccat_display_names", "%ccat_display_names_major", "%current_policy_bank", "%policy_bank", "$mydomain",
    "$myhostname", "@daemon_groups", "$gunzip", "$bunzip2", "$unlzop", "%i_know_what_i_am_doing",
    "$inet_socket_port", "$daemon_chroot_dir", "@zmq_sockets", "$can_truncate", "$virus_scanners_failure_is_fatal",
    "$first_infected_stops_scan",
    "%banned_rules",
}

# What the default file holds that is no declaration, with the words that refuse it.
REFUSED = [
    ("@daemon_groups", "operator '//'"),
    ("%dkim_signing_keys", "unknown setting"),
    ("$default_ldap", "?: decides"),
]


@pytest.fixture(name="conf_gen", scope="session")
def _conf_gen():
    for build in ("build", "build-asan"):
        path = ROOT / build / "src/conf/conf-gen"
        if path.exists():
            return path
    return pytest.skip("no build of conf-gen: script/build makes it")


@pytest.fixture(name="perl", scope="session")
def _perl():
    return shutil.which("perl") or pytest.skip("perl is not installed")


def dump(conf_gen, *files):
    """Canonical text and diagnostics of files."""
    done = subprocess.run([conf_gen, "dump", *map(str, files)], capture_output=True, timeout=60, check=False)
    return done.stdout.decode("latin-1"), done.stderr.decode("latin-1")


def only_errors(text):
    return [line for line in text.splitlines() if "warning: " not in line and "note: " not in line]


def setting(canonical, name):
    line = re.search(r"^" + re.escape(name) + r" = .*;$", canonical, re.M)
    assert line, name
    return line.group(0)


def run_perl(perl, *args):
    done = subprocess.run([perl, "-T", str(VALUES), *map(str, args)], capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode("latin-1")
    return done.stdout.decode("latin-1").splitlines()


def test_snippets_mean_what_perl_says(conf_gen, perl, tmp_path):
    blocks = []
    for number, (name, text) in enumerate(CASES):
        path = tmp_path / f"{number}.conf"
        path.write_text("@mynetworks = ('10.0.0.0/8');\nmy $tested;\n" + text)
        canonical, said = dump(conf_gen, path)
        assert not only_errors(said), text
        ours = setting(canonical, "my $tested" if name == "$tested" else name).replace("my $", "$")
        blocks.append(f"{name}\0{text}\0{ours}\0")
    path = tmp_path / "blocks"
    path.write_bytes("".join(blocks).encode("latin-1"))
    lines = run_perl(perl, "snippets", path)
    assert len(lines) == len(CASES)
    wrong = [(text, line) for (_, text), line in zip(CASES, lines)
             if line.startswith("ERROR") or len(set(line.split("\t"))) != 1]
    assert not wrong


def amavis_names(perl):
    """All settings amavisd exports, from its own module."""
    code = ("use Exporter; use lib '/usr/share/perl5'; require Amavis::Conf; my %s; for (map @$_, values %Amavis::Conf::EXPORT_TAGS)"
            " { print \"$_\\n\" if !/^&/ && !$s{$_}++ }")
    # amavisd takes a tainted text from its arguments or environment, so there must be one.
    done = subprocess.run([perl, "-T", "-e", code, "argument"], capture_output=True, timeout=60, check=False,
                          env={"PATH": "/usr/bin:/bin"})
    return done.stdout.decode().split()


def compare(conf_gen, perl, tmp_path, files, differ):
    """Every setting of amavisd's but `differ` has the value that amavisd's own reader gives; returns what was said."""
    if not pathlib.Path("/usr/share/perl5/Amavis/Conf.pm").exists():
        pytest.skip("amavisd-new is not installed")
    canonical, said = dump(conf_gen, *files)
    known = set(re.findall(r"^([$@%]\w+) = ", canonical, re.M))
    all_names = amavis_names(perl)
    assert not set(all_names) - known
    names = [name for name in all_names if name not in differ]
    assert len(names) > 380
    (tmp_path / "names").write_text("\n".join(names))
    (tmp_path / "canonical").write_bytes(canonical.encode("latin-1"))
    ours = dict(line.split("\t", 1) for line in run_perl(perl, "canonical", tmp_path / "names", tmp_path / "canonical"))
    theirs = dict(line.split("\t", 1) for line in run_perl(perl, "amavis", tmp_path / "names", *files))
    wrong = {name: (ours[name], theirs[name]) for name in names if ours[name] != theirs[name]}
    assert not wrong
    return said


def test_debian_folders_read_as_amavisd_reads_them(conf_gen, perl, tmp_path):
    if not all(folder.is_dir() for folder in FOLDERS):
        pytest.skip("amavisd-new is not installed")
    files = []
    for number, folder in enumerate(FOLDERS):
        for path in sorted(folder.iterdir()):
            if re.fullmatch(r"[A-Za-z0-9_-]+", path.name):
                copy = tmp_path / f"{number}-{path.name}"
                shutil.copy(path, copy)
                files.append(copy)
    said = compare(conf_gen, perl, tmp_path, files, OTHER_DEFAULT - {"$inet_socket_port"} | {"@local_domains_acl", "$virus_admin"})
    assert not only_errors(said)


def uncommented(text):
    """Every commented default, uncommented; prose, placeholders (= ...) and alternatives stay comments."""
    out = []
    head, text = text.split("## GENERAL\n", 1)
    for line in text.splitlines():
        body = line[2:] if line.startswith("# ") else None
        prose = body is None or re.match(r"\s{6,}#|For |variables \$gzip|a list to|without indirections|\s+\$inet_socket_bind|enable_log_capture|#"
                                         r"|\s{8,}(sockets|Possible|and )", body)
        placeholder = body is not None and re.search(r"=\s*(\{ )?\.\.\.|^\S+\s+\.\.\.|chunksize_max;", body)
        out.append(line if prose or placeholder else body)
    return head + "\n".join(out) + "\n"


def without_refused(text):
    lines = text.splitlines()
    for name, _ in REFUSED:
        at = next(i for i, line in enumerate(lines) if line.startswith(name))
        while not lines[at].split("#")[0].rstrip().endswith(";"):
            lines[at] = ""
            at += 1
        lines[at] = ""
    return "\n".join(lines) + "\n"


@pytest.fixture(name="default_text", scope="session")
def _default_text():
    if not DEFAULT_FILE.exists():
        pytest.skip("amavisd-new is not installed")
    return uncommented(DEFAULT_FILE.read_text())


def test_default_file_is_refused_only_where_it_is_code(conf_gen, default_text, tmp_path):
    path = tmp_path / "default.conf"
    path.write_text(default_text)
    errors = only_errors(dump(conf_gen, path)[1])
    assert len(errors) == len(REFUSED), errors
    lines = default_text.splitlines()
    for error, (name, words) in zip(errors, REFUSED):
        assert words in error
        start = int(error.split(":")[1]) - 1
        while not re.match(r"[$@%]", lines[start]):
            start -= 1
        assert lines[start].startswith(name), error


def test_default_file_reads_as_amavisd_reads_it(conf_gen, perl, default_text, tmp_path):
    path = tmp_path / "default.conf"
    path.write_text(without_refused(default_text))
    said = compare(conf_gen, perl, tmp_path, [path], OTHER_DEFAULT | {
        "@client_ipaddr_policy", "$hdrfrom_notify_sender", "$hdrfrom_notify_recip", "$hdrfrom_notify_admin",
        "$hdrfrom_notify_spamadmin", "$hdrfrom_notify_release", "$hdrfrom_notify_report", "$myauthservid"})
    assert not only_errors(said)


def test_founding_lines(conf_gen, tmp_path):
    text = ("$mydomain = 'example.com';\n$daemon_user  = 'vscan';\n$daemon_group = 'sweep';\n$TMPBASE = $MYHOME/tmp\n"
            "$inet_socket_port = 10025;\n$forward_method = 'smtp:127.0.0.1:10026';\n$notify_method = $forward_method;\n")
    path = tmp_path / "amavisd.conf"
    path.write_text(text)
    canonical, said = dump(conf_gen, path)
    assert said == (f"{path}:4:1: $TMPBASE: unknown setting, and the value is not quoted and the semicolon is missing; "
                    'write $TEMPBASE = "$MYHOME/tmp";\n')
    assert setting(canonical, "$inet_socket_port") == "$inet_socket_port = 10025;"
    path.write_text(text.replace("$TMPBASE = $MYHOME/tmp", '$TEMPBASE = "$MYHOME/tmp";'))
    canonical, said = dump(conf_gen, path)
    assert said == ""
    assert setting(canonical, "$TEMPBASE") == "$TEMPBASE = '/var/amavis/tmp';"
    assert setting(canonical, "$notify_method") == "$notify_method = 'smtp:127.0.0.1:10026';"
