"""Computes a data set anew, with pandas and NumPy alone, and compares it with what `aifx dataset` wrote.

  expected_dataset.py CANDLES_CSV DATASET_FOLDER [--series CSV --calendar CSV] [--context PAIR=CSV ...]

CANDLES_CSV has timestamp, open, high, low, close and, for v3.2 and raw-ohlcv, volume: the candles that
the data set was made from, no more and no fewer. DATASET_FOLDER is such as out/eurusd-1h. The series
and the calendar are in the form of tests/golden/macro; their rows are looked at anew for every time,
which is slow, so that some rows of each part are compared. --context names the candles of each other
pair that the set uses. What metadata.json says of sequence, horizon, barriers and cuts is taken as the
request; everything else is computed and compared. Shares nothing with the engine. Exits with 1 and the
first difference.
"""

import argparse
import json
import pathlib
import sys

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "features"), str(HERE.parent / "macro")]
import make_macro  # noqa: E402
import make_stationary_v1  # noqa: E402
import make_stationary_v2  # noqa: E402
import make_technical  # noqa: E402

STEP = {"1h": "1h", "4h": "4h", "1d": "1D", "15min": "15min"}
COUNTRIES = {"EUR": "EU", "USD": "US", "JPY": "JP", "GBP": "GB"}
MACRO_ROWS = 12  # compared of each part


class Difference(Exception):
    pass


def load_candles(path):
    candles = pd.read_csv(path, comment="#")
    candles["time"] = pd.to_datetime(candles.timestamp, utc=True)
    return candles


def load_context(files):
    """Candles of several pairs, {pair: path}, with a column `pair`."""
    parts = [pd.read_csv(path, comment="#").assign(pair=pair) for pair, path in files.items()]
    return pd.concat(parts)[["pair", "timestamp", "close"]]


def with_context(candles, context):
    """The columns of stationary-v2, in no order, of candles without spreads."""
    shared = make_stationary_v1.compute_features(candles.rename(columns={"timestamp": "timestamp_utc"}))
    beyond = make_stationary_v2.compute_features(candles.assign(spread_pips=np.nan), context)
    beyond["has_spread"] = beyond["spread_against_48"] = 0
    return pd.concat([shared.drop(columns=beyond.columns, errors="ignore"), beyond], axis=1)


def technical(candles, set_name, columns, context):
    """Every candle's features; NaN before the first row."""
    if set_name == "stationary-v1":
        renamed = candles.rename(columns={"timestamp": "timestamp_utc"})
        features = make_stationary_v1.compute_features(renamed)[columns].to_numpy(float)
        features[:49] = np.nan
    elif set_name == "v3.2":
        features = make_technical.reference(candles)[columns].to_numpy(float)
        features[:199] = np.nan
    elif set_name == "stationary-v2":
        features = with_context(candles, load_context(context))[columns].to_numpy(float)
        features[:49] = np.nan
    elif set_name == "raw-ohlcv":
        features = candles[columns].to_numpy(float)
    else:
        sys.exit(f"no second implementation of {set_name}")
    return features


def targets(candles, horizon, take, stop):
    """direction, return, barrier, barrier_end (an index) of every candle; NaN where there is none."""
    close, high, low = (candles[c].to_numpy(float) for c in ("close", "high", "low"))
    count = len(candles)
    previous = np.r_[np.nan, close[:-1]]
    ranges = np.fmax(high, previous) - np.fmin(low, previous)
    atr = pd.Series(ranges).rolling(14).mean().to_numpy()
    later = np.r_[close[horizon:], np.full(horizon, np.nan)]
    change = later / close - 1
    barrier, end = np.full(count, np.nan), np.full(count, np.nan)
    for t in range(13, count - horizon):
        if not atr[t] > 0:
            continue
        ahead = slice(t + 1, t + horizon + 1)
        above = high[ahead] >= close[t] + take * atr[t]
        below = low[ahead] <= close[t] - stop * atr[t]
        touched = np.flatnonzero(above | below)
        first = touched[0] if len(touched) else horizon - 1
        up, down = above[first], below[first]
        barrier[t] = 1 if up == down else 2 if up else 0
        end[t] = t + 1 + first
    return (later > close).astype(float), change, barrier, end


