"""logwatch's amavis report reads Postern's log and amavisd-new's alike: the same messages give the same report."""
import pathlib
import re
import subprocess

import pytest

import amavisd
from test_amavisd_log import CONFIGS, postern, real, run_side

SCRIPT = pathlib.Path("/usr/share/logwatch/scripts/services/amavis")
pytestmark = pytest.mark.skipif(not SCRIPT.exists() or not amavisd.can_run(), reason="needs logwatch, amavisd-new and root")

# What the two programs cannot have in common: times, and the lines of their own starts and scanners.
MASKS = (
    (r"\d+\.\d\d s", "T s"),
    (r"(?m)^.*(Timing|Time measurements|timing|Scan Time|\bTotal +\d.*s\b).*\n", ""),
)
MAIN_LINE = re.compile(r"(?m)^.*\(\S+\) (?:Passed|Blocked) .*$")


def report(log):
    """The report on the main lines of a log, in syslog's form."""
    lines = "".join(re.sub(r"^.*?(\(\S+\) (?:Passed|Blocked))", r"Nov 22 10:00:00 host amavis[99]: \1", line) + "\n"
                    for line in MAIN_LINE.findall(log))
    assert lines
    done = subprocess.run(["perl", SCRIPT, "--detail", "10", "--nosect_vars", "--show_first_recip_only", "0"], input=lines,
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and done.stdout.strip(), done.stderr
    text = done.stdout
    for pattern, instead in MASKS:
        text = re.sub(pattern, instead, text)
    return text


def counts(text):
    """The summary: what is counted, and how often. Numbers in one column, words behind."""
    found = {words.strip(): int(n) for n, words in re.findall(r"(?m)^ {1,9}(\d+)   ([A-Z][A-Za-z ()/-]+?)(?: -+)?(?:  .*)?$", text)}
    # amavisd calls what went on to some recipients "Passed MTA-BLOCKED" when the next hop refused others; docs/DEVIATIONS.md.
    found["Clean passed"] = found.get("Clean passed", 0) + found.pop("MTA passed", 0)
    return found


@pytest.mark.parametrize("config", CONFIGS)
def test_the_same_report(config):
    ours, theirs = (report(run_side(make, config)[1]) for make in (postern, real))
    assert counts(theirs), theirs
    assert "Unmatched" not in ours, ours
    print(ours)
    assert counts(ours) == counts(theirs), f"postern:\n{ours}\namavisd:\n{theirs}"
