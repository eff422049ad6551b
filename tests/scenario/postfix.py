# SPDX-License-Identifier: BSD-2-Clause
"""A Postfix of the test's own: own configuration, queue and data folders, high ports; needs root.

Its listeners are (port, options of smtpd) pairs; mail for example.org goes into a Maildir a user, through
virtual(8), which writes the bytes as the queue has them. The users are m0000 to m0499. Other mail goes nowhere.
"""
import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile

import harness

DOMAIN = "example.org"
HOST = "mx.example.org"
USERS = [f"m{i:04d}" for i in range(500)]
SBIN = pathlib.Path("/usr/sbin")
DAEMONS = pathlib.Path("/usr/lib/postfix/sbin")

OPERATING = pathlib.Path(__file__).resolve().parents[2] / "docs/OPERATING.md"
BEFORE_FILTER = ["receive_override_options=no_address_mappings"]


def documented(heading):
    """The -o options of master.cf that a section of docs/OPERATING.md tells users to write."""
    section = re.search(rf"^## \d+\. {heading}\n(.*?)^## ", OPERATING.read_text(), re.M | re.S).group(1)
    found = re.findall(r"^ +-o (\S+=.*)$", section, re.M)
    assert len(found) > 3, heading
    return found


def way_to_filter(name, program):
    """A transport as step 7 has it; over LMTP its parameters have lmtp_ in the place of smtp_."""
    options = [re.sub("^smtp_", f"{program}_", o) for o in documented("Postfix: the way to the filter")]
    return f"{name} unix - - n - 4 {program}\n" + "".join(f"  -o {o}\n" for o in options)


MAIN_CF = """
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = {dir}
maillog_file = {dir}/log
myhostname = {host}
mydestination =
alias_maps =
alias_database =
inet_protocols = ipv4
inet_interfaces = {addresses}
mynetworks = 127.0.0.0/8 {networks}
local_header_rewrite_clients =
local_recipient_maps =
message_size_limit = 0
mailbox_size_limit = 0
virtual_mailbox_limit = 0
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {dir}/mail
virtual_mailbox_maps = texthash:{dir}/mailboxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_client_connection_count_limit = 0
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 2s
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_forbid_bare_newline = no
default_transport = error:5.1.2 only mail for {domain}
relay_transport = error:5.1.2 only mail for {domain}
disable_vrfy_command = yes
biff = no
in_flow_delay = 0
"""

MASTER_CF = """
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
virtual   unix - n n - 8 virtual
anvil     unix - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
smtp      unix - - n - - smtp
lmtp      unix - - n - - lmtp
scache    unix - - n - 1 scache
"""


def reason_to_skip():
    """None where an instance can be had; else why not."""
    if os.geteuid() != 0:
        return "an instance of Postfix is started by root"
    if not (SBIN / "postfix").exists() or not (DAEMONS / "master").exists():
        return "Postfix is not installed"
    return None


