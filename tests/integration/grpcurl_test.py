"""What a person does with grpcurl, by reflection alone."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import harness

DEPS = pathlib.Path(os.environ.get("AIFX_DEPS_DIR") or pathlib.Path.home() / ".cache/aifx")
GRPCURL = shutil.which(str(DEPS / "bin/grpcurl")) or shutil.which("grpcurl")

SERVICES = {"aifx.ml.v1.PredictionService", "aifx.ml.v1.RecordService", "aifx.ml.v1.ModelService",
            "aifx.ml.v1.TrainingService", "grpc.health.v1.Health",
            "inference.GRPCInferenceService"}


class GrpcurlTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        _, url = cls.stack.backend()
        _, cls.address = cls.stack.server(url)

    def grpcurl(self, *arguments, data=None):
        flags = ["-plaintext", "-max-time", "20"] + (["-d", json.dumps(data)] if data else [])
        ran = subprocess.run([GRPCURL, *flags, self.address, *arguments], env=harness.env(),
                             capture_output=True, text=True, timeout=30)
        return ran.returncode, ran.stdout, ran.stderr

    def call(self, method, data=None):
        code, out, err = self.grpcurl(method, data=data)
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def test_list_and_describe_everything(self):
        code, out, err = self.grpcurl("list")
        self.assertEqual(code, 0, err)
        self.assertLessEqual(SERVICES, set(out.split()))
        for service in out.split():
            code, described, err = self.grpcurl("describe", service)
            self.assertEqual(code, 0, err)
            self.assertIn("is a service", described)

    def test_health(self):
        self.assertEqual(self.call("grpc.health.v1.Health/Check"), {"status": "SERVING"})
        statuses = self.call("grpc.health.v1.Health/List")["statuses"]
        self.assertEqual(statuses["aifx.ml.v1.PredictionService"], {"status": "SERVING"})
        self.assertEqual(statuses["inference.GRPCInferenceService"], {"status": "SERVING"})

    def test_open_inference(self):
        service = "inference.GRPCInferenceService"
        self.assertEqual(self.call(f"{service}/ServerReady"), {"ready": True})
        model = self.call(f"{service}/ModelMetadata", {"name": harness.MODEL})
        self.assertEqual(model["inputs"][0]["name"], "window")

    def test_predict(self):
        answer = self.call("aifx.ml.v1.PredictionService/Predict",
                           {"pair": "EUR/USD", "timeframe": "TIMEFRAME_1H"})
        self.assertEqual(answer["prediction"]["as_of"], "2018-12-31T22:00:00Z")
        self.assertEqual(answer["prediction"]["model"]["name"], harness.MODEL)

    def test_errors_are_readable(self):
        code, _, err = self.grpcurl("aifx.ml.v1.PredictionService/Predict",
                                    data={"pair": "EUR/EUR", "timeframe": "TIMEFRAME_1H"})
        self.assertNotEqual(code, 0)
        for word in ("InvalidArgument", "EUR/EUR", "google.rpc.BadRequest", "field_violations"):
            self.assertIn(word, err)


if __name__ == "__main__":
    if GRPCURL is None:
        print("skipped: no grpcurl; run scripts/setup --tests", file=sys.stderr)
        sys.exit(77)
    harness.main()
