"""Mixed load for long, while models are swapped: what a server takes in its second minute it takes
in its tenth. AIFX_SOAK_SECONDS is how long (default 6; `.ci/run --long` asks for 600)."""

import collections
import json
import os
import pathlib
import shutil
import statistics
import threading
import time

import harness
import soak_load
from model_lifecycle_test import copy_of
from operations_test import get, value, wait_until

SECONDS = float(os.environ.get("AIFX_SOAK_SECONDS", "6"))
WARM_UP_S = min(120.0, SECONDS / 2)  # caches fill, threads and buffers come to be
SAMPLES = 200                        # of the whole run
SWAP_EVERY_S = min(3.0, SECONDS / 6)
JOURNAL_BYTES = 4 << 20
OUTBOX_ROWS = 2000
CALLERS = (soak_load.WithCandles, soak_load.WithCandles, soak_load.FromBackend,
           soak_load.Submitting, soak_load.Batches, soak_load.Streams, soak_load.OpenInference,
           soak_load.BadRequests, soak_load.Vanishing)

# What may change after the warm-up. A slope over seconds means nothing: short runs have a bound of
# their own.
MOST_MIB_AN_HOUR = 60  # what eight minutes can tell from noise: 40 bytes a call
MOST_MIB_IN_SHORT = 40
MORE_DESCRIPTORS = 20  # connections of callers come and go
MORE_THREADS = 8

Sample = collections.namedtuple("Sample", "at mib descriptors threads")


def sample(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return Sample(time.monotonic(), int(fields["VmRSS"].split()[0]) / 1024,
                  len(os.listdir(f"/proc/{pid}/fd")), int(fields["Threads"]))


def connections(address):
    """Connections to a server at 127.0.0.1:PORT that it has not closed."""
    local = f"0100007F:{int(address.rpartition(':')[2]):04X}"
    established, close_wait = "01", "08"
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1] == local and row[3] in (established, close_wait) for row in rows)


def open_submissions(page):
    """What the backend lacks, by a page of metrics."""
    return sum(value(page, f'aifx_outbox_submissions{{state="{state}"}}')
               for state in ("queued", "inflight", "unknown", "dead"))


class SoakTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        from aifx.ml.v1 import model_service_pb2, model_service_pb2_grpc
        cls.messages = model_service_pb2
        models = cls.stack.folder / "models"
        shutil.copytree(harness.FIXTURE / "models", models)
        folder = models / harness.MODEL
        cls.old = json.loads((folder / "active.json").read_text())["version"]
        cls.new = copy_of(models, cls.old)
        manifest = json.loads((folder / str(cls.old) / "manifest.json").read_text())
        cls.shape = manifest["sequence"], manifest["features"]
        _, url = cls.stack.backend()
        cls.outbox = cls.stack.folder / "outbox"
        cls.server, cls.address = cls.stack.server(
            url, "--models-dir", models, "--outbox-dir", cls.outbox, "--cache-entries", "512",
            "--journal-max-bytes", JOURNAL_BYTES, "--outbox-max-rows", OUTBOX_ROWS)
        cls.model_service = model_service_pb2_grpc.ModelServiceStub(cls.stack.channel(cls.address))

    def setUp(self):
        self.versions, self.stop_callers = soak_load.Versions(self.old), threading.Event()
        self.addCleanup(self.stop_callers.set)

    def start_callers(self):
        callers = []
        for kind in CALLERS:
            more = (self.shape,) if kind is soak_load.OpenInference else ()
            callers.append(kind(self.address, self.versions, self.stop_callers, *more))
            callers[-1].start()
        return callers

    def swap(self, version):
        self.versions.activating(version)
        self.model_service.SetActiveVersion(self.messages.SetActiveVersionRequest(
            name=harness.MODEL, version=version), timeout=60)
        self.versions.activated()

    def page(self):
        return get(self.server.metrics + "/metrics")[1]

    def soak(self):
        """Swaps and watches until the time is over, or the callers have had enough; the samples."""
        began = time.monotonic()
        samples, swaps = [], 0
        while time.monotonic() < began + SECONDS and not self.stop_callers.wait(SECONDS / SAMPLES):
            samples.append(sample(self.server.process.pid))
            page = self.page()
            self.assertLessEqual(open_submissions(page), OUTBOX_ROWS)
            self.assertLessEqual(value(page, "aifx_journal_bytes"), JOURNAL_BYTES)
            if time.monotonic() >= began + SWAP_EVERY_S * (swaps + 1):
                self.swap((self.new, self.old)[swaps % 2])
                swaps += 1
        print(f"{SECONDS:g} s, {swaps} swaps")
        return samples

    def assert_flat(self, samples):
        warm = [each for each in samples if each.at < samples[0].at + WARM_UP_S]
        later = samples[len(warm):]
        slope = statistics.linear_regression([each.at for each in later],
                                             [each.mib for each in later]).slope * 3600
        growth = max(each.mib for each in later) - max(each.mib for each in warm)
        for name in Sample._fields[1:]:
            series = [getattr(each, name) for each in samples]
            print(f"{name}: {series[0]:.0f} at first, {getattr(later[0], name):.0f} warm, "
                  f"{series[-1]:.0f} at last, {max(series):.0f} at most")
        print(f"resident memory after {WARM_UP_S:g} s: {slope:+.1f} MiB an hour")
        if SECONDS >= 300:
            self.assertLess(slope, MOST_MIB_AN_HOUR)
        self.assertLess(growth, MOST_MIB_IN_SHORT)
        for name, more in (("descriptors", MORE_DESCRIPTORS), ("threads", MORE_THREADS)):
            before = max(getattr(each, name) for each in warm)
            self.assertLessEqual(max(getattr(each, name) for each in later), before + more, name)

    def test_a_server_under_mixed_load_stays_as_it_was(self):
        callers = self.start_callers()
        try:
            samples = self.soak()
        finally:
            self.stop_callers.set()
            for caller in callers:
                caller.join()
        for caller in callers:
            print(f"{type(caller).__name__}: {caller.done} times")
        self.assertEqual([error for caller in callers for error in caller.errors], [])
        self.assertGreater(min(caller.done for caller in callers), 0)
        self.assert_flat(samples)
        # Whoever went away, or ended well, leaves nothing behind.
        wait_until(lambda: connections(self.address) <= 1, "only our own connection is left")
        wait_until(lambda: value(self.page(), "aifx_watchers") == 0, "the watches have ended")
        wait_until(lambda: open_submissions(self.page()) == 0, "the backend has what was submitted")
        kept = sum(path.stat().st_size for path in (self.outbox / "journal").iterdir())
        self.assertLessEqual(kept, JOURNAL_BYTES)
        self.assertEqual(self.server.stop(timeout_s=60), 0)


if __name__ == "__main__":
    harness.main()
