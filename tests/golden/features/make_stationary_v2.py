"""Makes the golden vectors of what stationary-v2 has beyond stationary-v1, with pandas.

  make_stationary_v2.py cut HOURLY_BIDASK_CSV   writes stationary_v2_candles.csv from a file of
                                                hourly EUR/USD bid and ask (run once)
  make_stationary_v2.py cut-context GBPUSD_CSV USDJPY_CSV AUDUSD_CSV
                                                writes stationary_v2_context.csv from files of
                                                hourly candles (run once, after cut)
  make_stationary_v2.py compute                 writes stationary_v2_expected.csv from both

The slice lies around the end of daylight saving 2015, as that of stationary-v1.
"""

import pathlib
import sys

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).resolve().parent
CANDLES = HERE / "stationary_v2_candles.csv"
CONTEXT = HERE / "stationary_v2_context.csv"
EXPECTED = HERE / "stationary_v2_expected.csv"
MEMORY = 50
SOURCE = """\
# EUR/USD, hourly, open times in UTC: bid close, spread at the close in pips.
# Source: QuantConnect/Lean@24863901 Data/forex/oanda/hour/eurusd.zip (Apache-2.0).
"""

CONTEXT_SOURCE = """\
# Closes of other pairs, hourly, open times in UTC; it begins a week earlier than the series.
# Left out on purpose: 10 hours of GBP/USD, 30 hours of AUD/USD.
# Source: ejtraderLabs/historical-data@fbd29b3c (Apache-2.0).
"""
LEFT_OUT = {
    "GBP/USD": ("2015-10-28T06:00:00Z", "2015-10-28T15:00:00Z"),
    "AUD/USD": ("2015-10-28T20:00:00Z", "2015-10-30T01:00:00Z"),
}
# The pair, and 1 where the dollar is its base.
PAIRS = {"EUR/USD": -1, "GBP/USD": -1, "USD/JPY": 1, "AUD/USD": -1}
CARRY = 19  # candles


def cut(source):
    data = pd.read_csv(source)
    start = data.index[data.timestamp_utc >= "2015-10-20T00:00:00Z"][0]
    data = data.iloc[start : start + 200]
    part = pd.DataFrame({"timestamp": data.timestamp_utc, "close": data.bid_close})
    part["spread_pips"] = ((data.ask_close - data.bid_close) * 1e4).round(2)
    with open(CANDLES, "w", newline="\n") as out:
        out.write(SOURCE)
        part.to_csv(out, index=False, lineterminator="\n")


def cut_context(sources):
    times = pd.read_csv(CANDLES, comment="#").timestamp
    parts = []
    for pair, source in zip(["GBP/USD", "USD/JPY", "AUD/USD"], sources):
        data = pd.read_csv(source, dtype=str)[["timestamp_utc", "close"]]
        data.columns = ["timestamp", "close"]
        data = data[(data.timestamp >= "2015-10-13T00:00:00Z") & (data.timestamp <= times.iloc[-1])]
        begin, end = LEFT_OUT.get(pair, ("", ""))
        data = data[~data.timestamp.between(begin, end)]
        data.insert(0, "pair", pair)
        parts.append(data)
    with open(CONTEXT, "w", newline="\n") as out:
        out.write(CONTEXT_SOURCE)
        pd.concat(parts).to_csv(out, index=False, lineterminator="\n")


def known_closes(times, other):
    """The close of the newest candle of `other` that opened no later than each time, where that
    was within the newest CARRY candles of the series; else missing."""
    series = pd.DataFrame({"timestamp": times})
    newest = pd.merge_asof(series, other.assign(opened=other.timestamp), on="timestamp")
    oldest = series.timestamp.shift(CARRY)  # it must have opened after that one
    return newest.close.where(oldest.isna() | (newest.opened > oldest))


def dollar_features(candles, context, f):
    times = pd.to_datetime(candles.timestamp, utc=True)
    context = context.assign(timestamp=pd.to_datetime(context.timestamp, utc=True))
    pairs = {}  # log closes and volatility of each pair that is known
    for pair, other in context.groupby("pair"):
        log_close = np.log(known_closes(times, other[["timestamp", "close"]]))
        pairs[pair] = (log_close, np.sqrt((log_close.diff() ** 2).rolling(30).mean()))

    def scaled(pair, bars, lag):
        log_close, volatility = pairs[pair]
        return log_close.diff(bars).shift(lag) / (volatility * np.sqrt(bars))

    def name(bars, lag):
        return f"return_{bars}" + (f"_lag_{lag}" if lag else "")

    for bars, lag in [(1, 0), (1, 1), (1, 2), (1, 3), (4, 0), (24, 0)]:
        known = [PAIRS[p] * scaled(p, bars, lag).where(pairs[p][1].notna()) for p in pairs]
        f["dollar_" + name(bars, lag)] = pd.concat(known, axis=1).mean(axis=1).fillna(0)
    for pair in PAIRS:
        for lag in [0, 1]:
            column = pair.replace("/", "").lower() + "_" + name(1, lag)
            f[column] = scaled(pair, 1, lag).fillna(0) if pair in pairs else 0.0
    f["has_dollar_pairs"] = sum(p[1].notna().astype(float) for p in pairs.values()) / len(pairs)


def compute_features(candles, context):
    f = pd.DataFrame(index=candles.index)
    one_bar = np.log(candles.close).diff()
    volatility = np.sqrt((one_bar**2).rolling(30).mean())
    for lag in [1, 2, 3]:
        f[f"return_1_lag_{lag}"] = one_bar.shift(lag) / volatility
    mean = candles.spread_pips.rolling(48).mean()
    f["spread_against_48"] = (candles.spread_pips - mean) / (candles.spread_pips + mean)
    f["has_spread"] = 1
    times = pd.to_datetime(candles.timestamp, utc=True)

    def within(zone, begin, end):
        local = times.dt.tz_convert(zone)
        return ((local.dt.day_of_week < 5) & (local.dt.hour >= begin) & (local.dt.hour < end)) * 1

    f["london_session"] = within("Europe/London", 8, 17)
    f["new_york_session"] = within("America/New_York", 8, 17)
    f["session_overlap"] = f.london_session * f.new_york_session
    f["london_fix_window"] = within("Europe/London", 15, 17)
    f["new_york_cut_window"] = within("America/New_York", 9, 11)
    dollar_features(candles, context, f)
    return f


def compute():
    candles, context = (pd.read_csv(path, comment="#") for path in [CANDLES, CONTEXT])
    features = compute_features(candles, context).iloc[MEMORY - 1 :]
    with open(EXPECTED, "w", newline="\n") as out:
        out.write(f"# pandas {pd.__version__}, numpy {np.__version__}\n")
        features.to_csv(out, index=False, float_format="%.12g", lineterminator="\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["cut"]:
        cut(sys.argv[2])
    elif sys.argv[1:2] == ["cut-context"]:
        cut_context(sys.argv[2:])
    elif sys.argv[1:] == ["compute"]:
        compute()
    else:
        sys.exit(__doc__)
