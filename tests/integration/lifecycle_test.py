"""How the server starts, refuses to start, and ends."""

import http.server
import queue
import signal
import socket
import subprocess
import threading
import urllib.request

import grpc
import harness

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers there


def run(program, *arguments, **more_env):
    return subprocess.run([harness.BIN / program, *arguments], env=harness.env(**more_env),
                          capture_output=True, text=True, timeout=30)


def port_is_open(address):
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=20).close()
    except ConnectionRefusedError:
        return False
    except ConnectionResetError:
        pass  # just then
    return True


class Gate:
    """A proxy in front of the backend that holds requests until it is opened; POSTs get no answer.

    headers: those of each request that came, in order.
    """

    def __init__(self, backend_url):
        self.arrived, self.opened, self.headers = threading.Event(), threading.Event(), []
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                gate.headers.append(self.headers)
                gate.arrived.set()
                gate.opened.wait(20)
                headers = {name: self.headers[name] for name in ("Authorization", "X-Service-Name")}
                opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                with opener.open(urllib.request.Request(backend_url + self.path, headers=headers),
                                 timeout=20) as answer:
                    body = answer.read()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                gate.arrived.set()
                gate.opened.wait(60)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self.opened.set()
        self._server.shutdown()
        self._server.server_close()


class LifecycleTest(harness.StackTest):
    def test_help_and_version(self):
        for program in ("aifx-server", "aifx"):
            with self.subTest(program):
                shown = run(program, "--help")
                self.assertEqual((shown.returncode, shown.stderr), (0, ""))
                self.assertIn("--version", shown.stdout)
                version = run(program, "--version")
                self.assertEqual(version.returncode, 0)
                for word in ("aifx", "LibTorch 2.", "gRPC 1."):
                    self.assertIn(word, version.stdout)

    def test_every_configuration_error_at_once(self):
        ran = run("aifx-server", "--listen", "127.0.0.1:99999", "--executors", "-3",
                  AIFX_LOG_LEVEL="loud", BACKEND_API_URL="ftp://example.org")
        self.assertEqual(ran.returncode, 2, ran.stderr)
        self.assertNotIn("READY", ran.stdout)
        for word in ("99999", "-3", "loud", "ftp"):
            self.assertIn(word, ran.stderr)

    def test_not_loopback_needs_to_be_said(self):
        ran = run("aifx-server", "--listen", "0.0.0.0:0")
        self.assertEqual(ran.returncode, 2, ran.stderr)
        self.assertIn("insecure-listen", ran.stderr)

    def test_port_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            ran = run("aifx-server", "--listen", f"127.0.0.1:{port}", "--backend-url", NOWHERE,
                      "--outbox-dir", self.stack.folder / "taken")
        self.assertEqual(ran.returncode, 1, ran.stderr)
        self.assertIn(str(port), ran.stderr)

    def test_two_servers_never_share_a_port(self):
        _, address = self.stack.server(NOWHERE)
        ran = run("aifx-server", "--listen", address, "--backend-url", NOWHERE, "--outbox-dir",
                  self.stack.folder / "shared")
        self.assertEqual(ran.returncode, 1, ran.stderr)

    def test_sigterm_says_so_and_drains(self):
        from grpc.health.v1 import health_pb2, health_pb2_grpc
        server, address = self.stack.server(NOWHERE)
        health = health_pb2_grpc.HealthStub(self.stack.channel(address))
        seen = queue.Queue()

        def watch():
            try:
                for answer in health.Watch(health_pb2.HealthCheckRequest(), timeout=30):
                    seen.put(answer.status)
            except grpc.RpcError:
                pass  # the server has gone
            seen.put(None)

        threading.Thread(target=watch, daemon=True).start()
        self.assertEqual(seen.get(timeout=20), health_pb2.HealthCheckResponse.SERVING)
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(seen.get(timeout=20), health_pb2.HealthCheckResponse.NOT_SERVING)
        self.assertEqual(server.process.wait(timeout=20), 0)

    def test_a_call_in_flight_is_finished(self):
        from aifx.ml.v1 import prediction_service_pb2, prediction_service_pb2_grpc, types_pb2
        _, url = self.stack.backend()
        gate = Gate(url)
        self.addCleanup(gate.close)
        server, address = self.stack.server(gate.url)
        stub = prediction_service_pb2_grpc.PredictionServiceStub(self.stack.channel(address))
        call = stub.Predict.future(prediction_service_pb2.PredictRequest(
            pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H), timeout=25)
        self.assertTrue(gate.arrived.wait(20))
        server.process.send_signal(signal.SIGTERM)
        gate.opened.set()
        self.assertTrue(call.result().prediction.id)
        self.assertEqual(server.process.wait(timeout=20), 0)

    def test_a_second_sigterm_forces_to_the_very_end(self):
        from aifx.ml.v1 import prediction_service_pb2, prediction_service_pb2_grpc, types_pb2
        gate = Gate(NOWHERE)
        self.addCleanup(gate.close)
        server, address = self.stack.server(gate.url, "--outbox-stop-grace", "5m")
        stub = prediction_service_pb2_grpc.PredictionServiceStub(self.stack.channel(address))
        stub.Predict(prediction_service_pb2.PredictRequest(
            pair="EUR/USD", timeframe=types_pb2.TIMEFRAME_1H, submit=True,
            series=types_pb2.CandleSeries(candles=harness.sample_candles(300))), timeout=20)
        self.assertTrue(gate.arrived.wait(20))
        server.process.send_signal(signal.SIGTERM)
        # The drain is over when nobody listens any more; then the outbox waits for its answer.
        while port_is_open(address):
            self.assertIsNone(server.process.poll())
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.process.wait(timeout=5), 1)
        with open(server.log_path, encoding="utf-8") as log:
            self.assertIn("forced to end by a second signal", log.read())


if __name__ == "__main__":
    harness.main()
