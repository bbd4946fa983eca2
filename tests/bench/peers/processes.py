"""Servers as child processes, and what they take."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.request


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def process(command, **options):
    """A child in a group of its own, which ends as a whole: servers start workers."""
    child = subprocess.Popen(command, start_new_session=True, **options)
    try:
        yield child
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        child.wait()


def wait_for(url, data):
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            request = urllib.request.Request(url, data=data, method="POST")
            request.add_header("Content-Type", "application/octet-stream")
            return urllib.request.urlopen(request, timeout=5).read()
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def resident(pid):
    """MiB of a process and all that it started."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    total = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            children = (task / "children").read_text().split()
        except FileNotFoundError:  # a thread that has just ended
            continue
        total += sum(resident(child) for child in children)
    return total
