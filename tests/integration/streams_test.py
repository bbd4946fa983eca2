"""Predictions candle by candle, and whenever a candle closes: real server, backend and Redis."""

import datetime
import json
import queue
import socket
import threading
import time

import grpc
import harness

from aifx.ml.v1 import prediction_service_pb2, prediction_service_pb2_grpc, types_pb2

WARM_UP, STREAMED = 200, 40
PATIENCE_S = 30


class Redis:
    """A real Redis on a free port, spoken to in its own protocol."""

    def __init__(self, stack):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        stack.start("redis", ["sh", "-c",
                              f"echo STARTING; exec redis-server --port {self.port} --bind 127.0.0.1 "
                              "--save '' --appendonly no --loglevel warning"], "STARTING")
        self.url = f"redis://127.0.0.1:{self.port}"
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.command("PING")
                return
            except OSError:
                if time.monotonic() > end:
                    raise

    def command(self, *words):
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as connection:
            parts = [word.encode() for word in words]
            connection.sendall(b"*%d\r\n" % len(parts) +
                               b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
            return connection.makefile("rb").readline().decode().strip()

    def announce(self, pair, timeframe, open_time):
        """Publishes a new candle as the platform does; how many heard it."""
        message = {"timestamp": datetime.datetime.now(datetime.timezone.utc).isoformat(),
                   "channel": "ml:new_market_data",
                   "data": {"pair": pair, "timeframe": timeframe, "timestamp": open_time}}
        return int(self.command("PUBLISH", "ml:new_market_data", json.dumps(message))[1:])


class StreamPredictTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        _, address = cls.stack.server("http://127.0.0.1:9")
        cls.stub = prediction_service_pb2_grpc.PredictionServiceStub(cls.stack.channel(address))
        cls.candles = harness.sample_candles(WARM_UP + STREAMED)

    def start(self, count=WARM_UP, **fields):
        start = prediction_service_pb2.StreamStart(
            pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H, **fields)
        start.warm_up.candles.extend(self.candles[:count])
        return prediction_service_pb2.StreamPredictRequest(start=start)

    def candle(self, index):
        return prediction_service_pb2.StreamPredictRequest(candle=self.candles[index])

    def test_each_candle_gives_what_predict_gives(self):
        messages = [self.start()] + [self.candle(WARM_UP + i) for i in range(STREAMED)]
        answers = list(self.stub.StreamPredict(iter(messages), timeout=60))
        self.assertEqual(len(answers), STREAMED)
        for i, answer in enumerate(answers):
            request = prediction_service_pb2.PredictRequest(
                pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H)
            request.series.candles.extend(self.candles[:WARM_UP + i + 1])
            expected = self.stub.Predict(request, timeout=20).prediction
            for prediction in (expected, answer.prediction):
                prediction.id = ""
                del prediction.warnings[:]  # one looks at the whole series, the other at its end
            self.assertEqual(answer.prediction, expected, f"candle {i}")

    def test_a_caller_may_wait_for_each_answer(self):
        outgoing = queue.Queue()
        outgoing.put(self.start())
        answers = self.stub.StreamPredict(iter(outgoing.get, None), timeout=60)
        for i in range(3):
            outgoing.put(self.candle(WARM_UP + i))
            self.assertTrue(next(answers).prediction.id)
        outgoing.put(None)
        self.assertEqual(list(answers), [])

    def test_a_candle_out_of_order_ends_the_stream_and_is_named(self):
        messages = [self.start(), self.candle(WARM_UP), self.candle(WARM_UP)]

        def call(timeout):
            return list(self.stub.StreamPredict(iter(messages), timeout=timeout))
        error = self.assertRpcError(grpc.StatusCode.INVALID_ARGUMENT, call)
        self.assertEqual(list(harness.violations(error)), ["candle.open_time"])


class WatchPredictionsTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        cls.redis = Redis(cls.stack)
        _, cls.backend_url = cls.stack.backend()
        _, address = cls.stack.server(cls.backend_url, REDIS_URL=cls.redis.url)
        cls.channel = cls.stack.channel(address)
        cls.stub = prediction_service_pb2_grpc.PredictionServiceStub(cls.channel)

    def watch(self):
        call = self.stub.WatchPredictions(prediction_service_pb2.WatchPredictionsRequest(
            pairs=["EUR/USD"], timeframes=[types_pb2.TIMEFRAME_1H]), timeout=60)
        call.initial_metadata()  # blocks until the server watches
        return call

    def announce_newest(self):
        newest = harness.sample_rows(1)[0]["timestamp"]
        end = time.monotonic() + PATIENCE_S
        while self.redis.announce("EUR/USD", "1h", newest) == 0:  # not subscribed yet
            self.assertLess(time.monotonic(), end, "nobody listens to Redis")

    def test_a_new_candle_reaches_every_watcher_from_one_computation(self):
        watches = [self.watch() for _ in range(5)]
        self.announce_newest()
        answers = [next(watch) for watch in watches]
        self.assertEqual(len({answer.prediction.id for answer in answers}), 1)
        self.assertEqual(answers[0].prediction.as_of.ToJsonString(), "2018-12-31T22:00:00Z")
        for watch in watches:
            watch.cancel()

    def test_a_watch_ends_when_the_server_does(self):
        child, address = self.stack.server(self.backend_url, REDIS_URL=self.redis.url)
        stub = prediction_service_pb2_grpc.PredictionServiceStub(self.stack.channel(address))
        watch = stub.WatchPredictions(prediction_service_pb2.WatchPredictionsRequest(
            pairs=["EUR/USD"], timeframes=[types_pb2.TIMEFRAME_1H]), timeout=60)
        watch.initial_metadata()
        stopping = threading.Thread(target=child.stop)
        stopping.start()
        error = self.assertRpcError(grpc.StatusCode.UNAVAILABLE, lambda timeout: list(watch))
        self.assertIn("shutting down", error.details())
        stopping.join()


if __name__ == "__main__":
    harness.main()
