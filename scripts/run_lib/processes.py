"""Child processes that are up when they say so, and gone when their owner is."""

import collections
import os
import signal
import subprocess
import threading
import time


class ChildFailed(Exception):
    """A child ended, or did not become ready; the message has the end of its log."""


class Child:
    """A program in a process group of its own; what it writes goes to a log file.

    Ctrl-C on the terminal does not reach it: its owner stops it, in order.
    """

    def __init__(self, name, command, log_path, env=None):
        self.name = name
        self.log_path = os.fspath(log_path)
        self._lines = collections.deque()
        self._changed = threading.Condition()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                # Also an owner that is killed leaves nothing behind. (Not by preexec_fn: it runs
                # fork handlers, and gRPC's abort where the owner uses gRPC.)
                ["setpriv", "--pdeathsig", "TERM", "--", *(str(part) for part in command)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                env=env, start_new_session=True)
        threading.Thread(target=self._read_stdout, daemon=True).start()

    def _read_stdout(self):
        with open(self.log_path, "ab") as log:
            for line in self.process.stdout:
                log.write(line)
                log.flush()
                with self._changed:
                    self._lines.append(line.decode(errors="replace").rstrip("\n"))
                    self._changed.notify_all()
        self.process.stdout.close()
        self.process.wait()
        with self._changed:
            self._changed.notify_all()

    def wait_ready(self, prefix, timeout_s):
        """The rest of the first stdout line that starts with prefix."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while True:
                while self._lines:
                    line = self._lines.popleft()
                    if line.startswith(prefix):
                        return line[len(prefix):].strip()
                if self.process.poll() is not None:
                    raise ChildFailed(self._failure(f"ended with code {self.process.returncode}"))
                left = deadline - time.monotonic()
                if left <= 0:
                    raise ChildFailed(self._failure(f"was not ready within {timeout_s:g} s"))
                self._changed.wait(min(left, 0.5))

    def _failure(self, what):
        return f"{self.name} {what}\n{log_tail(self.log_path)}"

    def failure(self):
        """Why it is no longer there, for a child that should be."""
        return self._failure(f"ended with code {self.process.returncode}")

    def alive(self):
        return self.process.poll() is None

    def stop(self, timeout_s=10):
        """SIGTERM to its group, SIGKILL after the time-out. Its exit code."""
        self._signal_group(signal.SIGTERM)
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            pass
        # Also what the child itself started and left.
        self._signal_group(signal.SIGKILL)
        return self.process.wait()

    def _signal_group(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass


def log_tail(path, lines=12):
    """The last lines of a log, indented, and where it is."""
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            tail = log.read().splitlines()[-lines:]
    except OSError as error:
        tail = [str(error)]
    shown = "".join(f"    {line}\n" for line in tail)
    return f"  the end of its log, {path}:\n{shown}"
