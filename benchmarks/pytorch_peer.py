#!/usr/bin/env python3
"""The multitask network in PyTorch, to check MTL Farm's engines against. Written from the method's description alone.

    pytorch_peer.py follow TAPE         train on a tape's batches from its parameters, compare the losses
    pytorch_peer.py train DATA ...      train and score runs of its own: own labels, start, shuffles, own scoring

Both are called by org.mtlfarm.benchmarks.peer.PeerCommand, which writes the tape and the data (README.md beside this file).
Needs PyTorch 1.13 or newer and NumPy.
"""
import argparse
import json
import pathlib
import sys
import time

import numpy as np
import torch
from torch import nn

WINDOW, TARGET = 7, 3
SHARED = [[], [256], [256, 128], [256, 128, 64]]
OWN = [[128], [128, 64], [64], []]


class Network(nn.Module):
    """A shared BiLSTM over windows of word vectors, dense layers without activation, one softmax output a task."""

    def __init__(self, dimension, hidden, shared_layers, tasks, labels, readout):
        super().__init__()
        self.readout = readout
        self.lstm = nn.LSTM(dimension, hidden, batch_first=True, bidirectional=True)
        widths = [2 * hidden] + SHARED[shared_layers]
        self.shared = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        widths = [widths[-1]] + OWN[shared_layers] + [labels]
        self.heads = nn.ModuleList(
            nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:])) for _ in range(tasks))

    def read(self, words):
        """[batch, 7, dimension] -> the last shared layer's output."""
        states, _ = self.lstm(words)
        values = states[:, -1] if self.readout == "LAST" else states[:, TARGET]
        for layer in self.shared:
            values = layer(values)
        return values

    def logits(self, task, read):
        for layer in self.heads[task]:
            read = layer(read)
        return read


def adam(network, learning_rate):
    """Adam that steps every parameter at every step: gradients are zero from the start, never absent."""
    for parameter in network.parameters():
        parameter.grad = torch.zeros_like(parameter)
    return torch.optim.Adam(network.parameters(), lr=learning_rate)


def zero_gradients(network):
    for parameter in network.parameters():
        parameter.grad.zero_()


# ---------------------------------------------------------------------------------------------------------------- follow

def farm_blocks(network):
    """The farm's flat layout as (get, set) of each block, matrices as [inputs, outputs].

    An LSTM's columns: block input, forget gate, output gate, input gate; PyTorch's rows: input gate, forget gate, block
    input, output gate. The farm has one LSTM bias for PyTorch's two: it is put into the first, and read as their sum.
    """
    hidden = network.lstm.hidden_size

    def gates(rows):
        i, f, g, o = rows.split(hidden)
        return torch.cat([g, f, o, i])

    def ungates(columns):
        g, f, o, i = columns.split(hidden)
        return torch.cat([i, f, g, o])

    for direction in ("", "_reverse"):
        for kind in ("weight_ih_l0", "weight_hh_l0"):
            weight = getattr(network.lstm, kind + direction)
            yield (lambda w=weight: gates(w.data).t()), (lambda block, w=weight: w.data.copy_(ungates(block.t())))
        first, second = (getattr(network.lstm, f"bias_{kind}_l0" + direction) for kind in ("ih", "hh"))

        def put(block, first=first, second=second):
            first.data.copy_(ungates(block.reshape(-1)))
            second.data.zero_()
        yield (lambda a=first, b=second: gates(a.data + b.data).reshape(1, -1)), put
    layers = list(network.shared)
    for depth in range(len(network.heads[0])):
        layers += [head[depth] for head in network.heads]
    for layer in layers:
        yield (lambda w=layer.weight: w.data.t()), (lambda block, w=layer.weight: w.data.copy_(block.t()))
        yield (lambda b=layer.bias: b.data.reshape(1, -1)), (lambda block, b=layer.bias: b.data.copy_(block.reshape(-1)))


def load_parameters(network, flat):
    offset = 0
    for get, put in farm_blocks(network):
        rows, columns = get().shape
        block = flat[offset:offset + rows * columns].reshape(columns, rows)  # column by column
        put(torch.from_numpy(block.copy()).t())
        offset += rows * columns
    if offset != flat.size:
        sys.exit(f"the network has {offset} parameters, the tape {flat.size}")


def flat_parameters(network):
    return np.concatenate([get().t().contiguous().numpy().reshape(-1) for get, _ in farm_blocks(network)])


def follow(folder):
    facts = json.loads((folder / "tape.json").read_text())
    steps, batch, tasks, joint = facts["steps"], facts["batch"], facts["tasks"], facts["joint"]

    def numbers(name, kind):
        return np.fromfile(folder / name, dtype=kind)

    vectors = torch.from_numpy(numbers("vectors", "<f4").reshape(-1, facts["wordDimension"]))
    windows = torch.from_numpy(numbers("windows", "<i4").reshape(steps, batch, WINDOW)).long()
    in_turn = numbers("tasks", "<i4")
    labels = torch.from_numpy(numbers("labels", "<i4").reshape(steps, tasks if joint else 1, batch)).long()
    losses = numbers("losses", "<f8")

    network = Network(facts["wordDimension"], facts["hidden"], facts["sharedLayers"], tasks, facts["labels"],
                      facts["readout"])
    load_parameters(network, numbers("first", "<f4"))
    optimiser = adam(network, facts["learningRate"])
    cross_entropy = nn.CrossEntropyLoss()
    found = []
    for step in range(steps):
        zero_gradients(network)
        read = network.read(vectors[windows[step]])
        heads = range(tasks) if joint else [in_turn[step]]
        loss = sum(cross_entropy(network.logits(task, read), labels[step, place]) for place, task in enumerate(heads))
        loss.backward()
        optimiser.step()
        found.append(loss.item())
    print(json.dumps({
        "steps": steps,
        "firstLoss": found[0],
        "lastLoss": found[-1],
        "largestLossDifference": float(np.abs(np.array(found) - losses).max()),
        "largestParameterDifference": float(np.abs(flat_parameters(network) - numbers("last", "<f4")).max()),
    }))


