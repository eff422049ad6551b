# SPDX-License-Identifier: BSD-2-Clause
import pytest

import harness


@pytest.fixture
def make_daemon():
    """make_daemon(settings, ...) gives a harness.Daemon that is not started yet; all end with the test."""
    made = []

    def make(*args, **kwargs):
        made.append(harness.Daemon(*args, **kwargs))
        return made[-1]

    yield make
    for daemon in made:
        daemon.close()


@pytest.fixture
def daemon(make_daemon):
    """One that serves, with settings that need nothing but itself."""
    return make_daemon().start()
