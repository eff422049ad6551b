# SPDX-License-Identifier: BSD-2-Clause
"""Speaks Sophie's protocol for tests, and checks every byte it is sent.

    sophie_server.py SOCKET-PATH        (or 127.0.0.1:PORT)

A request is an absolute path and LF. The path's files are read as whoever runs this: what cannot be read
is answered "-1:TEXT", EICAR "1:NAME", else "0". Standard input takes commands, a line each, answered
"ok"; its end ends the server:

    ending lf|crlf|nul|eof      how a reply's line ends; eof: by closing the connection
    split N                     0: replies in one piece; N: pieces of N bytes, with pauses
    names A,B                   what an infected file is called
    answer TEXT                 this reply to everything, backslash escapes allowed; alone: none any more
    mode ok|hang|close|reset    what happens to a request: as usual, nothing, close, RST
    requests                    prints the requests since the last time, as JSON: what was asked, what was
                                seen there (names, modes, groups, sizes, SHA-256), and what was wrong
"""
import grp
import hashlib
import json
import os
import re
import socket
import stat
import struct
import sys
import threading
import time

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
ENDINGS = {"lf": b"\n", "crlf": b"\r\n", "nul": b"\0", "eof": b""}
PATH_MAX = 4096


class Sophie:
    def __init__(self):
        self.ending, self.split, self.names, self.fixed, self.mode = "lf", 0, "EICAR-AV-Test", None, "ok"
        self.requests = []
        self.lock = threading.Lock()

    def serve(self, conn):
        data = b""
        try:
            with conn:
                while True:
                    piece = conn.recv(65536)
                    if not piece:
                        if data:
                            self.note(data, None, "the stream ended within a request")
                        return
                    data += piece
                    while b"\n" in data:
                        request, _, data = data.partition(b"\n")
                        if data:
                            self.note(data, None, "more than one request at a time")
                        if not self.handle(conn, request):
                            return
                    if len(data) > PATH_MAX:
                        self.note(data[:200], None, "a path too long")
                        return
        except OSError:
            pass

    def note(self, request, seen, wrong):
        with self.lock:
            self.requests.append({"path": request.decode("latin-1"), "seen": seen, "wrong": wrong})

    def handle(self, conn, request):
        """Answers; False: the connection is to end."""
        wrong = self.check(request)
        seen, infected, failure = self.look(request.decode("latin-1"))
        self.note(request, seen, wrong)
        if self.mode == "hang":
            time.sleep(600)
        if self.mode == "reset":
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if self.mode != "ok":
            return False
        if wrong:
            reply = b"-1:" + wrong.encode()
        elif failure:
            reply = b"-1:" + failure.encode()
        else:
            reply = b"1:" + self.names.encode() if infected else b"0"
        if self.fixed is not None:
            reply = self.fixed
        reply += ENDINGS[self.ending]
        step = self.split or len(reply) or 1
        for i in range(0, len(reply), step):
            conn.sendall(reply[i:i + step])
            if self.split:
                time.sleep(0.002)
        return self.ending != "eof"

    @staticmethod
    def check(request):
        """What is wrong with a request: it is one absolute path of plain characters, no dots, no doubles."""
        if not request.startswith(b"/"):
            return "not an absolute path"
        if not re.fullmatch(rb"[A-Za-z0-9/_.-]+", request):
            return "bytes that our paths never have"
        if b"//" in request or b"/../" in request or b"/./" in request:
            return "a path that is not plain"
        return None

    @staticmethod
    def look(path):
        """(what is there, is it infected, what failed)"""
        seen, infected = {}, False
        try:
            if os.path.isdir(path):
                folder = os.stat(path)
                seen["."] = [oct(stat.S_IMODE(folder.st_mode)), grp.getgrgid(folder.st_gid).gr_name, 0, ""]
                names = [os.path.join(path, n) for n in sorted(os.listdir(path))]
            else:
                names = [path]
            for name in names:
                info = os.lstat(name)
                if not stat.S_ISREG(info.st_mode):
                    return seen, False, "not a plain file"
                with open(name, "rb") as f:
                    data = f.read()
                infected = infected or EICAR in data
                seen[os.path.basename(name)] = [oct(stat.S_IMODE(info.st_mode)), grp.getgrgid(info.st_gid).gr_name,
                                                len(data), hashlib.sha256(data).hexdigest()]
        except OSError as e:
            return seen, False, f"cannot open: {e.strerror}"
        return seen, infected, None

    def command(self, line):
        word, _, rest = line.partition(" ")
        if word == "ending" and rest in ENDINGS:
            self.ending = rest
        elif word == "split":
            self.split = int(rest)
        elif word == "names":
            self.names = rest
        elif word == "answer":
            self.fixed = rest.encode("latin-1").decode("unicode_escape").encode("latin-1") if rest else None
        elif word == "mode" and rest in ("ok", "hang", "close", "reset"):
            self.mode = rest
        elif word == "requests":
            with self.lock:
                done, self.requests = self.requests, []
            return json.dumps(done)
        else:
            return f"error: {line!r}"
        return "ok"


def listen(where):
    if where.startswith("/"):
        s = socket.socket(socket.AF_UNIX)
        s.bind(where)
        os.chmod(where, 0o666)
        s.listen(64)
        return s
    host, _, port = where.rpartition(":")
    return socket.create_server((host, int(port)))


def main():
    sophie = Sophie()
    listener = listen(sys.argv[1])

    def accept():
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=sophie.serve, args=(conn,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print("ready", flush=True)
    for line in sys.stdin:
        print(sophie.command(line.rstrip("\n")), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
