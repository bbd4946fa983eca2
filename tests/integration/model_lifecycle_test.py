"""Models that come, go and are switched off under load, over the wire and by the command line.

AIFX_SWAPS is how many times the hot-swap test swaps (default 100; .ci/run --long asks for 1,000).
"""

import json
import os
import shutil
import subprocess
import threading
import time

import grpc
import harness

NOWHERE = "http://127.0.0.1:9"
SWAPS = int(os.environ.get("AIFX_SWAPS", "100"))
CALLERS = 8
LATER = 1  # the copy's version is the trained one plus this many seconds


def copy_of(models, version):
    """A second version beside `version`: the same network, calibrated otherwise, unregistered."""
    copied = version + LATER
    target = models / harness.MODEL / str(copied)
    shutil.copytree(models / harness.MODEL / str(version), target)
    (target / "registration.json").unlink(missing_ok=True)
    manifest = json.loads((target / "manifest.json").read_text())
    manifest["version"] = copied
    manifest["calibration"]["slope"] *= 1.5
    (target / "manifest.json").write_text(json.dumps(manifest))
    return copied


class VersionsTest(harness.StackTest):
    """A server over a store with the trained version, active, and a copy."""

    def setUp(self):
        from aifx.ml.v1 import model_service_pb2, prediction_service_pb2, types_pb2
        self.messages, self.predict_messages = model_service_pb2, prediction_service_pb2
        self.folder = self.stack.folder / self.id().rpartition(".")[2]
        self.models = self.folder / "models"
        shutil.copytree(harness.FIXTURE / "models", self.models)
        active = json.loads((self.models / harness.MODEL / "active.json").read_text())
        self.old = active["version"]
        self.new = copy_of(self.models, self.old)
        self.request = prediction_service_pb2.PredictRequest(
            pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H)
        self.request.series.candles.extend(harness.sample_candles(200))

    def serve(self, *arguments, backend_url=NOWHERE):
        from aifx.ml.v1 import model_service_pb2_grpc, prediction_service_pb2_grpc
        self.server, self.address = self.stack.server(
            backend_url, "--models-dir", self.models, "--outbox-dir", self.folder / "outbox",
            *arguments)
        channel = self.stack.channel(self.address)
        self.model_service = model_service_pb2_grpc.ModelServiceStub(channel)
        self.predictions = prediction_service_pb2_grpc.PredictionServiceStub(channel)

    def activate(self, version):
        return self.model_service.SetActiveVersion(self.messages.SetActiveVersionRequest(
            name=harness.MODEL, version=version), timeout=30)

    def predict(self):
        """(version, what that version says)."""
        answer = self.predictions.Predict(self.request, timeout=30).prediction
        return answer.model.version, (answer.signal, answer.confidence, answer.take_profit,
                                      tuple(p.probability for p in answer.probabilities))

    def aifx(self, *arguments, code=0):
        ran = subprocess.run([harness.BIN / "aifx", *arguments, "--server", self.address],
                             env=harness.env(), capture_output=True, text=True, timeout=60)
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        return ran.stdout + ran.stderr

    def state_of(self, version):
        models = self.model_service.ListModels(self.messages.ListModelsRequest(
            name=harness.MODEL), timeout=20).models
        return next(model for model in models if model.version == version)


