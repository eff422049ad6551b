# SPDX-License-Identifier: BSD-2-Clause
"""A clamd of the test's own: configuration, signatures for the EICAR test file, sockets, an ordinary user.

It runs as "clamav" where the tests run as root (else as who they are), in its own group and those that
`groups` names: a folder of the daemon's that it is to read must be of one of them.
"""
import contextlib
import grp
import hashlib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile

import harness

# In two halves, lest virus scanners find it in this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Eicar-Test-Signature"
PROGRAM = "/usr/sbin/clamd"

CONFIG = """
Foreground yes
LogFile {dir}/log
LocalSocket {dir}/socket
LocalSocketMode 666
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {dir}/db
TemporaryDirectory {dir}
MaxThreads 4
"""


def reason_to_skip():
    return None if os.access(PROGRAM, os.X_OK) else "clamd is not installed (package clamav-daemon)"


class Clamd:
    def __init__(self, groups=()):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="postern-clamd-", dir="/tmp"))
        self.dir.chmod(0o755)
        self.port = harness.free_port()
        self.path = str(self.dir / "socket")
        self.groups = [grp.getgrnam(g).gr_gid for g in groups]
        self.popen = None
        (self.dir / "db").mkdir()
        (self.dir / "db/test.ndb").write_text(f"{NAME}:0:0:{EICAR.hex()}\n")
        (self.dir / "db/test.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:{NAME}\n")
        (self.dir / "conf").write_text(CONFIG.format(dir=self.dir, port=self.port))
        self.as_user = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("clamav")
            for path in (self.dir, self.dir / "db"):
                os.chown(path, user.pw_uid, user.pw_gid)
            self.as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": self.groups}

    def start(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self.popen = subprocess.Popen([PROGRAM, "-c", self.dir / "conf"], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.as_user)
        harness.wait_for(self.answers, f"clamd answers; its log:\n{self.log()}", 30)
        return self

    def answers(self):
        assert self.popen.poll() is None, f"clamd ended:\n{self.log()}"
        try:
            with socket.socket(socket.AF_UNIX) as s, socket.create_connection(("127.0.0.1", self.port), 1):
                s.settimeout(2)
                s.connect(self.path)
                s.sendall(b"zPING\0")
                return s.recv(10) == b"PONG\0"
        except OSError:
            return False

    def log(self):
        with contextlib.suppress(FileNotFoundError):
            return (self.dir / "log").read_text(errors="replace")
        return ""

    def hang(self):
        self.popen.send_signal(signal.SIGSTOP)

    def kill(self):
        self.popen.kill()
        self.popen.wait()

    def close(self):
        if self.popen and self.popen.poll() is None:
            self.kill()
        shutil.rmtree(self.dir, ignore_errors=True)

    # Entries of @av_scanners for it.

    def entry(self, query, where, name="ClamAV-clamd"):
        return (f"['{name}', \\&ask_daemon, [\"{query}\", '{where}'],\n"
                r"  qr/\bOK$/m, qr/\bFOUND$/m, qr/^.*?: (?!Infected Archive)(.*) FOUND$/m ]")

    def contscan(self, **kwargs):
        return self.entry(r"CONTSCAN {}\n", self.path, **kwargs)

    def contscan_tcp(self, **kwargs):
        return self.entry(r"CONTSCAN {}\n", f"127.0.0.1:{self.port}", **kwargs)

    def stream_unix(self, **kwargs):
        return self.entry("{}/*", f"clamd:{self.path}", **kwargs)

    def stream_tcp(self, **kwargs):
        return self.entry("{}/*", f"clamd:127.0.0.1:{self.port}", **kwargs)

    def fildes(self, **kwargs):
        return self.entry("FILDES", f"clamd:{self.path}", **kwargs)
