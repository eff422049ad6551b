# SPDX-License-Identifier: BSD-2-Clause
"""dns_server.py as a process that a test starts, asks, kills and starts again at the same port."""
import pathlib
import queue
import re
import subprocess
import threading

PROGRAM = pathlib.Path(__file__).resolve().parent / "dns_server.py"


class NameServer:
    """lines: zone lines. Names outside all zones get `outside`."""

    def __init__(self, lines, outside="nxdomain"):
        self.lines, self.outside = list(lines), outside
        self.port = 0
        self.popen = None
        self.start()

    def start(self):
        args = ["/usr/bin/python3", str(PROGRAM), "--listen", f"127.0.0.1:{self.port}", "--control", "--verbose",
                "--outside", self.outside]
        for line in self.lines:
            args += ["--line", line]
        self.popen = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.popen.stdout.readline().split()[2])
        self.questions = []  # "NAME TYPE"
        self.answers = queue.Queue()
        self.thread = threading.Thread(target=self._read, args=(self.popen.stdout,), daemon=True)
        self.thread.start()
        return self

    def _read(self, out):
        for line in out:
            m = re.fullmatch(r"question (\S+ \S+) \S+\n", line)
            if m:
                self.questions.append(m[1])
            else:
                self.answers.put(line.rstrip("\n"))

    def say(self, line):
        self.popen.stdin.write(line + "\n")
        self.popen.stdin.flush()
        return self.answers.get(timeout=10)

    def set(self, *lines):
        for line in lines:
            got = self.say(line)
            assert got == "ok", (line, got)

    def asked(self, pattern=""):
        """The questions so far whose text the pattern is in."""
        self.say("count *")
        return [q for q in self.questions if re.search(pattern, q)]

    def forget(self):
        self.say("count *")
        self.questions.clear()

    def kill(self):
        self.popen.kill()
        self.popen.wait()
        self.thread.join(timeout=5)
        self.popen.stdin.close()
        self.popen.stdout.close()

    def close(self):
        if self.popen.poll() is None:
            self.kill()
