"""Triton's Python client, unmodified, against the real server."""

import asyncio
import queue
import subprocess
import sys
import time

import harness
import numpy as np
import tritonclient.grpc as triton
import tritonclient.grpc.aio as triton_aio
from feature_window import NewestWindow
from google.protobuf import descriptor_pb2
from tritonclient.grpc import model_config_pb2, service_pb2

# What another dialect reads from answers that are empty in Triton's.
ONLY_OURS = {("RepositoryModelLoadResponse", 1), ("RepositoryModelLoadResponse", 2),
             ("RepositoryModelUnloadResponse", 1), ("RepositoryModelUnloadResponse", 2)}


def fields_of(files):
    """{(message, number): what the field is on the wire and by name} of package inference."""
    found = {}

    def visit(scope, messages):
        for message in messages:
            name = scope + message.name
            for field in message.field:
                found[name, field.number] = (field.name, field.type, field.type_name, field.label,
                                             field.HasField("oneof_index"))
            visit(name + ".", message.nested_type)

    for file in files:
        if file.package == "inference":
            visit("", file.message_type)
    return found


class ContractTest(harness.unittest.TestCase):
    def test_messages_and_methods_are_those_of_the_client(self):
        released = descriptor_pb2.FileDescriptorSet.FromString(
            (harness.ROOT / "proto/released.binpb").read_bytes())
        theirs = descriptor_pb2.FileDescriptorSet()
        for module in (service_pb2, model_config_pb2):
            module.DESCRIPTOR.CopyToProto(theirs.file.add())
        ours, wanted = fields_of(released.file), fields_of(theirs.file)
        self.assertGreater(len(ours), 80)
        for key, field in ours.items():
            if key not in ONLY_OURS:
                self.assertEqual(field, wanted.get(key), key)
        methods = [{method.name: (method.input_type, method.output_type, method.client_streaming,
                                  method.server_streaming)
                    for file in files.file if file.package == "inference"
                    for service in file.service for method in service.method}
                   for files in (released, theirs)]
        self.assertEqual(len(methods[0]), 12)
        self.assertEqual(methods[0], {name: methods[1].get(name) for name in methods[0]})