def standard(values):
    mean, deviation = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    return np.nan_to_num(mean), np.where(deviation > 0, deviation, 1.0)


def close_to(name, got, want, tolerance):
    if got.shape != want.shape:
        raise Difference(f"{name}: shape {got.shape}, expected {want.shape}")
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(got - want) <= tolerance * np.maximum(1, np.abs(want)))
    wrong &= ~(np.isnan(got) & np.isnan(want))
    if wrong.any():
        place = tuple(np.argwhere(wrong)[0])
        raise Difference(f"{name}{list(map(int, place))}: {got[place]}, expected {want[place]}; "
                         f"{wrong.sum()} of {wrong.size} differ")


class Expected:
    """The rows of a data set by part, from its candles and its request."""

    def __init__(self, candles, metadata, context):
        self.candles, self.metadata = candles, metadata
        request, splits = metadata["targets"], metadata["splits"]
        self.sequence, horizon = metadata["technical"]["sequence"], request["horizon"]
        step = pd.Timedelta(STEP[metadata["timeframe"]])
        self.closed = candles.time + step
        self.features = technical(candles, metadata["technical"]["set"],
                                  metadata["technical"]["columns"], context)
        barriers = request["barrier"]
        self.direction, self.change, self.barrier, self.barrier_end = targets(
            candles, horizon, barriers["take_atr"], barriers["stop_atr"])
        whole = pd.Series(np.isfinite(self.features).all(axis=1)).rolling(self.sequence).sum()
        rows = np.flatnonzero((whole.to_numpy() == self.sequence) & ~np.isnan(self.barrier))
        ends = rows + horizon
        cuts = [pd.Timestamp(splits[c]) for c in ("train_until", "validation_until")]
        part = np.searchsorted([c.value for c in cuts],
                               [self.closed[r].value for r in rows], side="left")
        limit = [*cuts, pd.Timestamp.max.tz_localize("UTC")]
        kept = np.array([self.closed[e] <= limit[p] for e, p in zip(ends, part)])
        self.horizon = horizon
        self.parts = {name: rows[kept & (part == i)]
                      for i, name in enumerate(("train", "validation", "test"))}
        self.purged = {name: int((~kept & (part == i)).sum())
                       for i, name in enumerate(("train", "validation", "test"))}
        self.scaler = "none"
        if metadata["scaled"]:
            raw = metadata["technical"]["set"] == "raw-ohlcv"
            self.scaler = "window z-score" if raw else "standard"
        self.scaled = self.scaled_features()

    def windows(self, rows):
        """The windows that end with these candles: [rows, sequence, columns]."""
        windows = self.scaled[rows[:, None] + np.arange(self.sequence) - self.sequence + 1]
        if self.scaler != "window z-score":
            return windows
        mean = windows.mean(axis=1, keepdims=True)
        return (windows - mean) / (windows.std(axis=1, keepdims=True) + 1e-8)

    def scaled_features(self):
        """Every candle's features, as far as they are scaled by what the training part knows."""
        if self.scaler != "standard":
            return self.features
        train = self.parts["train"]
        used = np.unique((train[:, None] - np.arange(self.sequence)).ravel())
        mean, deviation = standard(self.features[used])
        return (self.features - mean) / deviation


def seconds(times):
    return times.dt.tz_localize(None).to_numpy().astype("datetime64[s]")


