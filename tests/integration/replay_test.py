"""Predictions of the real server, computed again by `aifx replay`."""

import json
import shutil
import subprocess
import uuid

import harness
from model_lifecycle_test import copy_of

NOWHERE = "http://127.0.0.1:9"


class ReplayTest(harness.StackTest):
    def setUp(self):
        from aifx.ml.v1 import model_service_pb2, prediction_service_pb2, types_pb2
        self.messages = model_service_pb2
        self.folder = self.stack.folder / self.id().rpartition(".")[2]
        self.models, self.journal = self.folder / "models", self.folder / "outbox/journal"
        shutil.copytree(harness.FIXTURE / "models", self.models)
        active = json.loads((self.models / harness.MODEL / "active.json").read_text())
        self.old = active["version"]
        self.request = prediction_service_pb2.PredictRequest(
            pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H)
        self.request.series.candles.extend(harness.sample_candles(300))

    def serve(self, *arguments):
        from aifx.ml.v1 import model_service_pb2_grpc, prediction_service_pb2_grpc
        self.server, address = self.stack.server(
            NOWHERE, "--models-dir", self.models, "--outbox-dir", self.folder / "outbox",
            *arguments)
        channel = self.stack.channel(address)
        self.model_service = model_service_pb2_grpc.ModelServiceStub(channel)
        self.predictions = prediction_service_pb2_grpc.PredictionServiceStub(channel)

    def predict(self):
        self.request.request_id = str(uuid.uuid4())
        return self.predictions.Predict(self.request, timeout=20).prediction

    def replay(self, prediction_id, *arguments):
        return subprocess.run(
            [harness.BIN / "aifx", "replay", prediction_id, "--journal-dir", self.journal,
             "--models-dir", self.models, *arguments], capture_output=True, text=True, timeout=60)

    def replay_json(self, prediction_id):
        ran = self.replay(prediction_id, "--json")
        self.assertTrue(ran.stdout, ran.stderr)
        return ran.returncode, json.loads(ran.stdout)

    def test_gives_the_same_bits_with_the_version_that_answered(self):
        new = copy_of(self.models, self.old)
        self.serve()
        first = self.predict()
        self.model_service.SetActiveVersion(self.messages.SetActiveVersionRequest(
            name=harness.MODEL, version=new), timeout=60)
        second = self.predict()
        self.assertEqual((first.model.version, second.model.version), (self.old, new))
        self.server.stop()  # what is queued is written
        for prediction in (first, second):
            code, line = self.replay_json(prediction.id)
            self.assertEqual((code, line["same"], line["differences"]), (0, True, []))
            self.assertEqual(line["version"], prediction.model.version)
            self.assertEqual(line["replayed"], line["recorded"])
            self.assertEqual(line["recorded"]["confidence"], prediction.confidence)
        text = self.replay(first.id)
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertIn("the same bits", text.stdout)

    def test_a_changed_model_is_told(self):
        self.serve()
        prediction = self.predict()
        self.server.stop()
        version = self.models / harness.MODEL / str(self.old)
        manifest = json.loads((version / "manifest.json").read_text())
        manifest["calibration"]["slope"] *= 1.5
        (version / "manifest.json").write_text(json.dumps(manifest))
        code, line = self.replay_json(prediction.id)
        self.assertEqual((code, line["same"]), (1, False))
        self.assertRegex("\n".join(line["differences"]), r"probabilities: 3 of 3 values differ")
        weights = next(version.glob("model.*"))
        weights.write_bytes(weights.read_bytes() + b"x")
        ran = self.replay(prediction.id)
        self.assertEqual(ran.returncode, 1)
        self.assertIn(weights.name, ran.stderr)

    def test_says_why_there_is_nothing_to_replay(self):
        self.serve("--journal-dir", "off")
        prediction = self.predict()
        self.server.stop()
        self.assertFalse(self.journal.exists())
        ran = self.replay(prediction.id)
        self.assertEqual(ran.returncode, 1)
        self.assertIn(str(self.journal), ran.stderr)
        self.assertEqual(subprocess.run([harness.BIN / "aifx", "replay"],
                                        capture_output=True).returncode, 2)


if __name__ == "__main__":
    harness.main()