class TritonClientTest(harness.StackTest):
    @classmethod
    def setUpStack(cls):
        _, url = cls.stack.backend()
        _, cls.address = cls.stack.server(url)
        cls.client = triton.InferenceServerClient(cls.address)
        cls.addClassCleanup(cls.client.close)
        cls.window = NewestWindow(cls.address, cls.stack.folder)
        cls.array = np.array([cls.window.rows], dtype=np.float32)

    def inputs(self, array=None, name="window", datatype="FP32"):
        array = self.array if array is None else array
        tensor = triton.InferInput(name, list(array.shape), datatype)
        tensor.set_data_from_numpy(array)
        return [tensor]

    def assertFails(self, status, call, *arguments, **options):
        with self.assertRaises(triton.InferenceServerException) as caught:
            call(*arguments, **options)
        self.assertEqual(caught.exception.status(), f"StatusCode.{status}")
        return caught.exception.message()

    def assertPredicts(self, answer):
        np.testing.assert_allclose(answer.as_numpy("probabilities"), [self.window.probabilities],
                                   atol=1e-6)

    def test_server(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())
        metadata = self.client.get_server_metadata()
        self.assertEqual(metadata.name, "aifx")
        self.assertIn("statistics", metadata.extensions)

    def test_model(self):
        version = str(harness.fixture()["version"])
        self.assertTrue(self.client.is_model_ready(harness.MODEL))
        self.assertTrue(self.client.is_model_ready(harness.MODEL, version))
        metadata = self.client.get_model_metadata(harness.MODEL)
        self.assertEqual(list(metadata.versions), [version])
        self.assertEqual(list(metadata.inputs[0].shape), [-1, *self.array.shape[1:]])
        config = self.client.get_model_config(harness.MODEL).config
        self.assertEqual(config.max_batch_size, 256)
        self.assertEqual(list(config.input[0].dims), list(self.array.shape[1:]))
        self.assertEqual(config.input[0].data_type, model_config_pb2.TYPE_FP32)

    def test_infer_answers_as_predict_does(self):
        answer = self.client.infer(harness.MODEL, self.inputs(), request_id="7")
        self.assertPredicts(answer)
        self.assertEqual(answer.get_response().id, "7")
        logits = answer.as_numpy("logits")
        self.assertEqual((logits.shape, logits.dtype), ((1, 3), np.float32))

    def test_batches_answer_as_single_windows_do(self):
        batch = np.concatenate([self.array, self.array * 0.5])
        answer = self.client.infer(harness.MODEL, self.inputs(batch)).as_numpy("logits")
        for row, window in zip(answer, batch, strict=True):
            alone = self.client.infer(harness.MODEL, self.inputs(window[np.newaxis]))
            np.testing.assert_allclose(alone.as_numpy("logits")[0], row, atol=1e-5)

    def test_requested_outputs(self):
        answer = self.client.infer(harness.MODEL, self.inputs(),
                                   outputs=[triton.InferRequestedOutput("logits")])
        self.assertIsNotNone(answer.as_numpy("logits"))
        self.assertIsNone(answer.as_numpy("probabilities"))

    def test_errors(self):
        def infer(*arguments, **options):
            return self.client.infer(harness.MODEL, self.inputs(*arguments), **options)

        text = self.assertFails("INVALID_ARGUMENT", infer, self.array[:, :, 1:])
        self.assertIn('input "window": shape', text)
        self.assertIn("FP64", self.assertFails("INVALID_ARGUMENT", infer,
                                               self.array.astype(np.float64), "window", "FP64"))
        self.assertFails("INVALID_ARGUMENT", infer, self.array, "candles")
        self.assertFails("INVALID_ARGUMENT", infer,
                         outputs=[triton.InferRequestedOutput("logits", class_count=2)])
        self.assertFails("INVALID_ARGUMENT", infer, np.full_like(self.array, np.nan))
        self.assertFails("NOT_FOUND", self.client.infer, "no-such", self.inputs())
        self.assertFails("NOT_FOUND", self.client.get_model_metadata, harness.MODEL, "7")
        self.assertFails("DEADLINE_EXCEEDED", infer, timeout=1)  # microseconds

    def test_async_infer(self):
        answers = queue.Queue()
        for _ in range(3):
            self.client.async_infer(harness.MODEL, self.inputs(),
                                    callback=lambda result, error: answers.put((result, error)))
        for _ in range(3):
            result, error = answers.get(timeout=20)
            self.assertIsNone(error)
            self.assertPredicts(result)

    def test_asyncio(self):
        async def infer():
            async with triton_aio.InferenceServerClient(self.address) as client:
                return await client.infer(harness.MODEL, self.inputs())

        self.assertPredicts(asyncio.run(infer()))

    def test_stream(self):
        answers = queue.Queue()
        client = triton.InferenceServerClient(self.address)
        self.addCleanup(client.close)
        client.start_stream(lambda result, error: answers.put((result, error)))
        for i in range(20):
            client.async_stream_infer("no-such" if i == 7 else harness.MODEL, self.inputs(),
                                      request_id=str(i), enable_empty_final_response=True)
        for i in range(20):
            result, error = answers.get(timeout=20)
            if i == 7:
                self.assertIn("NOT_FOUND", error.message())
                continue
            self.assertIsNone(error)
            self.assertEqual(result.get_response().id, str(i))
            self.assertTrue(
                result.get_response().parameters["triton_final_response"].bool_param)
            self.assertPredicts(result)
        client.stop_stream()

    def test_statistics(self):
        self.client.infer(harness.MODEL, self.inputs())
        stats = self.client.get_inference_statistics(harness.MODEL).model_stats[0]
        self.assertEqual(stats.version, str(harness.fixture()["version"]))
        self.assertGreaterEqual(stats.inference_count, 1)
        self.assertGreaterEqual(stats.inference_stats.success.count, 1)
        self.assertGreater(stats.inference_stats.success.ns, 0)
        self.assertLess(abs(stats.last_inference / 1000 - time.time()), 60)
        self.assertEqual(len(self.client.get_inference_statistics().model_stats), 1)

    def test_repository(self):
        index = self.client.get_model_repository_index().models
        self.assertEqual([(model.name, model.state) for model in index],
                         [(harness.MODEL, "READY")])
        self.client.load_model(harness.MODEL)  # it is: harmless
        self.assertFails("FAILED_PRECONDITION", self.client.unload_model, harness.MODEL)
        self.assertTrue(self.client.is_model_ready(harness.MODEL))
        self.assertFails("NOT_FOUND", self.client.load_model, "no-such")
        self.assertFails("INVALID_ARGUMENT", self.client.load_model, harness.MODEL, config="{}")
        self.assertFails("INVALID_ARGUMENT", self.client.load_model, harness.MODEL, config="{}",
                         files={"file:1/model.pt": b"program"})

    def test_example(self):
        ran = subprocess.run(
            [sys.executable, harness.ROOT / "examples/python/infer_triton.py", self.address,
             harness.MODEL, self.window.features], capture_output=True, text=True, timeout=60,
            env=harness.env())
        self.assertEqual(ran.returncode, 0, ran.stderr)
        shown = [float(word) for word in ran.stdout.split("probabilities")[1].split()]
        np.testing.assert_allclose(shown, self.window.probabilities, atol=1e-4)
        alone = subprocess.run(
            [sys.executable, harness.ROOT / "examples/python/infer_triton.py", self.address],
            capture_output=True, text=True, timeout=60, env=harness.env())
        self.assertIn(harness.MODEL, alone.stdout, alone.stderr)


if __name__ == "__main__":
    harness.main()
