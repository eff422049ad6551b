# SPDX-License-Identifier: BSD-2-Clause
"""A mail client that takes little CPU: one thread, any number of sessions, messages that come when they come.

A message whose time has come goes out over the session that was busy last of those that are free, or over a new one; where
there are as many as there may be it waits, and that is part of what it took. Sessions nobody needs any more are closed.
"""
import collections
import multiprocessing
import select
import socket
import time

IDLE_S = 1.0
QUIET, GREETED, READY, BEGUN, SENT = range(5)  # what a session has seen


def on_the_wire(content):
    lines = content.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." if x.startswith(b".") else b"") + x + b"\r\n" for x in lines) + b".\r\n"


class Session:
    def __init__(self, sender):
        self.sender = sender
        self.sock = socket.create_connection(sender.address)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)
        self.unsent, self.line, self.replies = b"", b"", 1
        self.state, self.due, self.idle_since = QUIET, None, 0.0

    def say(self, data, replies):
        self.replies = replies
        self.unsent += data
        self.flush()

    def flush(self):
        try:
            self.unsent = self.unsent[self.sock.send(self.unsent):]
        except BlockingIOError:
            pass
        self.sender.watch(self)

    def begin(self, due):
        self.due, self.state = due, BEGUN
        self.sender.busy += 1
        self.say(self.sender.envelope, 3)

    def on_ready(self, event):
        if event & select.EPOLLOUT:
            self.flush()
        if event & ~select.EPOLLOUT:
            data = self.sock.recv(65536)
            if not data:
                raise ConnectionError("the server closed the connection")
            *lines, self.line = (self.line + data).split(b"\r\n")
            for line in lines:
                if line[3:4] != b"-":
                    self.on_reply(line)

    def on_reply(self, line):
        assert line[:1] in b"23", line
        self.replies -= 1
        if self.replies:
            return
        if self.state == QUIET:
            self.state = GREETED
            self.say(b"EHLO client.example.net\r\n", 1)
        elif self.state == BEGUN:
            self.state = SENT
            self.sender.waiting += 1
            self.say(self.sender.next_content(), 1)
        else:
            self.sender.is_free(self)


class Sender:
    def __init__(self, port, contents, recipient="anna@example.org", most=32):
        self.address, self.most = ("127.0.0.1", port), most
        self.contents, self.sent = [on_the_wire(c) for c in contents], 0
        self.envelope = f"MAIL FROM:<sender@example.net>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode()
        self.epoll, self.events, self.sessions = select.epoll(), {}, {}
        self.due, self.free = collections.deque(), collections.deque()
        self.opening, self.busy = 0, 0  # sessions that cannot be used yet, that carry a message
        self.waiting = 0  # for the reply to their dot
        self.took = []

    def next_content(self):
        self.sent += 1
        return self.contents[(self.sent - 1) % len(self.contents)]

    def watch(self, session):
        fd, want = session.sock.fileno(), select.EPOLLIN | (select.EPOLLOUT if session.unsent else 0)
        if fd not in self.events:
            self.epoll.register(fd, want)
        elif self.events[fd] != want:
            self.epoll.modify(fd, want)
        self.events[fd] = want

    def is_free(self, session):
        now = time.monotonic()
        if session.state == SENT:
            self.waiting -= 1
            self.busy -= 1
            self.took.append(now - session.due)
        else:
            self.opening -= 1
        session.state, session.due, session.idle_since = READY, None, now
        if self.due:
            session.begin(self.due.popleft())
        else:
            self.free.append(session)

    def start(self, due):
        if self.free:
            self.free.pop().begin(due)
            return
        self.due.append(due)
        if len(self.sessions) < self.most and self.opening < len(self.due):
            session = Session(self)
            self.opening += 1
            self.sessions[session.sock.fileno()] = session
            self.watch(session)

    def close_idle(self):
        before = time.monotonic() - IDLE_S
        while self.free and self.free[0].idle_since < before:
            self.drop(self.free.popleft())

    def drop(self, session):
        fd = session.sock.fileno()
        self.epoll.unregister(fd)
        del self.sessions[fd], self.events[fd]
        session.sock.close()

    def run(self, times):
        """Sends a message at each of those times (seconds from now, in order); returns the seconds until all are answered."""
        began, times = time.monotonic(), iter(times)
        at = next(times, None)
        while at is not None or self.due or self.busy:
            now = time.monotonic()
            while at is not None and began + at <= now:
                self.start(began + at)
                at = next(times, None)
            wait = 0.5 if at is None else max(0, min(0.5, began + at - now))
            for fd, event in self.epoll.poll(wait):
                self.sessions[fd].on_ready(event)
            self.close_idle()
        return time.monotonic() - began

    def close(self):
        for session in list(self.sessions.values()):
            self.drop(session)
        self.epoll.close()


def steadily(rate):
    n = 0
    while True:
        yield n / rate
        n += 1


class Background:
    """A sender in a process of its own, so many messages a second until it is closed."""

    def __init__(self, port, contents, rate, recipient, most):
        self.waiting_now, self.done = (multiprocessing.Value("i", 0, lock=False) for _ in range(2))
        self.process = multiprocessing.Process(target=self._run, args=(port, contents, rate, recipient, most), daemon=True)
        self.process.start()

    def _run(self, port, contents, rate, recipient, most):
        sender = Sender(port, contents, recipient, most)

        def times():
            for at in steadily(rate):
                self.waiting_now.value, self.done.value = sender.waiting, len(sender.took)
                yield at

        sender.run(times())

    def close(self):
        self.process.kill()
        self.process.join()
