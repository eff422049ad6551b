"""summary.py RESULT.xml...: adds up JUnit results; prints failures, reasons of skips and the closing line.

With POSTERN_CI set a skip whose test is not listed in tests/skips-allowed (a test's name, then the reason) counts as failed.
"""
import os
import pathlib
import re
import sys
import xml.etree.ElementTree as ET


def main():
    allowed = dict(line.split(maxsplit=1) for line in
                   (pathlib.Path(__file__).parent / "skips-allowed").read_text().splitlines()
                   if line.strip() and not line.startswith("#"))
    passed, failed, skipped = 0, [], []
    for path in sys.argv[1:]:
        for case in ET.parse(path).getroot().iter("testcase"):
            whole = re.sub(r"^\d+ - ", "", case.get("name", ""))
            short = whole if whole in allowed else whole.split("[")[0]
            name = f"{case.get('classname', '')}.{case.get('name', '')}".strip(".")
            if case.find("failure") is not None or case.find("error") is not None:
                failed.append(name)
            elif case.find("skipped") is not None:
                said = case.find("skipped").get("message") or case.find("skipped").text
                reason = (said or allowed.get(short) or "no reason given").strip()
                if os.environ.get("POSTERN_CI") and short not in allowed:
                    failed.append(f"{name} (skipped, not on the list of tests/skips-allowed: {reason})")
                else:
                    skipped.append((name, reason))
            else:
                passed += 1
    for name, reason in skipped:
        print(f"skipped: {name}: {reason}")
    for name in failed:
        print(f"failed: {name}")
    print(f"{passed} passed, {len(failed)} failed" + (f", {len(skipped)} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
