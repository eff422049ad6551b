# SPDX-License-Identifier: BSD-2-Clause
"""The test's side of trace points (src/core/trace.h): lets processes pass, or holds the one that is wanted."""
import collections
import contextlib
import os
import queue
import socket
import threading
import time

HELD_S = 30


class Held:
    """A process that waits at a trace point until it is let go or killed."""

    def __init__(self, conn, name, pid, sender):
        self.conn, self.name, self.pid, self.sender = conn, name, pid, sender

    def release(self):
        with contextlib.suppress(OSError):
            self.conn.send(b"g")
        self.conn.close()


class TraceServer:
    def __init__(self, path):
        self.path = str(path)
        self.function = None
        self.passed = []  # (time.monotonic(), name, pid, sender) of every visit
        self.wanted = None  # a function of (name, sender); for one visit
        self.seen = collections.defaultdict(set)  # name -> senders
        self.caught = queue.Queue()
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o777)
        self.listener.listen(256)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def catch(self, wanted, seconds=30):
        """Holds the next process that comes to a point with wanted(name, sender)."""
        with self.lock:
            self.wanted = wanted
        try:
            return self.caught.get(timeout=seconds)
        except queue.Empty:
            raise AssertionError(f"nobody came to the point in {seconds} s") from None
        finally:
            self._stop_wanting()

    def _stop_wanting(self):
        with self.lock:
            self.wanted = None
        with contextlib.suppress(queue.Empty):
            while True:
                self.caught.get_nowait().release()

    def on_visit(self, function):
        """Calls function(name, pid, sender) at every visit, before the process goes on."""
        self.function = function

    def senders(self, name):
        """Whose messages have been at a point."""
        return self.seen[name]

    def _accept(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            conn.settimeout(HELD_S)
            try:
                line = conn.makefile("rb").readline().decode().rstrip("\n")
            except OSError:
                line = ""
            if not line:
                conn.close()  # killed before it spoke
                continue
            self._visit(conn, *line.split(" ", 2))

    def _visit(self, conn, name, pid, sender=""):
        held = Held(conn, name, int(pid), sender)
        self.seen[name].add(sender)
        self.passed.append((time.monotonic(), name, held.pid, sender))
        if self.function:
            self.function(name, held.pid, sender)
        with self.lock:
            if self.wanted and self.wanted(name, sender):
                self.wanted = None
                self.caught.put(held)
                return
        held.release()

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(timeout=5)


def trace_point(path, name, sender=""):
    """What src/core/trace.c does, for the tests' own servers."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as s:
        s.settimeout(HELD_S)
        s.connect(path)
        s.sendall(f"{name} {os.getpid()} {sender}\n".encode())
        s.recv(1)
