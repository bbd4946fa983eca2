"""A model's input for the newest candles of the sample, as `aifx features compute` makes it."""

import csv
import json
import subprocess

import harness


def aifx(*arguments):
    """The standard output of a command that has to succeed."""
    ran = subprocess.run([harness.BIN / "aifx", *arguments], env=harness.env(),
                         capture_output=True, text=True, timeout=60)
    if ran.returncode != 0:
        raise AssertionError(f"aifx {arguments[0]}: {ran.stdout}{ran.stderr}")
    return ran.stdout


class NewestWindow:
    """Files in `folder`: `candles`, no more than the model needs, and `features`, which has one row
    for each of its sequence. `rows` are their numbers, `probabilities` what Predict says of them."""

    def __init__(self, address, folder):
        server = ["--server", address]
        manifest = json.loads(aifx("models", "show", harness.MODEL, "--json", *server))["manifest"]
        self.candles, self.features = folder / "candles.csv", folder / "features.csv"
        self._write_candles(int(manifest["candles_needed"]))
        aifx("features", "compute", "--csv", self.candles, "--set", manifest["feature_set"],
             "--out", self.features)
        with open(self.features, newline="", encoding="utf-8") as file:
            self.rows = [[float(value) for value in row[1:]] for row in csv.reader(file)
                         if row[0] != "timestamp"]
        answer = json.loads(aifx("predict", "--pair", "EUR/USD", "--candles", self.candles,
                                 "--json", *server))
        self.probabilities = [each["probability"]
                              for each in answer["prediction"]["probabilities"]]

    def _write_candles(self, count):
        rows = harness.sample_rows(count)
        with open(self.candles, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
