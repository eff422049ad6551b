# SPDX-License-Identifier: BSD-2-Clause
"""The processes: who runs as what, what they may do, what happens when they end."""
import functools
import os
import re
import signal
import socket
import subprocess
import time

import pytest

from harness import PROGRAM, RULES, TOP, daemon_user, free_port, is_sanitized, wait_for


@pytest.fixture
def make_daemon(make_daemon):
    """Which rules there are does not matter here: a few start faster."""
    return functools.partial(make_daemon, rules=RULES)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="starts as root and changes its user")
needs_cage = pytest.mark.skipif(is_sanitized(), reason="sanitizers need system calls that the cage refuses: such builds have no cage")


def pids(processes):
    return sorted(p.pid for p in processes)


def uids(process):
    return set(process.status()["Uid"].split())


@needs_root
def test_roles_run_as_daemon_user(daemon):
    user = str(daemon_user().pw_uid)
    for role, count in (("loader", 1), ("front", 1), ("scan", 2)):
        found = daemon.role(role)
        assert len(found) == count, role
        for p in found:
            status = p.status()
            assert uids(p) == {user}
            assert set(status["Gid"].split()) == {str(daemon_user().pw_gid)}
            assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
            assert status["NoNewPrivs"] == "1"
            assert status["Seccomp"] == ("0" if is_sanitized() else "2")


@needs_root
def test_supervisor_keeps_few_capabilities(daemon):
    # dac_read_search, kill, setgid, setuid, net_bind_service
    wanted = 1 << 2 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 10
    status = daemon.supervisor.status()
    assert int(status["CapEff"], 16) == wanted & int(status["CapBnd"], 16)
    assert int(status["CapBnd"], 16) & ~wanted == 0


@needs_cage
def test_scan_is_caged(daemon):
    for p in daemon.role("scan"):
        status = p.status()
        assert status["Seccomp"] == "2"
        assert int(status["Seccomp_filters"]) == 2  # the loader's and its own
        assert status["NoNewPrivs"] == "1"
        assert int(status["CapEff"], 16) == 0
        fds = p.descriptors()
        assert fds.pop(0).startswith("socket:")
        assert fds, "the last words"
        for target in fds.values():
            assert target.startswith("/memfd:"), fds


def documented_calls():
    """The list in docs/THREAT_MODEL.md: call -> condition on an argument, as its text."""
    text = (TOP / "docs/THREAT_MODEL.md").read_text()
    block = re.search(r"<!-- scan system calls -->\n(.*?)<!-- end -->", text, re.S).group(1)
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", block, re.M)
    assert len(rows) > 10
    return dict(rows)


TRIED = [*range(32), *range(128, 160), *range(256, 272), *range(1024, 1041)]
NEWER_KERNELS = {"uretprobe", "uprobe"}


def allowed_values(condition):
    """Which of the values that the probe tries the document allows."""
    without = re.search(r"without bit (\d+)", condition)
    if without:
        return [v for v in TRIED if not v & int(without.group(1))]
    named = [int(n) for n in re.findall(r"\b\d+\b", condition.partition(":")[2])]
    # A futex command may carry two flags.
    flags = (0, 128, 256) if "command" in condition else (0,)
    return [v for v in TRIED if any(v - f in named for f in flags)]


@needs_cage
def test_scan_is_refused_all_but_the_documented_calls(make_daemon):
    d = make_daemon("$postern_debug_verbs = 1;").start()
    got = d.run("debug-verb", "probe-syscalls")
    assert got.returncode == 0, got.stderr + got.stdout
    wanted = documented_calls()
    seen = {}
    for line in got.stdout.splitlines():
        name, _, values = line.partition(":")
        seen[name] = values.strip()
    assert set(seen) - set(wanted) == set()
    assert set(wanted) - set(seen) <= NEWER_KERNELS
    for name, values in seen.items():
        if wanted[name].startswith("argument"):
            found = [int(v) for v in values.split()]
            assert found and set(found) <= set(allowed_values(wanted[name])), name
        else:
            assert wanted[name] == "any" and values in ("", "not tried"), name


