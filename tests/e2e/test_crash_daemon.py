# SPDX-License-Identifier: Apache-2.0
"""A daemon that is killed again and again; `tools/prove crash-daemon` does it five hundred times."""

import crash_daemon


def test_a_daemon_killed_anywhere_loses_nothing_and_tells_nothing_out_of_order(moto, tmp_path):
    for line in crash_daemon.prove(tmp_path, moto, 12, 1, 1.2):
        print(line)
