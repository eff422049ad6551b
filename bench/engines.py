# SPDX-License-Identifier: BSD-2-Clause
"""CPU time of the same messages in Postern, SpamAssassin and rspamd, in turn; each engine's own start left out.

Measured twice: one message after another, each sent when the answer to the one before is there, so that an engine
sleeps and wakes for each; and with more messages at hand than it is working on, as under load.

Network tests are off in all three, and each is one process that answers a message at a time: `postern scan`, SpamAssassin
by tests/parity/verdicts.pl, rspamd's normal worker by /checkv2, with Debian's settings but for the modules that need a network or a Redis.
"""
import http.client
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from measure import POSTERN, TOP, busy_s, harness, load, rules, some_files, spread

START_LIMIT_S = 180
MESSAGE_LIMIT_S = 60
ABREAST = 4  # messages that are sent to rspamd at once, under load
WARM = 50  # a process's first messages
WAKE = 20  # a turn's: the caches hold what the engine before it used
# Of rspamd's modules those that ask other hosts, a Redis or a helper.
NETWORK = """antivirus arc asn aws_s3 bimi clickhouse dcc dkim dkim_signing dmarc elastic external_services fuzzy_check
greylist hfilter history_redis http_headers metadata_exporter metric_exporter mx_check neural once_received p0f ratelimit rbl redis replies reputation
rspamd_update spamtrap spf surbl url_redirector whitelist""".split()


class Rspamd:
    name = "rspamd"

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="postern-bench-rspamd-"))
        self.port = harness.free_port()
        user = ["-u", "_rspamd", "-g", "_rspamd"] if os.geteuid() == 0 else []
        if user:
            shutil.chown(self.folder, "_rspamd")
        self.override()
        folders = {"DBDIR": "", "RUNDIR": "", "LOGDIR": "", "LOCAL_CONFDIR": "/site"}
        self.popen = subprocess.Popen(["/usr/bin/rspamd", "-f", *user, "-c", "/etc/rspamd/rspamd.conf",
                                       *(f"--var={name}={self.folder}{below}" for name, below in folders.items())],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                      start_new_session=True)
        try:
            harness.wait_for(self.is_up, "rspamd answers", START_LIMIT_S)
            harness.wait_for(self.has_compiled, "rspamd has compiled its expressions", START_LIMIT_S)
        except BaseException:
            self.close()
            raise

    def override(self):
        """What a site writes over Debian's settings; a second section of the same name would be ignored."""
        files = {f"{name}.conf": "enabled = false;" for name in NETWORK}
        files["options.inc"] = ('filters = "chartable,regexp"; '
                                'dns { nameserver = ["127.0.0.1:9"]; timeout = 0.1s; retransmits = 1; }')
        files["phishing.conf"] = "phishtank_enabled = false;"
        files["logging.inc"] = f'type = "file"; filename = "{self.folder}/log"; level = "info";'
        files["worker-normal.inc"] = f'bind_socket = "127.0.0.1:{self.port}"; count = 1;'
        for name, count in {"controller": 0, "proxy": 0, "fuzzy": 0}.items():
            files[f"worker-{name}.inc"] = f'bind_socket = "{self.folder}/{name}"; count = {count};'
        site = self.folder / "site/override.d"
        site.mkdir(parents=True)
        for name, text in files.items():
            (site / name).write_text(text + "\n")

    def has_compiled(self):
        return "hyperscan database" in self.log() or "loaded hyperscan" in self.log()

    def log(self):
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def is_up(self):
        try:
            return self.ask(b"Subject: x\r\n\r\nx\r\n") == 200
        except OSError:
            return False

    def ask(self, message):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=MESSAGE_LIMIT_S)
        try:
            connection.request("POST", "/checkv2", message)
            reply = connection.getresponse()
            reply.read()
            return reply.status
        finally:
            connection.close()

    def worker(self):
        return next(p.pid for p in harness.Process(self.popen.pid).children()
                    if b"normal" in pathlib.Path(f"/proc/{p.pid}/cmdline").read_bytes())

    def send(self, paths, failed):
        for path in paths:
            status = self.ask(pathlib.Path(path).read_bytes())
            if status != 200:
                failed.append(f"rspamd answered {status} for {path}")

    def measure(self, paths, abreast=False):
        pid = self.worker()
        lists, failed = [paths[i::ABREAST] for i in range(ABREAST)] if abreast else [paths], []
        before = busy_s(pid)
        senders = [threading.Thread(target=self.send, args=(part, failed)) for part in lists]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        if failed:
            sys.exit(failed[0])
        if self.asked_others():
            sys.exit("rspamd asked name servers: a module of NETWORK is on")
        return busy_s(pid) - before

    def asked_others(self):
        """Times that a message had it ask a name server: its settings are not what they should be then."""
        return len(re.findall(r"dns req: [1-9]", self.log()))

    def close(self):
        self.popen.send_signal(signal.SIGTERM)
        try:
            self.popen.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.popen.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Asked:
    """A program that reads paths and answers each with a line: one process for all rounds, one message at a time."""

    def __init__(self, name, *command):
        self.name = name
        self.popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                      errors="replace")

    def send(self, paths):
        self.popen.stdin.write("".join(f"{path}\n" for path in paths))
        self.popen.stdin.flush()

    def take(self, count):
        for _ in range(count):
            if not self.popen.stdout.readline():
                sys.exit(f"{self.name} ended")

    def measure(self, paths, abreast=False):
        before = busy_s(self.popen.pid)
        lists = [paths] if abreast else [[path] for path in paths]
        for part in lists:
            sender = threading.Thread(target=self.send, args=(part,))
            sender.start()
            self.take(len(part))
            sender.join()
        return busy_s(self.popen.pid) - before

    def close(self):
        self.popen.stdin.close()
        self.popen.wait(timeout=60)


