"""pins.py: what the tables of the source call implemented, and whether a case shows a thing of them.

A pin is KIND:NAME. For the kinds of KINDS the script `uncovered` lists what no case pins; a case may only pin what its
configuration uses, in a rule (eval, rule-type, header-modifier, pseudo-header, tflag) that hits otherwise with the
feature than without it, or in a line (setting, tag).
"""
import pathlib
import re

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "src"

# What no local verdict can show, and why. Everything else of the tables must be pinned by a case.
NOT_HERE = {
    "asks the network": {
        "eval": "check_dns_sender check_rbl check_rbl_accreditor check_rbl_envfrom check_rbl_from_domain "
                "check_rbl_from_host check_rbl_headers check_rbl_rcvd check_rbl_sub check_rbl_txt check_rbl_ns_from",
        "setting": "rbl_headers skip_rbl_checks dns_available dns_server clear_dns_servers dns_options "
                   "dns_query_restriction clear_dns_query_restriction clear_dns_query_restrictions dns_block_rule "
                   "dns_block_time rbl_timeout askdns fns_ignore_dkim num_check_received",
    },
    "changes nothing without Bayes": {
        "setting": "use_learner use_bayes use_bayes_rules bayes_auto_learn bayes_auto_learn_on_error "
                   "bayes_auto_learn_threshold_nonspam bayes_auto_learn_threshold_spam",
    },
    "of the plugin that SpamAssassin's own tests bring": {
        "eval": "check_test_plugin",
    },
    "time decides": {
        "setting": "time_limit",
        "tag": "TIMING",
    },
    "never hits": {
        "eval": "check_for_unique_subject_id check_for_illegal_ip check_shortcircuit html_charset_faraway",
    },
}

RULE_TYPES = "header body rawbody full uri meta mimeheader uri_detail askdns"
RULE = re.compile(rf"({'|'.join(RULE_TYPES.split())})\s+(\w+)\s+(.*)")
PSEUDO = re.compile(r'str_eq(?:_nocase)?\((?:q->)?name, STR\("([-\w]+)"\)')


def rows(text, array):
    """The rows of each table of that type: (first string, the rest of the row)."""
    for table in re.findall(rf"struct {array} \w*\[\] = {{(.*?)}};$", text, re.S | re.M):
        yield from re.findall(r'\{ "(\w+)",([^{}]*)\}', table) + re.findall(r'^\s[A-Z_]+\("(\w+)",(.*)\)', table, re.M)


def sources(folder):
    for path in sorted((SOURCE / folder).glob("*.c")):
        if not re.search(r"_(test|fuzz|probe|dump)\.c$|harness", path.name):
            yield path.read_text(encoding="utf-8")


def implemented():
    """{kind: sorted names} of the tables."""
    found = {kind: set() for kind in ("eval", "setting", "header-modifier", "pseudo-header", "tflag", "tag")}
    for text in [*sources("checks"), *sources("rules")]:
        found["eval"] |= {name for name, _ in rows(text, "eval_def")}
        found["setting"] |= {name for name, rest in rows(text, "directive_def") if rest.strip() != "set_later"}
        for name, rest in rows(text, "directive"):
            columns = [column.strip() for column in rest.split(",")]
            if columns[-2] == "NULL":
                found["setting"].add(name)
    get = (SOURCE / "msg/get.c").read_text(encoding="utf-8")
    found["header-modifier"] |= set(re.findall(r'str_eq\(part, STR\("(\w+)"\)\)', get))
    found["pseudo-header"] |= set(PSEUDO.findall(get)) | {
        "X-Spam-Relays-" + name.capitalize() for name in re.findall(r'"x-spam-relays-(\w+)"', get)}
    words = re.search(r"tflag_words\[\] = {(.*?)};$", (SOURCE / "rules/finish.c").read_text(encoding="utf-8"), re.S | re.M)
    found["tflag"] |= set(re.findall(r'"(\w+)"', words.group(1))) | {"maxhits", "range"}
    for text in sources("markup"):
        found["tag"] |= {name for name, _ in rows(text, "tag")}
    return {kind: sorted(names) for kind, names in found.items()}


def rules_of(case):
    """(type, name, rest) of the rules of either side."""
    for _, line in case.cf:
        match = RULE.match(line.strip())
        if match:
            yield match.groups()


def differing(case):
    """Names that one answer has more often than the other."""
    lists = [[name for field in case.want[side].split()[1:] for name in field.split(",")] for side in "+-"]
    return {name for name in lists[0] + lists[1] if lists[0].count(name) != lists[1].count(name)}


def proves(case, pin):
    kind, _, name = pin.partition(":")
    rules, seen = list(rules_of(case)), differing(case)
    if kind == "eval":
        return any(f"eval:{name}(" in rest and rule in seen for _, rule, rest in rules)
    if kind == "rule-type":
        return any(kind_of == name and rule in seen for kind_of, rule, _ in rules)
    if kind in ("header-modifier", "pseudo-header"):
        at = rf"(?:exists:)?[-\w:]+:{name}\b" if kind == "header-modifier" else rf"(?:exists:)?{name}(?![-\w])"
        return any(re.match(at, rest) and rule in seen for type_of, rule, rest in rules
                   if type_of in ("header", "mimeheader"))
    lines = [line for _, line in case.cf]
    if kind == "tflag":
        return any(re.match(rf"tflags\s+\w+\s.*\b{name}\b", line) for line in lines)
    if kind == "setting":
        return any(re.match(rf"(?:lang \S+ )?{name}(?:\s|$)", line) for line in lines)
    if kind == "tag":
        return any(re.search(rf"_{name}(?:_|\()|%{{{name}}}", line) for line in lines)
    return True


def uncovered(cases):
    """Pins that the tables call for and no case has."""
    have = {pin for case in cases for pin in case.pins}
    excused = {f"{kind}:{name}" for kinds in NOT_HERE.values() for kind, names in kinds.items() for name in names.split()}
    return [pin for kind, names in implemented().items() for pin in (f"{kind}:{name}" for name in names)
            if pin not in have and pin not in excused]
