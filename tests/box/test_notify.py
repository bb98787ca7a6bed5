import socket
from pathlib import Path

import pytest

from vision.box.notify import Notifier


@pytest.mark.parametrize("abstract", [False, True])
def test_speaks_as_sd_notify_does(tmp_path, abstract):
    name = f"@comptage-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name[1:] if abstract else name)
        manager.settimeout(2)
        notifier = Notifier({"NOTIFY_SOCKET": name})
        notifier.ready()
        notifier.status("1 of 2 cameras see")
        notifier.status("1 of 2 cameras see")
        notifier.alive()
        notifier.stopping()
        told = [manager.recv(1000).decode() for _ in range(4)]
    assert told == ["READY=1", "STATUS=1 of 2 cameras see", "WATCHDOG=1", "STOPPING=1"]


def test_is_silent_where_nobody_listens(tmp_path, caplog):
    Notifier({}).ready()
    assert not caplog.records
    Notifier({"NOTIFY_SOCKET": str(Path(tmp_path / "gone"))}).ready()
    assert caplog.messages == ["systemd cannot be told READY=1: No such file or directory"]
