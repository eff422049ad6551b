# SPDX-License-Identifier: BSD-2-Clause
"""Time a byte of messages of one kind of content, from 1 kB to 64 MB: flat where nothing is worse than linear.

SpamAssassin's rule language has rules read the first 50 kB of a text part (body_part_scan_size) and 500 kB of its raw lines. That
hides what a longer text would cost, so these limits are taken away here. What is to be at most 2 is the rise from one size to
any larger one: a byte may well cost less in a large message.
"""
import base64
import pathlib
import random
import tempfile

from measure import load, scan

HEAD = b"From: a@example.net\nTo: b@example.org\nSubject: time a byte\nMIME-Version: 1.0\n"
WORDS = [w.encode() for w in """the of and a message is to your account we order have been shipped free click here
now money invoice payment please confirm address best regards meeting tomorrow budget report""".split()]
KB = 1024
SIZES = [KB, 4 * KB, 16 * KB, 64 * KB, 256 * KB, KB * KB, 4 * KB * KB, 16 * KB * KB, 64 * KB * KB]
MIN_BYTES = 8 * KB * KB  # small messages many times, so that there is something to measure
MAX_TIMES = 2000
NO_LIMITS = ["--cf", "body_part_scan_size 0", "--cf", "rawbody_part_scan_size 0"]


def words(rng, size):
    out, n = [], 0
    while n < size:
        line = b" ".join(rng.choice(WORDS) for _ in range(rng.randrange(6, 14)))
        out.append(line)
        n += len(line) + 1
    return b"\n".join(out)[:size]


def text(rng, size):
    return HEAD + b"Content-Type: text/plain\n\n" + words(rng, size)


def html(rng, size):
    out, n = [], 0
    while n < size:
        piece = (b'<p style="color:#%06x"><b>%s</b> <a href="https://example.net/%d">%s</a></p>\n'
                 % (rng.randrange(1 << 24), words(rng, 60), rng.randrange(50), words(rng, 20)))
        out.append(piece)
        n += len(piece)
    return HEAD + b"Content-Type: text/html\n\n<html><body>" + b"".join(out)[:size] + b"</body></html>\n"


def attachment(rng, size):
    return (HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee the file.\n--b\n'
            b'Content-Type: application/octet-stream; name="a.bin"\nContent-Transfer-Encoding: base64\n\n'
            + base64.encodebytes(rng.randbytes(size * 3 // 4)) + b"--b--\n")


def headers(rng, size):
    out, n, i = [], 0, 0
    while n < size:
        i += 1
        out.append(b"X-Field-%d: %s\n" % (i % 500, words(rng, 70).replace(b"\n", b" ")))
        n += len(out[-1])
    return HEAD + b"".join(out) + b"\nbody\n"


def received(rng, size):
    """Fields as mail servers write them."""
    out, n = [], 0
    while n < size:
        host, ip = b"mx%d.example.net" % rng.randrange(10 ** 4), b".".join(b"%d" % rng.randrange(1, 250) for _ in range(4))
        out.append(b"Received: from %s (%s [%s])\n\tby mail.example.org (Postfix) with ESMTP id %08X\n\tfor <b@example.org>; "
                   b"Tue, 24 Nov 2026 10:00:00 +0000\n" % (host, host, ip, rng.randrange(1 << 32)))
        n += len(out[-1])
    return b"".join(out) + HEAD + b"\nbody\n"


def received_words(rng, size):
    """One field of words of 1,000 bytes that look as if an address or a host ended in them again and again."""
    word = b"a.b@c-d.e" * 111
    return b"Received: from a (" + b" ".join([word] * max(1, size // len(word)))[:size] + b"\n" + HEAD + b"\nbody\n"


def uris(rng, size):
    out, n = [], 0
    while n < size:
        out.append(b"https://host%d.example.%s/%s?x=%d\n" % (rng.randrange(10 ** 6), rng.choice([b"com", b"net", b"org"]),
                                                            rng.choice(WORDS), rng.randrange(10 ** 6)))
        n += len(out[-1])
    return HEAD + b"Content-Type: text/plain\n\n" + b"".join(out)[:size]


def parts(rng, size):
    """In multiparts of 500, as what a multipart holds beyond 1,000 parts is not looked at."""
    out, n, i = [], 0, 0
    while n < size:
        if i % 500 == 0:
            out.append(b'--b\nContent-Type: multipart/mixed; boundary="c%d"\n\n' % (i // 500))
        out.append(b"--c%d\nContent-Type: text/plain\n\n%s\n" % (i // 500, words(rng, 200)))
        n += len(out[-1])
        i += 1
    return HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"".join(out) + b"--b--\n"


KINDS = {"text": text, "html": html, "attachment": attachment, "header fields": headers, "Received": received,
         "Received words": received_words, "uris": uris, "parts": parts}


def run(quick):
    sizes = SIZES[:-3] if quick else SIZES
    print(f"ns of CPU a byte; {load()}")
    print(f"{'':<14}" + "".join(f"{s // KB}k".rjust(9) for s in sizes) + "   most rise from 16k on")
    with tempfile.TemporaryDirectory(prefix="postern-bench-") as folder:
        for kind, make in KINDS.items():
            cost = []
            for size in sizes:
                path = pathlib.Path(folder) / "message"
                path.write_bytes(make(random.Random(size), size))
                times = max(1, min(MAX_TIMES, MIN_BYTES // size))
                _, total, cpu, _ = scan([path] * times, *NO_LIMITS)
                cost.append(cpu * 1e9 / total)
            large = [c for c, s in zip(cost, sizes) if s >= 16 * KB]
            rise = max(later / c for i, c in enumerate(large) for later in large[i:])
            print(f"{kind:<14}" + "".join(f"{c:9.0f}" for c in cost) + f"   {rise:.1f}", flush=True)
