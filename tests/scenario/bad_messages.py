# SPDX-License-Identifier: BSD-2-Clause
"""Messages that no honest program writes, made by a few lines each: name -> a function that gives the wire's bytes.

The bytes are what stands between DATA's reply and the final dot: CRLF line ends unless the case is
about line ends, dots stuffed by the case itself. Sizes are what a mail server would still let through.
"""
import base64
import io
import random
import zipfile

MESSAGES = {}
MIB = 1 << 20
FROM = b"From: a@example.net\r\nTo: b@example.org\r\nSubject: bad\r\nMessage-ID: <1@example.net>\r\n"


def bad(make):
    MESSAGES[make.__name__] = make
    return make


def case(name, make):
    MESSAGES[name] = make


def mail(headers, body, head=FROM):
    """Texts with LF line ends become CRLF's."""
    if headers and not headers.endswith(b"\n"):
        headers += b"\n"
    if body and not body.endswith(b"\n"):
        body += b"\n"
    return head + headers.replace(b"\n", b"\r\n") + b"\r\n" + body.replace(b"\n", b"\r\n")


def html(body):
    return mail(b"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n", body)


def part(kind, body, more=b""):
    return mail(b"MIME-Version: 1.0\nContent-Type: " + kind + b"\n" + more, body)


def in_base64(kind, data):
    return part(kind, base64.encodebytes(data), b"Content-Transfer-Encoding: base64\n")


def noise(n, seed=1):
    return random.Random(seed).randbytes(n)


def wire_noise(n):
    """Random bytes without CR, LF and dots at a line's start, in lines."""
    data = noise(n).replace(b"\r", b"?").replace(b"\n", b"?").replace(b".", b"?")
    return b"".join(data[i:i + 70] + b"\r\n" for i in range(0, len(data), 70))


# Nearly nothing.
case("empty", lambda: b"")
case("one line end", lambda: b"\r\n")
case("one dot", lambda: b"..\r\n")
case("only dots", lambda: b"..\r\n" * 100_000)
case("no header", lambda: b"\r\nonly a body\r\n")
case("no body", lambda: FROM)
case("header without an end", lambda: FROM + b"X-Last: no empty line follows\r\n")
case("line that is no field first", lambda: b"this is no field\r\n" + mail(b"", b"body\n"))
case("mbox line first", lambda: b"From a@example.net Thu Jan  1 00:00:00 1970\r\n" + mail(b"", b"body\n"))
case("folded line first", lambda: b" folded what?\r\n" + mail(b"", b"body\n"))
case("field without a name", lambda: mail(b": no name\n:\n", b"body\n"))
case("field without a value", lambda: mail(b"X-Empty:\nSubject:\nFrom:\nDate:\nReceived:\nContent-Type:\n", b""))
case("fields folded into nothing", lambda: mail(b"X-A:\n \n \n\t\nSubject:\n \n", b"body\n"))

# Headers that are too much.
case("100,000 fields", lambda: mail(b"".join(b"X-F%d: v\n" % i for i in range(100_000)), b"body\n"))
case("100,000 fields of one name", lambda: mail(b"Subject: again\n" * 100_000, b"body\n"))
case("20,000 Received", lambda: mail(
    b"Received: from a.example.com (a.example.com [192.0.2.1]) by b.example.com (Postfix) with ESMTP id 1;"
    b" Thu, 1 Jan 2026 00:00:00 +0000\n" * 20_000, b"body\n"))
case("header of 16 MiB", lambda: mail(b"".join(b"X-%d: %s\n" % (i, b"x" * 1000) for i in range(16 * 1024)), b"b\n"))
case("field of 16 MiB", lambda: mail(b"X-Big: " + b"x" * (16 * MIB) + b"\n", b"body\n"))
case("Subject of 5 MiB", lambda: mail(b"Subject: " + b"word " * MIB + b"\n", b"body\n"))
case("field folded 300,000 times", lambda: mail(b"X-Folded: a\n" + b" a\n" * 300_000, b"body\n"))
case("To of 100,000 addresses", lambda: mail(
    b"To: " + b",\n ".join(b"u%d@example.com" % i for i in range(100_000)) + b"\n", b"body\n"))
case("comments 100,000 deep", lambda: mail(
    b"Cc: " + b"(" * 100_000 + b"\nDate: " + b"(" * 100_000 + b"\nContent-Type: text/plain " + b"(" * 100_000, b"b\n"))
