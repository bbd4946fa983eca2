"""Asks a model of a running aifx-server through the Open Inference Protocol, with Triton's client.

Usage: infer_triton.py HOST:PORT [MODEL [FEATURES.csv]]

Needs tritonclient[grpc]. FEATURES.csv is what `aifx features compute --out` writes with the model's
feature set: its newest rows are the window. Without it, the window is all zeros. MODEL may be left
out where one model serves.
"""

import csv
import sys

import numpy as np
import tritonclient.grpc as triton


def only_model(client):
    ready = [model for model in client.get_model_repository_index().models
             if model.state == "READY"]
    if len({model.name for model in ready}) != 1:
        sys.exit("name one of: " + ", ".join(sorted({model.name for model in ready})))
    return ready[0].name


def newest_window(path, sequence, features):
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row[1:] for row in csv.reader(file)][1:]  # without the times and the header
    window = np.array(rows[-sequence:], dtype=np.float32)
    if window.shape != (sequence, features):
        sys.exit(f"{path} has a window of {window.shape}, the model takes {(sequence, features)}")
    return window


def main():
    if len(sys.argv) not in (2, 3, 4):
        sys.exit(__doc__)
    with triton.InferenceServerClient(sys.argv[1]) as client:
        try:
            name = sys.argv[2] if len(sys.argv) > 2 else only_model(client)
            tensor = client.get_model_metadata(name).inputs[0]  # [-1, sequence, features]
            _, sequence, features = tensor.shape
            window = (newest_window(sys.argv[3], sequence, features) if len(sys.argv) > 3
                      else np.zeros((sequence, features), np.float32))
            batch = triton.InferInput(tensor.name, [1, sequence, features], tensor.datatype)
            batch.set_data_from_numpy(window[np.newaxis])
            answer = client.infer(name, [batch], client_timeout=10)
        except triton.InferenceServerException as error:
            sys.exit(f"{error.status()}: {error.message()}")
        version = answer.get_response().model_version
        print(f"{name} {version}: probabilities",
              " ".join(f"{p:.4f}" for p in answer.as_numpy("probabilities")[0]))


if __name__ == "__main__":
    main()
