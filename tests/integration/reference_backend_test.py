"""The helper that other tests run the reference backend with."""

import http.client
import os
import tempfile
import unittest

import reference_backend
from reference_backend import Refused, fault

KEY = "reference-backend-test-key"
FACTORS = {"technical": 0.5, "sentiment": 0.5, "pattern": 0.5}
ENV = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}


def prediction(client_request_id):
    return {"pair": "EUR/USD", "timeframe": "1h", "signal": "buy", "confidence": 0.8,
            "entryPrice": 1.1, "factors": FACTORS | {"client_request_id": client_request_id}}


class ReferenceBackendTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="aifx-test-")
        cls.addClassCleanup(folder.cleanup)
        arguments = reference_backend.switch_arguments(
            error_shape="documented", number_form="number", without=["ab-tests", "spread"],
            rate_limit=(1000, 60), rate_limit_headers=["combined"], random_seed=3,
            faults=[fault("fail", "GET /models", status=502, count=1)])
        child, cls.backend = reference_backend.start(folder.name, KEY, *arguments, env=ENV)
        cls.addClassCleanup(child.stop)

    def setUp(self):
        self.backend.reset()
        self.backend.forget_writes()

    def test_switches_of_the_command_line(self):
        switches = self.backend.behaviour()
        rule = switches.pop("faults")[0]
        self.assertEqual(switches, {
            "errorShape": "documented", "numberForm": "number", "without": ["ab-tests", "spread"],
            "rateLimit": {"requests": 1000, "seconds": 60}, "rateLimitHeaders": ["combined"],
            "randomSeed": 3})
        self.assertEqual((rule["action"], rule["route"], rule["status"], rule["count"]),
                         ("fail", "GET /models", 502, 1))

    def test_switches_change_and_come_back(self):
        with self.assertRaises(Refused) as refused:
            self.backend.get("/models/ab-tests")
        self.assertEqual(refused.exception.status, 404)
        self.backend.change(without=[], numberForm="string")
        self.backend.fail()
        self.assertEqual(self.backend.get("/models/ab-tests")["tests"], [])
        self.backend.reset()
        self.assertEqual(self.backend.behaviour()["numberForm"], "number")

    def test_a_lost_answer_and_its_duplicate_are_counted(self):
        self.backend.fail(fault("close", "POST /predictions", when="after", count=1))
        with self.assertRaises((http.client.HTTPException, OSError)):
            self.backend.post("/predictions", prediction("one"))
        self.assertEqual(self.backend.duplicates(), {})
        self.backend.post("/predictions", prediction("one"))
        self.backend.post("/predictions", prediction("two"))
        self.assertEqual(self.backend.duplicates(), {"one": 2})
        writes = self.backend.writes(path="/predictions")
        self.assertEqual((writes["total"], writes["stored"]), (3, 3))
        self.assertEqual([each["answered"] for each in writes["writes"]], [None, 201, 201])

    def test_seeds(self):
        flat = {name: 1.1 for name in ("open", "high", "low", "close")}
        self.backend.store_candles("EUR/USD", "1h", [{"timestamp": "2018-01-01T00:00:00Z", **flat}])
        self.backend.store_signals([prediction("x") | {"actualOutcome": "win"}])
        self.backend.store_trades([{"pair": "EUR/USD", "side": "buy", "entryPrice": 1.1}])
        stats = self.backend.get("/training-data/stats?pair=EUR/USD")
        self.assertEqual(stats["marketData"]["count"], 1)
        self.assertEqual(stats["trades"]["count"], 1)
        self.assertEqual(len(self.backend.get("/training-data/signals?outcome=win")["signals"]), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
