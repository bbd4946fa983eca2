"""Every kind of bad candle is refused with its field and value; odd but good ones are not."""

import datetime
import time

import grpc
import harness

HOUR = 3600


def at(index, field, value):
    """Sets a field of one candle."""
    def change(candles):
        setattr(candles[index], field, value)
    return change


def opens(index, seconds):
    """Sets a candle's open time from the candle before it."""
    def change(candles):
        candles[index].open_time.seconds = seconds(candles[index - 1].open_time.seconds)
    return change


def swap(candles):
    candles[40].open_time.seconds, candles[41].open_time.seconds = (
        candles[41].open_time.seconds, candles[40].open_time.seconds)


def last_full_hour(_before):
    return int(time.time()) // HOUR * HOUR


def keep(count):
    def change(candles):
        del candles[:len(candles) - count]
    return change


NAN, INF = float("nan"), float("inf")
C17 = "series.candles[17]"

# name, change, fields of the violations (all of them), part of the first one's description
BAD = [
    ("NaN", at(17, "close", NAN), {f"{C17}.close"}, "nan"),
    ("Inf", at(17, "high", INF), {f"{C17}.high"}, "inf"),
    ("negative price", at(17, "low", -1.1), {f"{C17}.low"}, "-1.1"),
    ("zero price", at(17, "open", 0.0), {f"{C17}.open"}, " 0"),
    ("1e308", at(17, "high", 1e308), {f"{C17}.high"}, "1e+308"),
    ("high below low", at(17, "high", 1.0), None, "candles[17].high 1 is below candles[17].low 1.1"),
    ("open outside", at(17, "open", 1.5), {f"{C17}.open"}, "1.5"),
    ("close outside", at(17, "close", 0.5), {f"{C17}.close"}, "0.5"),
    ("duplicate time", opens(17, lambda before: before), {f"{C17}.open_time"}, "2018-"),
    ("unsorted times", swap, {"series.candles[41].open_time"}, "2018-"),
    ("off the hour", opens(-1, lambda before: before + HOUR + 900),
     {"series.candles[299].open_time"}, ":15:00"),
    ("in progress", opens(-1, last_full_hour), {"series.candles[299].open_time"}, "in progress"),
    ("future", opens(-1, lambda _: last_full_hour(0) + 48 * HOUR),
     {"series.candles[299].open_time"}, "future"),
    ("year 1970", opens(0, lambda _: 0), {"series.candles[0].open_time"}, "1970"),
    ("year 9999", opens(-1, lambda _: 253402210800), {"series.candles[299].open_time"}, "9999"),
    ("negative volume", at(17, "volume", -5.0), {f"{C17}.volume"}, "-5"),
    ("negative spread", at(17, "spread_pips", -0.5), {f"{C17}.spread_pips"}, "-0.5"),
]

BAD_PAIRS = ["EUR/XQX", "EUR/EUR", "EURUS", "", "EUR/USD/JPY"]


class BadCandlesTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        from aifx.ml.v1 import (model_service_pb2, model_service_pb2_grpc, prediction_service_pb2,
                                prediction_service_pb2_grpc, types_pb2)
        cls.pb, cls.types = prediction_service_pb2, types_pb2
        _, cls.url = cls.stack.backend()
        _, cls.address = cls.stack.server(cls.url)
        channel = cls.stack.channel(cls.address)
        cls.stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        cls.needed = model_service_pb2_grpc.ModelServiceStub(channel).GetModel(
            model_service_pb2.GetModelRequest(name=harness.MODEL),
            timeout=20).manifest.candles_needed

    def request(self, candles, **fields):
        fields = {"pair": "EUR/USD", "timeframe": self.types.TIMEFRAME_1H} | fields
        request = self.pb.PredictRequest(**fields)
        request.series.candles.extend(candles)
        return request

    def refused(self, request):
        """{field: description} of a request that gets INVALID_ARGUMENT."""
        error = self.assertRpcError(grpc.StatusCode.INVALID_ARGUMENT, self.stub.Predict, request)
        found = harness.violations(error)
        self.assertTrue(found, error)
        # The message alone says what is wrong, too.
        self.assertIn(next(iter(found.values())), error.details())
        return found

    def test_bad(self):
        for name, change, fields, text in BAD:
            with self.subTest(name):
                candles = harness.sample_candles(300)
                change(candles)
                found = self.refused(self.request(candles))
                if fields is not None:
                    self.assertEqual(set(found), fields)
                self.assertIn(text, next(iter(found.values())))

    def test_all_faults_are_listed(self):
        candles = harness.sample_candles(300)
        candles[3].close, candles[5].volume = NAN, -1
        self.assertEqual(set(self.refused(self.request(candles))),
                         {"series.candles[3].close", "series.candles[5].volume"})

    def test_mixed_timeframes(self):
        found = self.refused(self.request(harness.sample_candles(300), model_name=harness.MODEL,
                                          timeframe=self.types.TIMEFRAME_4H))
        self.assertIn("series.candles[1].open_time", found)

    def test_one_too_few(self):
        found = self.refused(self.request(harness.sample_candles(self.needed - 1)))
        self.assertEqual(set(found), {"series.candles"})
        self.assertIn(str(self.needed - 1), found["series.candles"])
        self.assertIn(str(self.needed), found["series.candles"])
        self.stub.Predict(self.request(harness.sample_candles(self.needed)), timeout=20)

    def test_more_than_5000(self):
        found = self.refused(self.request(harness.sample_candles(5001)))
        self.assertIn("5001", found["series.candles"])
        self.stub.Predict(self.request(harness.sample_candles(5000)), timeout=20)

    def test_bad_pairs(self):
        for pair in BAD_PAIRS:
            with self.subTest(pair):
                found = self.refused(self.request(harness.sample_candles(300), pair=pair))
                self.assertEqual(set(found), {"pair"})
                self.assertIn(pair, found["pair"])

    def warnings(self, request):
        prediction = self.stub.Predict(request, timeout=20).prediction
        self.assertAlmostEqual(sum(p.probability for p in prediction.probabilities), 1, places=9)
        return {warning.code: warning.text for warning in prediction.warnings}, prediction

    def test_lower_case_pairs_are_normalized(self):
        for pair in ("eur/usd", "EURUSD", "eur-usd"):
            _, prediction = self.warnings(self.request(harness.sample_candles(300), pair=pair))
            self.assertEqual(prediction.pair, "EUR/USD")

    def test_a_gap_within_the_week_is_a_warning(self):
        candles = harness.sample_candles(303)
        # 2018-12-27, a Thursday.
        index = next(i for i, c in enumerate(candles)
                     if c.open_time.ToDatetime() == datetime.datetime(2018, 12, 27, 9))
        del candles[index:index + 3]
        self.assertIn("INTRAWEEK_GAP", self.warnings(self.request(candles))[0])

    def test_uneven_anchors_are_a_warning(self):
        candles = harness.sample_candles(300)
        start = int(datetime.datetime(2018, 9, 3, tzinfo=datetime.timezone.utc).timestamp())
        for i, candle in enumerate(candles):
            candle.open_time.seconds = start + 4 * HOUR * i + (HOUR if i > 150 else 0)
        found, _ = self.warnings(self.request(candles, model_name=harness.MODEL,
                                              timeframe=self.types.TIMEFRAME_4H))
        self.assertIn("UNEVEN_ANCHOR", found)

    def test_flat_prices_are_finite(self):
        candles = harness.sample_candles(300)
        for candle in candles:
            candle.open = candle.high = candle.low = candle.close = 1.1
        self.warnings(self.request(candles))

    def test_backend_with_too_few(self):
        error = self.assertRpcError(
            grpc.StatusCode.FAILED_PRECONDITION, self.stub.Predict,
            self.request([], pair=harness.OTHER_PAIR, model_name=harness.MODEL))
        self.assertIn(f"{self.needed} are needed", error.details())

    def test_backends_candle_in_progress_is_dropped(self):
        # A series of flat hours up to now, the newest still in progress.
        pair, newest = "NZD/CAD", last_full_hour(0)
        harness.store_candles(self.url, pair, [
            newest - HOUR * i for i in reversed(range(self.needed + 1))])
        _, prediction = self.warnings(self.request([], pair=pair, model_name=harness.MODEL))
        # Where the hour turned meanwhile, the candle had closed.
        self.assertIn(prediction.as_of.seconds, {newest, last_full_hour(0)})


if __name__ == "__main__":
    harness.main()
