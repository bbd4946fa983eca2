"""The callers of examples/, and two replicas behind one channel."""

import os
import subprocess
import sys
import threading

import grpc
import harness
from streams_test import Redis

from aifx.ml.v1 import prediction_service_pb2, prediction_service_pb2_grpc, types_pb2

NODE = harness.ROOT / "examples/node"
PYTHON = harness.ROOT / "examples/python"


class CallersTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        cls.redis = Redis(cls.stack)
        _, cls.backend_url = cls.stack.backend()
        _, cls.address = cls.stack.server(cls.backend_url, REDIS_URL=cls.redis.url)

    def command(self, language, name):
        if language == "node":
            return ["node", NODE / f"{name}.js"]
        return [sys.executable, PYTHON / f"{name}.py"]

    def env(self):
        return harness.env(PYTHONPATH=os.pathsep.join(sys.path))

    def run_caller(self, language, *arguments):
        return subprocess.run([*self.command(language, "predict"), *arguments], env=self.env(),
                              capture_output=True, text=True, timeout=60)

    def test_predict(self):
        for language in ("node", "python"):
            with self.subTest(language):
                ran = self.run_caller(language, self.address, "EUR/USD")
                self.assertEqual(ran.returncode, 0, ran.stderr)
                self.assertRegex(ran.stdout, r"EUR/USD SIGNAL_\w+ confidence 0\.\d\d")

    def test_an_error_names_the_field(self):
        for language in ("node", "python"):
            with self.subTest(language):
                ran = self.run_caller(language, self.address, "EUR/EUR")
                self.assertEqual(ran.returncode, 1)
                self.assertIn("INVALID_ARGUMENT", ran.stderr)
                self.assertIn("EUR/EUR", ran.stderr)

    def test_a_deadline_that_has_passed(self):
        ran = self.run_caller("node", self.address, "EUR/USD", "0")
        self.assertEqual(ran.returncode, 1)
        self.assertIn("DEADLINE_EXCEEDED", ran.stderr)

    def test_watch(self):
        newest = harness.sample_rows(1)[0]["timestamp"]
        for language in ("node", "python"):
            with self.subTest(language):
                watching = subprocess.Popen(
                    [*self.command(language, "watch"), self.address, "EUR/USD", "1"],
                    env=self.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                self.addCleanup(watching.kill)
                self.assertEqual(watching.stdout.readline().strip(), "watching")
                # Until the candle was announced to a subscription that is there.
                while self.redis.announce("EUR/USD", "1h", newest) == 0:
                    self.assertIsNone(watching.poll(), "the caller ended early")
                said, errors = watching.communicate(timeout=60)
                self.assertEqual(watching.returncode, 0, errors)
                self.assertRegex(said, r"EUR/USD SIGNAL_\w+ as of ")


class ReplicasTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        cls.replicas = [cls.stack.server("http://127.0.0.1:9") for _ in range(2)]
        config = (harness.ROOT / "examples/service_config.json").read_text()
        cls.channel = grpc.insecure_channel(
            "ipv4:" + ",".join(address for _, address in cls.replicas),
            options=[("grpc.service_config", config), ("grpc.enable_http_proxy", 0),
                     ("grpc.use_local_subchannel_pool", 1)])
        cls.stack.channels.append(cls.channel)
        cls.request = prediction_service_pb2.PredictRequest(
            pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H)
        cls.request.series.candles.extend(harness.sample_candles(200))

    def calls_served_by(self, child):
        with open(child.log_path, encoding="utf-8", errors="replace") as log:
            return sum("PredictionService.Predict" in line for line in log)

    def test_calls_are_spread_and_survive_the_end_of_a_replica(self):
        stub = prediction_service_pb2_grpc.PredictionServiceStub(self.channel)
        answers = []
        stopping = None
        for i in range(200):
            answers.append(stub.Predict(self.request, timeout=20).prediction)
            if i == 100:
                self.assertGreater(min(self.calls_served_by(child)
                                       for child, _ in self.replicas), 20)
                stopping = threading.Thread(target=self.replicas[0][0].stop)
                stopping.start()
        stopping.join()
        # A call after the replica is gone for good.
        answers.append(stub.Predict(self.request, timeout=20).prediction)
        self.assertEqual(len({str(answer.probabilities) for answer in answers}), 1)


if __name__ == "__main__":
    harness.main()
