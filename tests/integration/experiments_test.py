"""Experiments between two versions, over the wire and by the command line."""

import json
import time

import grpc
import harness
from model_lifecycle_test import VersionsTest

CANDLES = 120


class ExperimentsTest(VersionsTest):
    def create(self, name, kind, percent):
        text = self.aifx("experiments", "create", name, "--kind", kind, "--model", harness.MODEL,
                         "--candidate", str(self.new), "--percent", str(percent))
        self.assertIn("runs", text)

    def experiment(self, name):
        answer = self.model_service.ListExperiments(
            self.messages.ListExperimentsRequest(include_ended=True), timeout=20)
        return next(each for each in answer.experiments if each.name == name)

    def at(self, end):
        """Predicts from the sample's candles up to `end`: (version, what it says)."""
        del self.request.series.candles[:]
        self.request.series.candles.extend(self.candles[end - 200:end])
        return self.predict()

    def setUp(self):
        super().setUp()
        self.candles = list(harness.sample_candles(200 + CANDLES))

    def test_an_ab_test_divides_candles_and_keeps_its_word(self):
        self.serve()
        self.create("june-ab", "ab", 50)
        ends = range(200, 200 + CANDLES)
        first = [self.at(end) for end in ends]
        self.assertEqual([self.at(end) for end in ends], first)
        candidates = sum(version == self.new for version, _ in first)
        self.assertAlmostEqual(candidates, CANDLES / 2, delta=28)  # five standard deviations
        experiment = self.experiment("june-ab")
        self.assertEqual(experiment.candidate_requests, 2 * candidates)
        self.assertEqual(experiment.champion_requests, 2 * (CANDLES - candidates))
        self.assertEqual(experiment.warning, "")
        self.assertIn("june-ab", self.aifx("experiments", "list"))
        self.assertIn("june-ab runs", self.aifx("experiments", "create", "another", "--kind", "ab",
                                                "--model", harness.MODEL, "--candidate",
                                                str(self.new), code=1).replace('"', ""))
        # The same after a restart: the candidate is loaded again, the hash is fixed for all time.
        self.server.stop()
        self.serve()
        self.assertEqual([self.at(end) for end in ends], first)

        self.assertIn("ended", self.aifx("experiments", "end", "june-ab", "--promote"))
        self.assertEqual({self.at(end)[0] for end in ends}, {self.new})
        active = json.loads((self.models / harness.MODEL / "active.json").read_text())
        self.assertEqual(active["version"], self.new)
        self.assertEqual(self.experiment("june-ab").end_reason, "the candidate was promoted")

    def test_a_shadow_leaves_the_answers_alone_and_is_compared(self):
        self.serve()
        ends = range(200, 220)
        alone = [self.at(end) for end in ends]
        self.create("beside", "shadow", 100)
        self.assertEqual([self.at(end) for end in ends], alone)
        deadline = time.monotonic() + 30
        while (shadow := self.experiment("beside").shadow).compared < len(ends):
            self.assertLess(time.monotonic(), deadline, shadow)
        self.assertGreater(shadow.mean_difference, 0)  # the copy is calibrated otherwise
        self.assertGreaterEqual(shadow.max_difference, shadow.mean_difference)
        self.assertEqual((shadow.dropped, shadow.failed), (0, 0))
        self.assertIn("probabilities differ", self.aifx("experiments", "list"))
        self.aifx("experiments", "end", "beside")
        self.assertEqual([self.at(end) for end in ends], alone)

    def test_only_administrators_and_only_what_makes_sense(self):
        self.serve()
        error = self.assertRpcError(
            grpc.StatusCode.INVALID_ARGUMENT, self.model_service.CreateExperiment,
            self.messages.CreateExperimentRequest(experiment=self.messages.Experiment(
                name="x", kind=self.messages.EXPERIMENT_KIND_AB, model_name=harness.MODEL,
                candidate_version=self.old, candidate_percent=10)))
        self.assertIn("is the active one", error.details())
        self.assertIn("not there", self.aifx("experiments", "end", "nothing", code=1))

    def test_the_backend_hears_of_an_ab_test(self):
        _, backend = self.stack.steered_backend()
        self.serve(backend_url=backend.url)
        ids = []
        for version in (self.old, self.new):
            registered = backend.post("/models/version", {
                "modelName": harness.MODEL, "version": f"{version}9", "algorithm": "lstm",
                "hyperparameters": {}, "trainingMetrics": {}, "trainingDataInfo": {},
                "description": "for an experiment"})["modelId"]
            folder = self.models / harness.MODEL / str(version)
            (folder / "registration.json").write_text(json.dumps({"backend_id": registered}))
            ids.append(registered)
        self.create("june-ab", "ab", 30)
        deadline = time.monotonic() + 30
        while not (known := self.experiment("june-ab").backend_id):
            self.assertLess(time.monotonic(), deadline)
        tests = backend.get("/models/ab-tests")["tests"]
        test = next(each for each in tests if known in (each.get("testId"), each.get("id")))
        self.assertEqual((test["modelAId"], test["modelBId"]), tuple(ids))
        self.assertEqual(float(test["trafficSplit"]), 70)


if __name__ == "__main__":
    harness.main()
