# SPDX-License-Identifier: BSD-2-Clause
"""A virus engine that finds nothing and takes its time, for a great many messages at once and with hardly any CPU.

It speaks clamd's sessions (zIDSESSION, zINSTREAM): the first stream of each is answered when `delay_s` is over, what follows at once.
It does know the EICAR test file: Postern asks no engine that does not.
"""
import collections
import multiprocessing
import select
import socket
import struct
import time

import harness

BACKLOG = 4096
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Session:
    def __init__(self, sock):
        self.sock, self.data, self.streams, self.chunks = sock, b"", 0, []

    def ends(self):
        """How many streams have come to their end, and whether the last was a virus."""
        ended, found = 0, False
        while True:
            if self.chunks:
                size = struct.unpack(">I", self.data[:4])[0] if len(self.data) >= 4 else None
                if size is None or len(self.data) < 4 + size:
                    return ended, found
                if size:
                    self.chunks.append(self.data[4:4 + size])
                else:
                    ended, found, self.chunks = ended + 1, EICAR in b"".join(self.chunks), []
                self.data = self.data[4 + size:]
            else:
                command, nul, rest = self.data.partition(b"\0")
                if not nul:
                    return ended, found
                self.data = rest
                if command == b"zINSTREAM":
                    self.chunks = [b""]


def serve(listener, delay):
    epoll, sessions, late = select.epoll(), {}, collections.deque()
    epoll.register(listener, select.EPOLLIN)

    def drop(fd):
        epoll.unregister(fd)
        sessions.pop(fd).sock.close()

    def reply(session, found):
        session.streams += 1
        if session.sock.fileno() >= 0:
            session.sock.send(b"%d: stream: %s\0" % (session.streams, b"Eicar-Test FOUND" if found else b"OK"))

    def accept():
        while True:
            try:
                sock, _ = listener.accept()
            except BlockingIOError:
                return
            sock.setblocking(False)
            sessions[sock.fileno()] = Session(sock)
            epoll.register(sock, select.EPOLLIN)

    def on_data(fd):
        session = sessions[fd]
        try:
            data = session.sock.recv(1 << 18)
        except OSError:
            data = b""
        if not data:
            drop(fd)
            return
        session.data += data
        ended, found = session.ends()
        for _ in range(ended):
            if session.streams or found or not delay.value:
                reply(session, found)
            else:
                late.append((time.monotonic() + delay.value, session))

    while True:
        wait = min(0.1, max(0, late[0][0] - time.monotonic())) if late else 0.1
        for fd, _ in epoll.poll(wait):
            if fd == listener.fileno():
                accept()
            else:
                on_data(fd)
        # A shorter delay than before is for those who come then.
        while late and late[0][0] <= time.monotonic():
            reply(late.popleft()[1], False)


class SlowEngine:
    def __init__(self):
        self.delay = multiprocessing.Value("d", 0, lock=False)
        self.port = harness.free_port()
        listener = socket.create_server(("127.0.0.1", self.port), backlog=BACKLOG)
        listener.setblocking(False)
        self.process = multiprocessing.Process(target=serve, args=(listener, self.delay), daemon=True)
        self.process.start()
        listener.close()

    @property
    def entry(self):
        """Its line of @av_scanners."""
        return (f"['slow', \\&ask_daemon, [\"{{}}/*\", 'clamd:127.0.0.1:{self.port}'],\n"
                r"  qr/\bOK$/m, qr/\bFOUND$/m, qr/^.*?: (?!Infected Archive)(.*) FOUND$/m ]")

    def close(self):
        self.process.kill()
        self.process.join()
