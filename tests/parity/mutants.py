"""mutants.py SEED COUNT FOLDER FILE...: messages that no mailer wrote, for test_parity.py: new ones in many charsets, and the
given ones with lines, fields, charsets, boundaries and bytes changed, cut and moved. The same seed gives the same messages.
"""
import base64
import pathlib
import quopri
import random
import re
import sys

# Not EUC-JP: of what is falsely declared so, docs/DEVIATIONS.md tells.
TEXTS = {
    "big5": "您好，請點擊這裡查看詳細內容，謝謝您。",
    "euc-kr": "안녕하세요 고객님, 지금 바로 확인하세요", "gb2312": "您好，发票代开，请联系我们谢谢。", "gb18030": "点击这里查看详情",
    "iso-2022-jp": "お客様のアカウントが一時的に停止されました。", "iso-8859-2": "Vážený zákazníku, ověřte účet",
    "iso-8859-7": "Αγαπητέ πελάτη, επιβεβαιώστε τον λογαριασμό σας", "iso-8859-9": "Sayın müşterimiz, hesabınızı doğrulayın",
    "koi8-r": "Уважаемый клиент, подтвердите ваш счёт", "shift_jis": "ご注文ありがとうございます。",
    "tis-620": "เรียนลูกค้า กรุณายืนยันบัญชี", "us-ascii": "Dear customer, please confirm your account",
    "utf-16": "Hello", "utf-7": "Hi Mom", "utf-8": "Überprüfen Sie Ihr Konto – €100 “gratis” 您好 привет",
    "windows-1251": "Здравствуйте! Скидки до 50% только сегодня", "windows-1255": "לקוח יקר, אנא אשר",
    "windows-1256": "عزيزي العميل، يرجى تأكيد حسابك", "x-unknown": "Guten Tag",
}
FIELDS = ("To: undisclosed-recipients:;", "Reply-To: x@gmail.com", "List-Unsubscribe: <http://x.example.com/u>",
          "X-Mailer: Microsoft Outlook Express 6.00.2600.0000", "Content-Type: text/html; charset=utf-8", "no field",
          "Precedence: bulk", "Authentication-Results: mx.example.com; dkim=pass header.i=@x.example", "Return-Path: <>",
          "Received: from [10.0.0.1] (helo=foo) by bar.example.com with smtp (Exim 4.9) id 1; Mon, 1 Jan 2024 00:00:00 +0000")
BYTES = (b"\0", b"\r", b"\n\n", b"\xff", b"\x1b$B", b"<!--", b"</html>", b"--", b"=\n", b"&#0;", b"\xe2\x80\x8b",
         b'<a href="http://192.0.2.1/')


def text(charset):
    codec = {"tis-620": "cp874", "x-unknown": "latin-1"}.get(charset, charset)
    return TEXTS[charset].encode(codec, "replace")


def word(rnd, charset):
    """An encoded word; cutting it may break a character."""
    said, name = text(charset)[:42], charset.encode()
    if rnd.random() < 0.5:
        return b"=?" + name + b"?B?" + base64.b64encode(said) + b"?="
    return b"=?" + name + b"?Q?" + b"".join(b"=%02X" % c for c in said) + b"?="


