#!/usr/bin/env python3
"""make_cases.py [-a] [TOPIC | TOPIC/CASE]...: asks SpamAssassin 4.0.1 and writes its answers into cases/TOPIC.case.

Asked are the cases without answers, those named, or with -a all. A case whose answer is the same with and without its
feature is refused (it proves nothing), and so is one that pins what does not stand in its configuration: it gets no
answer, and the tests fail.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import cases  # noqa: E402
import pins  # noqa: E402


def ask(asked):
    """{(case id, side): (answer, output lines)}"""
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        lines = []
        for n, (case, side) in enumerate((case, side) for case in asked for side in "+-"):
            rules, eml = pathlib.Path(folder, str(n)), pathlib.Path(folder, f"{n}.eml")
            case.write_rules(side, rules)
            eml.write_bytes(case.eml(side))
            lines.append(f"{case.id} {side}\t{rules}\t{eml}\t{int(case.show)}\n")
        judge = pathlib.Path(__file__).parent / "judge_cases.pl"
        done = subprocess.run(["perl", judge], input="".join(lines), capture_output=True, text=True, check=False)
    sys.stderr.write(done.stderr)
    for line in done.stdout.splitlines():
        key, *said = line.split("\t")
        case_id, side = key.split(" ")
        if len(said) != 4:
            print(f"{key}: {said}")
            continue
        out = bytes.fromhex(said[3]).decode("utf-8", "surrogateescape").split("\n") if said[3] else []
        answers[case_id, side] = (cases.answer(*said[:3]), out)
    return answers


def faults(case):
    if case.want["+"] == case.want["-"] and case.out.get("+") == case.out.get("-"):
        yield f"the same answer with and without: {case.want['+']}"
    for pin in case.pins:
        if not pins.proves(case, pin):
            yield f"pins {pin}, which no rule or line of it shows with the one answer and the other"


def rewrite(path, found):
    """The file again, with the answers of the cases behind them."""
    out, after = [], {case.line: case for case in found}
    current = None

    def flush():
        while out and not out[-1].strip():
            out.pop()
        if current:
            for side in "" if current.refused or len(current.want) < 2 else "+-":
                out.append(f"want{side} {current.want[side]}")
                out.extend(f"out{side}|{line}" for line in current.out.get(side, []))
        if current:
            out.append("")

    for n, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if n in after:
            # Comments before a case belong to it.
            comments = []
            while out and out[-1].startswith("#"):
                comments.insert(0, out.pop())
            flush()
            out.extend(comments)
            current = after[n]
        if not line.startswith(("want+", "want-", "out+|", "out-|")):
            out.append(line)
    flush()
    path.write_text("\n".join(out).rstrip("\n") + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-a", "--all", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    failed, todo = 0, {}
    for path in cases.files():
        found = cases.read(path)
        wanted = [case for case in found
                  if args.all or case.topic in args.names or case.id in args.names or len(case.want) < 2]
        if wanted:
            todo[path] = found, wanted
    answers = ask([case for _, wanted in todo.values() for case in wanted])
    for path, (found, wanted) in todo.items():
        bad = 0
        for case in wanted:
            for side in "+-":
                case.want[side], out = answers[case.id, side]
                if case.show:
                    case.out[side] = out
            for text in faults(case):
                bad += 1
                print(f"{path}:{case.line}: {case.name}: {text}")
                print("  with    " + case.want["+"] + "\n  without " + case.want["-"])
                case.refused = True
        rewrite(path, found)
        failed += bad
        print(f"{path.name}: {len(wanted)} of {len(found)} asked, {bad} refused")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
