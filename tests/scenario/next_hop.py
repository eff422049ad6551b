# SPDX-License-Identifier: BSD-2-Clause
"""A mail server for tests: takes messages over SMTP or LMTP and keeps them; answers as it is told.

A reply is chosen by rules, the latest first: hop.on("rcpt", "450 4.2.0 later", match="b@x", times=1).
Where none applies the answer is yes. Phases: connect, hello, xforward, mail, rcpt, data, dot, rset, quit;
`match` must stand in what the client said; at the dot it must stand in a recipient's address. A reply
DROP ends the connection without a word. At an LMTP dot each recipient gets a reply of its own.
"""
import contextlib
import email
import email.policy
import hashlib
import socket
import threading
import time

DROP = object()
YES = {
    "connect": "220 next-hop ESMTP", "xforward": "250 2.0.0 Ok", "mail": "250 2.1.0 Ok",
    "rcpt": "250 2.1.5 Ok", "data": "354 go on", "rset": "250 2.0.0 Ok", "quit": "221 2.0.0 Bye",
}
PHASES = {
    "EHLO": "hello", "HELO": "hello", "LHLO": "hello", "XFORWARD": "xforward", "MAIL": "mail",
    "RCPT": "rcpt", "DATA": "data", "RSET": "rset", "QUIT": "quit",
}
LIMIT_S = 60
MORE_THAN_ANY_TEST = 1 << 30


class Message:
    """One that was accepted: for the recipients whose reply at the dot was 2xx."""

    def __init__(self, sender, recipients, content, mail_line, rcpt_lines, xforward):
        self.sender = sender
        self.recipients = recipients
        self.content = content  # as the client sent it, CRLF line ends, dots taken off
        self.mail_line = mail_line
        self.rcpt_lines = rcpt_lines
        self.xforward = xforward
        self.digest = hashlib.sha256(self.body()).hexdigest()

    def header(self):
        return self.content.partition(b"\r\n\r\n")[0]

    def body(self):
        return self.content.partition(b"\r\n\r\n")[2]

    def field(self, name):
        """The first field of that name, unfolded; None where there is none."""
        return email.message_from_bytes(self.content, policy=email.policy.default)[name]


class Rule:
    def __init__(self, phase, reply, match, times, delay):
        self.phase, self.reply, self.match, self.times, self.delay = phase, reply, match, times, delay


class Dropped(Exception):
    """The connection is to end here."""


class NextHop:
    def __init__(self, lmtp=False, host="127.0.0.1", port=0):
        self.lmtp = lmtp
        self.messages = []
        self.lines = []  # all that clients said
        self.connections = 0
        self.rules = []
        self.lock = threading.Lock()
        self.open = set()
        self.listener = socket.create_server((host, port))
        self.host, self.port = self.listener.getsockname()
        self.is_closed = False
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def method(self):
        return f"{'lmtp' if self.lmtp else 'smtp'}:[{self.host}]:{self.port}"

    def on(self, phase, reply=None, match="", times=MORE_THAN_ANY_TEST, delay=0.0):
        """From now on, for the next `times` occasions; reply None: the usual one."""
        with self.lock:
            self.rules.insert(0, Rule(phase, reply, match, times, delay))
        return self

    def reset(self):
        """Forgets messages and rules; connections stay."""
        with self.lock:
            self.messages.clear()
            self.lines.clear()
            self.rules.clear()
        return self

    def wait_messages(self, count, seconds=20.0):
        """Waits until there are `count` messages and returns them."""
        end = time.monotonic() + seconds
        while len(self.messages) < count and time.monotonic() < end:
            time.sleep(0.01)
        assert len(self.messages) >= count, f"{len(self.messages)} of {count} messages in {seconds} s"
        return list(self.messages)

    def recipients(self):
        """Everyone who has got a message, once a copy."""
        return sorted(r for m in self.messages for r in m.recipients)

    def said(self, verb):
        """How often clients gave this command."""
        return sum(line.upper().startswith(verb) for line in self.lines)

    def drop_connections(self):
        for s in list(self.open):
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.is_closed = True
        # A thread in accept() does not notice a close: it is called once more.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.drop_connections()
        self.thread.join(timeout=5)

    def _accept(self):
        while not self.is_closed:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            s.settimeout(LIMIT_S)
            self.open.add(s)
            self.connections += 1
            threading.Thread(target=self._serve, args=(s,), daemon=True).start()

    def _serve(self, s):
        try:
            with s, s.makefile("rb") as lines:
                Session(self, s, lines).run()
        except (Dropped, OSError):
            pass
        finally:
            self.open.discard(s)

    def choose(self, phase, said, usual):
        with self.lock:
            for rule in self.rules:
                if rule.phase == phase and rule.match in said and rule.times > 0:
                    rule.times -= 1
                    break
            else:
                return usual
        if rule.delay:
            time.sleep(rule.delay)
        if rule.reply is DROP:
            raise Dropped
        return rule.reply or usual


