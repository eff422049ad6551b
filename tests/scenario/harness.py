# SPDX-License-Identifier: BSD-2-Clause
"""Starts the built daemon for a test, with a configuration of its own, and looks at its processes.

Everything stays on loopback and in a folder under /tmp. POSTERN_BUILD names another
build folder than build/, POSTERND a program.
"""
import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / os.environ.get("POSTERN_BUILD", "build")
PROGRAM = os.environ.get("POSTERND", str(BUILD / "src/proc/posternd"))
START_S = 60
RULES = """
body   TEST_BODY   /postern test body rule/
score  TEST_BODY   4.2
header TEST_HEADER Subject =~ /postern test header rule/
score  TEST_HEADER 1.5
"""
SERVES = "configuration is in service"


def is_sanitized():
    """Is the program built with AddressSanitizer? (Such a build has the trace points too.)"""
    return pathlib.Path(PROGRAM).exists() and b"__asan_init" in pathlib.Path(PROGRAM).read_bytes()


def free_port():
    """A TCP port of 127.0.0.1 that nobody has right now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition, what, seconds=30.0):
    """Waits until condition() is true and returns its value; fails naming `what`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not in {seconds} s: {what}")
        time.sleep(0.02)


def daemon_user():
    """Whom the daemon runs as when the tests run as root; None otherwise."""
    if os.geteuid() != 0:
        return None
    for name in ("amavis", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return None


class Process:
    """A process by its number, read from /proc; `start` tells it from a later one of the same number."""

    def __init__(self, pid):
        self.pid = pid
        self.start = self._start()

    def _start(self):
        with contextlib.suppress(OSError):
            text = pathlib.Path(f"/proc/{self.pid}/stat").read_text()
            fields = text.rpartition(")")[2].split()
            if fields[0] not in "ZX":
                return fields[19]
        return None

    def is_alive(self):
        return self.start is not None and self._start() == self.start

    def status(self):
        """/proc/PID/status as a dictionary of texts."""
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return {k: v.strip() for k, _, v in (line.partition(":") for line in text.splitlines())}

    def name(self):
        return self.status()["Name"]

    def descriptors(self):
        """number -> what it leads to"""
        folder = f"/proc/{self.pid}/fd"
        return {int(n): os.readlink(f"{folder}/{n}") for n in os.listdir(folder)}

    def children(self):
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError, KeyError):
                    p = Process(int(entry))
                    if p.start is not None and p.status()["PPid"] == str(self.pid):
                        found.append(p)
        return found

    def kill(self, signo=signal.SIGKILL):
        os.kill(self.pid, signo)


class Daemon:
    """A posternd in the foreground. Settings are lines of amavisd.conf, behind the harness's own.

    rules: lines of a .cf file, all there are (RULES: a few); None: the system's (a second to compile).
    prefix: a command and its arguments that posternd is started by.
    """

    def __init__(self, settings="", scans=2, env=None, program=PROGRAM, rules=None, prefix=()):
        self.program = program
        self.user = daemon_user()
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="postern-test-", dir="/tmp"))
        self.dir.chmod(0o755)
        self.home = self.dir / "home"
        self.home.mkdir()
        if self.user:
            os.chown(self.home, self.user.pw_uid, self.user.pw_gid)
        self.port = free_port()
        self.scans = scans
        self.prefix = list(prefix)
        self.settings = settings
        self.env = dict(os.environ, **(env or {}))
        self.config = self.dir / "amavisd.conf"
        self.log_path = self.dir / "log"
        self.log_path.touch()
        self.popen = None
        self.rules_dir = None
        if rules is not None:
            self.rules_dir = self.dir / "rules"
            (self.dir / "site").mkdir()
            self.rules_dir.mkdir()
            (self.rules_dir / "test.cf").write_text(rules)
        self.write_config()

    def write_config(self, settings=None):
        """Writes the configuration again, with other settings; the daemon learns of it by hup()."""
        if settings is not None:
            self.settings = settings
        lines = [
            f"$MYHOME = '{self.home}';",
            f"$inet_socket_port = {self.port};",
            "$inet_socket_bind = '127.0.0.1';",
            "$do_syslog = 0;",
            "$log_level = 2;",
            f"$postern_scan_processes = {self.scans};",
        ]
        if self.rules_dir:
            lines.append(f"$postern_rules_dir = '{self.rules_dir}';")
            lines.append(f"$postern_site_dir = '{self.dir}/site';")
        if self.user:
            lines.append(f"$daemon_user = '{self.user.pw_name}';")
        self.config.write_text("\n".join(lines) + "\n" + self.settings + "\n1;\n")

    def command(self, *verb):
        return [*self.prefix, self.program, "-c", str(self.config), *verb]

    def run(self, *verb, timeout=60):
        """A verb beside the running daemon: its finished process, with output as text."""
        return subprocess.run(self.command(*verb), capture_output=True, text=True, timeout=timeout,
                              env=self.env, check=False)

    def spawn(self):
        """Starts it and does not wait."""
        with open(self.log_path, "ab") as log:
            self.popen = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log,
                                          stderr=log, env=self.env, start_new_session=True)
        return self

    def start(self):
        """Starts it and waits until it serves."""
        before = self.log().count(SERVES)
        self.spawn()

        def serves():
            assert self.popen.poll() is None, f"posternd ended:\n{self.log()}"
            return self.log().count(SERVES) > before

        wait_for(serves, "posternd serves", START_S)
        wait_for(lambda: len(self.role("scan")) >= self.scans, "all scan processes are there")
        return self

    @property
    def supervisor(self):
        return Process(self.popen.pid)

    def tree(self):
        """All processes below the supervisor."""
        found, todo = [], [self.supervisor]
        while todo:
            children = todo.pop().children()
            found += children
            todo += children
        return found

    def role(self, name):
        """The processes of a role: "loader", "front" or "scan"."""
        found = []
        for p in self.tree():
            with contextlib.suppress(OSError):
                if p.name() == f"postern-{name}":
                    found.append(p)
        return found

    def connect(self, timeout=10):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def greeting(self):
        """The first line a client sees; None where nobody listens."""
        try:
            with self.connect() as s:
                return s.makefile("rb").readline().decode()
        except ConnectionError:
            return None

    def log(self):
        return self.log_path.read_text(errors="replace")

    def wait_log(self, pattern, count=1, seconds=30.0):
        """Waits until the pattern stands `count` times in the log."""
        try:
            wait_for(lambda: len(re.findall(pattern, self.log())) >= count, pattern, seconds)
        except AssertionError as e:
            raise AssertionError(f"{e}; the log:\n{self.log()}") from None

    def hup(self):
        self.popen.send_signal(signal.SIGHUP)

    def stop(self, seconds=30):
        """TERM; returns the exit status."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(timeout=seconds)

    def close(self):
        """At a test's end: nothing is left of it."""
        if self.popen and self.popen.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        said = re.findall(r".*(?:runtime error:|ERROR: AddressSanitizer).*", self.log())
        shutil.rmtree(self.dir, ignore_errors=True)
        assert not said, f"a sanitizer has spoken: {said[:5]}"
