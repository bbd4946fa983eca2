"""Who may call, over what, and what hostile callers get."""

import hashlib
import itertools
import os
import resource
import socket
import ssl
import struct
import subprocess
import time

import grpc
import harness
import tls_files

from aifx.ml.v1 import model_service_pb2, model_service_pb2_grpc
from aifx.ml.v1 import prediction_service_pb2, prediction_service_pb2_grpc
from aifx.ml.v1 import record_service_pb2, record_service_pb2_grpc
from aifx.ml.v1 import training_service_pb2, training_service_pb2_grpc
from aifx.ml.v1 import types_pb2
from grpc.health.v1 import health_pb2, health_pb2_grpc

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers there
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = struct.pack(">I", 0)[1:] + b"\x04\x00" + struct.pack(">I", 0)
PATIENCE_S = 20


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + \
        struct.pack(">I", stream) + payload


def predict_request():
    request = prediction_service_pb2.PredictRequest(
        pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H)
    request.series.candles.extend(harness.sample_candles(200))
    return request


def hostile_watch(timeframes):
    """One byte on the wire each; none of them is a timeframe."""
    return prediction_service_pb2.WatchPredictionsRequest(
        pairs=["EUR/USD"], timeframes=[99] * timeframes)


def ends(call, *arguments, **options):
    """Reads a stream to its end, which raises where that is an error."""
    return list(call(*arguments, **options))


