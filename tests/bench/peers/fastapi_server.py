"""The model behind FastAPI and PyTorch, as fast as that pair gets: raw float32 windows instead of JSON,
one torch thread a worker, uvloop and httptools. MODEL is the path of a version's model.pt, COLUMNS the
number of its features."""

import os

import numpy
import torch
from fastapi import FastAPI, Request, Response

SEQUENCE = 60
COLUMNS = int(os.environ["COLUMNS_OF_MODEL"])

torch.set_num_threads(1)
model = torch.jit.optimize_for_inference(torch.jit.load(os.environ["MODEL"]).eval())
app = FastAPI()


@app.post("/predict")
async def predict(request: Request) -> Response:
    window = numpy.frombuffer(await request.body(), dtype=numpy.float32)
    with torch.inference_mode():
        logits = model(torch.from_numpy(window.reshape(1, SEQUENCE, COLUMNS).copy()))
    return Response(logits.numpy().tobytes(), media_type="application/octet-stream")
