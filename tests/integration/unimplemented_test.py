"""Methods of the contract that do not exist yet say so."""

import grpc
import harness

MISSING = {
    "training_service": ("TrainingService", [
        "StartTraining", "GetTraining", "WatchTraining", "CancelTraining"]),
}


class UnimplementedTest(harness.StackTest):
    def test_every_missing_method_says_so(self):
        import importlib
        _, address = self.stack.server("http://127.0.0.1:9")
        channel = self.stack.channel(address)
        for module, (service, methods) in MISSING.items():
            messages = importlib.import_module(f"aifx.ml.v1.{module}_pb2")
            stubs = importlib.import_module(f"aifx.ml.v1.{module}_pb2_grpc")
            stub = getattr(stubs, f"{service}Stub")(channel)
            described = messages.DESCRIPTOR.services_by_name[service].methods_by_name
            for method in methods:
                with self.subTest(f"{service}.{method}"):
                    self.check(stub, described[method])

    def check(self, stub, method):
        from google.protobuf import message_factory
        request = message_factory.GetMessageClass(method.input_type)()
        argument = iter([request]) if method.client_streaming else request

        def call(timeout):
            answer = getattr(stub, method.name)(argument, timeout=timeout)
            return list(answer) if method.server_streaming else answer

        error = self.assertRpcError(grpc.StatusCode.UNIMPLEMENTED, call)
        self.assertIn(method.name, error.details())


if __name__ == "__main__":
    harness.main()
