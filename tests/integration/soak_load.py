"""Callers of the soak: each does one thing again and again and knows which answers are right."""

import array
import itertools
import math
import random
import socket
import threading
import time

import grpc
import harness

from aifx.ml.v1 import prediction_service_pb2, prediction_service_pb2_grpc, types_pb2
from inference import grpc_service_pb2, grpc_service_pb2_grpc

TIMEOUT_S = 30  # of a call; none comes near it
CANDLES = 200
MOST_ERRORS = 20  # that a caller keeps


class Versions:
    """Which version may have answered when, as the one who switches them knows it."""

    def __init__(self, first):
        self._lock = threading.Lock()
        self._spans = [[first, 0.0, math.inf]]  # version, from, until; seconds of steady time

    def activating(self, version):
        with self._lock:
            self._spans.append([version, time.monotonic(), math.inf])

    def activated(self):
        """The newest alone answers what is asked from now on."""
        with self._lock:
            for span in self._spans[:-1]:
                span[2] = min(span[2], time.monotonic())

    def served(self, version, since):
        """Whether it was active at some moment from `since` until now."""
        with self._lock:
            return any(each == version and until >= since for each, _, until in self._spans)


class Caller(threading.Thread):
    """Calls once() until it is stopped. `done` counts, `errors` keeps what should not be."""

    pause_s = 0.0  # between two calls: paces the load, waits for nothing

    def __init__(self, address, versions, stop):
        super().__init__(daemon=True)
        self.address, self.versions, self.stop = address, versions, stop
        self.done, self.errors = 0, []
        self.random = random.Random(type(self).__name__)
        self.numbers = itertools.count(1)
        self.candles = harness.sample_candles(CANDLES + 40)

    def run(self):
        self.channel = self.open_channel()
        self.predictions = prediction_service_pb2_grpc.PredictionServiceStub(self.channel)
        self.inference = grpc_service_pb2_grpc.GRPCInferenceServiceStub(self.channel)
        while not self.stop.is_set() and len(self.errors) < MOST_ERRORS:
            try:
                self.once()
                self.done += 1
            except Exception as error:  # each of them is reported
                self.errors.append(f"{type(self).__name__}: {error!r}")
            self.stop.wait(self.pause_s)
        self.stop.set()  # who has failed often enough ends it for all
        self.channel.close()

    def once(self):
        raise NotImplementedError

    def open_channel(self):
        return grpc.insecure_channel(self.address, options=[
            ("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)])

    def request(self, candles=True, **fields):
        """A window that the server has not seen, unless it is to read the candles itself."""
        request = prediction_service_pb2.PredictRequest(
            pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H, **fields)
        if candles:
            request.series.candles.extend(self.candles[:CANDLES])
            request.series.candles[-1].spread_pips = 1 + next(self.numbers) * 1e-6
        return request

    def stream_start(self):
        start = prediction_service_pb2.StreamStart(
            pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H)
        start.warm_up.candles.extend(self.candles[:CANDLES])
        return prediction_service_pb2.StreamPredictRequest(start=start)

    def check(self, condition, what):
        if not condition:
            raise AssertionError(what)

    def check_version(self, version, since):
        self.check(self.versions.served(version, since), f"{version} was not active then")

    def check_prediction(self, prediction, since):
        self.check(prediction.id and prediction.probabilities, "an empty prediction")
        self.check_version(prediction.model.version, since)

    def check_refused(self, code, call):
        try:
            call()
        except grpc.RpcError as error:
            self.check(error.code() == code, f"{error.code()} instead of {code}: {error.details()}")
            return
        self.check(False, f"answered instead of {code}")


class WithCandles(Caller):
    def once(self):
        since = time.monotonic()
        answer = self.predictions.Predict(self.request(), timeout=TIMEOUT_S)
        self.check_prediction(answer.prediction, since)


class FromBackend(Caller):
    """The newest candles, and now and then older ones, which are read each time."""
    pause_s = 0.01

    def once(self):
        since = time.monotonic()
        request = self.request(candles=False)
        if next(self.numbers) % 4 == 0:
            request.as_of.CopyFrom(self.random.choice(self.candles[CANDLES:]).open_time)
        self.check_prediction(self.predictions.Predict(request, timeout=TIMEOUT_S).prediction, since)


class Submitting(Caller):
    pause_s = 0.05  # slower than the backend, so that nothing piles up

    def once(self):
        since = time.monotonic()
        answer = self.predictions.Predict(self.request(submit=True), timeout=TIMEOUT_S)
        self.check_prediction(answer.prediction, since)
        self.check(answer.HasField("submission") and not answer.submission.HasField("error"),
                   f"not submitted: {answer.submission}")


class Batches(Caller):
    def once(self):
        since = time.monotonic()
        items = [self.request(), self.request(candles=False), self.request(), self.request()]
        items[2].pair = "EUR/EUR"
        answer = self.predictions.BatchPredict(
            prediction_service_pb2.BatchPredictRequest(requests=items), timeout=TIMEOUT_S)
        for i, result in enumerate(answer.results):
            if i == 2:
                self.check(result.error.code == 3, f"no INVALID_ARGUMENT: {result}")
            else:
                self.check_prediction(result.response.prediction, since)


class Streams(Caller):
    def once(self):
        since = time.monotonic()
        messages = [self.stream_start()]
        messages += [prediction_service_pb2.StreamPredictRequest(candle=candle)
                     for candle in self.candles[CANDLES:]]
        answers = list(self.predictions.StreamPredict(iter(messages), timeout=TIMEOUT_S))
        self.check(len(answers) == len(messages) - 1, f"{len(answers)} answers")
        for each in answers:  # a stream follows swaps
            self.check_prediction(each.prediction, since)


class OpenInference(Caller):
    """By turns one call and a stream of four."""

    def __init__(self, address, versions, stop, shape):
        super().__init__(address, versions, stop)
        self.shape = shape

    def infer_request(self):
        request = grpc_service_pb2.ModelInferRequest(model_name=harness.MODEL)
        request.inputs.add(name="window", datatype="FP32", shape=[1, *self.shape])
        count = math.prod(self.shape)
        request.raw_input_contents.append(
            array.array("f", [self.random.uniform(-1, 1) for _ in range(count)]).tobytes())
        return request

    def once(self):
        since = time.monotonic()
        if next(self.numbers) % 2:
            answers = [self.inference.ModelInfer(self.infer_request(), timeout=TIMEOUT_S)]
        else:
            requests = iter([self.infer_request() for _ in range(4)])
            streamed = list(self.inference.ModelStreamInfer(requests, timeout=TIMEOUT_S))
            self.check(len(streamed) == 4, f"{len(streamed)} answers")
            self.check(not any(each.error_message for each in streamed), streamed)
            answers = [each.infer_response for each in streamed]
        for answer in answers:
            self.check_version(int(answer.model_version), since)


class BadRequests(Caller):
    def once(self):
        invalid = grpc.StatusCode.INVALID_ARGUMENT
        nan, unknown, few, nameless = (self.request() for _ in range(4))
        nan.series.candles[3].high = math.nan
        unknown.pair = "EUR/XYZ"
        nameless.model_name = "no-such-model"
        tensor = grpc_service_pb2.ModelInferRequest(model_name=harness.MODEL)
        tensor.inputs.add(name="window", datatype="FP32", shape=[1, 2, 3])
        tensor.raw_input_contents.append(b"1234")
        del few.series.candles[2:]
        for request in (nan, unknown, few):
            self.check_refused(invalid, lambda: self.predictions.Predict(request, timeout=TIMEOUT_S))
        self.check_refused(grpc.StatusCode.NOT_FOUND,
                           lambda: self.predictions.Predict(nameless, timeout=TIMEOUT_S))
        self.check_refused(invalid, lambda: self.inference.ModelInfer(tensor, timeout=TIMEOUT_S))


class Vanishing(Caller):
    """Clients that go away in the middle: of a call, a stream, a watch, a handshake."""
    pause_s = 0.02

    def once(self):
        way = next(self.numbers) % 4
        if way == 0:
            host, _, port = self.address.rpartition(":")
            with socket.create_connection((host, int(port)), timeout=TIMEOUT_S) as connection:
                connection.sendall(b"PRI * HTTP/2.0\r\n")
            return
        channel = self.open_channel()
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        gone = threading.Event()
        if way == 1:
            stub.Predict.future(self.request(), timeout=TIMEOUT_S)
        elif way == 2:
            next(stub.StreamPredict(self.unfinished(gone), timeout=TIMEOUT_S))
        else:
            stub.WatchPredictions(prediction_service_pb2.WatchPredictionsRequest(
                pairs=["EUR/USD"], timeframes=[types_pb2.TIMEFRAME_1H]),
                timeout=TIMEOUT_S).initial_metadata()  # blocks until the server watches
        channel.close()
        gone.set()

    def unfinished(self, gone):
        yield self.stream_start()
        yield prediction_service_pb2.StreamPredictRequest(candle=self.candles[CANDLES])
        gone.wait()
