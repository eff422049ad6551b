# SPDX-License-Identifier: BSD-2-Clause
"""A virus engine for tests: Sophie's protocol on a UNIX socket; it knows EICAR's test file and nothing else."""
import contextlib
import os
import pathlib
import socket
import threading

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Sophie:
    def __init__(self, path):
        self.path = str(path)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o666)
        self.listener.listen(16)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def entry(self):
        """A line of @av_scanners, as amavisd's sample configuration has it."""
        return (f"['Sophie', \\&ask_daemon, [\"{{}}/\\n\", 'sophie:{self.path}'],"
                r" qr/(?x)^ 0+ ( : | [\000\r\n]* $)/m, qr/(?x)^ 1 ( : | [\000\r\n]* $)/m,"
                r" qr/(?x)^ [-+]? \d+ : (.*?) [\000\r\n]* $/m ]")

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(timeout=5)

    def _accept(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            s.settimeout(30)
            threading.Thread(target=self._serve, args=(s,), daemon=True).start()

    def _serve(self, s):
        with contextlib.suppress(OSError), s, s.makefile("rb") as lines:
            for line in lines:
                s.sendall(self._verdict(pathlib.Path(os.fsdecode(line.rstrip(b"\n")))))

    @staticmethod
    def _verdict(path):
        try:
            files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
            found = any(EICAR in f.read_bytes() for f in files)
        except OSError:
            return b"-1:cannot read\n"
        return b"1:EICAR-AV-Test\n" if found else b"0\n"
