"""cases.py: the differential cases of cases/*.case, small messages made for one feature each.

A file is one topic. A case is the same message and rules twice, with the feature (+) and without it (-), and
SpamAssassin's answer to both:

    case NAME: what it shows, in a sentence
    pins KIND:NAME ...      what of our tables it covers (uncovered lists the rest): eval, header-modifier,
                            pseudo-header, rule-type, tflag, tag, setting; or any other word
    cf LINE                 configuration of both; cf+ and cf- of one. cases/prelude.cf stands in front
    file NAME|LINE          a line of a file beside the rules, in the folder %HERE%; %DATA% is the folder tests/data. A file
                            "prefs" is read as spamd reads a user's preferences, behind the rules
    |LINE                   a line of the message of both; +LINE and -LINE of one
    show output             the answer is also the message as it goes out, and the report (markup)
    want+ SCORE RULES SUBRULES
    want- ...               written by make_cases.py: what SpamAssassin 4.0.1 says; lists sorted, "-" when empty
    out+|LINE               with "show output": the same of the text

A message line ends with LF, unless its last character is a backslash. Other escapes: \\\\ \\r \\n \\t \\0 \\xHH, and
\\(TEXT*N) for TEXT N times (escapes inside are understood). Characters beyond ASCII are their UTF-8 bytes. A
case without a message takes the one of MESSAGE. Lines that start with # are comments.
"""
import dataclasses
import pathlib
import re

FOLDER = pathlib.Path(__file__).parent / "cases"
PRELUDE = FOLDER / "prelude.cf"
DATA = FOLDER.parents[1] / "data"
MESSAGE = (
    "Received: from mail.example.org (mail.example.org [203.0.113.7])\n"
    "\tby mx.example.com (Postfix) with ESMTP id 4F2A1B3C\n"
    "\tfor <bob@example.com>; Mon, 2 Mar 2020 10:00:05 +0000\n"
    "From: Ann Other <ann@example.org>\n"
    "To: Bob <bob@example.com>\n"
    "Subject: Minutes of the meeting\n"
    "Date: Mon, 2 Mar 2020 10:00:00 +0000\n"
    "Message-ID: <20200302100000.1A2B@example.org>\n"
    "\n"
    "Hello Bob, the minutes are at http://www.example.org/minutes today.\n").encode()

ESCAPES = {"\\": b"\\", "r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0"}


def unescape(text):
    """The bytes of a message line; a backslash at its end has been seen to."""
    out, i = bytearray(), 0
    while i < len(text):
        if text[i] != "\\":
            out += text[i].encode()
            i += 1
        elif text[i + 1] == "x":
            out.append(int(text[i + 2:i + 4], 16))
            i += 4
        elif text[i + 1] == "(":
            part = re.compile(r"(.*?)\*(\d+)\)").match(text, i + 2)
            out += unescape(part.group(1)) * int(part.group(2))
            i = part.end()
        else:
            out += ESCAPES[text[i + 1]]
            i += 2
    return bytes(out)


def line_bytes(text):
    slashes = len(text) - len(text.rstrip("\\"))
    return unescape(text[:-1]) if slashes % 2 else unescape(text) + b"\n"


@dataclasses.dataclass
class Case:
    topic: str
    name: str
    what: str
    line: int
    pins: list = dataclasses.field(default_factory=list)
    cf: list = dataclasses.field(default_factory=list)       # (mark, line); mark is one of " +-"
    files: dict = dataclasses.field(default_factory=dict)    # name: text
    message: list = dataclasses.field(default_factory=list)  # (mark, text)
    want: dict = dataclasses.field(default_factory=dict)     # "+" or "-": "SCORE RULES SUBRULES"
    out: dict = dataclasses.field(default_factory=dict)      # "+" or "-": list of lines
    show: bool = False
    refused: bool = False  # by make_cases.py

    @property
    def id(self):
        return f"{self.topic}/{self.name}"

    def config(self, side):
        return "".join(f"{text}\n" for mark, text in self.cf if mark in (" ", side))

    def write_rules(self, side, folder):
        """All configuration of a side as files of a new folder."""
        folder.mkdir()
        config = self.config(side).replace("%DATA%", str(DATA)).replace("%HERE%", str(folder))
        (folder / "rules.cf").write_text(PRELUDE.read_text(encoding="utf-8") + config, encoding="utf-8")
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")

    def eml(self, side):
        if not self.message:
            return MESSAGE
        return b"".join(line_bytes(text) for mark, text in self.message if mark in (" ", side))


KEYWORD = re.compile(r"(case|pins|cf[+-]?|file|show|want[+-]|out[+-])(?: (.*)|(\|.*))?$")


def read(path):
    """The cases of a file, in order. Raises ValueError with file and line."""
    found, topic = [], path.stem
    for n, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        if line[0] in "|+-":
            found[-1].message.append((" " if line[0] == "|" else line[0], line[1:]))
            continue
        match = KEYWORD.match(line)
        if not match or (not found and match.group(1) != "case"):
            raise ValueError(f"{path}:{n}: not understood: {line}")
        key, value = match.group(1), match.group(2) or match.group(3) or ""
        if key == "case":
            name, _, what = value.partition(": ")
            if not what or name in (case.name for case in found):
                raise ValueError(f"{path}:{n}: a case needs a name of its own and a sentence: {line}")
            found.append(Case(topic, name, what, n))
        elif key == "pins":
            found[-1].pins += value.split()
        elif key == "show":
            found[-1].show = True
        elif key == "file":
            name, _, text = value.partition("|")
            found[-1].files[name] = found[-1].files.get(name, "") + text + "\n"
        elif key.startswith("cf"):
            found[-1].cf.append((key[2:] or " ", value))
        elif key.startswith("want"):
            found[-1].want[key[4]] = value
        else:
            found[-1].out.setdefault(key[3], []).append(value[1:])
    return found


def files():
    return sorted(FOLDER.glob("*.case"))


def read_all():
    return [case for path in files() for case in read(path)]


def answer(score, rules, subs):
    """The form of want lines."""
    lists = [",".join(sorted(filter(None, names.split(",")))) or "-" for names in (rules, subs)]
    return f"{float(score):.3f} {lists[0]} {lists[1]}"
