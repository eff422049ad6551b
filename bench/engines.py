# SPDX-License-Identifier: BSD-2-Clause
"""CPU time of the same messages in Postern, SpamAssassin and rspamd, in turn; each engine's own start left out.

Network tests are off in all three. SpamAssassin is asked in one process by tests/parity/verdicts.pl; rspamd's
normal worker by /checkv2, with Debian's settings but for the modules that need a network or a Redis.
"""
import http.client
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from measure import TOP, cpu_s, harness, load, scan, some_files, spread

START_LIMIT_S = 180
MESSAGE_LIMIT_S = 60
# Of rspamd's modules those that ask other hosts, a Redis or a helper.
NETWORK = """antivirus arc asn aws_s3 bimi clickhouse dcc dkim dkim_signing dmarc elastic external_services fuzzy_check
greylist history_redis http_headers metadata_exporter metric_exporter mx_check neural p0f ratelimit rbl redis replies reputation
rspamd_update spamtrap spf surbl url_redirector whitelist""".split()


class Rspamd:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="postern-bench-rspamd-"))
        self.port = harness.free_port()
        user = ["-u", "_rspamd", "-g", "_rspamd"] if os.geteuid() == 0 else []
        if user:
            shutil.chown(self.folder, "_rspamd")
        config = self.folder / "rspamd.conf"
        config.write_text(self.config())
        self.popen = subprocess.Popen(["/usr/bin/rspamd", "-f", *user, "-c", config,
                                       *(f"--var={name}={self.folder}" for name in ("DBDIR", "RUNDIR", "LOGDIR"))],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                      start_new_session=True)
        try:
            harness.wait_for(self.is_up, "rspamd answers", START_LIMIT_S)
            harness.wait_for(self.has_compiled, "rspamd has compiled its expressions", START_LIMIT_S)
        except BaseException:
            self.close()
            raise

    def config(self):
        others = {"controller": 0, "rspamd_proxy": 0, "fuzzy": 0}
        return "\n".join([
            '.include "/etc/rspamd/common.conf"',
            'options { .include "/etc/rspamd/options.inc"',
            f'  pidfile = "{self.folder}/pid"; filters = "chartable,regexp"; tempdir = "{self.folder}";',
            '  dns { nameserver = ["127.0.0.1:9"]; timeout = 0.1s; retransmits = 1; } }',
            f'logging {{ type = "file"; filename = "{self.folder}/log"; level = "info"; }}',
            f'worker "normal" {{ bind_socket = "127.0.0.1:{self.port}"; count = 1; }}',
            *(f'worker "{name}" {{ bind_socket = "{self.folder}/{name}"; count = {n}; }}' for name, n in others.items()),
            *(f"{name} {{ enabled = false; }}" for name in NETWORK), ""])

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

    def measure(self, paths):
        pid = self.worker()
        before = cpu_s(pid)
        for path in paths:
            status = self.ask(pathlib.Path(path).read_bytes())
            if status != 200:
                sys.exit(f"rspamd answered {status} for {path}")
        return cpu_s(pid) - before

    def close(self):
        self.popen.send_signal(signal.SIGTERM)
        try:
            self.popen.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.popen.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class SpamAssassin:
    """One process that answers a message at a time, so that its start can be told from its work."""

    def __init__(self, warm):
        self.popen = subprocess.Popen(["/usr/bin/perl", TOP / "tests/parity/verdicts.pl", "--one-process"], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace")
        self.ask(warm)  # the first message compiles the rules

    def ask(self, path):
        self.popen.stdin.write(f"{path}\n")
        self.popen.stdin.flush()
        if not self.popen.stdout.readline():
            sys.exit("SpamAssassin ended")

    def measure(self, paths):
        before = cpu_s(self.popen.pid)
        for path in paths:
            self.ask(path)
        return cpu_s(self.popen.pid) - before

    def close(self):
        self.popen.stdin.close()
        self.popen.wait(timeout=60)


def measure_postern(paths):
    count, _, cpu, _ = scan(paths)
    assert count == len(paths)
    return cpu


def run(quick):
    rounds, count = (3, 60) if quick else (5, 300)
    # Each engine's first message is none of the measured ones; each round has messages of its own.
    paths = some_files(rounds * count + 1)
    engines = {"postern": measure_postern}
    others = []
    try:
        if shutil.which("rspamd"):
            others.append(Rspamd())
            engines["rspamd"] = others[-1].measure
        if shutil.which("spamassassin"):
            others.append(SpamAssassin(paths[-1]))
            engines["SpamAssassin"] = others[-1].measure
        used = {name: [] for name in engines}
        for r in range(rounds):
            these = paths[r * count:(r + 1) * count]
            for name in list(engines)[r % len(engines):] + list(engines)[:r % len(engines)]:
                used[name].append(engines[name](these))
    finally:
        for engine in others:
            engine.close()
    print(f"CPU of the engine, {rounds} rounds of {count} messages, each message once; {load()}")
    print(f"{'':<14}{'ms a message':>28}  {'messages a CPU second':>22}  {'times Postern':>28}")
    for name, seconds in used.items():
        ms = [s * 1000 / count for s in seconds]
        ratio = [s / p for s, p in zip(seconds, used["postern"])]
        print(f"{name:<14}{spread(ms, '{:.3f}'):>28}  {count / statistics.median(seconds):22.0f}  {spread(ratio, '{:.1f}'):>28}")
    for name in ("rspamd", "SpamAssassin"):
        if name not in used:
            print(f"{name}: not installed (script/bootstrap bench)")