class Postfix:
    """prefix: a command that the instance is started by (ip netns exec NAME)."""

    def __init__(self, addresses=("127.0.0.1",), prefix=()):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="postern-postfix-", dir="/tmp"))
        self.dir.chmod(0o755)
        self.addresses = list(addresses)
        self.prefix = list(prefix)
        self.listeners = []
        self.is_started = False
        for name in ("conf", "queue", "mail"):
            (self.dir / name).mkdir()
        user = pwd.getpwnam("postfix")
        (self.dir / "data").mkdir(mode=0o700)
        os.chown(self.dir / "data", user.pw_uid, user.pw_gid)
        self.mail_user = pwd.getpwnam("nobody")
        os.chown(self.dir / "mail", self.mail_user.pw_uid, self.mail_user.pw_gid)

    def listen(self, port, options, address=None):
        """Another smtpd; options as "name=value"."""
        self.listeners.append((address or self.addresses[0], port, options))
        return self

    def listen_before(self, port, content_filter):
        """The way in: all that comes goes to the filter ("transport:[host]:port")."""
        return self.listen(port, [f"content_filter={content_filter}", *BEFORE_FILTER])

    def listen_behind(self, port, peers="127.0.0.0/8"):
        """Where the filter gives mail back."""
        of_peers = {"mynetworks": peers, "smtpd_authorized_xforward_hosts": peers}
        options = [o.partition("=")[::2] for o in documented("Postfix: the way back in")]
        return self.listen(port, [f"{name}={of_peers.get(name, value)}" for name, value in options])

    def write_config(self):
        (self.dir / "conf" / "main.cf").write_text(MAIN_CF.format(
            dir=self.dir, host=HOST, domain=DOMAIN, addresses=" ".join(self.addresses),
            networks=" ".join(f"{a}/32" for a in self.addresses),
            uid=self.mail_user.pw_uid, gid=self.mail_user.pw_gid))
        (self.dir / "mailboxes").write_text("".join(f"{u}@{DOMAIN} {u}/\n" for u in USERS))
        rows = [MASTER_CF, way_to_filter("postern-smtp", "smtp"), way_to_filter("postern-lmtp", "lmtp")]
        for address, port, options in self.listeners:
            rows.append(f"{address}:{port} inet n - n - - smtpd\n")
            # In master.cf a comma or blank inside a value must not look like another argument.
            rows += [f"  -o {{ {o.replace('=', ' = ', 1)} }}\n" for o in options]
        (self.dir / "conf" / "master.cf").write_text("".join(rows))

    def command(self, *args):
        return subprocess.run([*self.prefix, SBIN / args[0], "-c", self.dir / "conf", *args[1:]],
                              capture_output=True, text=True, timeout=60, check=False)

    def start(self):
        self.write_config()
        got = self.command("postfix", "start")
        assert got.returncode == 0, got.stdout + got.stderr + self.log()
        self.is_started = True
        harness.wait_for(lambda: "daemon started" in self.log(), "Postfix runs")
        return self

    def _master(self):
        with contextlib.suppress(OSError, ValueError):
            return harness.Process(int((self.dir / "queue/pid/master.pid").read_text()))
        return None

    def log(self):
        with contextlib.suppress(FileNotFoundError):
            return (self.dir / "log").read_text(errors="replace")
        return ""

    def connect(self, port, timeout=30):
        return socket.create_connection((self.addresses[0], port), timeout=timeout)

    def queued(self):
        """How many messages are in the queue."""
        return sum(len(files) for name in ("maildrop", "incoming", "active", "deferred", "hold")
                   for _, _, files in os.walk(self.dir / "queue" / name))

    def mailboxes(self):
        """user -> the messages in the Maildir, each as its bytes"""
        found = {}
        for box in (self.dir / "mail").iterdir():
            with contextlib.suppress(FileNotFoundError):
                found[box.name] = [f.read_bytes() for f in sorted((box / "new").iterdir())]
        return found

    def count_delivered(self):
        return sum(1 for _ in (self.dir / "mail").glob("*/new/*"))

    def wait_delivered(self, count, seconds=120.0):
        """Waits until there are `count` messages in all and the queue is empty."""
        try:
            harness.wait_for(lambda: self.count_delivered() >= count and not self.queued(),
                             f"{count} messages delivered", seconds)
        except AssertionError as e:
            tail = "\n".join(self.log().splitlines()[-25:])
            raise AssertionError(f"{e}; {self.count_delivered()} are there, {self.queued()} in the queue; "
                                 f"the log ends:\n{tail}") from None

    def empty_mailboxes(self):
        for box in (self.dir / "mail").iterdir():
            shutil.rmtree(box)

    def close(self):
        if self.is_started:
            master = self._master()
            self.command("postfix", "stop")
            if master and master.is_alive():
                os.killpg(master.pid, signal.SIGKILL)
        shutil.rmtree(self.dir, ignore_errors=True)
