# SPDX-License-Identifier: BSD-2-Clause
"""A client that says what a test wants and gives each reply as (code, text): SMTP, or LMTP with lmtp=True."""
import socket


class Client:
    def __init__(self, port, lmtp=False, host="127.0.0.1", timeout=30):
        self.lmtp = lmtp
        self.sock = socket.create_connection((host, port), timeout=timeout)
        self.lines = self.sock.makefile("rb")
        self.greeting = self.reply()
        self.hello = self.say("LHLO client.example.net" if lmtp else "EHLO client.example.net")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.lines.close()
        self.sock.close()

    def reply(self):
        """The next reply: its code, and its lines behind the code."""
        text = []
        while True:
            line = self.lines.readline()
            if not line:
                raise ConnectionError("the server closed the connection")
            line = line.rstrip(b"\r\n").decode("utf-8", "replace")
            text.append(line[4:])
            if line[3:4] != "-":
                return int(line[:3]), "\n".join(text)

    def say(self, line):
        self.sock.sendall(line.encode() + b"\r\n")
        return self.reply()

    def begin(self, recipients, sender="sender@example.net", mail_options="", rcpt_options=""):
        """MAIL and RCPTs, all to be accepted."""
        got = self.say(f"MAIL FROM:<{sender}>{mail_options}")
        assert got[0] == 250, got
        for r in recipients:
            got = self.say(f"RCPT TO:<{r}>{rcpt_options}")
            assert got[0] == 250, got

    def content(self, raw):
        """DATA and the content with its dot; no reply is read but DATA's."""
        got = self.say("DATA")
        assert got[0] == 354, got
        lines = raw.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
        self.sock.sendall(b"".join((b"." if x.startswith(b".") else b"") + x + b"\r\n" for x in lines) + b".\r\n")

    def send(self, raw, recipients, **kwargs):
        """A whole message. SMTP: its reply; LMTP: a list of replies, one a recipient."""
        self.begin(recipients, **kwargs)
        self.content(raw)
        if self.lmtp:
            return [self.reply() for _ in recipients]
        return self.reply()
