"""Explanations of the real model over the real server."""

import subprocess

import grpc
import harness


class ExplainTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        from aifx.ml.v1 import prediction_service_pb2, prediction_service_pb2_grpc, types_pb2
        cls.pb, cls.types = prediction_service_pb2, types_pb2
        _, url = cls.stack.backend()
        _, cls.address = cls.stack.server(url)
        cls.stub = prediction_service_pb2_grpc.PredictionServiceStub(
            cls.stack.channel(cls.address))

    def request(self, count=300, **fields):
        request = self.pb.ExplainPredictionRequest(**fields)
        request.request.pair = "EUR/USD"
        request.request.timeframe = self.types.TIMEFRAME_1H
        if count:
            request.request.series.candles.extend(harness.sample_candles(count))
        return request

    def explain(self, **fields):
        return self.stub.ExplainPrediction(self.request(**fields), timeout=20)

    def test_attributions_sum_to_the_difference_from_the_baseline(self):
        answer = self.explain()
        difference = answer.output_value - answer.baseline_value
        total = sum(attribution.value for attribution in answer.attributions)
        self.assertAlmostEqual(total, difference + answer.residual, places=6)
        self.assertLess(abs(answer.residual), 1e-3 * max(1, abs(difference)))
        steps = {attribution.step for attribution in answer.attributions}
        features = {attribution.feature for attribution in answer.attributions}
        self.assertEqual(len(answer.attributions), len(steps) * len(features))
        self.assertIn(answer.output, ("buy - sell", "sell - buy"))
        self.assertGreater(answer.duration.ToNanoseconds(), 0)

    def test_the_prediction_is_predicts(self):
        request = self.request()
        request.request.request_id = "0b8f3c8e-5df1-4a53-9d0c-0f8a2a3e6f11"
        explained = self.stub.ExplainPrediction(request, timeout=20).prediction
        predicted = self.stub.Predict(request.request, timeout=20).prediction
        self.assertNotEqual(explained.factors, predicted.factors)
        explained.factors.CopyFrom(predicted.factors)
        self.assertEqual(explained, predicted)

    def test_the_newest_candles_come_from_the_backend(self):
        self.assertTrue(self.explain(count=0, steps=8).attributions)

    def test_names_what_is_wrong(self):
        error = self.assertRpcError(grpc.StatusCode.INVALID_ARGUMENT,
                                    self.stub.ExplainPrediction, self.request(steps=513))
        self.assertIn("steps 513", error.details())

    def test_the_command_lists_the_strongest_features(self):
        ran = subprocess.run(
            [harness.BIN / "aifx", "explain", "--pair", "EUR/USD", "--top", "3", "--server",
             self.address], env=harness.env(), capture_output=True, text=True, timeout=30)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertIn("residual", ran.stdout)
        table = ran.stdout[ran.stdout.index("feature"):].splitlines()
        self.assertEqual(len(table), 4, ran.stdout)


class PrecisionTest(harness.StackTest):
    def test_int8_serves_by_choice(self):
        from aifx.ml.v1 import prediction_service_pb2, prediction_service_pb2_grpc, types_pb2
        kernels = {}
        for precision in ("f32", "bf16", "int8"):
            _, address = self.stack.server("http://127.0.0.1:9", "--lstm-precision", precision)
            stub = prediction_service_pb2_grpc.PredictionServiceStub(self.stack.channel(address))
            request = prediction_service_pb2.PredictRequest(
                pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H)
            request.series.candles.extend(harness.sample_candles(300))
            prediction = stub.Predict(request, timeout=20).prediction
            kernels[precision] = prediction.model.kernel
            if precision == "f32":
                wanted = [p.probability for p in prediction.probabilities]
            for given, want in zip(prediction.probabilities, wanted):
                self.assertAlmostEqual(given.probability, want, delta=0.02)
        for precision, kernel in kernels.items():
            self.assertTrue(kernel.startswith(f"lstm-{precision}-"), kernel)


if __name__ == "__main__":
    harness.main()
