"""`aifx backend check` and the commands beside it, against the real reference backend."""

import json
import os
import subprocess
import unittest
import urllib.request

import harness

OPTIONAL = ["/training-data/fundamental", "/training-data/economic-events", "/models/ab-test"]


def aifx(*arguments, code=0, **more_env):
    ran = subprocess.run([harness.BIN / "aifx", "backend", *arguments], env=harness.env(**more_env),
                         capture_output=True, text=True, timeout=60)
    if ran.returncode != code:
        raise AssertionError(f"exit code {ran.returncode}, not {code}:\n{ran.stdout}{ran.stderr}")
    return ran


class BackendCheckTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        cls.child, cls.url = cls.stack.backend(data=None)
        harness.store_candles(cls.url, "EUR/USD", range(1528790400, 1528790400 + 50 * 3600, 3600))

    def check(self, *arguments, code=0, **more_env):
        return aifx("check", "--url", self.url, *arguments, code=code, **more_env)

    def report(self, *arguments, code=0, **more_env):
        report = json.loads(self.check("--json", *arguments, code=code, **more_env).stdout)
        self.assertEqual([check["number"] for check in report["checks"]], list(range(1, 15)))
        return report

    def get(self, path):
        request = urllib.request.Request(f"{self.url}/api/v1/ml{path}", headers={
            "Authorization": f"Bearer {harness.KEY}", "X-Service-Name": "ml-engine"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            return json.load(answer)["data"]

    def test_all_fourteen_pass(self):
        shown = self.check().stdout
        self.assertIn("14 of 14 checks passed", shown)
        self.assertNotIn("FAILED", shown)
        self.assertNotIn("\x1b", shown)
        report = self.report()
        self.assertTrue(report["passed"])
        self.assertEqual({check["result"] for check in report["checks"]}, {"passed"})
        self.assertTrue(all(check["ms"] >= 0 for check in report["checks"]))
        self.assertIn("candles of EUR/USD 1h", report["checks"][7]["detail"])
        self.assertIn("none a database's", report["checks"][12]["detail"])

    def test_marks_and_retires_what_it_made(self):
        self.check()
        models = self.get("/models?modelName=aifx-acceptance-check")["models"]
        self.assertEqual({model["status"] for model in models}, {"retired"})
        self.assertFalse(any(model["isActive"] for model in models))
        self.assertIn("aifx backend check", models[0]["description"])
        signals = self.get("/training-data/signals")["signals"]
        self.assertEqual(signals[0]["technicalData"]["source"], "aifx backend check")
        self.assertEqual(signals[0]["signal"], "hold")

    def test_names_what_it_may_use(self):
        present = {feature["route"]: feature["present"] for feature in self.report()["optional"]}
        for path in OPTIONAL:
            for route, there in present.items():
                if route and path in route:
                    self.assertTrue(there, route)

    def test_wrong_key(self):
        wrong = self.check(code=1, ML_ENGINE_API_KEY="wrong-key-of-the-test")
        self.assertIn("403 INVALID_API_KEY", wrong.stdout)
        self.assertIn("3 of 14 checks passed", wrong.stdout)
        self.assertNotIn("wrong-key-of-the-test", wrong.stdout + wrong.stderr)
        self.assertFalse(self.report(code=1, ML_ENGINE_API_KEY="wrong")["passed"])

    def test_keys_of_the_command_line_go_first(self):
        self.check("--key", harness.KEY, ML_ENGINE_API_KEY="wrong")
        path = self.stack.folder / "key"
        path.write_text(harness.KEY + "\n")
        os.chmod(path, 0o600)
        self.check("--key-file", path, ML_ENGINE_API_KEY="wrong")

    def test_response_times(self):
        times = self.report("--repeat", "3")["responseTimes"]
        self.assertEqual(len(times), 17)
        for route in times:
            self.assertEqual((route["calls"], route["failures"]), (3, 0), route)
            self.assertLessEqual(route["p50Ms"], route["p99Ms"])

    def test_down(self):
        down = aifx("check", "--url", "http://127.0.0.1:1", code=3)
        self.assertIn("http://127.0.0.1:1", down.stderr)
        report = json.loads(aifx("check", "--url", "http://127.0.0.1:1", "--json", code=3).stdout)
        self.assertFalse(report["answered"])

    def test_wrong_usage(self):
        self.assertIn("--bogus", aifx("check", "--bogus", code=2).stderr)
        aifx("check", "--url", "ftp://nowhere", code=2)

    def test_an_older_deployment_passes_and_is_told_what_it_lacks(self):
        _, old = self.stack.backend("--without", "fundamental,economic-events,ab-tests", data=None)
        report = json.loads(aifx("check", "--url", old, "--json").stdout)
        self.assertTrue(report["passed"])
        missing = {f["route"] for f in report["optional"] if f["present"] is False}
        for path in OPTIONAL:
            self.assertTrue(any(route and path in route for route in missing), (path, missing))
        self.assertIn("will not work", aifx("check", "--url", old).stdout)
        self.assertIn("no route GET /training-data/fundamental",
                      aifx("fundamentals", "--url", old, code=1).stderr)

    def test_daily_commands(self):
        self.check()
        for command in (["health"], ["stats"], ["signals"], ["trades"], ["fundamentals"],
                        ["events"], ["models"], ["ab-tests"], ["predictions"], ["accuracy"],
                        ["candles", "--pair", "EUR/USD", "--count", "5"]):
            with self.subTest(command[0]):
                self.assertTrue(aifx(*command, "--url", self.url).stdout)
                json.loads(aifx(*command, "--json", BACKEND_API_URL=self.url).stdout)
        models = json.loads(aifx("models", "--json", "--url", self.url).stdout)["models"]
        shown = aifx("model", models[0]["id"], "--url", self.url).stdout
        self.assertIn("aifx-acceptance-check", shown)
        candles = json.loads(aifx("candles", "--pair", "EUR/USD", "--count", "5", "--json",
                                  "--url", self.url).stdout)["marketData"]
        self.assertEqual(len(candles), 5)

    def test_a_person_tests_two_versions_against_each_other(self):
        self.check("--repeat", "1")
        models = json.loads(aifx("models", "--json", "--url", self.url).stdout)["models"]
        made = json.loads(aifx("ab-test", "create", "--name", "new against old", "--model-a",
                               models[0]["id"], "--model-b", models[1]["id"], "--split", "20",
                               "--json", "--url", self.url).stdout)
        self.assertIn(made["id"], aifx("ab-tests", "--url", self.url).stdout)


if __name__ == "__main__":
    harness.main()
