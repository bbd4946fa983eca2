"""Asks a running aifx-server for a prediction. Usage: predict.py HOST:PORT [PAIR]

Needs grpcio, and the client that grpcio-tools generates from proto/ into a folder on PYTHONPATH:
  python -m grpc_tools.protoc -I proto --python_out=OUT --grpc_python_out=OUT \\
      $(find proto/aifx proto/google -name '*.proto')
"""

import sys

import grpc
from aifx.ml.v1 import prediction_service_pb2 as prediction_pb
from aifx.ml.v1 import prediction_service_pb2_grpc as prediction_grpc
from aifx.ml.v1 import types_pb2 as types_pb


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    request = prediction_pb.PredictRequest(
        pair=sys.argv[2] if len(sys.argv) == 3 else "EUR/USD",
        timeframe=types_pb.TIMEFRAME_1H)  # no candles given: the newest of the backend
    with grpc.insecure_channel(sys.argv[1]) as channel:
        stub = prediction_grpc.PredictionServiceStub(channel)
        try:
            prediction = stub.Predict(request, timeout=10).prediction
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")
    print(prediction.pair, types_pb.Signal.Name(prediction.signal),
          f"confidence {prediction.confidence:.2f}",
          f"as of {prediction.as_of.ToJsonString()}")
    if prediction.HasField("take_profit"):
        print(f"entry {prediction.entry_price:.5f}, take {prediction.take_profit:.5f}, "
              f"stop {prediction.stop_loss:.5f}")
    for warning in prediction.warnings:
        print(f"{warning.code}: {warning.text}")


if __name__ == "__main__":
    main()
