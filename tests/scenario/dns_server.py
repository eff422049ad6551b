#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A name server for tests: answers from simple lines, and misbehaves on request.

It serves UDP and TCP on one loopback port, authoritatively (and as a "recursive" forward server would:
RA is set), prints one line "ready IP PORT" when it listens, then one line for each question when
--verbose is given. Python's standard library only.

ZONE LINES (files given by --zone, or single lines by --line; '#' starts a comment)

  zone dnsbl.test                          the server knows all names at and below this one; what has no
                                           record gets NXDOMAIN or "no data" with this zone's SOA
  2.0.0.127.dnsbl.test   A 127.0.0.2       a record: NAME [TTL] TYPE RDATA. TTL defaults to 300.
  *.wild.test        60  A 127.0.0.4       wildcard: names below that have no records of their own
  a.test  TXT "v=spf1 -all" "second"       TXT strings in double quotes; \\DDD and \\" inside
  a.test  MX 10 mx.a.test                  also AAAA, NS, CNAME, PTR, SOA (7 fields), SRV (4 fields),
                                           TYPEnnn \\# hexadecimal
  mode NAME MODE [ARGUMENT]                misbehaviour for NAME and everything below it, see MODES

Names outside every zone get what --outside says. CNAMEs are followed inside the data.

MODES
  ok               (takes back an earlier mode)      silent         no answer at all
  delay MS         answer after MS milliseconds      servfail, refused, nxdomain, formerr, notimp
  wrong-id         right answer, wrong id            wrong-name     answer for another name
  wrong-source     sent from another port            twice          the answer is sent twice
  truncate         UDP: TC bit and no records; TCP is complete
  tc-silent        the same, but TCP is accepted and never answered
  short            the packet is cut in the middle   garbage        random bytes behind the right id
  empty-label      answer whose name is malformed    loop           answer whose name points to itself
  die              the server exits (code 3) on such a question

SPECIAL NAMES need no mode line: a label "delay-250", or a label equal to a mode above without argument
preceded by "do-" ("do-silent.x.test"), acts on that question.

STANDARD INPUT, with --control, takes commands, each answered by one line:
  line ZONE-LINE    add a line            clear NAME TYPE   remove those records
  mode NAME MODE…   as above              pause / resume    answer nobody / again
  count NAME [TYPE] prints "count N": questions seen for NAME ("*": all)
  reset             forget the counts     quit
