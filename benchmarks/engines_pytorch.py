#!/usr/bin/env python3
"""A training step of the multitask network in PyTorch, timed when asked to: the peer of benchmarks/engines.

Called by org.mtlfarm.benchmarks.engines.PyTorchContestant with the workload's folder. Prints PyTorch's version, then for
every number of steps that it reads a line with wall seconds, processor seconds and the last step's loss. Two shared layers.
"""
import array
import pathlib
import sys
import time

import torch
from torch import nn

folder, dimension, hidden, tasks, labels, readout, batch, learning_rate = sys.argv[1:]
folder, readout, learning_rate = pathlib.Path(folder), readout, float(learning_rate)
dimension, hidden, tasks, labels, batch = map(int, (dimension, hidden, tasks, labels, batch))
torch.set_num_threads(1)


def numbers(name, kind):
    values = array.array(kind, (folder / name).read_bytes())
    return torch.tensor(values, dtype=torch.float32 if kind == "f" else torch.int64)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding.from_pretrained(numbers("vectors", "f").reshape(-1, dimension), freeze=True)
        self.lstm = nn.LSTM(dimension, hidden, batch_first=True, bidirectional=True)
        self.shared = nn.Sequential(nn.Linear(2 * hidden, 256), nn.Linear(256, 128))
        self.heads = nn.ModuleList(nn.Sequential(nn.Linear(128, 64), nn.Linear(64, labels)) for _ in range(tasks))

    def forward(self, task, windows):
        states, _ = self.lstm(self.words(windows))
        return self.heads[task](self.shared(states[:, -1] if readout == "LAST" else states[:, 3]))


def load(network, flat):
    """From the farm's order: matrices [inputs, outputs] by columns; gates block input, forget, output, input."""
    at = 0

    def take(*shape):
        nonlocal at
        size = torch.Size(shape).numel()
        at += size
        return flat[at - size:at].reshape(shape)

    def gates(rows):
        g, f, o, i = rows.split(hidden)
        return torch.cat([i, f, g, o])

    lstm = network.lstm
    for suffix in ("", "_reverse"):
        getattr(lstm, "weight_ih_l0" + suffix).copy_(gates(take(4 * hidden, dimension)))
        getattr(lstm, "weight_hh_l0" + suffix).copy_(gates(take(4 * hidden, hidden)))
        getattr(lstm, "bias_ih_l0" + suffix).copy_(gates(take(4 * hidden)))
        getattr(lstm, "bias_hh_l0" + suffix).zero_()
    layers = list(network.shared) + [head[depth] for depth in range(2) for head in network.heads]
    for layer in layers:
        layer.weight.copy_(take(*layer.weight.shape))
        layer.bias.copy_(take(*layer.bias.shape))
    if at != flat.numel():
        sys.exit(f"the network has {at} parameters, the workload {flat.numel()}")


network = Network()
with torch.no_grad():
    load(network, numbers("parameters", "f"))
trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
for parameter in trained:  # idle heads have gradient zero, not none
    parameter.grad = torch.zeros_like(parameter)
adam = torch.optim.Adam(trained, lr=learning_rate)
loss_of = nn.CrossEntropyLoss()
windows = numbers("windows", "i").reshape(-1, batch, 7)
targets = numbers("labels", "i").reshape(-1, batch)

print(torch.__version__, flush=True)
done = 0
for line in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(int(line)):
        place = done % len(windows)
        for parameter in trained:
            parameter.grad.zero_()
        loss = loss_of(network(done % tasks, windows[place]), targets[place])
        loss.backward()
        adam.step()
        done += 1
    print(time.perf_counter() - wall, time.process_time() - cpu, loss.item(), flush=True)
