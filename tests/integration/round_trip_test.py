"""From candles to a prediction that is recorded, given an outcome and counted."""

import uuid

import grpc
import harness


class RoundTripTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        from aifx.ml.v1 import (model_service_pb2, model_service_pb2_grpc, prediction_service_pb2,
                                prediction_service_pb2_grpc, record_service_pb2,
                                record_service_pb2_grpc, types_pb2)
        cls.pb, cls.types, cls.records_pb, cls.models_pb = (
            prediction_service_pb2, types_pb2, record_service_pb2, model_service_pb2)
        _, url = cls.stack.backend()
        _, cls.address = cls.stack.server(url)
        channel = cls.stack.channel(cls.address)
        cls.predictions = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        cls.records = record_service_pb2_grpc.RecordServiceStub(channel)
        cls.models = model_service_pb2_grpc.ModelServiceStub(channel)

    def request(self, count=300, **fields):
        request = self.pb.PredictRequest(pair="EUR/USD", timeframe=self.types.TIMEFRAME_1H, **fields)
        if count:
            request.series.candles.extend(harness.sample_candles(count))
        return request

    def predict(self, **fields):
        return self.predictions.Predict(self.request(**fields), timeout=20)

    def test_candles_given(self):
        prediction = self.predict().prediction
        self.assertEqual(prediction.pair, "EUR/USD")
        self.assertEqual(prediction.as_of.ToJsonString(), "2018-12-31T22:00:00Z")
        self.assertGreater(prediction.valid_until.seconds, prediction.as_of.seconds)
        self.assertEqual([p.name for p in prediction.probabilities], ["sell", "hold", "buy"])
        self.assertAlmostEqual(sum(p.probability for p in prediction.probabilities), 1, places=9)
        self.assertEqual(prediction.model.name, harness.MODEL)
        self.assertEqual(prediction.model.version, harness.fixture()["version"])
        self.assertIn("STALE_CANDLES", [w.code for w in prediction.warnings])

    def test_columns_equal_messages(self):
        request = self.request()
        columns = self.request(count=0)
        for candle in request.series.candles:
            columns.series.columns.open_time_seconds.append(candle.open_time.seconds)
            for name in ("open", "high", "low", "close", "spread_pips"):
                getattr(columns.series.columns, name).append(getattr(candle, name))
        for each in (request, columns):
            each.request_id = "0b8f3c8e-5df1-4a53-9d0c-0f8a2a3e6f11"
        self.assertEqual(self.predictions.Predict(request, timeout=20).prediction,
                         self.predictions.Predict(columns, timeout=20).prediction)

    def test_newest_from_the_backend_equals_the_same_candles_given(self):
        identity = str(uuid.uuid4())
        fetched = self.predict(count=0, request_id=identity)
        self.assertTrue(fetched.timings.HasField("fetch"))
        given = self.predict(count=300, request_id=identity)
        self.assertFalse(given.timings.HasField("fetch"))
        self.assertEqual(fetched.prediction.id, identity)
        self.assertEqual(fetched.prediction.as_of, given.prediction.as_of)
        self.assertEqual(fetched.prediction.entry_price, given.prediction.entry_price)
        for one, other in zip(fetched.prediction.probabilities, given.prediction.probabilities):
            self.assertAlmostEqual(one.probability, other.probability, places=4)

    def test_as_of_uses_only_candles_closed_by_then(self):
        request = self.request(count=0)
        request.as_of.FromJsonString("2018-12-20T10:30:00Z")
        prediction = self.predictions.Predict(request, timeout=20).prediction
        self.assertEqual(prediction.as_of.ToJsonString(), "2018-12-20T10:00:00Z")

    def test_a_bad_item_fails_alone(self):
        bad = self.request()
        bad.series.candles[17].high = bad.series.candles[17].low / 2
        answer = self.predictions.BatchPredict(
            self.pb.BatchPredictRequest(requests=[self.request(), bad, self.request()]), timeout=30)
        kinds = [result.WhichOneof("result") for result in answer.results]
        self.assertEqual(kinds, ["response", "error", "response"])
        error = answer.results[1].error
        self.assertEqual(error.code, grpc.StatusCode.INVALID_ARGUMENT.value[0])
        self.assertIn("series.candles[17].high", [
            v.field for v in harness.unpack(error)["BadRequest"].field_violations])
        alone = self.predict().prediction
        for one, other in zip(answer.results[2].response.prediction.probabilities,
                              alone.probabilities):
            self.assertAlmostEqual(one.probability, other.probability, places=6)

    def test_recorded_and_counted(self):
        prediction = self.signal()
        submitted = self.records.SubmitPrediction(
            self.records_pb.SubmitPredictionRequest(prediction=prediction, wait=True), timeout=20)
        self.assertEqual(submitted.submission.state, self.types.SUBMISSION_STATE_ACKED)
        identity = submitted.submission.backend_prediction_id
        self.check_listed(prediction, identity)
        # By the engine's own id: the backend's is looked up.
        outcome = self.records.UpdateOutcome(self.records_pb.UpdateOutcomeRequest(
            prediction_id=prediction.id, outcome=self.types.OUTCOME_WIN, pnl_pips=12.5,
            pnl_percent=0.11, wait=True), timeout=20)
        self.assertEqual(outcome.backend_prediction_id, identity)
        self.assertAlmostEqual(outcome.pnl_pips, 12.5)
        accuracy = self.records.GetAccuracy(
            self.records_pb.GetAccuracyRequest(pair="EUR/USD"), timeout=20)
        self.assertEqual(accuracy.overall.total_predictions, 1)
        self.assertEqual(accuracy.overall.win_rate_percent, 100)
        self.assertEqual(accuracy.outcome_distribution.wins, 1)

    def signal(self):
        """The newest prediction that is not HOLD."""
        request = self.request(count=0)
        for _ in range(500):
            prediction = self.predictions.Predict(request, timeout=20).prediction
            if prediction.signal != self.types.SIGNAL_HOLD:
                return prediction
            request.as_of.FromSeconds(prediction.as_of.seconds - 1)
        self.fail("500 HOLDs in a row")

    def check_listed(self, prediction, identity):
        listed = self.records.ListPredictions(
            self.records_pb.ListPredictionsRequest(pair="EUR/USD"), timeout=20)
        record = next(r for r in listed.predictions if r.backend_prediction_id == identity)
        self.assertEqual(record.request_id, prediction.id)
        self.assertEqual(record.signal, prediction.signal)
        self.assertAlmostEqual(record.entry_price, prediction.entry_price, places=5)
        self.assertEqual(record.model_version_id, harness.fixture()["backend_id"])

    def test_submit_with_the_prediction(self):
        answer = self.predict(submit=True)
        # On the disk when it answers, and sent by then or soon after.
        self.assertNotIn(answer.submission.state, (self.types.SUBMISSION_STATE_UNSPECIFIED,
                                                   self.types.SUBMISSION_STATE_DEAD))
        self.assertEqual(answer.submission.request_id, answer.prediction.id)
        # The same submission, waited for.
        submitted = self.records.SubmitPrediction(self.records_pb.SubmitPredictionRequest(
            prediction=answer.prediction, wait=True), timeout=20)
        self.assertEqual(submitted.submission.state, self.types.SUBMISSION_STATE_ACKED)

    def test_unknown_prediction_has_no_outcome(self):
        request = self.records_pb.UpdateOutcomeRequest(
            prediction_id=str(uuid.uuid4()), outcome=self.types.OUTCOME_LOSS, pnl_pips=-1,
            pnl_percent=-0.01, wait=True)
        self.assertRpcError(grpc.StatusCode.NOT_FOUND, self.records.UpdateOutcome, request)

    def test_models(self):
        listed = self.models.ListModels(self.models_pb.ListModelsRequest(), timeout=20).models
        self.assertEqual([(m.name, m.active, m.state) for m in listed],
                         [(harness.MODEL, True, self.models_pb.MODEL_STATE_READY)])
        shown = self.models.GetModel(
            self.models_pb.GetModelRequest(name=harness.MODEL), timeout=20)
        self.assertEqual(shown.model.version, harness.fixture()["version"])
        self.assertTrue(shown.golden_check.passed)
        self.assertEqual(shown.manifest.sequence, 60)
        self.assertGreater(shown.manifest.candles_needed, 60)
        error = self.assertRpcError(grpc.StatusCode.NOT_FOUND, self.models.GetModel,
                                    self.models_pb.GetModelRequest(name="no-such-model"))
        self.assertIn("no-such-model", error.details())


if __name__ == "__main__":
    harness.main()
