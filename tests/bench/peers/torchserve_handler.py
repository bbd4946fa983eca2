"""The model inside TorchServe: raw float32 windows, one torch thread a worker, computed in the batches that
TorchServe makes. COLUMNS_OF_MODEL is the number of the model's features."""

import os

import numpy
import torch

SEQUENCE = 60
COLUMNS = int(os.environ["COLUMNS_OF_MODEL"])


class WindowHandler:
    def initialize(self, context):
        torch.set_num_threads(1)
        path = os.path.join(context.system_properties["model_dir"], "model.pt")
        self.model = torch.jit.optimize_for_inference(torch.jit.load(path).eval())

    def handle(self, rows, context):
        windows = numpy.stack([numpy.frombuffer(row["body"], dtype=numpy.float32) for row in rows])
        with torch.inference_mode():
            logits = self.model(torch.from_numpy(windows.reshape(-1, SEQUENCE, COLUMNS)))
        return [row.tobytes() for row in logits.numpy()]
