"""A line for every candle that closes. Usage: watch.py HOST:PORT [PAIR] [COUNT]

Needs what predict.py needs. A watch ends when the server is restarted or the connection is renewed:
watch again then. A candle that closed in between is had by Predict.
"""

import itertools
import sys

import grpc
from aifx.ml.v1 import prediction_service_pb2 as prediction_pb
from aifx.ml.v1 import prediction_service_pb2_grpc as prediction_grpc
from aifx.ml.v1 import types_pb2 as types_pb


def main():
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    pair = sys.argv[2] if len(sys.argv) > 2 else "EUR/USD"
    count = int(sys.argv[3]) if len(sys.argv) > 3 else None
    request = prediction_pb.WatchPredictionsRequest(
        pairs=[pair], timeframes=[types_pb.TIMEFRAME_1H])
    with grpc.insecure_channel(sys.argv[1]) as channel:
        watch = prediction_grpc.PredictionServiceStub(channel).WatchPredictions(request)
        try:
            watch.initial_metadata()
            print("watching", flush=True)
            for answer in itertools.islice(watch, count):
                prediction = answer.prediction
                print(prediction.pair, types_pb.Signal.Name(prediction.signal), "as of",
                      prediction.as_of.ToJsonString(), flush=True)
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")
        watch.cancel()


if __name__ == "__main__":
    main()
