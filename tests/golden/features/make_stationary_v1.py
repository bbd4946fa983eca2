"""Makes the golden vectors of the feature set stationary-v1.

An implementation of docs/features.md in pandas that shares nothing with the engine.

  make_stationary_v1.py cut HOURLY_CSV     writes stationary_v1_candles.csv from a file of hourly
                                           GBP/USD candles (run once; the result is committed)
  make_stationary_v1.py compute            writes stationary_v1_expected.csv from it

The slice lies around the end of daylight saving 2015: London leaves it on 25 October, New York on
1 November, so all three combinations of offsets occur.
"""

import pathlib
import sys

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).resolve().parent
CANDLES = HERE / "stationary_v1_candles.csv"
EXPECTED = HERE / "stationary_v1_expected.csv"
MEMORY = 50
SOURCE = """\
# GBP/USD, hourly, open times in UTC. Source: ejtraderLabs/historical-data@fbd29b3c (Apache-2.0).
"""


def cut(source):
    data = pd.read_csv(source, dtype=str)
    start = data.index[data.timestamp_utc >= "2015-10-19T00:00:00Z"][0]
    part = data.iloc[start : start + 300]
    part = part[["timestamp_utc", "open", "high", "low", "close"]]
    with open(CANDLES, "w", newline="\n") as out:
        out.write(SOURCE)
        part.to_csv(out, index=False, lineterminator="\n")


def ratio(numerator, denominator):
    """numerator / denominator, 0 where the denominator is 0."""
    return (numerator / denominator.where(denominator != 0)).where(denominator != 0, 0.0)


def simple_rsi(close, length):
    change = close.diff()
    gain = change.clip(lower=0).rolling(length).mean()
    loss = (-change).clip(lower=0).rolling(length).mean()
    return 100 * ratio(gain, gain + loss)


def compute_features(candles):
    open_, high, low, close = (candles[c] for c in ["open", "high", "low", "close"])
    times = pd.to_datetime(candles["timestamp_utc"], utc=True)
    features = pd.DataFrame(index=candles.index)

    one_bar = np.log(close / close.shift(1))

    def volatility(length):
        return np.sqrt((one_bar**2).rolling(length).mean())

    for bars in [1, 2, 4, 8, 24]:
        total = np.log(close / close.shift(bars))
        features[f"return_{bars}"] = ratio(total, volatility(30) * np.sqrt(bars))

    previous = close.shift(1)
    parts = [high - low, (high - previous).abs(), (low - previous).abs()]
    true_range = pd.concat(parts, axis=1).max(axis=1)
    true_range[0] = np.nan

    def atr(length):
        return true_range.rolling(length).mean()

    for length in [5, 10, 20, 50]:
        distance = ratio(close - close.rolling(length).mean(), atr(14))
        features[f"sma_distance_{length}"] = distance.clip(-10, 10)

    middle, deviation = close.rolling(20).mean(), close.rolling(20).std(ddof=1)
    features["band_position_20"] = ratio(close - middle, 2 * deviation)
    features["rsi_14"] = simple_rsi(close, 14) / 50 - 1
    highest, lowest = high.rolling(14).max(), low.rolling(14).min()
    features["stochastic_14"] = 2 * (close - lowest) / (highest - lowest) - 1
    features["atr_14_against_48"] = ratio(atr(14) - atr(48), atr(14) + atr(48))
    fast, slow = volatility(10), volatility(30)
    features["volatility_10_against_30"] = ratio(fast - slow, fast + slow)
    features["body"] = ratio(close - open_, atr(14))
    features["range"] = ratio(high - low, atr(14))
    features["gap"] = ratio(open_ - previous, atr(14))
    step = times.diff().dt.total_seconds()
    features["after_break"] = (step > 1.5 * step.rolling(24).min()).astype(float)

    def circle(prefix, share):
        features[f"{prefix}_sin"] = np.sin(2 * np.pi * share)
        features[f"{prefix}_cos"] = np.cos(2 * np.pi * share)

    london = times.dt.tz_convert("Europe/London")
    new_york = times.dt.tz_convert("America/New_York")
    circle("london_hour", (london.dt.hour * 60 + london.dt.minute) / 1440)
    circle("new_york_hour", (new_york.dt.hour * 60 + new_york.dt.minute) / 1440)
    circle("weekday", new_york.dt.day_of_week / 7)
    return features


def compute():
    candles = pd.read_csv(CANDLES, comment="#")
    features = compute_features(candles).iloc[MEMORY - 1 :]
    assert np.isfinite(features.to_numpy()).all()
    with open(EXPECTED, "w", newline="\n") as out:
        out.write(f"# pandas {pd.__version__}, numpy {np.__version__}\n")
        features.to_csv(out, index=False, float_format="%.17g", lineterminator="\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["cut"]:
        cut(sys.argv[2])
    elif sys.argv[1:] == ["compute"]:
        compute()
    else:
        sys.exit(__doc__)
