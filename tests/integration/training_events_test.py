"""What a training tells the platform over Redis, and that Redis never fails it."""

import json
import socketserver
import subprocess
import threading

import harness


class FakeRedis(socketserver.ThreadingTCPServer):
    """Takes commands of the Redis protocol and remembers what was published."""

    daemon_threads = True

    def __init__(self):
        self.published = []
        super().__init__(("127.0.0.1", 0), Connection)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        while header := self.rfile.readline():
            words = []
            for _ in range(int(header[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2].decode())
            if words[0] == "PUBLISH":
                self.server.published.append((words[1], json.loads(words[2])))
            self.wfile.write(b":0\r\n")


class TrainingEventsTest(harness.StackTest):
    def train(self, **env):
        """A run that ends for want of candles; its stderr, one event a line."""
        _, url = self.stack.backend()
        ran = subprocess.run(
            [harness.BIN / "aifx", "train", "weekly", "--pair", "EUR/USD", "--start", "2018-12-28",
             "--end", "2019-01-01", "--models-dir", self.stack.folder / "models", "--json"],
            env=harness.env(BACKEND_API_URL=url, **env), capture_output=True, text=True, timeout=60)
        self.assertEqual(ran.returncode, 75, ran.stderr)
        return ran.stderr

    def test_beginning_and_end_are_published(self):
        redis = FakeRedis()
        self.addCleanup(redis.close)
        port = redis.server_address[1]
        self.train(REDIS_URL=f"redis://:hunter2@127.0.0.1:{port}/1")
        channels = [channel for channel, _ in redis.published]
        self.assertEqual(channels, ["ml:training_started", "ml:training_completed"])
        for channel, message in redis.published:
            self.assertEqual(message["channel"], channel)
            self.assertEqual(message["data"]["modelName"], harness.MODEL)
            self.assertRegex(message["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        ended = redis.published[1][1]["data"]
        self.assertFalse(ended["success"])
        self.assertIn("candles", ended["error"])

    def test_a_redis_that_is_down_is_a_warning(self):
        said = self.train(REDIS_URL="redis://:hunter2@127.0.0.1:9/0")
        warning = next(line for line in said.splitlines() if '"warning"' in line)
        self.assertIn("2 events were not published", json.loads(warning)["text"])
        self.assertNotIn("hunter2", said)


if __name__ == "__main__":
    harness.main()
