"""What operators see of a server: metrics, probes, health of models, logs, traces and SIGHUP."""

import http.client
import json
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest
import urllib.error
import urllib.request
import uuid

import grpc
import harness
from lifecycle_test import NOWHERE, Gate
from reference_backend import fault

GOLDEN = harness.ROOT / "tests/golden/metrics.txt"
PATIENCE_S = 20


def get(url):
    """(status, body) of a page."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def families(page):
    """{name: (type, {labels})} of a page in the text format; le is no label of ours."""
    found, name = {}, None
    for line in page.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            found[name] = (kind, set())
        elif not line.startswith("#"):
            sample = re.match(r"([a-z_0-9]+)(?:\{(.*)\})? ", line)
            assert sample[1].startswith(name), line
            labels = set(re.findall(r'([a-z_]+)="', sample[2] or "")) - {"le"}
            found[name][1].update(labels)
    return found


def value(page, sample):
    """The value of one sample, such as aifx_ready{check="model"}."""
    for line in page.splitlines():
        if line.startswith(sample + " "):
            return float(line.rpartition(" ")[2])
    raise AssertionError(f"no sample {sample} in\n{page}")


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE_S} s: {what}")


class OperationsTest(harness.StackTest):
    def stub(self, address):
        from aifx.ml.v1 import prediction_service_pb2_grpc
        return prediction_service_pb2_grpc.PredictionServiceStub(self.stack.channel(address))

    def request(self, **more):
        from aifx.ml.v1 import prediction_service_pb2, types_pb2
        return prediction_service_pb2.PredictRequest(
            pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H, **more)

    def log_of(self, child):
        """The lines of a log that are JSON."""
        lines = pathlib.Path(child.log_path).read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def test_metrics_are_those_of_the_golden_list(self):
        _, url = self.stack.backend()
        server, address = self.stack.server(url)
        stub = self.stub(address)
        stub.Predict(self.request(submit=True), timeout=PATIENCE_S)
        with self.assertRaises(grpc.RpcError):
            stub.Predict(self.request(request_id="no uuid"), timeout=PATIENCE_S)
        status, page = get(server.metrics + "/metrics")
        self.assertEqual(status, 200)
        seen = {name: f"{name} {kind} {','.join(sorted(labels)) or '-'}"
                for name, (kind, labels) in families(page).items()}
        golden = [line for line in GOLDEN.read_text().splitlines() if not line.startswith("#")]
        self.assertEqual(sorted(seen.values()), golden,
                         "a name is part of dashboards and alerts: see tests/golden/metrics.txt")
        predict = 'aifx_grpc_calls_total{method="PredictionService.Predict",code="%s"}'
        self.assertEqual(value(page, predict % "OK"), 1)
        self.assertEqual(value(page, predict % "INVALID_ARGUMENT"), 1)
        for stage in ("fetch", "validate", "features", "queue", "model", "decide", "submit"):
            count = f'aifx_predict_stage_duration_seconds_count{{stage="{stage}"}}'
            self.assertEqual(value(page, count), 1, stage)
        self.assertEqual(value(page, f'aifx_model_ready{{model="{harness.MODEL}"}}'), 1)
        self.assertGreaterEqual(value(page, 'aifx_backend_calls_total{result="replied"}'), 1)
        self.assertEqual(value(page, 'aifx_ready{check="outbox"}'), 1)

    def test_names_follow_the_conventions(self):
        for line in GOLDEN.read_text().splitlines():
            if line.startswith("#"):
                continue
            name, kind, _ = line.split(" ")
            self.assertRegex(name, r"^aifx_[a-z0-9_]+$")
            self.assertEqual(kind == "counter", name.endswith("_total"), name)
            self.assertNotRegex(name, r"_(ms|milliseconds|us|minutes|mb|kb|percent)(_|$)")
            if kind == "histogram" and "duration" in name:
                self.assertTrue(name.endswith("_seconds"), name)

    def test_only_its_pages_and_only_reading(self):
        server, _ = self.stack.server(NOWHERE)
        self.assertEqual(get(server.metrics + "/")[0], 404)
        connection = http.client.HTTPConnection(server.metrics.removeprefix("http://"), timeout=20)
        self.addCleanup(connection.close)
        connection.request("POST", "/metrics", b"x=1")
        self.assertEqual(connection.getresponse().status, 405)

    def test_probes_of_a_server_with_and_without_a_model(self):
        models = self.stack.folder / "models"
        server, address = self.stack.server(NOWHERE, "--models-dir", models, "--models-refresh",
                                            "50ms")
        self.assertEqual(get(server.metrics + "/livez"), (200, "live\n"))
        status, body = get(server.metrics + "/readyz")
        self.assertEqual(status, 503)
        self.assertIn("model: no model is ready", body)
        self.assertIn("outbox: ok", body)
        self.assert_model_health(address, None)

        shutil.copytree(harness.FIXTURE / "models", models)
        wait_until(lambda: get(server.metrics + "/readyz")[0] == 200, "ready")
        self.assert_model_health(address, "SERVING")

    def test_a_version_that_is_only_loaded_does_not_serve(self):
        models = self.stack.folder / "loaded"
        shutil.copytree(harness.FIXTURE / "models", models)
        (models / harness.MODEL / "active.json").unlink()
        server, address = self.stack.server(NOWHERE, "--models-dir", models, "--models-refresh",
                                            "50ms")
        ran = subprocess.run([harness.BIN / "aifx", "models", "load", harness.MODEL, "--server",
                              address], env=harness.env(), capture_output=True, text=True,
                             timeout=60)
        self.assertIn("is ready", ran.stdout + ran.stderr)
        ready = f'aifx_model_ready{{model="{harness.MODEL}"}}'
        self.assertEqual(value(get(server.metrics + "/metrics")[1], ready), 0)
        self.assert_model_health(address, "NOT_SERVING")

    def assert_model_health(self, address, status):
        from grpc.health.v1 import health_pb2, health_pb2_grpc
        health = health_pb2_grpc.HealthStub(self.stack.channel(address))
        request = health_pb2.HealthCheckRequest(service=f"model/{harness.MODEL}")
        if status is None:
            self.assertRpcError(grpc.StatusCode.NOT_FOUND, health.Check, request)
        else:
            answer = health.Check(request, timeout=PATIENCE_S)
            self.assertEqual(answer.status, health_pb2.HealthCheckResponse.ServingStatus.Value(status))

    def test_a_model_that_fails_is_named(self):
        models = self.stack.folder / "broken"
        shutil.copytree(harness.FIXTURE / "models", models)
        for file in models.rglob("model.*"):
            file.write_bytes(b"not a model")
        server, address = self.stack.server(NOWHERE, "--models-dir", models)
        status, body = get(server.metrics + "/readyz")
        self.assertEqual(status, 503)
        self.assertIn(harness.MODEL, body)
        self.assert_model_health(address, "NOT_SERVING")
        page = get(server.metrics + "/metrics")[1]
        self.assertEqual(value(page, f'aifx_model_failed_versions{{model="{harness.MODEL}"}}'), 1)

    def test_draining_is_not_ready_but_live(self):
        _, url = self.stack.backend()
        gate = Gate(url)
        self.addCleanup(gate.close)
        server, address = self.stack.server(gate.url)
        self.assertEqual(get(server.metrics + "/readyz")[0], 200)
        call = self.stub(address).Predict.future(self.request(), timeout=25)
        self.assertTrue(gate.arrived.wait(PATIENCE_S))
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: get(server.metrics + "/readyz")[0] == 503, "not ready")
        self.assertIn("shutdown: the server is shutting down", get(server.metrics + "/readyz")[1])
        self.assertEqual(get(server.metrics + "/livez")[0], 200)
        gate.opened.set()
        self.assertTrue(call.result().prediction.id)
        self.assertEqual(server.process.wait(PATIENCE_S), 0)

    def test_a_metrics_port_that_is_taken_ends_the_server(self):
        server, _ = self.stack.server(NOWHERE)
        address = server.metrics.removeprefix("http://")
        ran = subprocess.run(
            [harness.BIN / "aifx-server", "--listen", "127.0.0.1:0", "--metrics-listen", address,
             "--backend-url", NOWHERE, "--outbox-dir", self.stack.folder / "taken-metrics"],
            env=harness.env(), capture_output=True, text=True, timeout=30)
        self.assertEqual(ran.returncode, 1, ran.stderr)
        self.assertIn(address, ran.stderr)
        self.assertIn("--metrics-listen", ran.stderr)
        self.assertNotIn("READY", ran.stdout)

    def test_ids_and_traces_reach_log_and_backend(self):
        _, url = self.stack.backend()
        gate = Gate(url)
        gate.opened.set()
        self.addCleanup(gate.close)
        server, address = self.stack.server(gate.url, "--log-level", "debug")
        request_id = str(uuid.uuid4())
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        self.stub(address).Predict(self.request(), timeout=PATIENCE_S, metadata=[
            ("x-request-id", request_id), ("traceparent", trace)])
        self.assertTrue(gate.headers)
        for headers in gate.headers:
            self.assertEqual(headers["traceparent"], trace)
            self.assertEqual(headers["X-Request-Id"], request_id)
        calls = [line for line in self.log_of(server) if line["message"] == "call"]
        self.assertEqual([(line["request_id"], line["traceparent"]) for line in calls],
                         [(request_id, trace)])

    def test_every_line_of_a_failing_call_has_its_id(self):
        _, backend = self.stack.steered_backend()
        server, address = self.stack.server(backend.url, "--log-level", "debug")
        stub = self.stub(address)
        before = len(self.log_of(server))
        backend.fail(fault("fail", status=500, count=20))
        request_id = str(uuid.uuid4())
        with self.assertRaises(grpc.RpcError):
            stub.Predict(self.request(), timeout=PATIENCE_S,
                         metadata=[("x-request-id", request_id)])
        lines = self.log_of(server)[before:]
        self.assertGreaterEqual(len(lines), 3, lines)  # failure, repeat, call
        for line in lines:
            # The circuit breaker speaks of the backend, not of one call.
            if "circuit breaker" not in line["message"]:
                self.assertEqual(line.get("request_id"), request_id, line)


class ReloadTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        cls.file = cls.stack.folder / "aifx.toml"
        cls.file.write_text('[log]\nlevel = "info"\n')
        cls.server, _ = cls.stack.server(NOWHERE, "--config", cls.file)

    def log(self):
        return pathlib.Path(self.server.log_path).read_text()

    def reload(self, text, result):
        """Writes the file, sends SIGHUP and waits until it is done."""
        sample = f'aifx_config_reloads_total{{result="{result}"}}'
        page = self.server.metrics + "/metrics"
        before = value(get(page)[1], sample)
        self.file.write_text(text)
        self.server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: value(get(page)[1], sample) == before + 1, f"a reload that is {result}")

    def test_reload(self):
        self.reload('[log]\nlevel = "info"\n[server]\nlisten = "127.0.0.1:1"\ndrain_grace = "7s"\n'
                    '[limits]\nmax_deadline = "2s"\n[outbox]\nmax_rows = 5\n', "ok")
        wait_until(lambda: "was read again" in self.log(), "the news")
        self.assertIn("limits.max_deadline: 30s -> 2s", self.log())
        self.assertIn("outbox.max_rows: 100000 -> 5", self.log())
        self.assertIn("needs a restart", self.log())
        # The command line wins over the file: nothing has changed there.
        self.assertNotIn("server.listen: ", self.log())
        self.assertNotIn("drain_grace: ", self.log())

        self.reload('[log]\nlevel = "loud"\n[predict]\nstale_after_bars = 0\n[nothing]\nx = 1\n',
                    "failed")
        for word in ("loud", "stale_after_bars", "nothing.x"):
            wait_until(lambda: word in self.log(), word)
        page = get(self.server.metrics + "/metrics")[1]
        self.assertEqual(value(page, "aifx_config_last_reload_ok"), 0)
        self.assertIsNone(self.server.process.poll())

        self.reload('[log]\nlevel = "error"\n', "ok")
        wait_until(lambda: "log.level: info -> error" in self.log(), "the new level")
        self.assertEqual(value(get(self.server.metrics + "/metrics")[1],
                               "aifx_config_last_reload_ok"), 1)


if __name__ == "__main__":
    harness.main()