def test_no_debug_verbs_without_the_setting(daemon):
    got = daemon.run("debug-verb", "probe-syscalls")
    assert got.returncode != 0
    assert "postern_debug_verbs" in got.stderr
    assert not list(daemon.home.glob("*.sock"))


def test_hup_brings_new_processes(daemon):
    old = daemon.tree()
    daemon.hup()
    daemon.wait_log("generation is over.*generation=1")
    wait_for(lambda: not [p for p in old if p.is_alive()], "the old ones are gone", 5)
    assert len(daemon.role("scan")) == 2
    assert daemon.greeting().startswith("220")


def test_hup_while_connecting_refuses_nobody(daemon):
    refused = 0
    daemon.hup()
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        try:
            daemon.connect().close()
        except ConnectionRefusedError:
            refused += 1
    assert refused == 0


def test_hup_with_errors_leaves_the_old_in_service(daemon):
    old = pids(daemon.tree())
    daemon.write_config("$log_level = 'much'; $no_such_setting = 1;")
    daemon.hup()
    daemon.wait_log("new configuration is not in service, the old one stays")
    assert "no_such_setting" in daemon.log()
    assert "amavisd.conf:" in daemon.log()
    wait_for(lambda: pids(daemon.tree()) == old, "only the old processes are left")
    assert daemon.greeting().startswith("220")
    daemon.write_config("")
    daemon.hup()
    daemon.wait_log("configuration is in service", count=2)


def test_hup_changes_sockets(daemon):
    old_port, daemon.port = daemon.port, free_port()
    daemon.write_config()
    daemon.hup()
    daemon.wait_log("configuration is in service", count=2)
    assert daemon.greeting().startswith("220")
    daemon.wait_log("generation is over.*generation=1")
    daemon.port = old_port
    assert daemon.greeting() is None


def test_socket_in_use_at_hup(daemon, make_daemon):
    other = make_daemon().start()
    port, daemon.port = daemon.port, other.port
    daemon.write_config()
    daemon.hup()
    daemon.wait_log("the old one stays")
    daemon.port = port
    assert daemon.greeting().startswith("220")


def test_dead_scan_is_replaced(daemon):
    victim = daemon.role("scan")[0]
    victim.kill()
    wait_for(lambda: not victim.is_alive(), "the scan process is gone")
    wait_for(lambda: len(daemon.role("scan")) == 2, "another one took its place")
    daemon.wait_log(f"a scan process ended pid={victim.pid}.*signal 9")
    assert daemon.greeting().startswith("220")


def test_stopped_scan_does_not_outlive_its_channel(daemon):
    """One that hangs is killed by the loader when the front has let go of it."""
    victim = daemon.role("scan")[0]
    victim.kill(signal.SIGSTOP)
    daemon.role("front")[0].kill()
    wait_for(lambda: not victim.is_alive(), "the hanging scan process is gone", 15)


def test_dead_loader_takes_its_scans_and_comes_back(daemon):
    old = daemon.role("loader") + daemon.role("scan")
    front = pids(daemon.role("front"))
    old[0].kill()
    wait_for(lambda: not [p for p in old if p.is_alive()], "loader and scans are gone", 5)
    wait_for(lambda: len(daemon.role("scan")) == 2, "new ones are there", 20)
    assert pids(daemon.role("front")) == front
    assert daemon.greeting().startswith("220")


def test_loader_restarts_without_the_configuration(daemon):
    """What is in service does not depend on files that have changed since."""
    daemon.write_config("$no_such_setting = 1;")
    daemon.role("loader")[0].kill()
    wait_for(lambda: len(daemon.role("loader")) == 1, "a new loader")
    wait_for(lambda: len(daemon.role("scan")) == 2, "scan processes again", 20)
    assert "no_such_setting" not in daemon.log()