End of standard input ends the server, so it does not outlive its test.
"""
import argparse
import collections
import heapq
import ipaddress
import itertools
import os
import random
import re
import select
import socket
import struct
import sys
import time

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33,
         "DS": 43, "DNSKEY": 48, "TLSA": 52, "SPF": 99, "ANY": 255}
TYPE_NAMES = {v: k for k, v in TYPES.items()}
RCODES = {"formerr": 1, "servfail": 2, "nxdomain": 3, "notimp": 4, "refused": 5}
MODES = set(RCODES) | {"ok", "silent", "delay", "wrong-id", "wrong-name", "wrong-source", "twice", "truncate",
                       "tc-silent", "short", "garbage", "empty-label", "loop", "die"}
UDP_MAX = 1232


def type_number(text):
    text = text.upper()
    if text in TYPES:
        return TYPES[text]
    if re.fullmatch(r"TYPE\d{1,5}", text):
        return int(text[4:])
    return None


def labels_of(name):
    """Text to a tuple of lower-case labels; \\DDD and \\X are understood."""
    out, label, i = [], bytearray(), 0
    data = name.rstrip(".").encode("latin-1") if name != "." else b""
    while i < len(data):
        c = data[i:i + 1]
        if c == b"\\" and data[i + 1:i + 4].isdigit():
            label.append(int(data[i + 1:i + 4]))
            i += 4
        elif c == b"\\" and i + 1 < len(data):
            label.append(data[i + 1])
            i += 2
        elif c == b".":
            out.append(bytes(label).lower())
            label = bytearray()
            i += 1
        else:
            label += c
            i += 1
    if data:
        out.append(bytes(label).lower())
    if any(not x or len(x) > 63 for x in out):
        raise ValueError(f"bad name {name!r}")
    return tuple(out)


def name_text(labels):
    return ".".join(x.decode("latin-1") for x in labels) or "."


def wire_name(labels):
    return b"".join(bytes([len(x)]) + x for x in labels) + b"\0"


def txt_rdata(text):
    strings = re.findall(r'"((?:[^"\\]|\\\d{3}|\\.)*)"', text) or text.split()
    out = b""
    for s in strings:
        raw = re.sub(r"\\(\d{3})|\\(.)", lambda m: chr(int(m[1])) if m[1] else m[2], s).encode("latin-1")
        for i in range(0, max(len(raw), 1), 255):
            piece = raw[i:i + 255]
            out += bytes([len(piece)]) + piece
    return out


def make_rdata(rtype, text):
    words = text.split()
    if words and words[0] == "\\#":
        return bytes.fromhex("".join(words[1:]))
    if rtype == TYPES["A"]:
        return ipaddress.IPv4Address(words[0]).packed
    if rtype == TYPES["AAAA"]:
        return ipaddress.IPv6Address(words[0]).packed
    if rtype in (TYPES["NS"], TYPES["CNAME"], TYPES["PTR"]):
        return wire_name(labels_of(words[0]))
    if rtype == TYPES["MX"]:
        return struct.pack("!H", int(words[0])) + wire_name(labels_of(words[1]))
    if rtype == TYPES["SRV"]:
        return struct.pack("!HHH", *map(int, words[:3])) + wire_name(labels_of(words[3]))
    if rtype == TYPES["SOA"]:
        return wire_name(labels_of(words[0])) + wire_name(labels_of(words[1])) + \
            struct.pack("!IIIII", *map(int, words[2:7]))
    if rtype in (TYPES["TXT"], TYPES["SPF"]):
        return txt_rdata(text)
    raise ValueError(f"write the rdata of type {rtype} as \\# hexadecimal")


class Data:
    """What the server knows: zones, records, modes."""

    def __init__(self):
        self.zones = set()
        self.records = collections.defaultdict(list)
        self.modes = {}
        self.counts = collections.Counter()

    def add_line(self, line):
        line = re.sub(r'^((?:[^"#]|"(?:[^"\\]|\\.)*")*)#.*$', r"\1", line).strip() if "\\#" not in line \
            else line.strip()
        if not line:
            return
        words = line.split(None, 1)
        if words[0] == "zone":
            self.zones.add(labels_of(words[1].strip()))
            return
        if words[0] == "mode":
            self.set_mode(words[1].split())
            return
        m = re.fullmatch(r"(\S+)\s+(?:(\d+)\s+)?(?:IN\s+)?(\S+)\s+(.*)", line)
        if not m or type_number(m[3]) is None:
            raise ValueError(f"not a zone line: {line!r}")
        rtype = type_number(m[3])
        self.records[labels_of(m[1])].append((rtype, int(m[2] or 300), make_rdata(rtype, m[4])))

    def set_mode(self, words):
        if len(words) < 2 or words[1] not in MODES:
            raise ValueError(f"unknown mode: {' '.join(words)}")
        self.modes[labels_of(words[0])] = (words[1], int(words[2]) if len(words) > 2 else 0)

    def zone_of(self, name):
        for i in range(len(name) + 1):
            if name[i:] in self.zones:
                return name[i:]
        return None

    def mode_of(self, name):
        for label in name:
            text = label.decode("latin-1")
            if text.startswith("do-") and text[3:] in MODES:
                return text[3:], 0
            if re.fullmatch(r"delay-\d+", text):
                return "delay", int(text[6:])
        for i in range(len(name) + 1):
            if name[i:] in self.modes:
                return self.modes[name[i:]]
        return "ok", 0

    def exists(self, name):
        return name in self.records or any(k[-len(name):] == name for k in self.records if len(k) > len(name)) \
            or name in self.zones

    def find(self, name):
        """Records of a name, a wildcard's if the name does not exist; None: no such name."""
        if name in self.records:
            return self.records[name]
        if self.exists(name):
            return []
        for i in range(1, len(name) + 1):
            if (b"*",) + name[i:] in self.records:
                return self.records[(b"*",) + name[i:]]
            if self.exists(name[i:]):
                break
        return None

    def lookup(self, name, qtype, outside):
        """rcode, answers [(name, type, ttl, rdata)], authority."""
        answers = []
        for _ in range(12):
            zone = self.zone_of(name)
            if zone is None:
                return (0 if answers else RCODES.get(outside, 0)), answers, []
            found = self.find(name)
            if found is None:
                return 3, answers, [self.soa(zone)]
            hits = [r for r in found if qtype in (r[0], TYPES["ANY"])]
            answers += [(name,) + r for r in hits]
            alias = [r for r in found if r[0] == TYPES["CNAME"]]
            if hits or not alias:
                return 0, answers, [] if hits else [self.soa(zone)]
            answers.append((name,) + alias[0])
            name = read_name(alias[0][2], 0)[0]
        return 2, [], []

    def soa(self, zone):
        for rtype, ttl, rdata in self.records.get(zone, []):
            if rtype == TYPES["SOA"]:
                return zone, rtype, ttl, rdata
        rdata = wire_name((b"ns",) + zone) + wire_name((b"admin",) + zone) + struct.pack("!5I", 1, 60, 60, 60, 1)
        return zone, TYPES["SOA"], 1, rdata


