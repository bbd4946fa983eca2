"""Makes what the other tests share: the Python client, a backend's data and one trained model."""

import csv
import json
import shutil
import subprocess
import sys
import unittest

import harness
from grpc_tools import protoc

STUBS = harness.FIXTURE / "stubs"


def generate_client():
    protos = sorted(str(path) for path in (harness.ROOT / "proto").rglob("*.proto"))
    well_known = str(harness.pathlib.Path(sys.modules["grpc_tools"].__file__).parent / "_proto")
    STUBS.mkdir(parents=True)
    code = protoc.main(["protoc", f"-I{harness.ROOT / 'proto'}", f"-I{well_known}",
                        f"--python_out={STUBS}", f"--grpc_python_out={STUBS}", *protos])
    if code != 0:
        raise RuntimeError(f"protoc ended with code {code}")


def write_slice(path):
    rows = harness.sample_rows()
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


class SetUp(unittest.TestCase):
    def test_train(self):
        shutil.rmtree(harness.FIXTURE, ignore_errors=True)
        generate_client()
        write_slice(harness.FIXTURE / "slice.csv")
        stack = harness.Stack()
        self.addCleanup(stack.stop)
        backend, url = stack.backend("--data-dir", harness.FIXTURE / "backend", "--seed",
                                     f"EUR/USD:1h:{harness.FIXTURE / 'slice.csv'}", data=None)
        ran = subprocess.run(
            [harness.BIN / "aifx", "train", "weekly", "--pair", "EUR/USD", "--timeframe", "1h",
             "--start", "2018-01-01", "--end", "2019-01-01", "--models-dir",
             harness.FIXTURE / "models", "--hidden1", "8", "--hidden2", "8", "--dense", "8",
             "--epochs", "1", "--batch", "64", "--threads", "1", "--seed", "3", "--json"],
            env=harness.env(BACKEND_API_URL=url), capture_output=True, text=True, timeout=100)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        report = json.loads(ran.stdout)
        self.assertTrue(report["backend_id"])
        self.assertTrue(report["activated"])
        self.assertEqual(report["candles"], harness.SLICE)
        # Progress for machines: one JSON object a line.
        events = [json.loads(line) for line in ran.stderr.splitlines()]
        self.assertIn("epoch", {event["event"] for event in events})
        self.assertEqual(backend.stop(), 0)
        (harness.FIXTURE / "fixture.json").write_text(json.dumps(report))


if __name__ == "__main__":
    harness.main()
