# SPDX-License-Identifier: BSD-2-Clause
"""Bad configuration files: what `posternd test-config` says, word for word, and that the daemon refuses them too."""
import pytest

import harness

# name: (the first lines of the file, the errors that name them)
CASES = {
    'unknown setting': ('$sa_tag_levl_deflt = 2;', [
        'FILE:1:1: $sa_tag_levl_deflt: unknown setting; did you mean $sa_tag_level_deflt?',
    ]),
    'unknown array': ('@local_domain_maps = (1);', [
        'FILE:1:1: @local_domain_maps: unknown setting; did you mean @local_domains_maps?',
    ]),
    'unknown postern setting': ('$postern_scan_process = 2;', [
        'FILE:1:1: $postern_scan_process: unknown setting; did you mean $postern_scan_processes?',
    ]),
    'boolean expected': ("$sa_local_tests_only = 'no';", [
        "FILE:1:1: $sa_local_tests_only: no tests that ask the network, got 'no', expected 0 or 1",
    ]),
    'size expected': ("$smtpd_message_size_limit = 'big';", [
        "FILE:1:1: $smtpd_message_size_limit: largest message; undef: no limit, got 'big', expected bytes (a number, or '64k', '10M') from 0 to 1e+15",
    ]),
    'scalar gets a list': ("$mydomain = ('a', 'b');", [
        'FILE:1:13: a list where one value belongs; for a list as one value write [ ... ]',
    ]),
    'reference for a scalar': ("$mydomain = ['a'];", [
        'FILE:1:1: $mydomain: domain of this site; only a convenience for other settings, got a list [ ], expected a text',
    ]),
    'unclosed double quote': ('$mydomain = "example.org;', [
        'FILE:1:13: this quote is never closed',
    ]),
    'unclosed list': ('@mynetworks = qw( 127.0.0.0/8 ;', [
        'FILE:1:15: this quote is never closed',
    ]),
    'unclosed parenthesis': ("@local_domains_maps = ( ['.example.org'] ;", [
        "FILE:1:23: this bracket is never closed: ) is missing before ';'",
    ]),
    'unclosed brace': ("$policy_bank{'X'} = { log_level => 1 ;", [
        "FILE:1:21: this { is never closed: } is missing before ';'",
    ]),
    'no semicolon': ("$mydomain = 'a'\n$log_level = 1;", [
        'FILE:1:16: the semicolon at the end of this statement is missing; write ; here',
    ]),
    'code': ('if (1) { $log_level = 1; }', [
        'FILE:1:1: a condition: the configuration is read as data, so nothing can be decided while it is read; write the settings that are wanted',
    ]),
    'backtick': ('$mydomain = `cat /etc/passwd`;', [
        'FILE:1:13: a command in backticks: commands are never run; understood are chomp($x = `head -n 1 FILE`) and chomp($x = `hostname --fqdn`); else write the value itself',
    ]),
    'system': ("system('rm -rf /');", [
        'FILE:1:1: system: commands are never run; remove the line',
    ]),
    'unknown group': ("$daemon_group = 'no-such-group-at-all';", [
        'posternd: $daemon_group: there is no group "no-such-group-at-all"',
    ]),
    'bad destiny': ('$final_spam_destiny = D_MAYBE;', [
        'FILE:1:23: D_MAYBE: unknown constant; there are D_PASS, D_DISCARD, D_BOUNCE, D_REJECT, D_TEMPFAIL, and CC_CLEAN, CC_SPAM, CC_VIRUS and the like',
    ]),
    'bad method': ("$forward_method = 'carrier-pigeon:[127.0.0.1]:10025';", [
        "FILE:1:1: $forward_method: where passed mail goes: smtp:[host]:port, lmtp:..., or a list to try in order, got 'carrier-pigeon:[127.0.0.1]:10025', expected a method such as 'smtp:[127.0.0.1]:10025', 'lmtp:/path', 'pipe:...', 'local:name', or a list of them",
    ]),
    'missing file': ("read_hash(\\%local_domains, '/no/such/file');", [
        'FILE:1:1: /no/such/file: No such file or directory',
    ]),
    'missing include': ("include_config_files('/no/such/file');", [
        'FILE:1:1: /no/such/file: No such file or directory',
    ]),
    'NUL': ("$mydomain = 'a\x00b';", [
        'FILE:1:1: $mydomain: domain of this site; only a convenience for other settings, got "a\\\\x00b", expected a text without NUL',
    ]),
    'binary': ('\x7fELF\x02\x01\x01\x00\x00\x00', [
        "FILE:1:1: a value is missing before '\\\\x7f'",
    ]),
    'deep nesting': ("@local_domains_maps = " + "[" * 20000 + "]" * 20000 + ";", [
        'FILE:1:86: brackets nest deeper than 64 here',
    ]),
    'deep parentheses': ("$log_level = " + "(" * 20000 + "1" + ")" * 20000 + ";", [
        'FILE:1:77: brackets nest deeper than 64 here',
    ]),
    'variable of itself': ('$mydomain = "$mydomain.$mydomain" ;$mydomain = "$mydomain.$mydomain" ;$mydomain = "$mydomain.$mydomain" ;@x = (\\@x);', [
        'FILE:1:106: @x: unknown setting; a variable of your own is declared first: my @x = ...;',
    ]),
    'here-document without an end': ("$mydomain = <<'END';\nexample.org\n", [
        'FILE:1:13: this here-document is never closed',
    ]),
    'range too wide': ('@inet_socket_port = (1..999999999);', [
        'FILE:1:23: .. makes more than 100000 elements here',
        'FILE:1:1: @inet_socket_port: unknown setting; did you mean $inet_socket_port?',
    ]),
    'three errors': ("$a_1 = 1;\n$log_level = 'x';\n$inet_socket_port = 'y';", [
        'FILE:1:1: $a_1: unknown setting; a variable of your own is declared first: my $a_1 = ...;',
    ]),
    'number expected': ("$child_timeout = 'loud';", [
        "FILE:1:1: $child_timeout: longest time for one message, got 'loud', expected seconds (a number, or '5m', '2h') from 1 to 86400",
    ]),
}


@pytest.fixture(scope="module")
def daemon():
    it = harness.Daemon(rules=harness.RULES)
    yield it
    it.close()


def write(daemon, text):
    daemon.write_config("")
    good = daemon.config.read_text()
    daemon.config.write_bytes((text + "\n").encode("latin-1") + good.encode())


@pytest.mark.parametrize("name", CASES)
def test_config_is_refused(daemon, name):
    text, want = CASES[name]
    write(daemon, text)
    got = daemon.run("test-config")
    assert got.returncode == 78
    lines = [line.replace(str(daemon.config), "FILE") for line in (got.stdout + got.stderr).splitlines()]
    assert [line for line in lines if line.startswith(("FILE", "posternd: $"))] == want


def test_daemon_goes_on_with_the_old_configuration(daemon):
    """HUP with a bad file: the generation in service stays, and says so."""
    daemon.write_config("")
    daemon.start()
    before = {p.pid for p in daemon.role("front")}
    write(daemon, CASES["unknown setting"][0])
    daemon.hup()
    daemon.wait_log("did you mean")
    assert daemon.greeting().startswith("220 ")
    assert {p.pid for p in daemon.role("front")} == before
