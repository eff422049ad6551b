#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Servers for the kill test, each a process of its own so that it can be killed.

killable.py hop PORT RECORDS TRACE: takes mail; a line of JSON in RECORDS for each message it answers for,
    written before its reply; trace point "after-dot" lies between the two.
killable.py engine SOCKET TRACE: Sophie's protocol; finds EICAR; trace point "engine-asked" before the answer.
Killable is the test's side of both.
"""
import contextlib
import hashlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time

from trace_server import trace_point

EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Hop:
    """A mail server's side of SMTP that says yes to everything."""

    def __init__(self, port, records, trace):
        self.trace = trace
        self.records = os.open(records, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.listener = socket.create_server(("127.0.0.1", port), backlog=100)

    def run(self):
        while True:
            s, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        with contextlib.suppress(OSError), s, s.makefile("rb") as lines:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            s.sendall(b"220 hop.test ESMTP\r\n")
            recipients, sender = [], ""
            for raw in lines:
                line = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
                verb = line[:4].upper()
                if verb == "MAIL":
                    recipients, sender = [], address(line)
                elif verb == "RCPT":
                    recipients.append(address(line))
                elif verb == "DATA":
                    s.sendall(b"354 go on\r\n")
                    self.take(content(lines), sender, recipients)
                s.sendall({"EHLO": b"250-hop.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
                           "QUIT": b"221 2.0.0 Bye\r\n"}.get(verb, b"250 2.0.0 Ok\r\n"))
                if verb == "QUIT":
                    return

    def take(self, message, sender, recipients):
        head, _, body = message.partition(b"\r\n\r\n")
        found = re.search(rb"(?mi)^Message-ID: <(.*)>", head)
        record = {"time": time.monotonic(), "pid": os.getpid(), "sender": sender, "recipients": recipients,
                  "id": found.group(1).decode() if found else "",
                  "digest": hashlib.sha256(body).hexdigest()}
        os.write(self.records, json.dumps(record).encode() + b"\n")
        trace_point(self.trace, "after-dot", sender)


def address(line):
    return line[line.index("<") + 1:line.index(">")]


def content(lines):
    got = []
    for line in lines:
        if line == b".\r\n":
            return b"".join(got)
        got.append(line[1:] if line.startswith(b".") else line)
    raise ConnectionError("the connection ended before the dot")


def engine(path, trace):
    pathlib.Path(path).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        os.chmod(path, 0o777)
        listener.listen(100)
        while True:
            s, _ = listener.accept()
            threading.Thread(target=examine, args=(s, trace), daemon=True).start()


def examine(s, trace):
    with contextlib.suppress(OSError), s, s.makefile("rb") as lines:
        for line in lines:
            folder = pathlib.Path(os.fsdecode(line.rstrip(b"\n")))
            found = any(EICAR in f.read_bytes() for f in folder.rglob("*") if f.is_file())
            trace_point(trace, "engine-asked")
            s.sendall(b"1:EICAR-Test\n" if found else b"0\n")


class Killable:
    """One of these servers, started again after each kill."""

    def __init__(self, *args):
        self.args = [str(a) for a in args]
        self.start()

    def start(self):
        self.popen = subprocess.Popen([sys.executable, __file__, *self.args], stdin=subprocess.DEVNULL)
        return self

    @property
    def pid(self):
        return self.popen.pid

    def kill(self):
        self.popen.kill()
        self.popen.wait()


def main():
    kind, *args = sys.argv[1:]
    if kind == "hop":
        Hop(int(args[0]), args[1], args[2]).run()
    else:
        engine(*args)


if __name__ == "__main__":
    main()