def read_name(data, at):
    labels, jumps, end = [], 0, None
    while True:
        n = data[at]
        if n >= 0xC0:
            end = end or at + 2
            at = (n & 0x3F) << 8 | data[at + 1]
            jumps += 1
            if jumps > 20:
                raise ValueError("name loops")
        elif n == 0:
            return tuple(labels), end or at + 1
        else:
            labels.append(bytes(data[at + 1:at + 1 + n]).lower())
            at += 1 + n


class Server:
    def __init__(self, args):
        self.args = args
        self.data = Data()
        for path in args.zone:
            with open(path, encoding="latin-1") as f:
                for line in f:
                    self.data.add_line(line)
        for line in args.line:
            self.data.add_line(line)
        self.paused = False
        self.later = []
        self.order = itertools.count()
        self.conns = {}
        self.control = b""
        self.open()

    def open(self):
        host, port = self.args.listen.rsplit(":", 1)
        host = host.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        for _ in range(50):
            self.tcp = socket.socket(family, socket.SOCK_STREAM)
            self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.udp = socket.socket(family, socket.SOCK_DGRAM)
            try:
                self.tcp.bind((host, int(port)))
                self.udp.bind(self.tcp.getsockname()[:2])
                break
            except OSError:
                self.tcp.close()
                self.udp.close()
                if int(port):
                    raise
        else:
            raise OSError("no port is free for both UDP and TCP")
        self.tcp.listen(64)
        self.addr = self.tcp.getsockname()

    def log(self, text):
        if self.args.verbose:
            print(text, flush=True)

    def packet(self, query, tcp):
        """The mode and the answer to a query: (mode, argument, bytes or None)."""
        qid, flags, qdcount = struct.unpack("!HHH", query[:6])
        if flags & 0x8000 or qdcount != 1:
            return "silent", 0, None
        name, at = read_name(query, 12)
        qtype, qclass = struct.unpack("!HH", query[at:at + 4])
        shown = TYPE_NAMES.get(qtype, f"TYPE{qtype}")
        self.data.counts[(name, shown)] += 1
        self.log(f"question {name_text(name)} {shown} {'tcp' if tcp else 'udp'}")
        mode, argument = self.data.mode_of(name)
        if self.paused:
            mode = "silent"
        rcode, answers, authority = self.data.lookup(name, qtype, self.args.outside)
        if self.data.zone_of(name) is None and self.args.outside == "silent":
            mode = "silent"
        if mode in RCODES:
            rcode, answers, authority = RCODES[mode], [], []
        question = bytes(query[12:at + 4])
        if mode == "wrong-name":
            question = wire_name((b"other",) + name) + struct.pack("!HH", qtype, qclass)
            answers = [((b"other",) + name,) + a[1:] for a in answers]
        if mode == "wrong-id":
            qid ^= 0x5555
        body = question + b"".join(self.rr(r) for r in answers + authority)
        counts = [len(answers), len(authority)]
        if mode == "empty-label":
            body = question + b"\x40bad" + body[len(question):]
        if mode == "loop":
            body = question + struct.pack("!H", 0xC000 | (12 + len(question))) + struct.pack("!HHIH", qtype, 1, 9, 0)
            counts = [1, 0]
        cut = not tcp and (mode in ("truncate", "tc-silent") or len(body) > UDP_MAX - 12)
        if cut:
            body, counts = question, [0, 0]
        flags = 0x8000 | 0x0400 | (flags & 0x0100) | 0x0080 | (0x0200 if cut else 0) | rcode
        reply = struct.pack("!HHHHHH", qid, flags, 1, counts[0], counts[1], 0) + body
        if mode == "short":
            reply = reply[:12 + len(question) + 5]
        if mode == "garbage":
            reply = reply[:2] + random.Random(len(reply)).randbytes(60)
        if mode == "tc-silent" and tcp:
            reply = None
        return mode, argument, reply

    @staticmethod
    def rr(record):
        name, rtype, ttl, rdata = record
        return wire_name(name) + struct.pack("!HHIH", rtype, 1, ttl, len(rdata)) + rdata

    def answer(self, query, send, tcp):
        try:
            mode, argument, reply = self.packet(query, tcp)
        except (ValueError, IndexError, struct.error):
            return
        if mode == "die":
            os._exit(3)
        if mode == "silent" or reply is None:
            return
        when = time.monotonic() + (argument / 1000 if mode == "delay" else 0)
        for _ in range(2 if mode == "twice" else 1):
            if mode == "delay":
                heapq.heappush(self.later, (when, next(self.order), send, reply))
            else:
                send(reply, mode)

    def send_udp(self, peer):
        def send(reply, mode=""):
            sock = self.udp
            if mode == "wrong-source":
                sock = socket.socket(self.udp.family, socket.SOCK_DGRAM)
            try:
                sock.sendto(reply, peer)
            except OSError as e:
                self.log(f"error {e}")
        return send

    def send_tcp(self, conn):
        def send(reply, _mode=""):
            try:
                conn.sendall(struct.pack("!H", len(reply)) + reply)
            except OSError as e:
                self.log(f"error {e}")
        return send

    def read_tcp(self, conn):
        try:
            data = conn.recv(65536)
        except OSError:
            data = b""
        if not data:
            del self.conns[conn]
            conn.close()
            return
        buf = self.conns[conn] + data
        while len(buf) >= 2 and len(buf) >= 2 + struct.unpack("!H", buf[:2])[0]:
            n = struct.unpack("!H", buf[:2])[0]
            self.answer(buf[2:2 + n], self.send_tcp(conn), True)
            buf = buf[2 + n:]
        self.conns[conn] = buf

    def read_control(self):
        data = os.read(0, 65536)
        if not data:
            sys.exit(0)
        self.control += data
        while b"\n" in self.control:
            line, self.control = self.control.split(b"\n", 1)
            try:
                print(self.command(line.decode("latin-1").strip()), flush=True)
            except (ValueError, IndexError) as e:
                print(f"error {e}", flush=True)

    def command(self, line):
        word, _, rest = line.partition(" ")
        if word == "line":
            self.data.add_line(rest)
        elif word == "mode":
            self.data.set_mode(rest.split())
        elif word == "clear":
            name, rtype = rest.split()
            key = labels_of(name)
            left = [r for r in self.data.records.pop(key, []) if r[0] != type_number(rtype)]
            if left:
                self.data.records[key] = left
        elif word in ("pause", "resume"):
            self.paused = word == "pause"
        elif word == "count":
            words = rest.split()
            return "count %d" % sum(n for (name, rtype), n in self.data.counts.items()
                                    if (words[0] == "*" or name == labels_of(words[0]))
                                    and (len(words) < 2 or rtype == words[1].upper()))
        elif word == "reset":
            self.data.counts.clear()
        elif word == "quit":
            sys.exit(0)
        else:
            return f"error unknown command {word!r}"
        return "ok"

    def run(self):
        print(f"ready {self.addr[0]} {self.addr[1]}", flush=True)
        while True:
            wait = max(0, self.later[0][0] - time.monotonic()) if self.later else None
            fds = [self.udp, self.tcp, *self.conns] + ([0] if self.args.control else [])
            ready = select.select(fds, [], [], wait)[0]
            while self.later and self.later[0][0] <= time.monotonic():
                _, _, send, reply = heapq.heappop(self.later)
                send(reply)
            for fd in ready:
                if fd == 0:
                    self.read_control()
                elif fd is self.udp:
                    data, peer = self.udp.recvfrom(65536)
                    self.answer(data, self.send_udp(peer), False)
                elif fd is self.tcp:
                    conn = self.tcp.accept()[0]
                    conn.settimeout(2)
                    self.conns[conn] = b""
                elif fd in self.conns:
                    self.read_tcp(fd)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--listen", default="127.0.0.1:0", metavar="IP:PORT", help="port 0: any (default %(default)s)")
    p.add_argument("--zone", action="append", default=[], metavar="FILE", help="file of zone lines")
    p.add_argument("--line", action="append", default=[], metavar="LINE", help="one zone line")
    p.add_argument("--outside", default="refused", choices=sorted(set(RCODES) | {"silent"}),
                   help="what names outside the zones get (default %(default)s)")
    p.add_argument("--control", action="store_true", help="take commands from standard input")
    p.add_argument("--verbose", action="store_true", help="print each question")
    try:
        Server(p.parse_args()).run()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
