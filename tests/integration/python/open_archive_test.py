#!/usr/bin/env python3
"""Opens a model that the trainer wrote with Python's torch and compares its output.

Usage: open_archive_test.py PROGRAM
PROGRAM FOLDER trains a small model into the store FOLDER (it is the test program
core_training_archive_program). Ends with 77 (skipped) where this Python has no torch.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    import torch
except ImportError:
    print("skipped: this Python has no torch; set AIFX_PYTHON_TORCH to one that has")
    sys.exit(77)


def main():
    with tempfile.TemporaryDirectory() as store:
        subprocess.run([sys.argv[1], store], check=True)
        (version,) = glob.glob(os.path.join(store, "*", "2*"))
        with open(os.path.join(version, "manifest.json")) as file:
            manifest = json.load(file)
        with open(os.path.join(version, "golden.json")) as file:
            golden = json.load(file)
        model = torch.jit.load(os.path.join(version, "model.pt"))
        shape = (1, manifest["sequence"], manifest["features"])
        with torch.inference_mode():
            logits = model(torch.tensor(golden["input"], dtype=torch.float32).reshape(shape))
        expected = torch.tensor([golden["logits"]], dtype=torch.float32)
        print("logits", logits.tolist(), "expected", expected.tolist())
        torch.testing.assert_close(logits, expected, rtol=0, atol=1e-5)
        mean = torch.tensor(manifest["scaler"]["mean"], dtype=torch.float32)
        torch.testing.assert_close(dict(model.named_buffers())["scaler_mean"], mean)


main()