def compare_part(folder, name, expected):
    rows = expected.parts[name]
    counted = expected.metadata["splits"][name]
    if (counted["rows"], counted["purged"]) != (len(rows), expected.purged[name]):
        raise Difference(f"{name}: {counted}, expected {len(rows)} rows and "
                         f"{expected.purged[name]} purged")

    def array(file):
        return np.load(folder / name / f"{file}.npy", mmap_mode="r")

    # In blocks: all windows in doubles would take a GB.
    windows = array("technical")
    if windows.dtype != np.float32 or len(windows) != len(rows):
        raise Difference(f"{name}/technical: {windows.dtype} {windows.shape}")
    for start in range(0, len(rows), 2048):
        some = rows[start:start + 2048]
        close_to(f"{name}/technical from {start}", np.asarray(windows[start:start + 2048], float),
                 expected.windows(some), 2e-5)
    for file, dtype, want in [("direction", np.int64, expected.direction[rows]),
                              ("barrier", np.int64, expected.barrier[rows]),
                              ("return", np.float64, expected.change[rows])]:
        if array(file).dtype != dtype:
            raise Difference(f"{name}/{file}: {array(file).dtype}")
        close_to(f"{name}/{file}", np.asarray(array(file), float), want, 1e-15)
    closed = seconds(expected.closed)
    for file, candle in [("timestamps", rows), ("horizon_end", rows + expected.horizon),
                         ("barrier_end", expected.barrier_end[rows].astype(int))]:
        if not np.array_equal(array(file), closed[candle]):
            raise Difference(f"{name}/{file}")


def undo(values, scaler, applied):
    if not applied:
        return values
    offset = scaler.get("mean", scaler.get("min"))
    return values * np.array(scaler.get("deviation", scaler.get("span"))) + np.array(offset)


def numbers(row, columns):
    """An empty sum of pandas strings is the empty string."""
    return np.array([0 if isinstance(row[c], str) else row[c] for c in columns], float)


def compare_macro(folder, name, expected, series, events):
    """Some rows, as they were before scaling."""
    metadata = expected.metadata
    scalers = json.loads((folder / "scalers.json").read_text())
    base, quote = metadata["pair"].split("/")
    ours = events[events.currency.isin([base, quote])]
    rows = expected.parts[name]
    for i in np.linspace(0, len(rows) - 1, MACRO_ROWS).astype(int):
        t = expected.closed[rows[i]]
        want = make_macro.fundamental_row(series, COUNTRIES[base], COUNTRIES[quote], t)
        columns = metadata["fundamental"]["columns"]
        got = undo(np.load(folder / name / "fundamental.npy", mmap_mode="r")[i].astype(float),
                   scalers["fundamental"], scalers["applied"])
        close_to(f"{name}/fundamental[{i}]", got, numbers(want, columns), 1e-5)
        mask = np.load(folder / name / "fundamental_mask.npy", mmap_mode="r")[i].astype(float)
        close_to(f"{name}/fundamental_mask[{i}]", mask,
                 numbers(want, [f"{c}_known" for c in columns]), 0)
        want = make_macro.event_row(ours, t)
        got = undo(np.load(folder / name / "event.npy", mmap_mode="r")[i].astype(float),
                   scalers["event"], scalers["applied"])
        close_to(f"{name}/event[{i}]", got, numbers(want, metadata["event"]["columns"]), 1e-5)


def compare(candles_csv, folder, series_csv=None, calendar_csv=None, context=None):
    """How many rows were compared; context is {pair: candles_csv}. Raises Difference."""
    folder = pathlib.Path(folder)
    metadata = json.loads((folder / "metadata.json").read_text())
    expected = Expected(load_candles(candles_csv), metadata, context)
    for name in expected.parts:
        compare_part(folder, name, expected)
        if series_csv:
            compare_macro(folder, name, expected, make_macro.load_series(series_csv),
                          make_macro.load_calendar(calendar_csv))
    return sum(map(len, expected.parts.values()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("candles")
    parser.add_argument("folder")
    parser.add_argument("--series")
    parser.add_argument("--calendar")
    parser.add_argument("--context", action="append", default=[], metavar="PAIR=CSV")
    options = parser.parse_args()
    try:
        rows = compare(options.candles, options.folder, options.series, options.calendar,
                       dict(each.split("=", 1) for each in options.context))
    except Difference as difference:
        sys.exit(f"expected_dataset: {difference}")
    print(f"{rows} rows are as expected (pandas {pd.__version__}, numpy {np.__version__})")


if __name__ == "__main__":
    main()
