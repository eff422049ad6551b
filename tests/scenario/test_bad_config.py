# SPDX-License-Identifier: BSD-2-Clause
"""Bad configuration files: what `posternd test-config` says, word for word, and that the daemon refuses them too."""
import subprocess

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
        "FILE:1:1: $daemon_group: there is no group 'no-such-group-at-all'; make it: addgroup --system no-such-group-at-all,"
        " or name another",
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
        'FILE:1:1: $mydomain: domain of this site; only a convenience for other settings, got "a\\x00b", expected a text without NUL',
    ]),
    'binary': ('\x7fELF\x02\x01\x01\x00\x00\x00', [
        "FILE:1:1: a value is missing before '\\x7f'",
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
    'unknown groups': ("@daemon_groups = ('daemon', 'no-such-group',\n'nor-this');", [
        "FILE:1:29: @daemon_groups: there is no group 'no-such-group'; make it: addgroup --system no-such-group, or name another",
        "FILE:2:1: @daemon_groups: there is no group 'nor-this'; make it: addgroup --system nor-this, or name another",
    ]),
    'table of regexps': ("@spam_lovers_maps = (new_RE(qr/a(b/, [qr/c[/ => 1]), [qw( .example.org )]);", [
        'FILE:1:29: this regular expression cannot be used: missing closing parenthesis, at its byte 4',
        'FILE:1:39: this regular expression cannot be used: missing terminating ] for character class, at its byte 3',
    ]),
    'regexps of what is not used yet': ("$banned_filename_re = new_RE(qr/ok/, qr/^(exe$/i);", [
        'FILE:1:38: this regular expression cannot be used: missing closing parenthesis, at its byte 7',
    ]),
    'no table': ("@spam_lovers_maps = (q_sql_s('x'));", [
        'FILE:1:22: a lookup table cannot be a call; there are { }, [ ], new_RE( ), \\%hash, \\@list, \\$regexps and'
        ' constants',
    ]),
    'networks': ("@inet_acl = ('127.0.0.0/8', '10.0.0.0/99');\n@mynetworks = qw( mail.example.org );", [
        'FILE:1:29: not an IP address or network: "10.0.0.0/99"; write 10.0.0.0/8, 192.0.2.1, 2001:db8::/32 or one of these with'
        ' ! in front',
        'FILE:2:15: not an IP address or network: "mail.example.org"; write 10.0.0.0/8, 192.0.2.1, 2001:db8::/32 or one of these'
        ' with ! in front',
    ]),
    'methods': ("$forward_method = ['smtp:[127.0.0.1]:x',\n'pipe:flags=q argv=/bin/cat'];\n$notify_method = 'smtp:here is:25';", [
        'FILE:1:20: $forward_method: smtp:[127.0.0.1]:x: "x" is no port',
        'FILE:2:1: $forward_method: pipe:flags=q argv=/bin/cat: method "pipe:" is not implemented; there are smtp:, lmtp: and'
        ' maildir:',
        'FILE:3:18: $notify_method: smtp:here is:25: "here is" is no host',
    ]),
    'scanners': ("@av_scanners = (\n['A', \\&ask_daemon, ['{}', 'sofie:/x'], qr/a/, qr/b/],\n"
                 "['B', \\&ask_daemon, ['{}'], qr/a/, qr/b/],\n['C', \\&ask_daemon, ['{}', '/c'], [0], qr/b(/],\n"
                 "['D', \\&ask_daemon, ['{}', '127.0.0.1'], qr/a/, qr/b/]);", [
        'FILE:4:40: this regular expression cannot be used: missing closing parenthesis, at its byte 3',
        'FILE:2:1: virus scanner "A": unknown protocol sofie:; there are simple: sophie: trophie: clamd:, or none of them',
        'FILE:3:1: virus scanner "B": expected ["query", \'socket\'] or ["query", [\'socket\', ...]] behind \\&ask_daemon',
        'FILE:4:35: virus scanner "C": its pattern for clean: expected qr/.../, got a list [ ]',
        'FILE:5:1: virus scanner "D": its address has no port',
    ]),
    'in a policy bank': ("$policy_bank{'A'} = { forward_method => 'smtp:[::1]:0', inet_acl => ['x'] };", [
        'FILE:1:41: $forward_method: smtp:[::1]:0: "0" is no port',
        'FILE:1:70: not an IP address or network: "x"; write 10.0.0.0/8, 192.0.2.1, 2001:db8::/32 or one of these with ! in front',
    ]),
    'name servers': ("$postern_dns_servers = ['127.0.0.1', 'ns'];\n$postern_dns_stub = ['example.org'];", [
        'FILE:1:38: $postern_dns_servers: not an address: "ns"',
        "FILE:2:22: $postern_dns_stub: expected 'zone address[:port]'",
    ]),
    'sockets': ("@listen_sockets = ('127.0.0.1:99999', 'mail.example.org:25');\n$unix_socket_mode = 'rw';", [
        'FILE:2:1: $unix_socket_mode: "rw" is no mode; write \'0660\'',
        'FILE:1:20: @listen_sockets: "99999" is no port',
        'FILE:1:39: @listen_sockets: not an address: "mail.example.org:25"',
    ]),
    'client policy': ("@client_ipaddr_policy = ([qw( 10.0.0.0/8 )]);", [
        'FILE:1:1: @client_ipaddr_policy: expected pairs: a table of networks, and the name of a policy bank; got 1 elements',
    ]),
    'group of the parts': ("$postern_av_parts_group = 'no-such-group-at-all';", [
        "FILE:1:1: $postern_av_parts_group: there is no group 'no-such-group-at-all'; name the one that the virus engine is in",
    ]),
    'all kinds at once': ("$nosuchthing = 1;\n$daemon_group = 'no-such-group';\n@inet_acl = ('x');\n@spam_lovers_maps = (qr/(/);", [
        'FILE:1:1: $nosuchthing: unknown setting; a variable of your own is declared first: my $nosuchthing = ...;',
        'FILE:4:22: this regular expression cannot be used: missing closing parenthesis, at its byte 2',
        "FILE:2:1: $daemon_group: there is no group 'no-such-group'; make it: addgroup --system no-such-group, or name another",
        'FILE:3:14: not an IP address or network: "x"; write 10.0.0.0/8, 192.0.2.1, 2001:db8::/32 or one of these with ! in front',
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
    assert [line for line in lines if line.startswith("FILE") and ": warning: " not in line and ": note: " not in line] == want


def test_both_programs_say_the_same(daemon):
    write(daemon, CASES["all kinds at once"][0])
    ours = daemon.run("test-config")
    other = subprocess.run([harness.BUILD / "src/cli/postern", "test-config", "-c", daemon.config], capture_output=True, text=True,
                           timeout=60, check=False)
    assert (other.returncode, other.stderr) == (ours.returncode, ours.stderr)


def test_rules_are_tested_too(daemon):
    """A folder that is not there is an error of its setting; a rule that cannot be read is left out, and named."""
    daemon.write_config("$postern_rules_dir = '/no/such/folder';")
    got = daemon.run("test-config")
    place = len(daemon.config.read_text().split("/no/such/folder")[0].splitlines())
    assert got.returncode == 78
    assert f"{daemon.config}:{place}:1: $postern_rules_dir: /no/such/folder: No such file or directory" in got.stderr
    daemon.write_config("")
    (daemon.dir / "rules/more.cf").write_text("body BROKEN /a(b/\nscore BROKEN 1\n")
    got = daemon.run("test-config")
    assert got.returncode == 0
    assert f"{daemon.dir}/rules/more.cf:1: warning: " in got.stderr
    (daemon.dir / "rules/more.cf").unlink()


def test_a_read_table_names_its_own_file(daemon):
    (daemon.dir / "nets").write_text("10.0.0.0/8\nnowhere\n")
    write(daemon, f"@client_ipaddr_policy = (read_array('{daemon.dir}/nets'), 'MYNETS');")
    got = daemon.run("test-config")
    assert got.returncode == 78 and f'{daemon.dir}/nets:2:1: not an IP address or network: "nowhere"' in got.stderr, got.stderr


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
