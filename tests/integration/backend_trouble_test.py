"""A backend that refuses, is down, is slow or is no backend at all."""

import http.server
import socket
import threading
import time

import grpc
import harness


class HtmlHandler(http.server.BaseHTTPRequestHandler):
    """Some other web server."""

    def do_GET(self):
        page = b"<html><body>Welcome to a web server</body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_POST = do_PUT = do_GET

    def log_message(self, *_):
        pass


class BackendTroubleTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        from aifx.ml.v1 import (prediction_service_pb2, prediction_service_pb2_grpc,
                                record_service_pb2, record_service_pb2_grpc, types_pb2)
        cls.pb, cls.rpc, cls.types = prediction_service_pb2, prediction_service_pb2_grpc, types_pb2
        cls.records_pb, cls.records_rpc = record_service_pb2, record_service_pb2_grpc

    def stubs(self, url, *arguments, **env):
        _, address = self.stack.server(url, *arguments, **env)
        channel = self.stack.channel(address)
        return self.rpc.PredictionServiceStub(channel), self.records_rpc.RecordServiceStub(channel)

    def newest(self):
        return self.pb.PredictRequest(pair="EUR/USD", timeframe=self.types.TIMEFRAME_1H)

    def given(self, **fields):
        request = self.pb.PredictRequest(pair="EUR/USD", timeframe=self.types.TIMEFRAME_1H, **fields)
        request.series.candles.extend(harness.sample_candles(300))
        return request

    def assertGivenCandlesWork(self, predictions):
        self.assertTrue(predictions.Predict(self.given(), timeout=20).prediction.id)

    def test_wrong_key(self):
        _, url = self.stack.backend()
        predictions, records = self.stubs(url, ML_ENGINE_API_KEY="not-the-key")
        error = self.assertRpcError(grpc.StatusCode.FAILED_PRECONDITION, predictions.Predict,
                                    self.newest())
        self.assertIn("ML_ENGINE_API_KEY", error.details())
        self.assertNotIn("not-the-key", str(error.trailing_metadata()) + error.details())
        self.assertRpcError(grpc.StatusCode.FAILED_PRECONDITION, records.GetAccuracy,
                            self.records_pb.GetAccuracyRequest())
        self.assertGivenCandlesWork(predictions)

    def test_down_at_the_start_and_there_later(self):
        with socket.socket() as taken:  # a port that is free, and stays so until the backend starts
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            predictions, records = self.stubs(f"http://127.0.0.1:{port}")
            error = self.assertRpcError(grpc.StatusCode.UNAVAILABLE, predictions.Predict,
                                        self.newest())
            self.assertIn(f"127.0.0.1:{port}", error.details())
            self.assertGivenCandlesWork(predictions)
            # A submission waits on the disk.
            answer = predictions.Predict(self.given(submit=True), timeout=20)
            self.assertTrue(answer.prediction.id)
            self.assertEqual(answer.submission.state, self.types.SUBMISSION_STATE_QUEUED)
        self.stack.backend(port=port)
        # Calls are refused at once until the circuit breaker has asked again: who waits for the
        # submission waits for that, too.
        acked = records.SubmitPrediction(self.records_pb.SubmitPredictionRequest(
            prediction=answer.prediction, wait=True), timeout=25).submission
        self.assertEqual(acked.state, self.types.SUBMISSION_STATE_ACKED)
        self.assertTrue(predictions.Predict(self.newest(), timeout=20).prediction.id)

    def test_down_later(self):
        backend, url = self.stack.backend()
        # Each call reads for itself: what was read is kept for a moment otherwise.
        predictions, records = self.stubs(url, "--cache-entries", "0")
        self.assertTrue(predictions.Predict(self.newest(), timeout=20).prediction.id)
        self.assertEqual(backend.stop(), 0)
        self.assertRpcError(grpc.StatusCode.UNAVAILABLE, predictions.Predict, self.newest())
        self.assertRpcError(grpc.StatusCode.UNAVAILABLE, records.ListPredictions,
                            self.records_pb.ListPredictionsRequest())
        self.assertGivenCandlesWork(predictions)

    def test_slow(self):
        # Accepts connections (the kernel does) and never answers.
        with socket.create_server(("127.0.0.1", 0)) as silent:
            predictions, _ = self.stubs(f"http://127.0.0.1:{silent.getsockname()[1]}",
                                        "--max-deadline", "1500ms")
            began = time.monotonic()
            # The server's own cap ends the call: it answers, long before the caller gives up.
            error = self.assertRpcError(grpc.StatusCode.DEADLINE_EXCEEDED, predictions.Predict,
                                        self.newest(), timeout=60)
            self.assertLess(time.monotonic() - began, 10)
            self.assertIn("backend", error.details())
            self.assertGivenCandlesWork(predictions)
            # And the caller's own, nearer deadline.
            self.assertRpcError(grpc.StatusCode.DEADLINE_EXCEEDED, predictions.Predict,
                                self.newest(), timeout=0.3)

    def test_html(self):
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), HtmlHandler) as web:
            threading.Thread(target=web.serve_forever, daemon=True).start()
            self.addCleanup(web.shutdown)
            url = f"http://127.0.0.1:{web.server_address[1]}"
            predictions, _ = self.stubs(url)
            error = self.assertRpcError(grpc.StatusCode.UNAVAILABLE, predictions.Predict,
                                        self.newest())
            self.assertIn("JSON", error.details())
            self.assertIn("BACKEND_API_URL", error.details())
            self.assertGivenCandlesWork(predictions)


if __name__ == "__main__":
    harness.main()