class ModelLifecycleTest(VersionsTest):
    def test_a_server_with_one_model_gives_back_what_loading_needed(self):
        self.serve()
        self.assertEqual(self.predict()[0], self.old)
        self.assertLess(harness.resident_bytes(self.server.process.pid), 190 << 20)

    def test_no_answer_fails_or_mixes_versions_during_many_swaps(self):
        self.serve()
        says = {}
        for version in (self.new, self.old):
            self.activate(version)
            served, says[version] = self.predict()
            self.assertEqual(served, version)
        self.assertNotEqual(says[self.old], says[self.new])

        stop, lock = threading.Event(), threading.Lock()
        answered, failed, mixed = {self.old: 0, self.new: 0}, [], []

        def call():
            while not stop.is_set():
                try:
                    version, said = self.predict()
                except grpc.RpcError as error:
                    with lock:
                        failed.append(error)
                    continue
                with lock:
                    answered[version] += 1
                    if said != says[version]:
                        mixed.append((version, said))

        callers = [threading.Thread(target=call) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        try:
            for swap in range(SWAPS):
                self.activate((self.new, self.old)[swap % 2])
        finally:
            stop.set()
            for caller in callers:
                caller.join()
        print(f"{SWAPS} swaps, answers by version {answered}")
        self.assertEqual(failed, [])
        self.assertEqual(mixed, [])
        self.assertGreater(min(answered.values()), 0)

    def test_commands_and_rollback(self):
        self.serve()
        self.assertIn("is ready", self.aifx("models", "load", harness.MODEL, str(self.new)))
        self.request.model_version = self.new
        self.assertEqual(self.predict()[0], self.new)
        self.assertRegex(self.aifx("models", "unload", harness.MODEL, str(self.new)),
                         "is (discovered|draining)")
        self.assertRpcError(grpc.StatusCode.NOT_FOUND, self.predictions.Predict, self.request)
        self.request.ClearField("model_version")
        self.assertIn(f"goes back to {self.old}",
                      self.aifx("models", "activate", harness.MODEL, str(self.new)))
        self.assertEqual(self.predict()[0], self.new)
        self.assertIn(f"{self.old} serves", self.aifx("models", "rollback", harness.MODEL))
        self.assertEqual(self.predict()[0], self.old)
        self.assertIn("serves", self.aifx("models", "unload", harness.MODEL, str(self.old), code=1))
        self.assertIn(str(self.new), self.aifx("models"))
        self.assertIn("ready, active", self.aifx("models", "show", harness.MODEL))

    def test_a_bad_version_never_serves_and_says_why(self):
        self.serve()
        program = self.models / harness.MODEL / str(self.new) / "model.pt"
        program.write_bytes(program.read_bytes()[:-1])
        error = self.assertRpcError(grpc.StatusCode.FAILED_PRECONDITION, lambda timeout:
                                    self.activate(self.new))
        self.assertIn("SHA-256", error.details())
        self.assertNotIn(str(self.folder), error.details())
        self.assertEqual(self.predict()[0], self.old)
        model = self.state_of(self.new)
        self.assertEqual(model.state, self.messages.MODEL_STATE_FAILED)
        self.assertIn("SHA-256", model.error.message)

    def test_kill_switch_holds_within_a_second_and_outlives_a_restart(self):
        from aifx.ml.v1 import types_pb2
        self.serve()
        self.assertNotEqual(self.hold(), types_pb2.HOLD_REASON_KILL_SWITCH)
        start = time.monotonic()
        self.aifx("kill-switch", "on", "--pair", "EURUSD", "--reason", "spreads are wild")
        self.assertEqual(self.hold(), types_pb2.HOLD_REASON_KILL_SWITCH)
        self.assertLess(time.monotonic() - start, 1)
        self.assertIn("spreads are wild", str(self.answer.warnings))
        self.assertFalse(self.answer.HasField("take_profit"))
        self.server.stop()
        self.serve()
        self.assertEqual(self.hold(), types_pb2.HOLD_REASON_KILL_SWITCH)
        self.assertIn("no kill switch",
                      self.aifx("kill-switch", "off", "--pair", "EUR/USD"))
        self.assertNotEqual(self.hold(), types_pb2.HOLD_REASON_KILL_SWITCH)

    def hold(self):
        self.answer = self.predictions.Predict(self.request, timeout=30).prediction
        return self.answer.hold_reason

    def test_with_a_key_only_signed_versions_serve(self):
        key, public = self.folder / "key.pem", self.folder / "public.pem"
        openssl = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", key]
        subprocess.run(openssl, check=True, capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
        version = self.models / harness.MODEL / str(self.old)
        subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", key, "-rawin", "-in",
                        version / "manifest.json", "-out", version / "manifest.sig"], check=True)
        self.serve("--models-public-key-file", public)
        self.assertEqual(self.predict()[0], self.old)
        self.assertIn("not signed", self.aifx("models", "activate", harness.MODEL, str(self.new),
                                              code=1))
        self.assertEqual(self.predict()[0], self.old)

    def test_the_backend_hears_of_an_activation(self):
        _, backend = self.stack.steered_backend()
        self.serve(backend_url=backend.url)
        registered = backend.post("/models/version", {
            "modelName": harness.MODEL, "version": str(self.new), "algorithm": "lstm",
            "hyperparameters": {}, "trainingMetrics": {}, "trainingDataInfo": {},
            "description": "a copy"})["modelId"]
        folder = self.models / harness.MODEL / str(self.new)
        (folder / "registration.json").write_text(json.dumps({"backend_id": registered}))
        self.activate(self.new)
        deadline = time.monotonic() + 30
        while not backend.get(f"/models/{registered}")["isActive"]:
            self.assertLess(time.monotonic(), deadline)


if __name__ == "__main__":
    harness.main()