def connect(address):
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def is_closed(connection):
    """Whether the server ended the connection after whatever it had to say."""
    connection.settimeout(PATIENCE_S)
    try:
        while connection.recv(65536):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def until(condition, what):
    """Asks again and again; what is asked takes a moment itself."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen within {PATIENCE_S} s")


def health(channel, timeout=PATIENCE_S, **options):
    return health_pb2_grpc.HealthStub(channel).Check(
        health_pb2.HealthCheckRequest(), timeout=timeout, **options).status


class TokensTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        cls.tokens = cls.stack.folder / "tokens"
        cls.write(("platform", "predict,record", "open-sesame"),
                  ("operator", "admin", "skeleton-key"))
        _, cls.address = cls.stack.server(NOWHERE, "--tokens-file", cls.tokens,
                                          "--models-refresh", "50ms")
        cls.channel = cls.stack.channel(cls.address)
        cls.predictions = prediction_service_pb2_grpc.PredictionServiceStub(cls.channel)
        cls.models = model_service_pb2_grpc.ModelServiceStub(cls.channel)

    @classmethod
    def write(cls, *holders):
        lines = [f"{name} {scopes} {hashlib.sha256(token.encode()).hexdigest()}\n"
                 for name, scopes, token in holders]
        aside = cls.tokens.with_suffix(".new")
        aside.write_text("".join(lines))
        os.rename(aside, cls.tokens)

    def bearer(self, token):
        return [("authorization", f"Bearer {token}")]

    def test_a_call_needs_a_known_token(self):
        for metadata in ([], self.bearer("guess")):
            with self.subTest(metadata):
                self.assertRpcError(grpc.StatusCode.UNAUTHENTICATED, self.predictions.Predict,
                                    predict_request(), metadata=metadata)
        answer = self.predictions.Predict(predict_request(), timeout=20,
                                          metadata=self.bearer("open-sesame"))
        self.assertTrue(answer.prediction.id)

    def test_what_changes_the_server_needs_the_scope_admin(self):
        request = model_service_pb2.EndExperimentRequest(name="none")
        error = self.assertRpcError(grpc.StatusCode.PERMISSION_DENIED, self.models.EndExperiment,
                                    request, metadata=self.bearer("open-sesame"))
        self.assertIn("admin", error.details())
        with self.assertRaises(grpc.RpcError) as caught:
            self.models.EndExperiment(request, timeout=20, metadata=self.bearer("skeleton-key"))
        self.assertNotIn(caught.exception.code(), (grpc.StatusCode.PERMISSION_DENIED,
                                                   grpc.StatusCode.UNAUTHENTICATED))

    def test_streams_need_a_token_before_anything_is_looked_at(self):
        training = training_service_pb2_grpc.TrainingServiceStub(self.channel)
        for call, request in (
                (self.predictions.WatchPredictions, hostile_watch(3000)),
                (training.WatchTraining, training_service_pb2.WatchTrainingRequest())):
            with self.subTest(type(request).__name__):
                self.assertRpcError(grpc.StatusCode.UNAUTHENTICATED, ends, call, request)

    def test_health_is_open_to_probes(self):
        self.assertEqual(health(self.channel), health_pb2.HealthCheckResponse.SERVING)

    def test_the_command_line_shows_its_token(self):
        def models(**env):
            return subprocess.run([harness.BIN / "aifx", "models", "--server", self.address],
                                  env=harness.env(**env), capture_output=True, text=True,
                                  timeout=30)
        self.assertNotEqual(models().returncode, 0)
        self.assertIn("token", models().stderr)
        shown = models(AIFX_TOKEN="open-sesame")
        self.assertEqual(shown.returncode, 0, shown.stderr)

    def test_new_tokens_count_without_a_restart(self):
        self.write(("platform", "predict,record", "open-sesame"),
                   ("operator", "admin", "skeleton-key"), ("guest", "predict", "visitor"))

        def let_in():
            try:
                self.models.ListModels(model_service_pb2.ListModelsRequest(), timeout=20,
                                       metadata=self.bearer("visitor"))
                return True
            except grpc.RpcError as error:
                self.assertEqual(error.code(), grpc.StatusCode.UNAUTHENTICATED)
                return False
        until(let_in, "the new token's first call")


class MutualTlsTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        cls.authority = tls_files.Authority(cls.stack.folder / "authority")
        cls.authority.issue(cls.stack.folder / "server-1", "first")
        cls.current = cls.stack.folder / "server"
        cls.current.symlink_to("server-1")
        cls.client = cls.authority.issue(cls.stack.folder / "client", "platform")
        cls.child, cls.address = cls.stack.server(
            NOWHERE, "--tls-cert", cls.current / "cert.pem", "--tls-key", cls.current / "key.pem",
            "--tls-client-ca", cls.authority.certificate, "--tls-reload", "1s")

    def channel(self, client=None):
        read = lambda path: path.read_bytes() if path else None  # noqa: E731
        credentials = grpc.ssl_channel_credentials(
            self.authority.certificate.read_bytes(),
            read(client and client / "key.pem"), read(client and client / "cert.pem"))
        channel = grpc.secure_channel(self.address, credentials, options=[
            ("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)])
        self.stack.channels.append(channel)
        return channel

    def serial(self):
        """The serial number of the certificate that the server shows."""
        context = ssl.create_default_context(cafile=self.authority.certificate)
        context.load_cert_chain(self.client / "cert.pem", self.client / "key.pem")
        context.set_alpn_protocols(["h2"])
        with connect(self.address) as plain:
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                return secure.getpeercert()["serialNumber"]

    def test_a_caller_with_a_certificate_is_served(self):
        self.assertEqual(health(self.channel(self.client)), health_pb2.HealthCheckResponse.SERVING)

    def test_a_caller_without_one_or_of_another_authority_is_not(self):
        stranger = tls_files.Authority(self.stack.folder / "stranger").issue(
            self.stack.folder / "stranger-client", "platform")
        for client in (None, stranger):
            with self.subTest(client):
                with self.assertRaises(grpc.RpcError) as caught:
                    health(self.channel(client), timeout=5)
                self.assertEqual(caught.exception.code(), grpc.StatusCode.UNAVAILABLE)

    def test_files_that_do_not_fit_are_named_at_the_start(self):
        other = self.authority.issue(self.stack.folder / "other", "other")
        ran = subprocess.run(
            [harness.BIN / "aifx-server", "--listen", "127.0.0.1:0",
             "--models-dir", self.stack.folder / "models",
             "--outbox-dir", self.stack.folder / "outbox-of-none",
             "--tls-cert", self.client / "cert.pem", "--tls-key", other / "key.pem"],
            env=harness.env(), capture_output=True, text=True, timeout=30)
        self.assertEqual(ran.returncode, 1, ran.stderr)
        self.assertIn(str(other / "key.pem"), ran.stderr)

    def test_the_command_line_speaks_it(self):
        ran = subprocess.run(
            [harness.BIN / "aifx", "health", "--server", self.address,
             "--tls-ca", self.authority.certificate, "--tls-cert", self.client / "cert.pem",
             "--tls-key", self.client / "key.pem"],
            env=harness.env(), capture_output=True, text=True, timeout=30)
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_a_renewed_certificate_is_shown_without_a_restart(self):
        before = self.serial()
        self.authority.issue(self.stack.folder / "server-2", "second")
        aside = self.stack.folder / "server.new"
        aside.symlink_to("server-2")
        os.rename(aside, self.current)
        until(lambda: self.serial() != before, "the new certificate")

    def test_rapid_resets_without_a_certificate_cost_nothing(self):
        before = harness.resident_bytes(self.child.process.pid)
        refused = 0
        for _ in range(20):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.set_alpn_protocols(["h2"])
            try:
                with connect(self.address) as plain, context.wrap_socket(plain) as secure:
                    resets = b"".join(
                        frame(1, 5, 2 * i + 1, b"\x82") + frame(3, 0, 2 * i + 1, b"\0\0\0\x08")
                        for i in range(10000))
                    secure.sendall(PREFACE + SETTINGS + resets)
                    while secure.recv(65536):
                        pass
                    refused += 1  # an end without an answer
            except (ssl.SSLError, ConnectionError):
                refused += 1
        self.assertEqual(refused, 20)
        self.assertLess(harness.resident_bytes(self.child.process.pid) - before, 20 << 20)
        self.assertEqual(health(self.channel(self.client)), health_pb2.HealthCheckResponse.SERVING)


class HostileCallersTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        cls.child, cls.address = cls.stack.server(
            NOWHERE, "--max-connections", "24", "--handshake-timeout", "2s")

    def test_a_flood_of_connections_is_survived(self):
        flood = [connect(self.address) for _ in range(200)]
        for connection in flood:
            connection.close()

        def served():
            channel = self.stack.channel(self.address)
            try:
                return health(channel) == health_pb2.HealthCheckResponse.SERVING
            except grpc.RpcError:
                return False
        until(served, "an answer after the flood")

    def test_a_silent_caller_is_cut_off(self):
        with connect(self.address) as silent:
            self.assertTrue(is_closed(silent))

    def test_garbage_is_cut_off(self):
        for garbage in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", os.urandom(4096),
                        PREFACE + SETTINGS + frame(9, 0, 1, b"x" * 100),
                        PREFACE + SETTINGS + frame(4, 0, 0, b"not a setting")):
            with self.subTest(garbage[:30]), connect(self.address) as caller:
                caller.sendall(garbage)
                self.assertTrue(is_closed(caller))
        self.assertEqual(health(self.stack.channel(self.address)),
                         health_pb2.HealthCheckResponse.SERVING)

    def test_pings_without_end_are_cut_off(self):
        with connect(self.address) as caller:
            caller.sendall(PREFACE + SETTINGS + frame(4, 1, 0, b"") +
                           b"".join(frame(6, 0, 0, struct.pack(">Q", i)) for i in range(1000)))
            self.assertTrue(is_closed(caller))

    def test_metadata_that_is_too_large_ends_the_call(self):
        channel = self.stack.channel(self.address)
        with self.assertRaises(grpc.RpcError) as caught:
            health(channel, metadata=[("x-large", "x" * 100_000)])
        self.assertEqual(caught.exception.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        self.assertEqual(health(self.stack.channel(self.address)),
                         health_pb2.HealthCheckResponse.SERVING)

    def test_a_message_that_is_too_large_is_not_read(self):
        stub = prediction_service_pb2_grpc.PredictionServiceStub(self.stack.channel(self.address))
        request = prediction_service_pb2.PredictRequest(pair="x" * (17 << 20))
        self.assertRpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, stub.Predict, request)

    def test_a_large_message_of_a_stream_is_refused_and_not_kept(self):
        channel = self.stack.channel(self.address)
        predictions = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        self.assertRpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, ends, predictions.WatchPredictions,
                            hostile_watch(100_000))
        before = harness.resident_bytes(self.child.process.pid)
        # Few megabytes on the wire; each would become hundreds of bytes.
        self.assertRpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, ends, predictions.WatchPredictions,
                            hostile_watch(4_000_000))
        self.assertLess(harness.resident_bytes(self.child.process.pid) - before, 200 << 20)
        start = prediction_service_pb2.StreamPredictRequest()
        start.start.pair = "x" * (5 << 20)
        error = self.assertRpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, ends,
                                    predictions.StreamPredict, iter([start]))
        self.assertIn("at most 4194304", error.details())

    def test_more_values_than_an_enum_has_are_one_violation(self):
        channel = self.stack.channel(self.address)
        predictions = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        error = self.assertRpcError(grpc.StatusCode.INVALID_ARGUMENT, ends,
                                    predictions.WatchPredictions, hostile_watch(30_000))
        self.assertEqual(list(harness.violations(error)), ["timeframes"])
        records = record_service_pb2_grpc.RecordServiceStub(channel)
        error = self.assertRpcError(
            grpc.StatusCode.INVALID_ARGUMENT, records.ListSubmissions,
            record_service_pb2.ListSubmissionsRequest(states=[99] * 1_000_000))
        self.assertEqual(list(harness.violations(error)), ["states"])

    def test_a_model_that_there_is_not_cannot_be_watched(self):
        stub = prediction_service_pb2_grpc.PredictionServiceStub(self.stack.channel(self.address))
        request = prediction_service_pb2.WatchPredictionsRequest(
            pairs=["EUR/USD"], timeframes=[types_pb2.TIMEFRAME_1H], model_name="no-such-model")
        error = self.assertRpcError(grpc.StatusCode.NOT_FOUND, ends, stub.WatchPredictions, request)
        self.assertIn('model_name "no-such-model"', error.details())

    def test_watched_series_have_a_bound_and_are_free_again_after_the_call(self):
        stub = prediction_service_pb2_grpc.PredictionServiceStub(self.stack.channel(self.address))
        codes = ("USD EUR GBP JPY CHF AUD NZD CAD SEK NOK DKK PLN CZK HUF TRY ZAR MXN SGD HKD CNY INR "
                 "KRW THB MYR IDR PHP BRL ARS CLP COP PEN ILS").split()
        pairs = [f"{base}/{quote}" for base, quote in itertools.permutations(codes, 2)]
        timeframes = [value for value in types_pb2.Timeframe.values() if value]

        def watch(first, timeout=PATIENCE_S):
            return stub.WatchPredictions(prediction_service_pb2.WatchPredictionsRequest(
                pairs=pairs[first:first + 64], timeframes=timeframes), timeout=timeout)
        watches = [watch(first) for first in range(0, len(pairs), 64)]  # 576 series each
        until(lambda: any(not each.is_active() for each in watches), "a refusal")
        refused = next(each for each in watches if not each.is_active())
        self.assertEqual(refused.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        self.assertEqual(harness.details_of(refused)["ErrorInfo"].reason, "WATCHES_FULL")
        for each in watches:
            each.cancel()
        until(lambda: watch(0, timeout=0.5).code() == grpc.StatusCode.DEADLINE_EXCEEDED,
              "a watch after the others have ended")

    def test_a_large_health_request_is_refused_and_not_kept(self):
        stub = health_pb2_grpc.HealthStub(self.stack.channel(self.address))
        before = harness.resident_bytes(self.child.process.pid)
        for _ in range(40):
            error = self.assertRpcError(
                grpc.StatusCode.INVALID_ARGUMENT, ends, stub.Watch,
                health_pb2.HealthCheckRequest(service="x" * (8 << 20)))
        self.assertIn("service has 8388608 bytes, at most 200", error.details())
        self.assertRpcError(grpc.StatusCode.INVALID_ARGUMENT, stub.Check,
                            health_pb2.HealthCheckRequest(service="x" * 201))
        self.assertLess(harness.resident_bytes(self.child.process.pid) - before, 200 << 20)

    def test_more_streams_than_allowed_wait_and_are_answered(self):
        channel = self.stack.channel(self.address)
        stub = health_pb2_grpc.HealthStub(channel)
        calls = [stub.Check.future(health_pb2.HealthCheckRequest(), timeout=PATIENCE_S)
                 for _ in range(500)]
        self.assertTrue(all(call.result().status for call in calls))


class DescriptorExhaustionTest(harness.StackTest):
    def test_the_listener_lives_on(self):
        child, address = self.stack.server(NOWHERE)
        kept = self.stack.channel(address)
        self.assertEqual(health(kept), health_pb2.HealthCheckResponse.SERVING)
        used = len(os.listdir(f"/proc/{child.process.pid}/fd"))
        resource.prlimit(child.process.pid, resource.RLIMIT_NOFILE, (used + 8, used + 8))
        flood = [connect(address) for _ in range(100)]
        # Nothing is left for a new caller; who is connected is served.
        self.assertTrue(is_closed(flood[-1]))
        self.assertEqual(health(kept), health_pb2.HealthCheckResponse.SERVING)
        for connection in flood:
            connection.close()

        def served():
            try:
                return health(self.stack.channel(address)) == \
                    health_pb2.HealthCheckResponse.SERVING
            except grpc.RpcError:
                return False
        until(served, "an answer to a new connection")
        child.stop()


if __name__ == "__main__":
    harness.main()
