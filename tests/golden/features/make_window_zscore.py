"""Makes the golden vectors of the window scaling of raw-ohlcv, with NumPy.

  make_window_zscore.py   writes window_zscore_expected.csv from technical_candles.csv

Three windows of 60 candles; each column is (x - mean) / (std + 1e-8), std with ddof 0.
"""

import pathlib

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).resolve().parent
SEQUENCE = 60
LAST_ROWS = [59, 195, 239]  # the second one ends within the night of the referendum
COLUMNS = ["open", "high", "low", "close", "volume"]

candles = pd.read_csv(HERE / "technical_candles.csv", comment="#")
windows = []
for last in LAST_ROWS:
    window = candles[COLUMNS].to_numpy(float)[last + 1 - SEQUENCE : last + 1]
    scaled = (window - window.mean(axis=0)) / (window.std(axis=0, ddof=0) + 1e-8)
    part = pd.DataFrame(scaled, columns=COLUMNS)
    part.insert(0, "last_row", last)
    windows.append(part)
with open(HERE / "window_zscore_expected.csv", "w", newline="\n") as out:
    out.write(f"# pandas {pd.__version__}, numpy {np.__version__}\n")
    pd.concat(windows).to_csv(out, index=False, float_format="%.12g", lineterminator="\n")
