# SPDX-License-Identifier: BSD-2-Clause
"""Stands where a filter would and changes nothing: hands each connection's bytes on, both ways."""
import contextlib
import socket
import threading

LIMIT_S = 120


class PassThrough:
    def __init__(self, to_port, host="127.0.0.1"):
        self.to = (host, to_port)
        self.listener = socket.create_server((host, 0))
        self.port = self.listener.getsockname()[1]
        self.open = set()
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.to, timeout=LIMIT_S)
            except OSError:
                client.close()
                continue
            client.settimeout(LIMIT_S)
            self.open |= {client, server}
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        # The end of one direction is passed on; the last thread out finds both shut.
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for s in self.open:
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)
            s.close()
        self.thread.join(timeout=5)
