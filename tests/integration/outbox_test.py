"""Submissions that are durable before the backend has them: outage, restart, one owner, mending."""

import json
import pathlib
import socket
import subprocess
import uuid

import grpc
import harness

ACKED, QUEUED, DEAD = "SUBMISSION_STATE_ACKED", "SUBMISSION_STATE_QUEUED", "SUBMISSION_STATE_DEAD"
PATIENCE = 40  # seconds that a broken program may hang


class OutboxTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        from aifx.ml.v1 import record_service_pb2, record_service_pb2_grpc, types_pb2
        cls.pb, cls.rpc, cls.types = record_service_pb2, record_service_pb2_grpc, types_pb2

    def setUp(self):
        self.outbox = self.stack.folder / f"outbox-{uuid.uuid4()}"

    def server(self, url, *arguments):
        child, address = self.stack.server(url, "--outbox-dir", self.outbox, *arguments)
        return child, address, self.rpc.RecordServiceStub(self.stack.channel(address))

    def prediction(self, identity=None, **fields):
        request = self.pb.SubmitPredictionRequest(request_id=identity or str(uuid.uuid4()), **fields)
        external = request.external
        external.pair, external.timeframe = "EUR/USD", self.types.TIMEFRAME_1H
        external.signal, external.confidence, external.entry_price = self.types.SIGNAL_BUY, 0.7, 1.1
        external.factors.technical = 0.6
        return request

    def outcome(self, identity, **fields):
        return self.pb.UpdateOutcomeRequest(prediction_id=identity, outcome=self.types.OUTCOME_WIN,
                                            pnl_pips=12.5, pnl_percent=0.11, **fields)

    def submit(self, records, request):
        return records.SubmitPrediction(request, timeout=PATIENCE).submission

    def state(self, submission):
        return self.types.SubmissionState.Name(submission.state)

    def aifx(self, *arguments, code=0):
        ran = subprocess.run([harness.BIN / "aifx", "outbox", *arguments], env=harness.env(),
                             capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        return ran.stdout if code == 0 else ran.stderr

    def test_kept_while_the_backend_is_down_and_over_a_restart(self):
        with socket.socket() as taken:  # a port that is free, and stays so until the backend starts
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            child, _, records = self.server(f"http://127.0.0.1:{port}")
            request = self.prediction()
            identity = request.request_id
            self.assertEqual(self.state(self.submit(records, request)), QUEUED)
            answer = records.UpdateOutcome(self.outcome(identity), timeout=PATIENCE)
            self.assertEqual(self.state(answer), QUEUED)
            self.assertEqual(answer.backend_prediction_id, "")
            # Who waits learns that it is kept all the same.
            error = self.assertRpcError(grpc.StatusCode.DEADLINE_EXCEEDED, records.SubmitPrediction,
                                        self.prediction(wait=True), timeout=2)
            self.assertIn("is kept", error.details())
            self.assertEqual(child.stop(), 0)
            _, _, records = self.server(f"http://127.0.0.1:{port}")
            listed = records.ListSubmissions(self.pb.ListSubmissionsRequest(), timeout=PATIENCE)
            self.assertEqual(len(listed.submissions), 3)
        self.stack.backend(port=port)
        # The same submission again: no other, and its answer.
        request.wait = True
        acked = self.submit(records, request)
        self.assertEqual(self.state(acked), ACKED)
        answer = records.UpdateOutcome(self.outcome(identity, wait=True), timeout=PATIENCE)
        self.assertEqual(self.state(answer), ACKED)
        self.assertEqual(answer.backend_prediction_id, acked.backend_prediction_id)
        held = records.ListPredictions(
            self.pb.ListPredictionsRequest(outcome=self.types.OUTCOME_WIN), timeout=PATIENCE)
        self.assertEqual([record.request_id for record in held.predictions], [identity])

    def test_one_request_id_is_one_submission(self):
        _, url = self.stack.backend()
        _, _, records = self.server(url)
        request = self.prediction(wait=True)
        first, again = self.submit(records, request), self.submit(records, request)
        self.assertEqual(self.state(first), ACKED)
        self.assertEqual(first.backend_prediction_id, again.backend_prediction_id)
        request.external.entry_price = 1.2
        error = self.assertRpcError(grpc.StatusCode.ALREADY_EXISTS, records.SubmitPrediction, request)
        self.assertIn(request.request_id, error.details())
        held = records.ListPredictions(self.pb.ListPredictionsRequest(), timeout=PATIENCE)
        self.assertEqual(held.total_size, 1)

    def test_full(self):
        _, _, records = self.server("http://127.0.0.1:9", "--outbox-max-rows", "1")
        self.submit(records, self.prediction())
        error = self.assertRpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, records.SubmitPrediction,
                                    self.prediction())
        self.assertEqual(harness.details_of(error)["ErrorInfo"].reason, "OUTBOX_FULL")
        self.assertIn("RetryInfo", harness.details_of(error))

    def test_a_second_server_is_refused(self):
        first, _, _ = self.server("http://127.0.0.1:9")
        ran = subprocess.run(
            [harness.BIN / "aifx-server", "--listen", "127.0.0.1:0", "--outbox-dir", self.outbox,
             "--backend-url", "http://127.0.0.1:9"],
            env=harness.env(), capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(ran.returncode, 1, ran.stderr)
        self.assertNotIn("READY", ran.stdout)
        self.assertIn(f"in use by process {first.process.pid}", ran.stderr)
        self.assertIn("in use by process", self.aifx("list", "--offline", self.outbox, code=1))

    def test_a_damaged_file_is_put_aside(self):
        self.outbox.mkdir(mode=0o700)
        (self.outbox / "outbox.db").write_bytes(b"not a database" * 1000)
        child, _, records = self.server("http://127.0.0.1:9")
        self.submit(records, self.prediction())
        self.assertEqual(len(list(self.outbox.glob("outbox.db.corrupt-*"))), 1)
        self.assertIn("put aside", pathlib.Path(child.log_path).read_text())

    def test_seen_and_mended_from_the_command_line(self):
        _, url = self.stack.backend()
        child, address, records = self.server(url)
        # No such prediction: the backend refuses its outcome for good.
        lost = str(uuid.uuid4())
        error = self.assertRpcError(grpc.StatusCode.NOT_FOUND, records.UpdateOutcome,
                                    self.outcome(lost, wait=True), timeout=PATIENCE)
        self.assertIn(lost, error.details())
        kept = self.submit(records, self.prediction(wait=True)).request_id
        server = ["--server", address]
        table = self.aifx("list", *server)
        for word in (lost, kept, "dead", "acked", "outcome"):
            self.assertIn(word, table)
        listed = json.loads(self.aifx("list", "--state", "dead", "--json", *server))["submissions"]
        self.assertEqual([each["request_id"] for each in listed], [lost])
        shown = json.loads(self.aifx("show", lost, "--kind", "outcome", "--json", *server))
        self.assertEqual((shown["state"], shown["kind"]), (DEAD, "SUBMISSION_KIND_OUTCOME"))
        self.assertIn("NOT_FOUND", self.aifx("show", lost, *server, code=1))  # no such prediction
        self.assertIn("acked", self.aifx("show", kept, *server))
        self.assertIn("FAILED_PRECONDITION", self.aifx("requeue", kept, *server, code=1))
        self.aifx("requeue", lost, "--kind", "outcome", *server)
        self.assertRpcError(grpc.StatusCode.NOT_FOUND, records.UpdateOutcome,
                            self.outcome(lost, wait=True), timeout=PATIENCE)  # refused again
        self.assertIn("states", self.aifx("purge", "--state", "queued", *server, code=2))
        self.assertEqual(self.aifx("purge", "--state", "dead", "--older-than", "7d", *server),
                         "forgot 0 submissions\n")
        self.assertEqual(self.aifx("purge", "--state", "dead", *server), "forgot 1 submissions\n")

        self.assertEqual(child.stop(), 0)
        offline = ["--offline", self.outbox]
        self.assertIn(kept, self.aifx("list", *offline))
        self.assertIn(kept, self.aifx("show", kept, *offline))
        self.assertEqual(self.aifx("purge", "--state", "acked", *offline), "forgot 1 submissions\n")
        self.assertEqual(self.aifx("list", *offline), "no submissions\n")
        self.assertIn("NOT_FOUND", self.aifx("list", "--offline", self.outbox / "none", code=1))


if __name__ == "__main__":
    harness.main()
