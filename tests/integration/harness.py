"""The real server, the real backend and a Python client, in a folder that goes away.

A test file is a unittest module that ends with `harness.main()`. setup_fixture.py has trained one
small model for all of them and generated the Python client from proto/.
"""

import csv
import datetime
import importlib.util
import json
import os
import pathlib
import resource
import shutil
import sys
import tempfile
import unittest

import grpc

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["AIFX_BIN"])
FIXTURE = pathlib.Path(os.environ["AIFX_FIXTURE"])
sys.path[:0] = [str(ROOT / "scripts"), str(FIXTURE / "stubs")]

from reference_backend import ReferenceBackend  # noqa: E402
from run_lib.processes import Child  # noqa: E402

# Our grpc.health.v1 beside what the grpc package itself has.
grpc.__path__.append(str(FIXTURE / "stubs/grpc"))

KEY = "integration-test-key"
MODEL = "eurusd-1h"
SLICE = 3000  # candles that the fixture's backend holds
OTHER_PAIR = "AUD/NZD"  # no test stores candles of it


# The set-up installs it where Python is 3.11.
with_torch = unittest.skipUnless(importlib.util.find_spec("torch"), "this Python has no PyTorch")


def env(**more):
    """The environment of a child: nothing of the caller's settings, and no proxy."""
    dropped = ("AIFX_", "BACKEND_", "ML_ENGINE_", "DATABASE_URL", "REDIS_URL")
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(dropped) and not name.lower().endswith("_proxy")}
    return kept | {"ML_ENGINE_API_KEY": KEY, "AIFX_CACHE_DIR": str(FIXTURE / "cache")} | more


class Stack:
    """What one test module runs; stop() ends and removes all of it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="aifx-test-"))
        self.children = []
        self.channels = []

    def start(self, name, command, ready, timeout_s=60, **more_env):
        child = Child(name, command, self.folder / f"{len(self.children)}-{name}.log",
                      env=env(**more_env))
        self.children.append(child)
        return child, child.wait_ready(ready, timeout_s)

    def backend(self, *arguments, data=FIXTURE / "backend", port=0):
        """A backend on a copy of the fixture's data; (child, URL)."""
        if data is not None:
            copy = self.folder / f"data{len(self.children)}"
            shutil.copytree(data, copy)
            arguments += ("--data-dir", copy)
        return self.start("backend", ["node", ROOT / "tests/backend/server.js", "--port", port,
                                      *arguments], "READY")

    def steered_backend(self, *arguments, **options):
        """As backend(), but (child, ReferenceBackend): flips its switches, counts its writes."""
        child, url = self.backend(*arguments, **options)
        return child, ReferenceBackend(url, KEY)

    def server(self, backend_url, *arguments, **more_env):
        """An engine with the fixture's model and an outbox of its own; (child, HOST:PORT).

        child.metrics is the URL of its metrics and probes.
        """
        if "--outbox-dir" not in arguments:
            arguments += ("--outbox-dir", self.folder / f"outbox{len(self.children)}")
        if "--models-dir" not in arguments:
            arguments += ("--models-dir", FIXTURE / "models")
        child, ready = self.start("server", [
            BIN / "aifx-server", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0",
            "--backend-url", backend_url, "--stale-candles", "warn", "--drain-grace", "0s",
            *arguments], "READY grpc=", **more_env)
        address, _, metrics = ready.partition(" metrics=")
        child.metrics = f"http://{metrics}"
        return child, address

    def channel(self, address):
        # A pool of its own: an earlier server on a port that came round again, whose channel backs
        # off, is of no concern to this one.
        channel = grpc.insecure_channel(address, options=[
            ("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)])
        self.channels.append(channel)
        return channel

    def stop(self):
        for channel in self.channels:
            channel.close()
        for child in reversed(self.children):
            child.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class StackTest(unittest.TestCase):
    """A test case with one stack for all of its tests: set up in setUpStack."""

    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.addClassCleanup(cls.stack.stop)
        cls.setUpStack()

    @classmethod
    def setUpStack(cls):
        pass

    def assertRpcError(self, code, call, *arguments, **options):
        """The call fails with the code; returns the error."""
        with self.assertRaises(grpc.RpcError) as caught:
            call(*arguments, timeout=options.pop("timeout", 20), **options)
        error = caught.exception
        self.assertEqual(error.code(), code, error.details())
        return error


def details_of(error):
    """{message name: message} of the google.rpc.Status in an error's trailers."""
    from google.rpc import status_pb2
    for key, value in error.trailing_metadata():
        if key == "grpc-status-details-bin":
            return unpack(status_pb2.Status.FromString(value))
    return {}


def unpack(status):
    from google.rpc import error_details_pb2
    found = {}
    for each in status.details:
        name = each.type_url.rpartition(".")[2]
        message = getattr(error_details_pb2, name)()
        each.Unpack(message)
        found[name] = message
    return found


def violations(error):
    """{field: description} of an error's BadRequest."""
    bad = details_of(error).get("BadRequest")
    return {v.field: v.description for v in bad.field_violations} if bad else {}


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def sample_rows(count=SLICE):
    with open(ROOT / "examples/data/eurusd_1h.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))[-count:]


def sample_candles(count):
    """The sample's newest candles as messages."""
    from aifx.ml.v1 import types_pb2
    candles = []
    for row in sample_rows(count):
        candle = types_pb2.Candle(
            **{name: float(row[name]) for name in ("open", "high", "low", "close")},
            spread_pips=float(row["spread"]) / 0.0001)
        candle.open_time.FromJsonString(row["timestamp"])
        candles.append(candle)
    return candles


def store_candles(backend_url, pair, open_seconds, price="1.10000"):
    """Stores flat 1h candles in a reference backend, through its own bulk route."""
    rows = [{"timestamp": datetime.datetime.fromtimestamp(s, datetime.timezone.utc).isoformat(),
             "open": price, "high": price, "low": price, "close": price} for s in open_seconds]
    ReferenceBackend(backend_url, KEY).store_candles(pair, "1h", rows)


def fixture():
    return json.loads((FIXTURE / "fixture.json").read_text())


def main():
    unittest.main(verbosity=2)
