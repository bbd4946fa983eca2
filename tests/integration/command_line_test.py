"""The command line and the Python example, as a person and as a script use them."""

import json
import os
import subprocess
import sys

import harness

SAMPLE = harness.ROOT / "examples/data/eurusd_1h.csv"


class CommandLineTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        _, cls.url = cls.stack.backend()
        _, cls.address = cls.stack.server(cls.url)

    def aifx(self, *arguments, code=0, server=None, **more_env):
        more_env.setdefault("AIFX_SERVER", server or self.address)
        ran = subprocess.run([harness.BIN / "aifx", *arguments], env=harness.env(**more_env),
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        return ran

    def json(self, *arguments):
        return json.loads(self.aifx(*arguments, "--json").stdout)

    def test_predict_for_people(self):
        shown = self.aifx("predict", "--pair", "eur/usd").stdout
        for word in ("EUR/USD 1h", "2018-12-31 22:00 UTC", "probabilities", harness.MODEL):
            self.assertIn(word, shown)
        self.assertNotIn("\x1b", shown)  # not a terminal: no colours

    def test_candles_of_a_file_equal_the_backends(self):
        moment = ["--as-of", "2018-12-20T10:30Z"]
        fetched = self.json("predict", "--pair", "EUR/USD", *moment)["prediction"]
        given = self.json("predict", "--pair", "EUR/USD", *moment, "--candles", SAMPLE)["prediction"]
        self.assertEqual(given["as_of"], "2018-12-20T10:00:00Z")
        self.assertEqual(fetched["as_of"], given["as_of"])
        self.assertAlmostEqual(fetched["confidence"], given["confidence"], places=4)

    def test_latest_signal_submitted_and_counted(self):
        newest = self.json("predict", "--pair", "EUR/USD")["prediction"]
        answer = self.json("predict", "--pair", "EUR/USD", "--latest-signal", "--submit")
        self.assertIn(answer["prediction"]["signal"], ("SIGNAL_BUY", "SIGNAL_SELL"))
        self.assertLessEqual(answer["prediction"]["as_of"], newest["as_of"])
        identity = answer["submission"]["backend_prediction_id"]
        self.assertIn(identity, self.aifx("predictions").stdout)
        self.aifx("outcome", identity, "--outcome", "loss", "--pnl-pips=-7.5", "--pnl-percent=-0.07")
        self.assertEqual(self.json("accuracy")["outcome_distribution"]["losses"], "1")
        self.assertIn("-7.5 pips", self.aifx("accuracy", "--pair", "EUR/USD").stdout)

    def test_models(self):
        self.assertIn("ready", self.aifx("models").stdout)
        shown = self.aifx("models", "show", harness.MODEL).stdout
        self.assertIn(harness.fixture()["backend_id"], shown)
        self.assertIn("no-such", self.aifx("models", "show", "no-such", code=1).stderr)

    def test_health(self):
        self.assertEqual(self.aifx("health").stdout, "SERVING\n")
        self.aifx("health", "--service", "aifx.ml.v1.PredictionService")
        self.aifx("health", "--service", "no.such.Service", code=1)
        self.aifx("health", code=1, server="127.0.0.1:1")

    def test_wrong_values(self):
        refused = self.aifx("predict", "--pair", "EUR/USD", "--model", "x" * 65, code=2).stderr
        self.assertIn("INVALID_ARGUMENT", refused)
        self.assertIn("model_name", refused)
        self.assertIn("EUR/EUR", self.aifx("predict", "--pair", "EUR/EUR", code=2).stderr)
        self.assertIn("--pair", self.aifx("predict", code=2).stderr)
        self.assertIn("draw", self.aifx("outcome", "x", "--outcome", "draw", "--pnl-pips", "0",
                                        "--pnl-percent", "0", code=2).stderr)

    def test_unreachable(self):
        shown = self.aifx("predict", "--pair", "EUR/USD", code=3, server="127.0.0.1:1").stderr
        self.assertIn("UNAVAILABLE", shown)
        self.assertIn("--server", shown)

    def train(self, *arguments, code, **more_env):
        more_env.setdefault("BACKEND_API_URL", self.url)
        return self.aifx("train", "weekly", "--pair", "EUR/USD", "--models-dir",
                         self.stack.folder / "models", *arguments, code=code, **more_env)

    def test_training_exit_codes(self):
        window = ["--start", "2018-12-01", "--end", "2019-01-01"]
        plan = json.loads(self.train(*window, "--dry-run", "--json", code=0).stdout)
        self.assertGreater(plan["candles"], 400)
        self.assertIn("candles", self.train("--start", "2018-12-28", "--end", "2019-01-01",
                                            code=75).stderr)
        self.train("--start", "2019-01-01", "--end", "2018-01-01", code=2)
        self.train("--days", "3", "--start", "2018-01-01", code=2)
        down = self.train(*window, code=1, BACKEND_API_URL="http://127.0.0.1:9").stderr
        self.assertIn("127.0.0.1:9", down)
        self.assertFalse((self.stack.folder / "models").exists())

    def test_python_example(self):
        stubs = os.pathsep.join([str(harness.FIXTURE / "stubs")])
        ran = subprocess.run(
            [sys.executable, harness.ROOT / "examples/python/predict.py", self.address],
            env=harness.env(PYTHONPATH=stubs), capture_output=True, text=True, timeout=30)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertIn("as of 2018-12-31T22:00:00Z", ran.stdout)


if __name__ == "__main__":
    harness.main()