def new_message(rnd):
    charset, other = rnd.choice(list(TEXTS)), rnd.choice(list(TEXTS))
    body, html = text(charset) * rnd.randint(1, 20), rnd.random() < 0.6
    if html:
        body = (b'<html><head><meta charset="' + other.encode() + b'"></head><body bgcolor=white><p style="color:#fefefe">'
                + body + b'</p><a href="http://www.example.com/?a=b">' + text(charset)[:20] + b"</a></body></html>")
    coding = rnd.choice(("base64", "quoted-printable", "8bit", "7bit"))
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(coding, bytes)(body)
    subject = word(rnd, rnd.choice((charset, other))) if rnd.random() < 0.7 else text(charset)[:40]
    head = (b"Return-Path: <bounce@mail.example.org>\nReceived: from mail.example.org (mail.example.org [203.0.113.7])\n"
            b"\tby mx.example.com (Postfix) with ESMTPS id ABC for <bob@example.com>; Tue, 5 Mar 2024 10:00:05 +0000\n"
            b"From: " + word(rnd, charset) + b" <info@shop.example.com>\nTo: bob@example.com\nSubject: " + subject
            + b"\nDate: Tue, 5 Mar 2024 10:00:00 +0000\nMessage-ID: <%d@example.org>\n" % rnd.randint(1, 10**9)
            + b"MIME-Version: 1.0\n")
    part = (f"Content-Type: text/{'html' if html else 'plain'}; charset={charset}\n"
            f"Content-Transfer-Encoding: {coding}\n\n").encode() + coded
    if rnd.random() < 0.5:
        return head + part
    kind = rnd.choice((b"alternative", b"mixed", b"related", b"report"))
    return (head + b"Content-Type: multipart/" + kind + b'; boundary="=_b"\n\n--=_b\nContent-Type: text/plain\n\n'
            + rnd.choice((b"", b"Hello\n", body)) + b"\n--=_b\n" + part + b"\n--=_b" + rnd.choice((b"--\n", b"\n", b"")))


def change_lines(rnd, data):
    lines = data.split(b"\n")
    head = next((i for i, line in enumerate(lines) if line.strip() == b""), len(lines)) or 1
    at, other = rnd.randrange(head), rnd.randrange(head)
    kind = rnd.randrange(6)
    if kind == 0:
        del lines[rnd.randrange(len(lines))]
    elif kind == 1:
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == 2:
        lines.insert(at, lines[other])
    elif kind == 3:
        lines.insert(at, rnd.choice((rnd.choice(FIELDS).encode(), b"Subject: " + word(rnd, rnd.choice(list(TEXTS))))))
    elif kind == 4:
        lines[at] = re.sub(rb":\s*", rnd.choice((b":", b" : ", b":\n ", b":\t")), lines[at], count=1)
    else:
        lines[rnd.randrange(len(lines))] += rnd.choice((b" ", b"=", b"=20", b" http://www.example.org/?a=b", b"\xa0"))
    return b"\n".join(lines)


def change_bytes(rnd, data):
    at = rnd.randrange(len(data) + 1)
    kind = rnd.randrange(4)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + rnd.choice(BYTES) + data[at:]
    if kind == 2:
        return data[:at] + data[at + rnd.randint(1, 400):]
    return data.replace(b"\r\n", b"\n") if b"\r\n" in data else data.replace(b"\n", b"\r\n")


def change_mime(rnd, data):
    pattern, choice = rnd.choice((
        (rb'(charset=)"?[\w-]+"?', list(TEXTS)), (rb"(content-transfer-encoding:\s*)[\w-]+", ["base64", "8bit", "x-uuencode", "foo"]),
        (rb"(content-type:\s*)[\w/-]+", ["text/html", "text/plain", "multipart/mixed", "message/rfc822", "image/gif"]),
        (rb'(boundary=)"?[^"\n]+"?', ["", '""', "'x'"])))
    return re.sub(b"(?i)" + pattern, lambda found: found.group(1) + rnd.choice(choice).encode(), data, count=rnd.randint(1, 2))


def make(rnd, files):
    fresh = rnd.random() < 0.25
    data = new_message(rnd) if fresh else rnd.choice(files).read_bytes()[:60000]
    for _ in range(rnd.randint(0 if fresh else 1, 4)):
        data = rnd.choice((change_lines, change_bytes, change_mime))(rnd, data)
    return data


def write(seed, count, folder, files):
    """The files written, in a folder that is there."""
    rnd = random.Random(seed)
    out = [folder / f"{n:04}.eml" for n in range(count)]
    for path in out:
        path.write_bytes(make(rnd, files))
    return out


if __name__ == "__main__":
    write(int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3]), [pathlib.Path(f) for f in sys.argv[4:]])
