# SPDX-License-Identifier: BSD-2-Clause
"""Behaves as a mail server that sends: several connections, each message until it is answered 2xx, never after.

A 4xx or a lost connection is followed by another try of the recipients that were not answered 2xx. A 5xx ends
a message: a mail server would bounce it.
"""
import collections
import hashlib
import random
import socket
import threading
import time

TIMEOUT_S = 40
PAUSE_S = 0.1
PER_CONNECTION = 5


class Message:
    def __init__(self, number, rng):
        self.sender = f"m{number}@feeder.test"
        self.recipients = self._recipients(number, rng)
        body = self._body(rng)
        self.digest = hashlib.sha256(body).hexdigest()
        self.content = (f"From: {self.sender}\r\nTo: somebody\r\nSubject: number {number}\r\n"
                        f"Message-ID: <{self.sender}>\r\n\r\n").encode() + body
        self.waiting = list(self.recipients)
        self.answered = {}  # recipient -> when it was answered 2xx
        self.refused = {}  # recipient -> a 5xx
        self.tries = 0
        self.failures = []

    @staticmethod
    def _recipients(number, rng):
        # Local recipients get other header fields than remote ones: both together are two transactions.
        some = [f"a{number}@here.test", f"b{number}@here.test", f"c{number}@there.test"]
        return rng.sample(some, rng.choice([1, 1, 2, 3]))

    @staticmethod
    def _body(rng):
        size = rng.choice([100, 2000, 20_000, rng.randrange(1, 400_000)])
        lines = []
        while size > 0:
            line = rng.choice([b".", b"..", b"", b"From me", rng.randbytes(60).hex().encode(),
                               "gr\u00fc\u00dfe ".encode() * rng.randrange(1, 12)])
            lines.append(line)
            size -= len(line) + 2
        return b"\r\n".join(lines) + b"\r\n"

    def is_over(self):
        return not self.waiting


class Lost(Exception):
    """The connection ended, or this try is over: why."""


class Connection:
    def __init__(self, port, lmtp):
        self.lmtp = lmtp
        self.used = 0
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self.lines = self.sock.makefile("rb")
        self.expect(self.reply(), 220)
        self.expect(self.say("LHLO feeder.test" if lmtp else "EHLO feeder.test"), 250)

    def reply(self):
        while True:
            line = self.lines.readline()
            if not line.endswith(b"\n"):
                raise Lost("connection closed")
            if line[3:4] != b"-":
                return line.rstrip().decode("utf-8", "replace")

    def say(self, line):
        self.sock.sendall(line.encode() + b"\r\n")
        return self.reply()

    @staticmethod
    def expect(reply, code):
        if int(reply[:3]) != code:
            raise Lost(reply)

    def close(self):
        self.lines.close()
        self.sock.close()


class Feeder:
    def __init__(self, port, rng, connections=4):
        self.port = port
        self.rng = rng
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.messages = []
        self.reasons = collections.Counter()
        self.threads = [threading.Thread(target=self._run, args=(i % 4 == 3,), daemon=True)
                        for i in range(connections)]
        for t in self.threads:
            t.start()

    def finish(self, seconds):
        """No new messages; those on their way are tried until they are answered."""
        self.stopping.set()
        end = time.monotonic() + seconds
        for t in self.threads:
            t.join(timeout=max(0.0, end - time.monotonic()))
        return [m for m in self.messages if not m.is_over()]

    def _run(self, lmtp):
        connection = None
        while not self.stopping.is_set():
            with self.lock:
                message = Message(len(self.messages) + 1, random.Random(self.rng.random()))
                self.messages.append(message)
            while not message.is_over():
                connection = self._try(connection, message, lmtp)
        if connection:
            connection.close()

    def _try(self, connection, message, lmtp):
        """One try over that connection or a new one; returns the connection if it can be used again."""
        message.tries += 1
        try:
            if connection is None:
                connection = Connection(self.port, lmtp)
            self._send(connection, message)
            connection.used += 1
            if connection.used < PER_CONNECTION:
                return connection
            connection.say("QUIT")
        except (Lost, OSError) as e:
            message.failures.append(f"{e}")
            self.reasons[f"{e}"[:9]] += 1
            time.sleep(PAUSE_S)
        if connection:
            connection.close()
        return None

    def _send(self, connection, message):
        to = list(message.waiting)
        connection.expect(connection.say(f"MAIL FROM:<{message.sender}>"), 250)
        for r in to:
            connection.expect(connection.say(f"RCPT TO:<{r}>"), 250)
        connection.expect(connection.say("DATA"), 354)
        stuffed = message.content.replace(b"\r\n.", b"\r\n..")
        half = len(stuffed) // 2
        connection.sock.sendall(stuffed[:half])
        time.sleep(0.002)
        connection.sock.sendall(stuffed[half:] + b".\r\n")
        replies = [connection.reply()]
        if connection.lmtp:
            # What is answered is answered, also where the connection ends before the next reply.
            self._take(message, to[:1], replies[0])
            for r in to[1:]:
                self._take(message, [r], connection.reply())
        else:
            self._take(message, to, replies[0])
        if message.waiting:
            raise Lost(replies[0])

    @staticmethod
    def _take(message, recipients, reply):
        for r in recipients:
            if reply[0] == "2":
                message.answered[r] = time.monotonic()
            elif reply[0] == "5":
                message.refused[r] = reply
            else:
                message.failures.append(reply)
                continue
            message.waiting.remove(r)
