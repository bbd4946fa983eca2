"""Opens what `aifx features` wrote and prints the shapes. Usage: open_features.py FOLDER/eurusd-1h

pandas, polars and PyTorch are used where they are installed; NumPy is needed.
"""

import importlib
import json
import pathlib
import sys

import numpy as np


def optional(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name}: not installed, skipped")
        return None


pandas, polars = optional("pandas"), optional("polars")


def open_csv(folder, part, columns):
    path = folder / f"{part}.csv"
    if pandas:
        frame = pandas.read_csv(path, parse_dates=["timestamp"], index_col="timestamp")
        print(f"{part}: pandas {frame.shape}, to {frame.index[-1]}")
    if polars:
        print(f"{part}: polars {polars.read_csv(path, try_parse_dates=True).shape}")


def open_parquet(folder, part, columns):
    path = folder / f"{part}.parquet"
    if pandas:
        frame = pandas.read_parquet(path).set_index("timestamp")
        print(f"{part}: pandas {frame.shape}, to {frame.index[-1]}")
    if polars:
        print(f"{part}: polars {polars.read_parquet(path).shape}")


def open_npy(folder, part, columns):
    values = np.load(folder / f"{part}.npy", mmap_mode="r")  # nothing is read until it is used
    times = np.load(folder / f"{part}_timestamps.npy")
    print(f"{part}: numpy {values.shape}, to {times[-1]}, {columns[0]} = {values[-1, 0]:.6g}")
    if torch:
        tensor = torch.from_numpy(np.array(values, dtype=np.float32))
        print(f"{part}: torch {tuple(tensor.shape)}")


if len(sys.argv) != 2:
    sys.exit(__doc__)
folder = pathlib.Path(sys.argv[1])
metadata = json.loads((folder / "metadata.json").read_text())
print(metadata["pair"], metadata["timeframe"], metadata["feature_set"]["name"],
      f"{len(metadata['columns'])} columns, {metadata['quality']['gap_count']} gaps")
torch = optional("torch") if metadata["format"] == "npy" else None
opener = {"csv": open_csv, "parquet": open_parquet, "npy": open_npy}[metadata["format"]]
for part in metadata["parts"]:
    opener(folder, part, metadata["columns"])
