"""The Open Inference Protocol with stubs of our own: typed tensors, errors, statistics, drain."""

import array
import json
import shutil
import signal

import grpc
import harness
from feature_window import NewestWindow

OTHER_VERSION = "20180101000000"


class OpenInferenceTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        from inference import grpc_service_pb2, grpc_service_pb2_grpc
        cls.pb = grpc_service_pb2
        _, url = cls.stack.backend()
        cls.server, cls.address = cls.stack.server(url)
        cls.stub = grpc_service_pb2_grpc.GRPCInferenceServiceStub(cls.stack.channel(cls.address))
        cls.window = NewestWindow(cls.address, cls.stack.folder)
        cls.shape = [1, len(cls.window.rows), len(cls.window.rows[0])]
        cls.values = [value for row in cls.window.rows for value in row]

    def request(self, raw=False, **fields):
        request = self.pb.ModelInferRequest(model_name=harness.MODEL, id="a", **fields)
        tensor = request.inputs.add(name="window", datatype="FP32", shape=self.shape)
        if raw:
            request.raw_input_contents.append(array.array("f", self.values).tobytes())
        else:
            tensor.contents.fp32_contents.extend(self.values)
        return request

    def test_typed_answers_typed_as_predict_does(self):
        answer = self.stub.ModelInfer(self.request(), timeout=20)
        self.assertEqual(answer.model_version, str(harness.fixture()["version"]))
        self.assertEqual(answer.id, "a")
        self.assertEqual([tensor.name for tensor in answer.outputs], ["probabilities", "logits"])
        self.assertEqual(list(answer.outputs[0].shape), [1, 3])
        self.assertFalse(answer.raw_output_contents)
        for got, want in zip(answer.outputs[0].contents.fp32_contents, self.window.probabilities,
                             strict=True):
            self.assertAlmostEqual(got, want, places=6)

    def test_raw_answers_raw_with_the_same_bits(self):
        typed = self.stub.ModelInfer(self.request(), timeout=20)
        raw = self.stub.ModelInfer(self.request(raw=True), timeout=20)
        self.assertFalse(raw.outputs[0].HasField("contents"))
        for tensor, content in zip(typed.outputs, raw.raw_output_contents, strict=True):
            self.assertEqual(list(array.array("f", content)), list(tensor.contents.fp32_contents))

    def test_errors_name_the_tensor(self):
        request = self.request()
        request.inputs[0].shape[2] -= 1
        error = self.assertRpcError(grpc.StatusCode.INVALID_ARGUMENT, self.stub.ModelInfer, request)
        self.assertIn('input "window": shape', error.details())
        self.assertIn("inputs[0].shape", harness.violations(error))
        self.assertRpcError(grpc.StatusCode.NOT_FOUND, self.stub.ModelInfer,
                            self.request(model_version="20000101000000"))

    def test_a_deadline_is_kept(self):
        request = self.request()
        request.parameters["timeout"].int64_param = 1  # a microsecond
        self.assertRpcError(grpc.StatusCode.DEADLINE_EXCEEDED, self.stub.ModelInfer, request)

    def test_statistics_count_windows_and_runs(self):
        def newest():
            return self.stub.ModelStatistics(
                self.pb.ModelStatisticsRequest(name=harness.MODEL), timeout=20).model_stats[0]

        before = newest()
        request = self.request()
        request.inputs[0].shape[0] = 3
        request.inputs[0].contents.fp32_contents.extend(self.values * 2)
        self.stub.ModelInfer(request, timeout=20)
        after = newest()
        self.assertEqual(after.inference_count - before.inference_count, 3)
        self.assertEqual(after.inference_stats.success.count - before.inference_stats.success.count,
                         1)
        self.assertGreater(after.inference_stats.compute_infer.ns,
                           before.inference_stats.compute_infer.ns)
        self.assertGreater(after.last_inference, 1_700_000_000_000)
        self.assertIn(3, [batch.batch_size for batch in after.batch_stats])

    def test_an_upload_is_refused(self):
        request = self.pb.RepositoryModelLoadRequest(model_name=harness.MODEL)
        request.parameters["file:1/model.pt"].bytes_param = b"program"
        self.assertRpcError(grpc.StatusCode.INVALID_ARGUMENT, self.stub.RepositoryModelLoad,
                            request)

    def test_another_version_is_loaded_asked_and_unloaded(self):
        from inference import grpc_service_pb2_grpc
        models = self.stack.folder / "models"
        shutil.copytree(harness.FIXTURE / "models", models)
        active = harness.fixture()["version"]
        shutil.copytree(models / harness.MODEL / str(active), models / harness.MODEL / OTHER_VERSION)
        path = models / harness.MODEL / OTHER_VERSION / "manifest.json"
        manifest = json.loads(path.read_text())
        manifest["version"] = int(OTHER_VERSION)
        path.write_text(json.dumps(manifest))
        _, address = self.stack.server("http://127.0.0.1:9", "--models-dir", models)
        stub = grpc_service_pb2_grpc.GRPCInferenceServiceStub(self.stack.channel(address))

        def ready():
            return stub.ModelReady(self.pb.ModelReadyRequest(
                name=harness.MODEL, version=OTHER_VERSION), timeout=20).ready

        self.assertFalse(ready())
        load = self.pb.RepositoryModelLoadRequest(repository_name=harness.MODEL)  # KServe's dialect
        load.parameters["version"].string_param = OTHER_VERSION
        answer = stub.RepositoryModelLoad(load, timeout=60)
        self.assertEqual((answer.model_name, answer.is_loaded), (harness.MODEL, True))
        self.assertTrue(ready())
        answer = stub.ModelInfer(self.request(model_version=OTHER_VERSION), timeout=20)
        self.assertEqual(answer.model_version, OTHER_VERSION)
        self.assertEqual(stub.ModelInfer(self.request(), timeout=20).model_version, str(active))
        unload = self.pb.RepositoryModelUnloadRequest(model_name=harness.MODEL)
        self.assertRpcError(grpc.StatusCode.FAILED_PRECONDITION, stub.RepositoryModelUnload, unload)
        unload.parameters["version"].string_param = OTHER_VERSION
        self.assertTrue(stub.RepositoryModelUnload(unload, timeout=20).is_unloaded)
        self.assertFalse(ready())

    def test_large_batches_and_what_is_too_large(self):
        request = self.request(raw=True)
        request.inputs[0].shape[0] = 256
        request.raw_input_contents[0] *= 256
        answer = self.stub.ModelInfer(request, timeout=60)
        self.assertEqual(list(answer.outputs[0].shape), [256, 3])
        request.raw_input_contents[0] += bytes(16 << 20)
        self.assertRpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, self.stub.ModelInfer, request)

    def test_streams_end_when_the_server_leaves(self):
        from inference import grpc_service_pb2_grpc
        _, url = self.stack.backend()
        server, address = self.stack.server(url)
        stub = grpc_service_pb2_grpc.GRPCInferenceServiceStub(self.stack.channel(address))
        more = iter(lambda: server.process.wait() and None, None)  # says nothing more by itself

        def requests():
            yield self.request()
            yield from more

        stream = stub.ModelStreamInfer(requests(), timeout=60)
        self.assertEqual(next(stream).infer_response.id, "a")
        server.process.send_signal(signal.SIGTERM)
        with self.assertRaises(grpc.RpcError) as caught:
            next(stream)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.UNAVAILABLE)
        self.assertIn("shutting down", caught.exception.details())
        self.assertEqual(server.process.wait(30), 0)


if __name__ == "__main__":
    harness.main()
