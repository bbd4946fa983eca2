"""Compiles the LSTM of a TorchScript archive (core/model/lstm_weights.cc) to an AOTInductor package.

Needs PyTorch 2.15 and a C++ compiler: compile_package.py ARCHIVE.pt PACKAGE.pt2 SEQUENCE
"""

import sys

import torch


class Lstm(torch.nn.Module):
    """The same network as a module that torch.export can trace."""

    def __init__(self, tensors):
        super().__init__()
        hidden1 = tensors["lstm1_weight_hh"].shape[1]
        hidden2 = tensors["lstm2_weight_hh"].shape[1]
        features = tensors["scaler_mean"].shape[0]
        self.register_buffer("mean", tensors["scaler_mean"])
        self.register_buffer("deviation", tensors["scaler_deviation"])
        self.lstm1 = torch.nn.LSTM(features, hidden1, batch_first=True)
        self.lstm2 = torch.nn.LSTM(hidden1, hidden2, batch_first=True)
        self.dense = torch.nn.Linear(hidden2, tensors["dense_weight"].shape[0])
        self.output = torch.nn.Linear(self.dense.out_features, tensors["output_weight"].shape[0])
        for name in ("lstm1", "lstm2"):
            for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                getattr(getattr(self, name), part + "_l0").data = tensors[f"{name}_{part}"]
        for name in ("dense", "output"):
            getattr(self, name).weight.data = tensors[name + "_weight"]
            getattr(self, name).bias.data = tensors[name + "_bias"]

    def forward(self, x):
        x, _ = self.lstm1((x - self.mean) / self.deviation)
        x, _ = self.lstm2(x)
        return self.output(torch.relu(self.dense(x[:, -1])))


def main(archive, package, sequence):
    torch.set_num_threads(1)  # the number is compiled in
    script = torch.jit.load(archive)
    tensors = {name: value.detach() for name, value in script.named_parameters()}
    tensors |= dict(script.named_buffers())
    model = Lstm(tensors).eval()
    example = torch.zeros(2, sequence, tensors["scaler_mean"].shape[0])
    with torch.no_grad():
        exported = torch.export.export(
            model, (example,), dynamic_shapes={"x": {0: torch.export.Dim("batch", min=1, max=4096)}}
        )
        torch._inductor.aoti_compile_and_package(exported, package_path=package)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