class Session:
    """One connection."""

    def __init__(self, hop, sock, lines):
        self.hop, self.sock, self.lines = hop, sock, lines
        self.reset()

    def reset(self):
        self.sender, self.recipients, self.mail_line, self.rcpt_lines, self.xforward = None, [], "", [], {}

    def say(self, reply):
        self.sock.sendall(reply.encode("utf-8") + b"\r\n")
        return reply[0] == "2"

    def run(self):
        if not self.say(self.hop.choose("connect", "", YES["connect"])):
            return
        while True:
            raw = self.lines.readline()
            if not raw:
                return
            line = raw.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
            self.hop.lines.append(line)
            phase = PHASES.get(line.split(" ")[0].upper())
            if phase is None:
                self.say("500 5.5.1 what?")
            elif not getattr(self, "do_" + phase)(line):
                return

    def do_hello(self, line):
        names = ["next-hop", "PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN",
                 "XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE"]
        usual = "\r\n".join(f"250{'-' if n != names[-1] else ' '}{n}" for n in names)
        self.say(self.hop.choose("hello", line, usual))
        return True

    def do_xforward(self, line):
        for part in line.split(" ")[1:]:
            name, _, value = part.partition("=")
            self.xforward[name.upper()] = value
        self.say(self.hop.choose("xforward", line, YES["xforward"]))
        return True

    def do_mail(self, line):
        if self.say(self.hop.choose("mail", line, YES["mail"])):
            self.sender = line[line.index("<") + 1:line.index(">")]
            self.mail_line = line
        return True

    def do_rcpt(self, line):
        if self.sender is None:
            self.say("503 5.5.1 MAIL first")
        elif self.say(self.hop.choose("rcpt", line, YES["rcpt"])):
            self.recipients.append(line[line.index("<") + 1:line.index(">")])
            self.rcpt_lines.append(line)
        return True

    def do_data(self, line):
        if not self.recipients:
            self.say("554 5.5.1 no recipients")
            return True
        reply = self.hop.choose("data", line, YES["data"])
        self.say(reply)
        if reply[0] == "3":
            self.take(self.content())
        return True

    def content(self):
        got = []
        while True:
            line = self.lines.readline()
            if not line:
                raise Dropped
            if line == b".\r\n":
                return b"".join(got)
            got.append(line[1:] if line.startswith(b".") else line)

    def take(self, content):
        if self.hop.lmtp:
            replies = [self.hop.choose("dot", r, "250 2.0.0 Ok: kept") for r in self.recipients]
        else:
            replies = [self.hop.choose("dot", " ".join(self.recipients), "250 2.0.0 Ok: kept")]
        whose = self.recipients if self.hop.lmtp else [" ".join(self.recipients)]
        taken = [r for r, reply in zip(whose, replies) if reply[0] == "2"]
        if taken:
            names = taken if self.hop.lmtp else list(self.recipients)
            self.hop.messages.append(Message(self.sender, names, content, self.mail_line,
                                             self.rcpt_lines, self.xforward))
        for reply in replies:
            self.say(reply)
        self.reset()

    def do_rset(self, line):
        self.say(self.hop.choose("rset", line, YES["rset"]))
        self.reset()
        return True

    def do_quit(self, line):
        self.say(self.hop.choose("quit", line, YES["quit"]))
        return False
