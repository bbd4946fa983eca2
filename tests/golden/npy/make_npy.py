#!/usr/bin/env python3
"""Makes the arrays that the .npy writer must reproduce byte for byte, with NumPy.

Usage: make_npy.py [FOLDER], by default the script's own. Made with NumPy 2.4.6.
"""

import pathlib
import sys

import numpy as np

folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent


def ramp(dtype, *shape):
    """0, 0.5, 1 and so on, in C order."""
    return (np.arange(np.prod(shape)) / 2).astype(dtype).reshape(shape)


np.save(folder / "float32_7x3x2.npy", ramp("<f4", 7, 3, 2))
np.save(folder / "float64_1200x3.npy", ramp("<f8", 1200, 3))
np.save(folder / "float64_0x38.npy", np.empty((0, 38), "<f8"))
np.save(folder / "int64_5.npy", np.array([0, -1, 2**62, 3, 4], "<i8"))
np.save(folder / "seconds_2.npy",
        np.array(["2018-01-01T22:00:00", "2018-01-01T23:00:00"], "datetime64[s]"))
