"""Opens a data set that `aifx dataset` wrote. Usage: open_dataset.py FOLDER

FOLDER is such as datasets/eurusd-1h. Needs NumPy; shows more where pandas and torch are installed.
"""

import json
import pathlib
import sys

import numpy as np


def arrays(folder, part):
    """{name: array} of train, validation or test; windows are read from the disk when they are used."""
    return {path.stem: np.load(path, mmap_mode="r") for path in (folder / part).glob("*.npy")}


def with_numpy(folder):
    metadata = json.loads((folder / "metadata.json").read_text())
    print(metadata["pair"], metadata["timeframe"], metadata["technical"]["set"])
    for part in ("train", "validation", "test"):
        data = arrays(folder, part)
        print(part, *(f"{name}{list(data[name].shape)}" for name in sorted(data)))
    # Back to prices and percentages: scalers.json undoes the scaling.
    scaler = json.loads((folder / "scalers.json").read_text())["technical"]
    values = arrays(folder, "test")["technical"][-1, -1]
    if scaler["kind"] == "standard":  # else each window was scaled by itself
        values = values * np.array(scaler["deviation"]) + np.array(scaler["mean"])
    print("newest candle:", {c: round(float(v), 5) for c, v in zip(scaler["columns"], values)})


def with_pandas(folder):
    import pandas as pd

    train = arrays(folder, "train")
    frame = pd.DataFrame({"return": train["return"], "barrier": train["barrier"]},
                         index=pd.DatetimeIndex(train["timestamps"], tz="UTC"))
    print(frame.groupby("barrier")["return"].agg(["count", "mean"]))


def with_torch(folder):
    import torch

    data = arrays(folder, "train")

    class Windows(torch.utils.data.Dataset):
        def __len__(self):
            return len(data["direction"])

        def __getitem__(self, i):
            # A missing figure is NaN, and 0 in the mask beside it.
            inputs = [np.nan_to_num(data[name][i]) for name in
                      ("technical", "fundamental", "fundamental_mask", "event") if name in data]
            return [torch.from_numpy(each.copy()) for each in inputs], int(data["direction"][i])

    inputs, direction = next(iter(torch.utils.data.DataLoader(Windows(), 32, shuffle=True)))
    print("a batch:", *(list(each.shape) for each in inputs), list(direction.shape))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    with_numpy(folder)
    for show in (with_pandas, with_torch):
        try:
            show(folder)
        except ModuleNotFoundError as missing:
            print(f"left out: {missing.name} is not installed")


if __name__ == "__main__":
    main()
