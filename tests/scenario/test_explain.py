"""postern explain: what it shows stands in the message where it says; each rule that scan lists is explained; each reason of not hitting."""
import base64
import email
import email.policy
import functools
import json
import os
import pathlib
import re
import subprocess

import corpus
import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
POSTERN = TOP / os.environ.get("POSTERN_BUILD", "build") / "src/cli/postern"
GTUBE = (TOP / "conf/sample.eml").read_bytes()
HAM = b"From: a@example.net\nTo: b@example.org\nSubject: hello\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nMessage-ID: <1@example.net>\n\nHi.\n"


def run(*args, stdin=b"", command="explain"):
    return subprocess.run([POSTERN, command, *args], input=stdin, capture_output=True, timeout=120, check=False)


@pytest.fixture
def own(tmp_path):
    """explain() with rules of the test's own; gives the parsed JSON, or the text."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "site").mkdir()

    def explain(rules, message, *args, text=False):
        (tmp_path / "rules" / "10.cf").write_text("loadplugin Mail::SpamAssassin::Plugin::HeaderEval\nutil_rb_tld com\n" + rules)
        done = run("--rules", tmp_path / "rules", "--site", tmp_path / "site", *args, *([] if text else ["--json"]), stdin=message)
        assert done.returncode == 0, done
        return done.stdout if text else json.loads(done.stdout)
    return explain


# --- what stands where ---

def unprintable(text):
    """What json_text() made of bytes that are no UTF-8, back again; of others the bytes."""
    if "\\x" not in text:
        return text.encode()
    plain = re.sub(r"\\(x[0-9a-f]{2}|[nrt\\])",
                   lambda m: {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}.get(m[1]) or chr(0xdc00 + int(m[1][1:], 16)), text)
    return b"".join(bytes([ord(c) - 0xdc00]) if 0xdc00 <= ord(c) < 0xdd00 else c.encode() for c in plain)


def field_at(lines, number):
    """The field that begins at that line, unfolded."""
    field = [lines[number - 1]]
    for line in lines[number:]:
        if line[:1] not in (b" ", b"\t"):
            break
        field.append(line)
    return b"".join(field)


def is_encoded(field):
    return b"=?" in field


def squeezed(data):
    return b" ".join(data.split())


def check_place(raw, place):
    """True where the place could be looked up in the file, and holds."""
    lines = raw.split(b"\n")
    match = unprintable(place["match"])
    assert len(match) <= 200 and place["to"] >= place["from"], place
    if not place.get("cut"):
        assert len(match) == place["to"] - place["from"] or "\\" in place["match"], place
    if "offset" in place:
        at = place["offset"]
        assert raw[at:at + len(match)] == match, place
        before = unprintable(place["before"])
        assert raw[:at].endswith(before) or "\\" in place["before"], place
        if place["view"] in ("rawbody", "full"):
            assert place["line"] == raw[:at].count(b"\n") + 1, place
            return True
    if "line" not in place:
        return "offset" in place
    field = field_at([line + b"\n" for line in lines], place["line"])
    assert place["view"] in ("header", "mimeheader"), place
    if place["header"].split(":")[0] not in ("ToCc", "MESSAGEID", "EnvelopeFrom") and not place["header"].startswith("ALL"):
        name = place["header"].split(":")[0].encode()
        assert field.lower().startswith(name.lower()), (place, field)
    if not is_encoded(field) and place["view"] == "header" and not place["header"].startswith("ALL"):
        assert squeezed(match) in squeezed(field) or b"\n" in match, (place, field)
    return True


def places_of(rule):
    yield from rule["matches"]
    for node in rule.get("tree", []):
        if "place" in node:
            yield node["place"]


def sample(folder, count):
    """Real messages, odd ones among them, and GTUBE, as files."""
    paths = [folder / name for name, _ in corpus.sample(count)] + [folder / "gtube.eml"]
    for path, raw in zip(paths, [raw for _, raw in corpus.sample(count)] + [GTUBE]):
        path.write_bytes(raw)
    return paths


NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def perl(expression, values):
    """The expression by Python's rules, which agree with Perl's where only && || ! and arithmetic stand."""
    if re.search(r"[?^/]|\d\.|==|<|>", expression):
        return None
    text = NAME.sub(lambda m: f"({values[m[0]]!r})", expression)
    text = text.replace("&&", " and ").replace("||", " or ").replace("!", " not ")
    try:
        return bool(eval(text, {"__builtins__": {}}))  # pylint: disable=eval-used
    except SyntaxError:  # "a + !b" is none of Python's
        return None


def check_tree(rule):
    """Each expression with the values of the nodes below it has the value that is shown. Returns how many could be worked out."""
    done = 0
    nodes = [{"depth": 0, "rule": rule["rule"], "expression": rule["meta"], "value": rule["meta_value"]}] + rule["tree"]
    if "tree_left_out" in rule:
        return 0
    for i, node in enumerate(nodes):
        if "expression" not in node or node.get("repeated") or node.get("cut"):
            continue
        values = {"local_tests_only": 1.0}
        for below in nodes[i + 1:]:
            if below["depth"] <= node["depth"]:
                break
            if below["depth"] == node["depth"] + 1:
                values[below["rule"]] = below["value"]
        value = perl(node["expression"], values)
        if value is not None:
            assert value == bool(node["value"]), (rule["rule"], node, values)
            done += 1
    return done


def test_stock_rules_over_mail(tmp_path):
    looked_up = trees = rules = 0
    files = sample(tmp_path, 16)
    scanned = run("--local", "--tsv", *files, command="scan")
    for line in scanned.stdout.decode().splitlines():
        path, score, hits, subs = line.split("\t")
        raw = pathlib.Path(path).read_bytes()
        done = run("--local", "--json", path)
        assert done.returncode == 0, done
        found = json.loads(done.stdout)
        assert found["path"] == path and abs(found["score"] - float(score)) < 0.002 and found["spam"] is (found["score"] >= 5)
        for key, listed in (("rules", hits), ("subrules", subs)):
            named = sorted(n for rule in found[key] for n in [rule["rule"]] * rule["count"])
            assert named == sorted(listed.split(",") if listed else []), (path, key)
        assert abs(sum(r["score"] * r["count"] for r in found["rules"]) - found["score"]) < 0.01
        weights = [abs(r["score"] * r["count"]) for r in found["rules"]]
        assert weights == sorted(weights, reverse=True)
        for rule in found["rules"] + found["subrules"]:
            rules += 1
            assert rule["hit"] and rule["file"] and rule["line"] and squeezed(rule["definition"].encode()) in source_line(rule), rule
            if rule["type"] in ("header", "body", "uri", "rawbody", "full") and not rule.get("negated"):
                assert rule["match_count"] == rule["count"] and rule["matches"], (path, rule)
            if rule["type"] == "meta":
                assert rule["meta_value"] != 0 and rule["tree"], rule
                trees += check_tree(rule)
            looked_up += sum(check_place(raw, place) for place in places_of(rule))
    assert rules > 1000 and trees > 100 and looked_up > 300, (rules, trees, looked_up)


@functools.cache
def source_lines(path):
    return pathlib.Path(path).read_bytes().splitlines()


def source_line(rule):
    return squeezed(source_lines(rule["file"])[rule["line"] - 1].replace(b"\\#", b"#"))


def test_gtube():
    said = run("--local", TOP / "conf/sample.eml").stdout.decode()
    assert "1000.0  GTUBE" in said and "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X" in said
    assert said.splitlines()[0].startswith(f"{TOP}/conf/sample.eml: spam, ")
    named = run("--local", "--rule", "GTUBE", stdin=GTUBE).stdout.decode()
    assert named.startswith("-: spam") and "Sub-rules" not in named and named.count("\n\n") == 1
    assert "__" in run("--local", stdin=HAM).stdout.decode()
    assert len(run("--local", "--subrules", stdin=HAM).stdout) > len(run("--local", stdin=HAM).stdout)


def test_decoded_parts(own):
    """A place in a decoded part: no line of the file, but the part and the byte in its content."""
    body = b"first line\nsecond line with the mark in it\n"
    message = (b"Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain\n"
               b"--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(body) + b"\n--b--\n")
    place = own("rawbody A /mark/\n", message)["rules"][0]["matches"][0]
    part = list(email.message_from_bytes(message, policy=email.policy.default).walk())[place["part"] - 1]
    at = place["part_from"]
    assert part.get_payload(decode=True)[at:at + 4] == b"mark" and "line" not in place and place["part_type"] == "text/plain"


def test_uris(own):
    message = (b"Subject: x\nMIME-Version: 1.0\nContent-Type: text/html\n\n"
               b"<a href='http://www.example.com/%70ath'>here</a><img src='http://img.example.com/x.gif'>\n")
    found = own("uri A /path$/\nuri B /gif/\n", message)["rules"]
    a, b = (next(r for r in found if r["rule"] == name)["matches"][0] for name in "AB")
    assert a["uri"] == "http://www.example.com/%70ath" and "a" in a["uri_types"] and a["match"] == "path"
    assert "img" in b["uri_types"]


# --- why not ---

REASONS = """
body THERE /Hi/
body ZERO /Hi/
score ZERO 0
header NET eval:check_rbl('x', 'example.org.')
header DNS eval:check_for_numeric_helo()
tflags DNS net
body NOPLUGIN eval:no_such_function()
header BAYES eval:check_bayes('0', '1')
header ABSENT X-None =~ /x/
header VALUE Subject =~ /goodbye/
header NOT Subject !~ /hello/
body WORDS /(?:viagra|cialis)/i
body NOWORDS /^[0-9]{4}$/m
uri URIS /x/
uri NOURI /./
full FULL /goodbye world/
header EVAL eval:check_for_unique_subject_id()
body TAG /%{NONE}/
meta META THERE && WORDS
meta NOTANY !THERE
meta NONE2 WORDS && FULL
meta ZEROMETA THERE
score ZEROMETA 0
meta WAITS ZEROMETA && THERE
meta CIRCLE1 CIRCLE2
meta CIRCLE2 CIRCLE1
body SLOW /(?:(?:H|i)+)+(?:(?:\\.)+)+Z{1,2}x/
"""


@pytest.mark.parametrize("rule, reason, words", [
    ("NOSUCH", "unknown", "no rule has this name"),
    ("VALUF", "unknown", "near to it: VALUE"),
    ("ZERO", "score", "its score is 0, so it is not run; its expression would match"),
    ("NET", "net", "network checks are off"),
    ("DNS", "net", "network checks are off"),
    ("NOPLUGIN", "missing", "no plugin that is loaded has no_such_function"),
    ("BAYES", "missing", "check_bayes"),
    ("ABSENT", "absent", "the message has no X-None"),
    ("VALUE", "no-match", "Subject does not match"),
    ("NOT", "matched", "it wants no match (!~), and there is one"),
    ("WORDS", "no-match", 'none is: "viagra", "cialis"'),
    ("NOWORDS", "no-match", "nothing in the text matches"),
    ("NOURI", "empty", "the message has no URIs"),
    ("FULL", "no-match", "nothing in the message matches"),
    ("EVAL", "eval", "check_for_unique_subject_id said no"),
    ("TAG", "no-tag", "a %{TAG} of its expression has no value"),
    ("META", "false", "it would hit if WORDS hit"),
    ("NOTANY", "false", "it would hit if THERE did not hit"),
    ("NONE2", "false", "no one of its operands alone could change that"),
    ("ZEROMETA", "score", "its score is 0"),
    ("WAITS", "waits", "it reads a meta of score 0 that is true"),
    ("CIRCLE1", "circle", "one of a circle of metas"),
])
def test_why_not(own, rule, reason, words):
    message = HAM.replace(b"a@example.net", b"a@localhost").replace(b"b@example.org", b"b@localhost").replace(b"1@example.net", b"1@localhost")
    found = own(REASONS, message, "--local", "--rule", rule)
    asked = found["asked"][0]
    assert asked["rule"] == rule and asked["hit"] is False and asked["reason"] == reason and words in asked["why"], asked
    assert found["rules"] == [] and found["subrules"] == []
    text = own(REASONS, message, "--local", "--rule", rule, text=True).decode()
    assert f"     -  {rule} did not hit\n" in text and words in text


def test_why_not_value(own):
    asked = own(REASONS, HAM, "--local", "--rule", "VALUE", "--rule", "THERE")["asked"]
    assert asked[0]["header_value"] == "hello\n" and asked[1]["hit"] is True
    assert asked[1]["matches"][0]["match"] == "Hi" and asked[1]["matches"][0]["number"] == 2


def test_short_circuit(own):
    rules = "loadplugin Mail::SpamAssassin::Plugin::Shortcircuit\nheader FIRST Subject =~ /hello/\npriority FIRST -10\nshortcircuit FIRST spam\nbody AFTER /Hi/\n"
    found = own(rules, HAM)
    assert [r["rule"] for r in found["rules"]] == ["SHORTCIRCUIT", "FIRST"]
    assert own(rules, HAM, "--rule", "AFTER")["asked"][0]["reason"] == "short-circuit"


def test_match_limit(own):
    rules = "body SLOW /^(?:a?){40}(?:a+)+(?:a+)+b$/\n"
    asked = own(rules, HAM + b"a" * 1500 + b"\n", "--rule", "SLOW")["asked"][0]
    assert asked["reason"] in ("limit", "no-match") and asked["hit"] is False


# --- hostile messages ---

HOSTILE = "header SUBJECT Subject =~ /.*/\nheader FROM From =~ /.*/\nbody BODY /mark.*/\nrawbody RAW /mark.*/s\nfull FULL /mark.*/s\nheader ALL ALL =~ /.*/s\n"
BAD = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")


@pytest.mark.parametrize("name, message", [
    ("escapes", b"From: \x1b]0;title\x07 <a@example.com>\nSubject: \x1b[2J\x9b31m\x7f red\n\nmark \x1b[31m\x00\x08\xff\r there\n"),
    ("NUL", b"From: a\x00b\nSubject: \x00\n\nmark\x00\x00mark\n"),
    ("C1 in UTF-8", "From: \u009b31m\nSubject: \u0085\u009b\n\nmark \u009b2J\n".encode()),
    ("8-bit", b"From: \xe9\xe8\nSubject: \xff\xfe\x80\n\nmark \x80\x81\xfe\xff\n"),
    ("encoded", b"From: =?utf-8?q?=1b=5b2J?=\nSubject: =?utf-8?b?G1sySgAH?=\n\nmark =1b\n"),
    ("no end", b"Subject: x"),
    ("nothing", b""),
    ("CR", b"From: a\r\nSubject: b\rc\r\n\r\nmark\r\r\n"),
])
def test_nothing_reaches_the_terminal(own, name, message):
    text = own(HOSTILE, message, "--local", text=True)
    assert not BAD.search(text), (name, text)
    text.decode()
    packed = own(HOSTILE, message, "--local", "--json", text=True)
    assert not BAD.search(packed) and max(packed) < 0x7f, (name, packed)
    json.loads(packed)


def test_rule_names_reach_no_terminal_either(own):
    text = own(HOSTILE, HAM, "--local", "--rule", "\x1b[2J", text=True)
    assert b"\x1b" not in text and b"\\x1b[2J did not hit" in text


def test_long_lines(own):
    message = b"Subject: " + b"s" * 1000000 + b"\n\n" + b"x mark " * 20 + b"x" * 10000000 + b"\n"
    rules = HOSTILE + "full MANY /mark/\ntflags MANY multiple\nrawbody WORDS /no such word in it|nor this one/\n"
    text = own(rules, message, "--local", text=True)
    assert len(text) < 20000, len(text)
    assert b"and 15 more" in text
    asked = own(rules, message, "--local", "--rule", "WORDS")["asked"][0]
    assert asked["reason"] == "no-match" and len(asked["lacks"]) == 2


# --- the command ---

@pytest.mark.parametrize("args, status, text", [
    (["--nonsense"], 64, "Try 'postern explain --help'"),
    (["a", "b"], 64, "one message at a time"),
    ([str(TOP / "conf")], 64, "one message"),
    (["/nonexistent"], 1, "No such file"),
    (["--rules", "/nonexistent", "--site", "/nonexistent", str(TOP / "conf/sample.eml")], 78, "--rules DIR"),
    (["--rule"], 64, "Try"),
])
def test_wrong_usage(args, status, text):
    done = subprocess.run([POSTERN, "explain", *args], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == status and text in done.stdout + done.stderr, done


def test_the_manual_has_every_key(own, tmp_path):
    """Each key of the JSON stands in the man page."""
    manual = (TOP / "man/postern.1").read_text()
    seen = set()

    def keys(value):
        if isinstance(value, dict):
            seen.update(value)
        for it in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
            keys(it)

    keys(own(REASONS + HOSTILE, HAM, "--local", "--json"))
    for rule in ("META", "NOSUCH", "VALUE", "WORDS", "EVAL", "VALUF"):
        keys(own(REASONS, HAM, "--local", "--rule", rule))
    for path in sample(tmp_path, 16)[:6]:
        keys(json.loads(run("--local", "--json", path).stdout))
    assert seen and not {k for k in seen if not re.search(rf"\b{k}\b", manual)}
