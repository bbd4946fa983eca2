"""kill -9 of the engine, again and again, while it accepts and delivers submissions.

A seeded schedule decides when: after so many acknowledged submissions and so long into the next,
while the backend delays, loses and refuses answers, so that kills land at every step of the outbox.
What was acknowledged must be in the backend exactly once at the end.

AIFX_KILLS: how many kills (100; `.ci/run --long` asks for 1,000). AIFX_SEED: of the schedule.
"""

import os
import random
import threading
import unittest
import uuid

import grpc
import harness
from reference_backend import fault

KILLS = int(os.environ.get("AIFX_KILLS", "100"))
SEED = int(os.environ.get("AIFX_SEED", "1"))
PATIENCE = 120  # seconds that the last engine may take for one submission that others left

# What the backend does while engines die: most calls work, some are slow, some lose their answer.
WEATHER = [
    [],
    [fault("delay", "POST /predictions", delayMs=20)],
    [fault("delay", "*", delayMs=5), fault("close", "POST /predictions", when="after", count=1)],
    [fault("reset", "POST /predictions", when="before", count=1)],
    [fault("fail", "POST /predictions", status=503, count=2)],
    [fault("close", "PUT /predictions/*", when="after", count=1)],
    [fault("hang", "POST /predictions", when="after", count=1)],
]


class Caller(threading.Thread):
    """Submits until its engine is gone; every second prediction gets an outcome too."""

    def __init__(self, test, records, after):
        super().__init__(daemon=True)
        self.test, self.records, self.after = test, records, after
        self.predictions, self.outcomes = [], []  # acknowledged
        self.enough = threading.Event()
        self.error = None

    def run(self):
        try:
            while True:
                request = self.test.prediction()
                self.records.SubmitPrediction(request, timeout=20)
                self.predictions.append(request.request_id)
                if len(self.predictions) % 2 == 0:
                    self.records.UpdateOutcome(self.test.outcome(request.request_id), timeout=20)
                    self.outcomes.append(request.request_id)
                if len(self.predictions) >= self.after:
                    self.enough.set()
        except grpc.RpcError as error:
            self.error = error
            self.enough.set()


class OutboxKillTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        from aifx.ml.v1 import record_service_pb2, record_service_pb2_grpc, types_pb2
        cls.pb, cls.rpc, cls.types = record_service_pb2, record_service_pb2_grpc, types_pb2

    def prediction(self, **fields):
        request = self.pb.SubmitPredictionRequest(request_id=str(uuid.uuid4()), **fields)
        external = request.external
        external.pair, external.timeframe = "EUR/USD", self.types.TIMEFRAME_1H
        external.signal, external.confidence, external.entry_price = self.types.SIGNAL_BUY, 0.7, 1.1
        external.factors.technical = 0.6
        return request

    def outcome(self, identity, **fields):
        return self.pb.UpdateOutcomeRequest(prediction_id=identity, outcome=self.types.OUTCOME_WIN,
                                            pnl_pips=12.5, pnl_percent=0.11, **fields)

    def start_engine(self, url):
        # No model: only the outbox is of interest, and it starts sooner.
        child, address = self.stack.server(url, "--outbox-dir", self.stack.folder / "outbox",
                                           "--max-deadline", f"{PATIENCE}s",
                                           models=self.stack.folder / "no-models")
        return child, self.rpc.RecordServiceStub(self.stack.channel(address))

    def kill_once(self, backend, schedule):
        backend.fail(*schedule.choice(WEATHER))
        child, records = self.start_engine(backend.url)
        caller = Caller(self, records, after=schedule.randrange(1, 9))
        caller.start()
        self.assertTrue(caller.enough.wait(30), "the engine accepts nothing")
        self.assertIsNone(caller.error, "the engine refused a submission")
        # Into whatever it does now: seldom longer than a submission takes.
        threading.Event().wait(schedule.choice([0, 0.0005, 0.002, 0.005, 0.02]))
        self.assertTrue(child.alive(), "the engine ended by itself")
        child.process.kill()
        child.process.wait()
        caller.join(30)
        return caller

    def test_nothing_acknowledged_is_lost_or_doubled(self):
        schedule = random.Random(SEED)
        _, backend = self.stack.steered_backend(data=None)
        predictions, outcomes = set(), set()
        for _ in range(KILLS):
            caller = self.kill_once(backend, schedule)
            predictions.update(caller.predictions)
            outcomes.update(caller.outcomes)
        self.assertGreaterEqual(len(predictions), KILLS)
        backend.fail()
        self.deliver_the_rest(backend)

        writes = backend.writes()
        self.assertEqual(writes.get("dropped", 0), 0)
        stored = {identity: counts["stored"]
                  for identity, counts in writes["byClientRequestId"].items()}
        lost = sorted(identity for identity in predictions if stored.get(identity, 0) == 0)
        doubled = {identity: count for identity, count in stored.items() if count > 1}
        self.assertEqual(lost, [], f"of {len(predictions)} acknowledged predictions")
        self.assertEqual(doubled, {})
        self.assert_outcomes(backend, outcomes)
        print(f"{KILLS} kills, seed {SEED}: {len(predictions)} predictions and {len(outcomes)} "
              f"outcomes acknowledged, 0 lost, 0 doubled; {writes['total']} writes sent")

    def deliver_the_rest(self, backend):
        """The last engine answers only after the backend has for everything that is kept."""
        _, records = self.start_engine(backend.url)
        token = ""
        while True:
            page = records.ListSubmissions(
                self.pb.ListSubmissionsRequest(page_size=1000, page_token=token), timeout=20)
            for submission in page.submissions:
                self.settle(records, submission)
            token = page.next_page_token
            if not token:
                return

    def settle(self, records, submission):
        if submission.kind == self.types.SUBMISSION_KIND_OUTCOME:
            answer = records.UpdateOutcome(self.outcome(submission.request_id, wait=True),
                                           timeout=PATIENCE)
            self.assertEqual(answer.state, self.types.SUBMISSION_STATE_ACKED)
            return
        request = self.prediction(wait=True)
        request.request_id = submission.request_id
        answer = records.SubmitPrediction(request, timeout=PATIENCE)
        self.assertEqual(answer.submission.state, self.types.SUBMISSION_STATE_ACKED)

    def assert_outcomes(self, backend, outcomes):
        """Every acknowledged outcome is on its prediction."""
        won, offset = set(), 0
        while True:
            page = backend.get(f"/predictions?outcome=win&limit=100&offset={offset}")
            won.update(row["factors"]["client_request_id"] for row in page["predictions"])
            offset += len(page["predictions"])
            if not page["predictions"]:
                break
        self.assertEqual(sorted(outcomes - won), [], f"of {len(outcomes)} acknowledged outcomes")


if __name__ == "__main__":
    if KILLS < 1:
        raise SystemExit("AIFX_KILLS must be at least 1")
    harness.main()
