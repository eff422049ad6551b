# SPDX-License-Identifier: BSD-2-Clause
"""Memory: a scan process busy with the corpus, and a waiting SMTP session."""
from client import Client

from measure import daemon, load, private_kb, some_files
from proxy import SETTINGS, Sink

WAITING = 200  # smtp-sink takes 256


def busy(count):
    """Private memory of scan processes and front before, at its highest, and after `count` messages."""
    sink = Sink()
    house = daemon(f"{SETTINGS}\n$forward_method = 'smtp:[127.0.0.1]:{sink.port}';", scans=1)
    try:
        scan, = house.role("scan")
        front, = house.role("front")
        first, peak = (private_kb(scan.pid), private_kb(front.pid)), [0, 0]
        with Client(house.port) as client:
            for path in some_files(count):
                reply = client.send(open(path, "rb").read(), ["anna@example.org"])
                assert reply[0] == 250, reply
                peak = [max(peak[0], private_kb(scan.pid)), max(peak[1], private_kb(front.pid))]
        last = private_kb(scan.pid), private_kb(front.pid)
        print(f"{count} messages of the corpus through one scan process, private memory in MB:")
        for i, name in enumerate(("scan", "front")):
            print(f"  {name:<6} before {first[i] / 1024:6.1f}, at most {peak[i] / 1024:6.1f}, after {last[i] / 1024:6.1f}")
    finally:
        house.close()
        sink.close()


def waiting():
    sink = Sink()
    house = daemon(f"{SETTINGS}\n$forward_method = 'smtp:[127.0.0.1]:{sink.port}';", scans=1)
    try:
        front, = house.role("front")
        before = private_kb(front.pid)
        sessions = [Client(house.port) for _ in range(WAITING)]
        for s in sessions:
            assert s.say("MAIL FROM:<sender@example.net>")[0] == 250
        print(f"{WAITING} SMTP sessions that wait behind MAIL: {(private_kb(front.pid) - before) / WAITING:.1f} kB each")
        for s in sessions:
            s.close()
    finally:
        house.close()
        sink.close()


def run(quick):
    print(load())
    busy(300 if quick else 3000)
    waiting()