def test_dead_front_is_replaced_at_once(daemon):
    victim = daemon.role("front")[0]
    began = time.monotonic()
    victim.kill()
    assert daemon.greeting().startswith("220")  # the socket was never closed
    assert time.monotonic() - began < 5
    wait_for(lambda: len(daemon.role("scan")) == 2, "scan processes for it")


def test_killed_supervisor_leaves_nobody(daemon):
    children = daemon.tree()
    assert len(children) == 4
    daemon.popen.kill()
    daemon.popen.wait()
    wait_for(lambda: not [p for p in children if p.is_alive()], "no child is left", 5)
    daemon.start()  # the same port, at once
    assert daemon.greeting().startswith("220")


def test_term_ends_all(daemon):
    children = daemon.tree()
    assert daemon.stop() == 0
    wait_for(lambda: not [p for p in children if p.is_alive()], "no child is left", 5)


def test_term_waits_for_no_idle_session(daemon):
    with daemon.connect():
        assert daemon.stop(seconds=30) == 0


def test_stop_and_reload_verbs(daemon):
    assert daemon.run("reload").returncode == 0
    daemon.wait_log("configuration is in service", count=2)
    got = daemon.run("stop")
    assert got.returncode == 0, got.stderr
    assert daemon.popen.wait(timeout=5) == 0
    got = daemon.run("stop")
    assert got.returncode == 1
    assert "not running" in got.stderr


def test_stop_does_not_believe_the_file(daemon, make_daemon):
    """A number in the pid file is for people: nobody is signalled for it."""
    other = make_daemon()
    (other.home / "amavisd.pid").write_text(f"{daemon.popen.pid}\n")
    assert other.run("stop").returncode == 1
    assert daemon.popen.poll() is None


def test_second_daemon_on_one_pid_file(daemon, make_daemon):
    second = make_daemon(f"$pid_file = '{daemon.home}/amavisd.pid';").spawn()
    assert second.popen.wait(timeout=30) == 78
    assert "another posternd" in second.log()
    assert daemon.greeting().startswith("220")


@needs_root
def test_root_needs_a_user(make_daemon):
    d = make_daemon("$daemon_user = undef;").spawn()
    assert d.popen.wait(timeout=30) == 78
    assert "$daemon_user" in d.log()


@needs_root
def test_root_is_no_daemon_user(make_daemon):
    d = make_daemon("$daemon_user = 'root';").spawn()
    assert d.popen.wait(timeout=30) == 78


def test_unix_socket_is_the_users(make_daemon):
    d = make_daemon()
    path = d.home / "in.sock"
    d.write_config(f"$unix_socketname = '{path}'; $unix_socket_mode = '0660'; $protocol = 'LMTP';")
    d.start()
    assert path.stat().st_mode & 0o777 == 0o660
    if d.user:
        assert path.stat().st_uid == d.user.pw_uid
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(10)
        s.connect(str(path))
        assert s.makefile("rb").readline().startswith(b"220")


def test_errors_at_start(make_daemon):
    d = make_daemon("$no_such_setting = 1;").spawn()
    assert d.popen.wait(timeout=30) == 78
    assert re.search(r"amavisd\.conf:\d+:\d+: .*no_such_setting", d.log())


def test_port_in_use_at_start(daemon, make_daemon):
    d = make_daemon()
    d.port = daemon.port
    d.write_config()
    d.spawn()
    assert d.popen.wait(timeout=30) == 78
    assert str(d.port) in d.log()


def test_start_verb_waits_until_it_serves(make_daemon):
    d = make_daemon()
    log = d.home / "posternd.log"
    d.write_config(f"$logfile = '{log}';")
    try:
        got = d.run("start")
        assert got.returncode == 0, got.stderr
        assert d.greeting().startswith("220")
        assert "in service" in log.read_text()
    finally:
        assert d.run("stop").returncode == 0


def test_start_verb_says_why_not(daemon, make_daemon):
    d = make_daemon()
    d.port = daemon.port
    d.write_config()
    got = d.run("start")
    assert got.returncode == 78
    assert str(d.port) in got.stderr


def test_help():
    got = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True)
    assert "test-config" in got.stdout