def start():
    """The engines that are here, each in a process of its own."""
    engines = [Asked("postern", POSTERN, "scan", *rules(), "--tsv", "--alone", "--files-from", "-")]
    if shutil.which("rspamd"):
        engines.append(Rspamd())
    if shutil.which("spamassassin"):
        engines.append(Asked("SpamAssassin", "/usr/bin/perl", TOP / "tests/parity/verdicts.pl", "--one-process"))
    return engines


def split(paths, first, size):
    """The first so many, and what follows in pieces."""
    return [paths[:first], *(paths[i:i + size] for i in range(first, len(paths), size))]


def take_turns(engines, turns, abreast):
    """CPU seconds by engine, a number for each turn."""
    used = {engine.name: [] for engine in engines}
    for r, paths in enumerate(turns):
        for path in paths:  # whose turn comes first would pay for the disk
            pathlib.Path(path).read_bytes()
        for engine in engines[r % len(engines):] + engines[:r % len(engines)]:
            engine.measure(paths[:WAKE], abreast)
            used[engine.name].append(engine.measure(paths[WAKE:], abreast))
    return used


def show(how, used, count):
    print(how)
    print(f"{'':<14}{'ms a message':>28}  {'messages a CPU second':>22}  {'times Postern':>28}")
    for name, seconds in used.items():
        ms = [s * 1000 / count for s in seconds]
        ratio = [s / p for s, p in zip(seconds, used["postern"])]
        print(f"{name:<14}{spread(ms, '{:.3f}'):>28}  {count / statistics.median(seconds):22.0f}  {spread(ratio, '{:.1f}'):>28}")


def run(quick):
    rounds, count = (5, 100) if quick else (5, 500)
    # Each round has messages of its own. The first ones are not measured: starting, compiling rules, first pages.
    first, *turns = split(some_files(WARM + 2 * rounds * (WAKE + count)), WARM, WAKE + count)
    engines = start()
    try:
        for engine in engines:
            engine.measure(first)
        alone = take_turns(engines, turns[:rounds], False)
        loaded = take_turns(engines, turns[rounds:], True)
    finally:
        for engine in engines:
            engine.close()
    print(f"CPU of the engine, {rounds} rounds of {count} messages, each message once; {load()}")
    show("one after another:", alone, count)
    show("under load:", loaded, count)
    for name in ("rspamd", "SpamAssassin"):
        if name not in alone:
            print(f"{name}: not installed (script/bootstrap bench)")
