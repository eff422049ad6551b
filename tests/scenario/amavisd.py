# SPDX-License-Identifier: BSD-2-Clause
"""Real amavisd-new in the foreground, as a plain user, with a configuration and a home of its own."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import harness

PROGRAM = "/usr/sbin/amavisd"


def can_run():
    """It refuses a configuration file that its own user owns: only root can give it another's."""
    return os.access(PROGRAM, os.X_OK) and os.geteuid() == 0


class Amavisd:
    def __init__(self, settings, rules):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="postern-amavisd-", dir="/tmp"))
        self.dir.chmod(0o755)
        self.port = harness.free_port()
        for name in ("home", "home/tmp", "home/quarantine", "rules", "site"):
            (self.dir / name).mkdir()
        (self.dir / "rules/test.cf").write_text(rules)
        (self.dir / "site/test.pre").write_text(
            "loadplugin Mail::SpamAssassin::Plugin::Check\nloadplugin Mail::SpamAssassin::Plugin::AutoLearnThreshold\n")
        self.log_path = self.dir / "home/log"
        self.user = harness.daemon_user()
        self.config = self.dir / "amavisd.conf"
        self.config.write_text(f"""use strict;
$MYHOME = '{self.dir}/home';
$TEMPBASE = "$MYHOME/tmp";
$db_home = $MYHOME;
$lock_file = "$MYHOME/lock";
$pid_file = "$MYHOME/pid";
$LOGFILE = "$MYHOME/log";
$do_syslog = 0;
$log_level = 0;
$enable_db = 0;
$enable_zmq = 0;
$enable_dkim_verification = 0;
$nanny_details_level = 0;
$max_servers = 1;
$max_requests = 1000;
$inet_socket_port = {self.port};
$inet_socket_bind = '127.0.0.1';
$sa_configpath = '{self.dir}/rules';
$sa_siteconfigpath = '{self.dir}/site';
$helpers_home = $MYHOME;
@decoders = ();
{settings}
1;
""")
        for path in (self.dir / "home", *(self.dir / "home").rglob("*")):
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        self.popen = None

    def start(self):
        self.output = open(self.dir / "output", "wb")
        self.popen = subprocess.Popen(
            [PROGRAM, "-c", str(self.config), "foreground"], stdin=subprocess.DEVNULL, stdout=self.output,
            stderr=self.output, cwd=self.dir, start_new_session=True,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.dir / "home"), "LANG": "C"},
            user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[])

        def serves():
            assert self.popen.poll() is None, (self.dir / "output").read_text(errors="replace") + self.log()
            try:
                with harness.socket.create_connection(("127.0.0.1", self.port), timeout=10) as s:
                    return s.makefile("rb").readline()
            except ConnectionError:
                return None

        harness.wait_for(serves, "amavisd serves", 90)
        return self

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def close(self):
        if self.popen and self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        if self.popen:
            self.output.close()
        shutil.rmtree(self.dir, ignore_errors=True)