# ----------------------------------------------------------------------------------------------------------------- train

def windows_of(rows):
    padded = np.concatenate([np.zeros(TARGET, rows.dtype), rows, np.zeros(TARGET, rows.dtype)])
    return torch.from_numpy(np.stack([padded[i:i + len(rows)] for i in range(WINDOW)], axis=1)).long()


def spans(tags, starts):
    """Spans (first, last, type) of IOB2 tags, none across the start of a sentence."""
    found, first = set(), None
    boundaries = set(starts)
    for at in range(len(tags) + 1):
        tag = "O" if at == len(tags) else tags[at]
        goes_on = first is not None and at not in boundaries and tag == "I-" + tags[first][2:]
        if first is not None and not goes_on:
            found.add((first, at - 1, tags[first][2:]))
            first = None
        if first is None and tag != "O":
            first = at
    return found


def iob2(types, starts):
    tags, boundaries = [], set(starts)
    for at, kind in enumerate(types):
        inside = at > 0 and types[at - 1] == kind and at not in boundaries
        tags.append("O" if kind == "O" else ("I-" if inside else "B-") + kind)
    return tags


def span_f1(gold_tags, predicted_types, starts):
    gold, found = spans(gold_tags, starts), spans(iob2(predicted_types, starts), starts)
    return 2 * len(gold & found) / max(len(gold) + len(found), 1)


class Part:
    def __init__(self, folder, name):
        self.windows = windows_of(np.fromfile(folder / f"{name}.rows", dtype="<i4"))
        facts = json.loads((folder / f"{name}.json").read_text())
        self.tags, self.starts = facts["tags"], facts["sentenceStarts"]


def train(folder, arguments):
    facts = json.loads((folder / "data.json").read_text())
    names = facts["labels"]
    vectors = torch.from_numpy(np.fromfile(folder / "vectors", dtype="<f4").reshape(-1, facts["wordDimension"]))
    windows = windows_of(np.fromfile(folder / "train.rows", dtype="<i4"))
    real = torch.from_numpy(np.fromfile(folder / "train.labels", dtype="<i4")).long()
    parts = {name: Part(folder, name) for name in ("dev", "test")}

    torch.manual_seed(arguments.seed)
    labels = [real]
    for _ in range(1, arguments.tasks):
        keep = torch.rand(len(real)) < arguments.alpha
        other = torch.randint(len(names) - 1, (len(real),))
        labels.append(torch.where(keep, real, other + (other >= real).long()))
    network = Network(facts["wordDimension"], arguments.hidden, arguments.shared_layers, arguments.tasks, len(names),
                      arguments.readout)
    optimiser = adam(network, 1e-3)
    cross_entropy = nn.CrossEntropyLoss()
    started, steps = time.monotonic(), 0
    for _ in range(arguments.epochs):
        for task in range(arguments.tasks):
            order = task * arguments.tokens + torch.randperm(arguments.tokens)
            for batch in order.split(arguments.batch):
                if len(batch) < arguments.batch:
                    continue
                zero_gradients(network)
                read = network.read(vectors[windows[batch]])
                cross_entropy(network.logits(task, read), labels[task][batch]).backward()
                optimiser.step()
                steps += 1
    seconds = time.monotonic() - started

    def score(part):
        with torch.no_grad():
            predicted = [network.logits(0, network.read(vectors[chunk])).argmax(1) for chunk in part.windows.split(4096)]
        return span_f1(part.tags, [names[label] for label in torch.cat(predicted).tolist()], part.starts)

    print(json.dumps({"f1Test": score(parts["test"]), "f1Dev": score(parts["dev"]), "steps": steps,
                      "trainSeconds": seconds}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("follow").add_argument("tape", type=pathlib.Path)
    own = commands.add_parser("train")
    own.add_argument("data", type=pathlib.Path)
    own.add_argument("--tasks", type=int, required=True)
    own.add_argument("--tokens", type=int, required=True)
    own.add_argument("--alpha", type=float, required=True)
    own.add_argument("--shared-layers", type=int, required=True)
    own.add_argument("--epochs", type=int, required=True)
    own.add_argument("--batch", type=int, required=True)
    own.add_argument("--hidden", type=int, required=True)
    own.add_argument("--readout", choices=("LAST", "CENTER"), required=True)
    own.add_argument("--seed", type=int, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.command == "follow":
        follow(arguments.tape)
    else:
        train(arguments.data, arguments)


if __name__ == "__main__":
    main()