case("unclosed everything in a header", lambda: mail(
    b'Cc: "no end\nReply-To: <a@\nSender: (((\nDate: Thu, 99 Foo 99999 99:99:99 +9999999999999999999\n'
    b'Content-Type: text/plain; charset="utf-8; name="a\nContent-Disposition: attachment; filename="x\n'
    b"In-Reply-To: <<<<\nReceived: from [ by ; for <\nReceived: (\n", b"body\n"))
case("header of random bytes", lambda: FROM + b"X-Noise: " + wire_noise(MIB) + b"\r\nbody\r\n")
case("encoded words without an end", lambda: mail(
    b"Subject: =?utf-8?B?=?=?=\n =?utf-8?Q?=FF=F?= =?x?x?x?= =?utf-8?B?" + b"A" * 100_000 + b"\n", b"body\n"))
case("30,000 encoded words", lambda: mail(b"Subject:" + b"\n =?utf-8?Q?=C3=A4?=" * 30_000 + b"\n", b"body\n"))
case("encoded word of 2 MiB", lambda: mail(b"Subject: =?utf-8?B?" + b"w6Tk" * (MIB // 2) + b"?=\n", b"body\n"))
case("numbers out of range", lambda: mail(
    b"Date: Thu, 1 Jan 99999999999999999999 00:00:00 +0000\nContent-Length: 99999999999999999999\n"
    b"Received: from a ([999.999.999.999]) by b ([IPv6:::::::::]); 99 Zzz 0\nX-Priority: -99999999999999999999\n",
    b"body\n"))
case("Message-ID of 1 MiB", lambda: b"Message-ID: <" + b"m" * MIB + b"@x>\r\nFrom: a@example.net\r\n\r\nbody\r\n")

# Bodies.
case("line of 10 MiB", lambda: mail(b"", b"x" * (10 * MIB) + b"\n"))
case("word salad on one line of 5 MiB", lambda: mail(b"", b"buy cheap now " * (5 * MIB // 14) + b"\n"))
case("1,000,000 empty lines", lambda: mail(b"", b"\n" * 1_000_000))
case("2 MiB of spaces", lambda: mail(b"", b" " * (2 * MIB) + b"x\n"))
case("2 MiB of exclamation marks", lambda: mail(b"", b"!" * (2 * MIB) + b"\n"))
case("NULs", lambda: mail(b"X-Nul: a\0b\0\n\0: x\n", b"a\0b\n\0\0\0\n"))
case("2 MiB of NULs", lambda: mail(b"", b"\0" * (2 * MIB) + b"\n"))
case("random bytes", lambda: FROM + b"\r\n" + wire_noise(4 * MIB))

# Line ends.
case("bare LF", lambda: FROM + b"X: 1\nY: 2\r\n\r\na\nb\n\nc\r\n")
case("bare CR", lambda: FROM + b"X: 1\rY: 2\r\n\r\na\rb\r\rc\r\r\n")
case("LF dot LF", lambda: FROM + b"\r\na\n.\nb\r\n")
case("CR dot CR", lambda: FROM + b"\r\na\r.\rb\r\n")
case("LF dot CRLF", lambda: FROM + b"\r\na\n.\r\nb\r\n")
case("CRLF dot LF", lambda: FROM + b"\r\na\r\n.\nb\r\n")
case("1,000,000 bare CRs", lambda: FROM + b"\r\n" + b"\r" * 1_000_000 + b"\r\n")
case("line ends mixed", lambda: FROM + b"\n\r\n\r\r\n\n\n\r" * 100_000 + b"\r\n")

# MIME.


def nested(depth):
    opening = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(depth))
    return mail(b"MIME-Version: 1.0\n", b"")[:-2] + opening.replace(b"\n", b"\r\n") + b"\r\ndeepest\r\n"


def many_parts(n, body=b"Content-Type: text/plain\n\npart\n"):
    return part(b"multipart/mixed; boundary=b", (b"--b\n" + body) * n + b"--b--\n")


case("multiparts 10,000 deep", lambda: nested(10_000))
case("messages 10,000 deep", lambda: part(b"message/rfc822", b"Content-Type: message/rfc822\n\n" * 10_000))
case("one boundary 10,000 deep", lambda: part(
    b"multipart/mixed; boundary=b", b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 10_000))
case("50,000 parts", lambda: many_parts(50_000))
case("200,000 empty parts", lambda: many_parts(200_000, b""))
case("20,000 HTML parts", lambda: many_parts(20_000, b"Content-Type: text/html\n\n<p>part\n"))
case("part header without an end", lambda: part(b"multipart/mixed; boundary=b", b"--b\nContent-Type: text/pl"))
case("part of 100,000 header fields", lambda: part(
    b"multipart/mixed; boundary=b", b"--b\n" + b"X-F: v\n" * 100_000 + b"\nbody\n--b--\n"))
case("multipart without a boundary", lambda: part(b"multipart/mixed", b"--b\n\nx\n--b--\n"))
case("empty boundary", lambda: part(b'multipart/mixed; boundary=""', b"--\n\nx\n----\n" * 1000))
case("boundary of 100,000 bytes", lambda: part(
    b"multipart/mixed; boundary=" + b"b" * 100_000, (b"--" + b"b" * 100_000 + b"\n\nx\n") * 3))
case("boundary that never comes", lambda: part(b"multipart/mixed; boundary=b", b"no parts\n" * 10_000))
case("boundary that never closes", lambda: part(b"multipart/mixed; boundary=b", b"--b\n\nx\n" * 3))
case("three boundaries", lambda: part(
    b"multipart/mixed; boundary=a; boundary=b; boundary*=c", b"--a\n\nx\n--b\n\ny\n--c\n\nz\n--a--\n"))
case("20,000 parameters", lambda: part(b"text/plain" + b"".join(b";\n p%d=v" % i for i in range(20_000)), b"x\n"))
case("20,000 continuations", lambda: part(
    b"text/plain" + b"".join(b";\n name*%d*=%%C3%%A4" % i for i in range(20_000)), b"x\n"))
case("unknown encoding", lambda: part(b"text/plain", b"body\n", b"Content-Transfer-Encoding: x-none\n"))
case("broken base64", lambda: part(
    b"text/plain", b"!!!!====A=B=C\n\xff\xfe=\n" * 20_000, b"Content-Transfer-Encoding: base64\n"))
case("base64 of one line of 10 MiB", lambda: part(
    b"text/plain", b"QUFB" * (10 * MIB // 4) + b"\n", b"Content-Transfer-Encoding: base64\n"))
case("base64 of 10 MiB of HTML tags", lambda: in_base64(b"text/html", b"<b>" * (10 * MIB // 3)))
case("quoted-printable of equal signs", lambda: part(
    b"text/plain", b"=" * 70 + b"\n" + b"=\n" * 300_000 + b"=4", b"Content-Transfer-Encoding: quoted-printable\n"))
case("uuencode without an end", lambda: mail(b"", b"begin 644 x.exe\n" + b"M" + b"`" * 60 + b"\n" * 20_000))
case("yEnc and BinHex without an end", lambda: mail(
    b"", b"=ybegin line=128 size=99999999999 name=x\n(This file must be converted with BinHex 4.0)\n:" + b"a" * 9999))


@bad
def zip_of_zeros():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        z.writestr("zeros", b"\0" * (64 * MIB))
    return in_base64(b'application/zip; name="z.zip"', held.getvalue())


@bad
def images_and_documents_cut_short():
    heads = [b"GIF89a\xff\xff\xff\xff\xff", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR\xff\xff\xff\xff\xff",
             b"\xff\xd8\xff\xc0\xff\xff\x08\xff\xff\xff\xff", b"%PDF-1.9\n1 0 obj<</Length 99999999999>>stream\n",
             b"PK\x03\x04\xff\xff", b"MZ\xff", b"\xd0\xcf\x11\xe0", b"Rar!\x1a\x07"]
    kinds = [b"image/gif", b"image/png", b"image/jpeg", b"application/pdf", b"application/zip",
             b"application/x-msdownload", b"application/msword", b"application/x-rar"]
    body = b""
    for kind, data in zip(kinds, heads):
        body += b"--b\nContent-Type: " + kind + b"\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(data)
    return part(b"multipart/mixed; boundary=b", body)


case("PDF of 100,000 objects", lambda: in_base64(
    b"application/pdf; name=x.pdf", b"%PDF-1.4\n" + b"1 0 obj<</URI(http://a.example/)>>endobj\n" * 100_000))

# Charsets.
case("unknown charset", lambda: part(b"text/plain; charset=x-klingon-9", b"\xff\xfe\x80\n"))
case("charset of 100,000 bytes", lambda: part(b"text/plain; charset=" + b"c" * 100_000, b"\xff\n"))
case("UTF-8 that is none", lambda: part(b"text/plain; charset=utf-8", (b"\xff\xc0\x80\xed\xa0\x80\xf8\x88" * 8 + b"\n") * 9999))
case("UTF-16 of an odd length", lambda: in_base64(b"text/html; charset=utf-16", b"\xff\xfe<\0b\0>\0\xd8" * 9999 + b"\xd8"))
case("UTF-7 without an end", lambda: part(b"text/html; charset=utf-7", b"+ADw-b+AD4" + b"+AAA" * 50_000 + b"\n"))
case("ISO-2022-JP of escapes", lambda: part(b"text/plain; charset=iso-2022-jp", (b"\x1b$B\x1b(B\x1b$" * 9 + b"\n") * 9999))
case("GB18030 cut short", lambda: part(b"text/plain; charset=gb18030", (b"\x81\x30\x81" * 20 + b"\n") * 9999))
case("1,000,000 combining marks", lambda: part(b"text/plain; charset=utf-8", b"a" + b"\xcc\x81" * 1_000_000 + b"\n"))
case("1,000,000 invisible characters", lambda: html(b"a" + b"\xe2\x80\x8b" * 1_000_000 + b"b\n"))

# HTML.
case("HTML tags 300,000 deep", lambda: html(b"<div><b>\n" * 150_000 + b"deepest\n"))
case("HTML tables 50,000 deep", lambda: html(b"<table><tr><td>\n" * 50_000))
case("HTML fonts 100,000 deep", lambda: html(b'<font color="#fffffe" size=9>x\n' * 100_000))
case("HTML styles 50,000 deep", lambda: html(b'<span style="color:#fff;background:#fffffe;font-size:1px">x\n' * 50_000))
case("HTML attribute of 5 MiB", lambda: html(b'<a href="http://a.example/' + b"x" * (5 * MIB) + b'">x</a>\n'))
case("HTML tag of 200,000 attributes", lambda: html(b"<p " + b"a=b\n" * 200_000 + b">x\n"))
case("HTML style of 2 MiB", lambda: html(b'<p style="' + b"color:red;" * (2 * MIB // 10) + b'">x\n'))
case("HTML tag without an end", lambda: html(b"<a " + b"x" * (2 * MIB)))
case("HTML comment without an end", lambda: html(b"<!--" + b"-" * (2 * MIB)))
case("HTML attribute without an end", lambda: html(b'<a href="' + b"x\n" * MIB))
case("HTML script without an end", lambda: html(b"<script>" + b"</scrip" * 200_000))
case("HTML of 1,000,000 less-than signs", lambda: html(b"<" * 1_000_000 + b"\n"))
case("HTML of 500,000 entities", lambda: html(b"&#x110000;&#0;&amp&nosuch;&\n" * 100_000))
case("HTML closes what was never open", lambda: html(b"</p></table></b>\n" * 100_000))
case("HTML with 1,000 base tags", lambda: html(b'<base href="http://a.example/x/"><a href="y">\n' * 1000))

# URIs.
case("50,000 URIs", lambda: mail(b"", b"".join(b"http://h%d.example.com/?q=%d\n" % (i, i) for i in range(50_000))))
case("50,000 links", lambda: html(b"".join(b'<a href="http://h%d.example.com/">x</a>\n' % i for i in range(50_000))))
case("URI of 2 MiB", lambda: mail(b"", b"http://a.example.com/" + b"%41" * (2 * MIB // 3) + b"\n"))
case("host of 1 MiB", lambda: mail(b"", b"http://" + b"a." * (MIB // 2) + b"com/\n"))
case("URI inside URI 30,000 times", lambda: mail(b"", b"http://r.example.com/?u=" * 30_000 + b"\n"))
case("100,000 addresses in the body", lambda: mail(b"", b"".join(b"u%d@example.com\n" % i for i in range(100_000))))
case("2 MiB of at signs", lambda: mail(b"", b"@" * (2 * MIB) + b"\n"))
case("2 MiB of dots in one word", lambda: mail(b"", b"a" + b"." * (2 * MIB) + b"a\n"))
case("numeric hosts", lambda: mail(b"", b"http://99999999999999999999/ http://0x7f.1/ http://[::::]/ http://%00/\n" * 9999))
