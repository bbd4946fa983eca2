"""Makes the golden vectors of the technical indicators, in both conventions.

Two implementations that share nothing with the engine: pandas for `reference`, TA-Lib for `talib`.

  make_technical.py cut HOURLY_CSV   writes technical_candles.csv from a file of hourly GBP/USD candles
                                     (run once; the result is committed)
  make_technical.py compute          writes technical_reference.csv, technical_talib.csv and
                                     technical_versions.json from it

The slice lies around the referendum of 23 June 2016: quiet days, and hours that moved 5 %. An empty
cell is a row before a column's first value. Twelve digits are enough for a tolerance of 1e-9.

Needs pandas, numpy and TA-Lib (pip install pandas TA-Lib).
"""

import json
import pathlib
import sys

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).resolve().parent
CANDLES = HERE / "technical_candles.csv"
ROWS = 240
SOURCE = """\
# GBP/USD, hourly, open times in UTC. Source: ejtraderLabs/historical-data@fbd29b3c (Apache-2.0).
"""


def cut(source):
    data = pd.read_csv(source, dtype=str)
    start = data.index[data.timestamp_utc >= "2016-06-14T00:00:00Z"][0]
    part = data.iloc[start : start + ROWS]
    part = part.rename(columns={"timestamp_utc": "timestamp", "tick_volume": "volume"})
    with open(CANDLES, "w", newline="\n") as out:
        out.write(SOURCE)
        part.to_csv(out, index=False, lineterminator="\n")


def reference(candles):
    """The definitions of the `reference` convention, in pandas."""
    open_, high, low, close, volume = (
        candles[c] for c in ["open", "high", "low", "close", "volume"]
    )
    f = candles[["open", "high", "low", "close", "volume"]].copy()

    def ewm(series, n):
        return series.ewm(span=n, adjust=False).mean()

    f["price_range"] = high - low
    f["body_size"] = (close - open_).abs()
    f["returns"] = close / close.shift(1) - 1
    f["log_returns"] = np.log(close / close.shift(1))
    f["price_change"] = close.pct_change()
    for n in [5, 10, 20, 50, 100, 200]:
        f[f"sma_{n}"] = close.rolling(n).mean()
    for n in [5, 10, 20, 50, 100, 200, 12, 26]:
        f[f"ema_{n}"] = ewm(close, n)

    middle, deviation = close.rolling(20).mean(), close.rolling(20).std()
    f["bb_upper_20"] = middle + 2 * deviation
    f["bb_lower_20"] = middle - 2 * deviation
    f["bb_width_20"] = (f.bb_upper_20 - f.bb_lower_20) / middle

    change = close.diff().fillna(0)
    for n in [14, 28]:
        gain = change.clip(lower=0).rolling(n).mean()
        loss = (-change).clip(lower=0).rolling(n).mean()
        f[f"rsi_{n}"] = 100 - 100 / (1 + gain / loss)

    f["macd"] = ewm(close, 12) - ewm(close, 26)
    f["macd_signal"] = ewm(f.macd, 9)
    f["macd_hist"] = f.macd - f.macd_signal

    previous = close.shift(1)
    parts = [high - low, (high - previous).abs(), (low - previous).abs()]
    true_range = pd.concat(parts, axis=1).max(axis=1)  # skips the missing previous close
    f["atr_14"] = true_range.rolling(14).mean()

    highest, lowest = high.rolling(14).max(), low.rolling(14).min()
    f["stoch_k"] = 100 * (close - lowest) / (highest - lowest)
    f["stoch_d"] = f.stoch_k.rolling(3).mean()
    f["williams_r_14"] = -100 * (highest - close) / (highest - lowest)

    f["volume_sma_20"] = volume.rolling(20).mean()
    f["volume_ratio"] = volume / (f.volume_sma_20 + 1e-10)
    for n in [5, 10, 20]:
        f[f"momentum_{n}"] = close / close.shift(n) - 1
    f["roc_12"] = 100 * (close / close.shift(12) - 1)
    for n in [10, 20, 30]:
        f[f"volatility_{n}"] = f.returns.rolling(n).std()

    up, down = high.diff(), -low.diff()
    plus = up.where((up > down) & (up > 0), 0.0)
    minus = down.where((down > up) & (down > 0), 0.0)
    mean_range = true_range.rolling(14).mean()
    plus_di = 100 * plus.rolling(14).mean() / mean_range
    minus_di = 100 * minus.rolling(14).mean() / mean_range
    index = 100 * (plus_di - minus_di).abs() / (plus_di + minus_di)
    f["adx_14"] = index.rolling(14).mean()

    typical = (high + low + close) / 3
    mean = typical.rolling(20).mean()
    mad = typical.rolling(20).apply(lambda x: np.abs(x - x.mean()).mean(), raw=True)
    f["cci_20"] = (typical - mean) / (0.015 * mad)
    return f


def with_talib(candles):
    """What TA-Lib has of them."""
    import talib

    high, low, close, volume = (
        candles[c].to_numpy(float) for c in ["high", "low", "close", "volume"]
    )
    f = {}
    for n in [5, 10, 20, 50, 100, 200]:
        f[f"sma_{n}"] = talib.SMA(close, n)
    for n in [5, 10, 20, 50, 100, 200, 12, 26]:
        f[f"ema_{n}"] = talib.EMA(close, n)
    upper, middle, lower = talib.BBANDS(close, 20, 2, 2)
    f["bb_upper_20"], f["bb_lower_20"] = upper, lower
    f["bb_width_20"] = (upper - lower) / middle
    f["rsi_14"], f["rsi_28"] = talib.RSI(close, 14), talib.RSI(close, 28)
    f["macd"], f["macd_signal"], f["macd_hist"] = talib.MACD(close, 12, 26, 9)
    f["atr_14"] = talib.ATR(high, low, close, 14)
    k, d = talib.STOCHF(high, low, close, 14, 3)
    k[13:15] = talib.STOCHF(high, low, close, 14, 1)[0][13:15]  # it begins k with d
    f["stoch_k"], f["stoch_d"] = k, d
    f["williams_r_14"] = talib.WILLR(high, low, close, 14)
    f["volume_sma_20"] = talib.SMA(volume, 20)
    for n in [5, 10, 20]:
        f[f"momentum_{n}"] = talib.ROCP(close, n)
    f["roc_12"] = talib.ROC(close, 12)
    returns = talib.ROCP(close, 1)
    for n in [10, 20, 30]:
        f[f"volatility_{n}"] = np.append(np.nan, talib.STDDEV(returns[1:], n))
    f["adx_14"] = talib.ADX(high, low, close, 14)
    f["cci_20"] = talib.CCI(high, low, close, 20)
    return pd.DataFrame(f)


def compute():
    import talib

    candles = pd.read_csv(CANDLES, comment="#")
    for name, make in [("reference", reference), ("talib", with_talib)]:
        make(candles).to_csv(
            HERE / f"technical_{name}.csv", index=False, float_format="%.12g", lineterminator="\n"
        )
    versions = {
        "pandas": pd.__version__,
        "numpy": np.__version__,
        "TA-Lib (Python)": talib.__version__,
        "TA-Lib (C)": talib.__ta_version__.decode(),
    }
    text = json.dumps(versions, indent=2) + "\n"
    (HERE / "technical_versions.json").write_text(text)


if __name__ == "__main__":
    if sys.argv[1:2] == ["cut"]:
        cut(sys.argv[2])
    elif sys.argv[1:] == ["compute"]:
        compute()
    else:
        sys.exit(__doc__)
