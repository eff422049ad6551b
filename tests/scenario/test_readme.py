# SPDX-License-Identifier: BSD-2-Clause
"""The README, tried by someone who has just found it: clone, two commands, a message in the Maildir.

Runs in a network namespace of its own where it can (root): port 10024 may be in use, and nothing is to
be fetched. The first user builds from nothing, the second one gets the folder as the first one left it.
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile

import pytest

import harness

BUILD_S = 900
IS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def clone():
    if not (harness.TOP / ".git").exists():
        pytest.skip("not a git checkout: nothing to clone")
    with tempfile.TemporaryDirectory(prefix="postern-readme-", dir="/tmp") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        # Whoever owns the checkout, it may be cloned.
        (folder / "gitconfig").write_text("[safe]\n\tdirectory = *\n")
        subprocess.run(["git", "clone", "--quiet", harness.TOP, folder / "postern"], check=True, timeout=120,
                       env=dict(os.environ, GIT_CONFIG_GLOBAL=str(folder / "gitconfig")))
        yield folder / "postern"


def commands(clone):
    """The lines to type that the section "Try it" of the README has."""
    section = (clone / "README.md").read_text().partition("## Try it\n")[2].partition("\n## ")[0]
    return re.findall(r"^    (\S.*)$", section, re.M)


class Server:
    """script/server in a terminal of `user`."""

    def __init__(self, clone, command, user=None):
        self.clone = clone
        self.home = clone.parent / f"home-{user or 'self'}"
        self.home.mkdir()
        self.output = self.home / "output"
        self.user = user
        if user:
            shutil.chown(self.home, user)
        inside = ["sh", "-c", "ip link set lo up && exec \"$@\"", "-"]
        with open(self.output, "wb") as out:
            self.popen = subprocess.Popen(
                [*(["unshare", "--net", *inside] if IS_ROOT else []), *self.as_user(), "sh", "-c", f"exec {command}"],
                cwd=clone, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.env(), start_new_session=True)

    def env(self):
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL")}
        return dict(kept, HOME=str(self.home))

    def as_user(self):
        return ["runuser", "-u", self.user, "--"] if self.user else []

    def text(self):
        return self.output.read_text(errors="replace")

    def wait_text(self, text, seconds):
        def is_there():
            assert self.popen.poll() is None or text in self.text(), f"it ended:\n{self.text()}"
            return text in self.text()

        with contextlib.suppress(AssertionError):
            harness.wait_for(is_there, text, seconds)
        assert text in self.text(), f"not in {seconds} s: {text}\n{self.text()}"

    def paste(self, line):
        """Another terminal of the same user."""
        same_net = ["nsenter", f"--net=/proc/{self.popen.pid}/ns/net", "--"] if IS_ROOT else []
        return subprocess.run([*same_net, *self.as_user(), "sh", "-c", line], cwd="/", env=self.env(), timeout=60,
                              capture_output=True, text=True, check=False)

    def interrupt(self):
        """Ctrl-C: the terminal signals the whole group."""
        os.killpg(self.popen.pid, signal.SIGINT)
        return self.popen.wait(timeout=30)

    def close(self):
        if self.popen.poll() is None:
            os.killpg(self.popen.pid, signal.SIGTERM)
            try:
                self.popen.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(self.popen.pid, signal.SIGKILL)
                self.popen.wait()


def try_it(clone, user, seconds):
    server_command, test_command = commands(clone)
    assert os.access(clone / server_command.split()[0], os.X_OK)
    assert os.access(clone / test_command.split()[0], os.X_OK)
    server = Server(clone, server_command, user)
    try:
        server.wait_text("configuration is in service", seconds)
        sample = re.search(r"^    (\S*postern send .*)$", server.text(), re.M).group(1)
        got = server.paste(sample)
        assert got.returncode == 0 and "250 2.0.0" in got.stdout, got.stdout + got.stderr + server.text()
        boxes = list((clone / "var/server/Maildir/new").iterdir())
        assert len(boxes) == 1
        message = boxes[0].read_bytes()
        assert message.endswith((clone / "conf/sample.eml").read_bytes().partition(b"\n\n")[2])
        assert b"\nX-Spam-Flag: YES\n" in b"\n" + message and b"GTUBE" in message
        assert server.interrupt() == 0, server.text()
        harness.wait_for(lambda: not processes_of(clone), "nothing of it is left", 10)
    finally:
        server.close()


def processes_of(clone):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/exe").startswith(str(clone)):
                found.append(int(pid))
    return found


def test_as_the_user_of_the_tests(clone):
    if not IS_ROOT:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", 10024), 1).close()
            pytest.skip("port 10024 is in use, and only root can have a network of its own")
    try_it(clone, None, BUILD_S)


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another user")
def test_as_a_plain_user(clone):
    user = "nobody"
    subprocess.run(["rm", "-rf", clone / "var/server"], check=True, timeout=60)
    subprocess.run(["chown", "-R", user, clone], check=True, timeout=60)
    try_it(clone, user, BUILD_S)


def test_scan_without_a_daemon(clone):
    line = re.search(r"`(\S*postern scan --local) FILE\.\.\.`", (clone / "README.md").read_text()).group(1)
    got = subprocess.run([*line.split(), "conf/sample.eml"], cwd=clone, capture_output=True, text=True, timeout=60,
                         check=False)
    assert got.returncode in (0, 1) and "GTUBE" in got.stdout, got.stdout + got.stderr
