# SPDX-License-Identifier: BSD-2-Clause
"""What all measurements use: CPU and memory by /proc, corpus messages, a table."""
import os
import pathlib
import random
import re
import statistics
import subprocess

import corpus
import harness

TOP = pathlib.Path(__file__).resolve().parents[1]
POSTERN = TOP / "build/src/cli/postern"
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_s(pid):
    """utime + stime of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def busy_s(pid):
    """The same of a process's first thread, to the nanosecond; in ticks where the kernel does not keep it."""
    try:
        return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except FileNotFoundError:
        return cpu_s(pid)


def private_kb(pid, kind=r"\w+"):
    """Memory that no other process shares; kind: "Dirty", what was written to. A file's other pages are shared or not by who else has it open."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(n) for n in re.findall(rf"^Private_{kind}: +(\d+) kB", text, re.M))


def rules():
    """Options of postern for SpamAssassin's rule files, and nothing of the site's."""
    return ["--local", "--rules", "/usr/share/spamassassin", "--site", "/etc/spamassassin"]


def scan(paths, *options):
    """Messages, bytes, CPU seconds and seconds of `postern scan`, loading of the rules left out."""
    done = subprocess.run([POSTERN, "scan", *rules(), "--tsv", "--stats", *options, "--files-from", "-"],
                          input="".join(f"{p}\n" for p in paths), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, timeout=3600, check=True)
    found = re.search(r"(\d+) messages, (\d+) bytes, ([\d.]+) cpu-seconds, ([\d.]+) seconds$", done.stderr.strip())
    return int(found[1]), int(found[2]), float(found[3]), float(found[4])


def some_files(count, seed=1):
    """Different messages of the corpus, drawn by a fixed seed."""
    return [str(p) for p in random.Random(seed).sample(corpus.files(), min(count, 6046))]


def spread(values, form="{:.2f}"):
    """The median, and from the lowest to the highest."""
    low, high = min(values), max(values)
    return f"{form.format(statistics.median(values))} ({form.format(low)} to {form.format(high)})"


def load():
    return f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"


def daemon(settings, **options):
    """A running Postern with the settings of a measurement."""
    started = harness.Daemon(settings, **options)
    try:
        started.start()
    except BaseException:
        started.close()
        raise
    return started
