"""Makes the golden vectors of what stationary-v2 has beyond stationary-v1, with pandas.

  make_stationary_v2.py cut HOURLY_BIDASK_CSV   writes stationary_v2_candles.csv from a file of
                                                hourly EUR/USD bid and ask (run once)
  make_stationary_v2.py compute                 writes stationary_v2_expected.csv from it

The slice lies around the end of daylight saving 2015, as that of stationary-v1.
"""

import pathlib
import sys

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).resolve().parent
CANDLES = HERE / "stationary_v2_candles.csv"
EXPECTED = HERE / "stationary_v2_expected.csv"
MEMORY = 50
SOURCE = """\
# EUR/USD, hourly, open times in UTC: bid close, spread at the close in pips.
# Source: QuantConnect/Lean@24863901 Data/forex/oanda/hour/eurusd.zip (Apache-2.0).
"""


def cut(source):
    data = pd.read_csv(source)
    start = data.index[data.timestamp_utc >= "2015-10-20T00:00:00Z"][0]
    data = data.iloc[start : start + 200]
    part = pd.DataFrame({"timestamp": data.timestamp_utc, "close": data.bid_close})
    part["spread_pips"] = ((data.ask_close - data.bid_close) * 1e4).round(2)
    with open(CANDLES, "w", newline="\n") as out:
        out.write(SOURCE)
        part.to_csv(out, index=False, lineterminator="\n")


def compute_features(candles):
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
    return f


def compute():
    features = compute_features(pd.read_csv(CANDLES, comment="#")).iloc[MEMORY - 1 :]
    with open(EXPECTED, "w", newline="\n") as out:
        out.write(f"# pandas {pd.__version__}, numpy {np.__version__}\n")
        features.to_csv(out, index=False, float_format="%.12g", lineterminator="\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["cut"]:
        cut(sys.argv[2])
    elif sys.argv[1:] == ["compute"]:
        compute()
    else:
        sys.exit(__doc__)
