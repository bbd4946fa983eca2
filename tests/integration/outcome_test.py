"""How `make run` marks the outcome of a prediction (scripts/run_lib/outcome.py)."""

import datetime
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))

from run_lib.outcome import CANDLE, outcome_of  # noqa: E402

START = datetime.datetime(2018, 6, 4, 10, tzinfo=datetime.timezone.utc)
SPREAD = 0.0002


def candles(*rows):
    """(open, high, low, close) of the hours from START on."""
    return [{"open_time": START + i * CANDLE, "open": o, "high": h, "low": low, "close": c,
             "spread": SPREAD} for i, (o, h, low, c) in enumerate(rows)]


def trade(signal, entry, stop, take, hours=2):
    return {"signal": f"SIGNAL_{signal}", "entry_price": entry, "stop_loss": stop,
            "take_profit": take, "as_of": START.isoformat(),
            "valid_until": (START + hours * CANDLE).isoformat()}


BUY = trade("BUY", 1.1002, 1.0982, 1.1022)   # bid 1.1000
SELL = trade("SELL", 1.1000, 1.1020, 1.0980)
CALM = (1.1, 1.1005, 1.0995, 1.1)

# name, trade, hours, outcome, pips
CASES = [
    ("a BUY takes at the bid", BUY, [CALM, (1.1, 1.1022, 1.1, 1.1)], "win", 20.0),
    ("a BUY stops at the bid", BUY, [(1.1, 1.1, 1.0982, 1.1), CALM], "loss", -20.0),
    ("both in one hour: the stop counts", BUY, [(1.1, 1.103, 1.098, 1.1), CALM], "loss", -20.0),
    ("a gap through the stop is worse", BUY, [CALM, (1.095, 1.1, 1.095, 1.1)], "loss", -52.0),
    ("a SELL needs the ask to reach the take", SELL, [(1.1, 1.1, 1.0979, 1.1), CALM], "loss", -2.0),
    ("a SELL takes at the ask", SELL, [(1.1, 1.1, 1.0978, 1.1), CALM], "win", 20.0),
    ("a SELL stops at the ask", SELL, [(1.1, 1.1018, 1.1, 1.1), CALM], "loss", -20.0),
    ("the horizon ends it", BUY, [CALM, (1.1, 1.1012, 1.1, 1.1012)], "win", 10.0),
    ("nothing gained", BUY, [CALM, (1.1, 1.1003, 1.1, 1.1002)], "breakeven", 0.0),
    ("what follows the horizon is not looked at", BUY, [CALM, CALM, (1.1, 1.2, 1.1, 1.2)],
     "loss", -2.0),
]


class OutcomeTest(unittest.TestCase):
    def test_outcomes(self):
        for name, prediction, hours, outcome, pips in CASES:
            with self.subTest(name):
                got = outcome_of(prediction, candles(*hours))
                self.assertEqual(got[:2], (outcome, pips))
                self.assertAlmostEqual(got[2], pips / 110, places=2)

    def test_unknown_while_its_horizon_is_open(self):
        with self.assertRaisesRegex(ValueError, "candles end before"):
            outcome_of(BUY, candles(CALM))


if __name__ == "__main__":
    unittest.main(verbosity=2)
