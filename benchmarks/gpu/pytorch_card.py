#!/usr/bin/env python3
"""Training steps of the multitask network a second in PyTorch, on the card that CardCheck has measured: its peer.

    pytorch_card.py --out FILE [--hidden 300] [--tasks 2] [--batch 100] [--dimension 300] ...

Times one process eagerly, with a CUDA graph a task, with torch.compile where that works, and several processes at once of each;
every way in strict FP32 and with TF32. A step is what the farm's is: forward, the loss of the task in turn, backward, Adam over
all parameters, heads of idle tasks with gradient zero; batches lie on the card. Losses of the ways are held against each other.
Writes JSON: versions, card, and a list of {way, precision, processes, stepsPerSecond, loss}. With --device cpu it tries itself.
Needs PyTorch 1.13 or newer.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import torch
from torch import nn

WINDOW, TARGET = 7, 3
SHARED = [[], [256], [256, 128], [256, 128, 64]]
OWN = [[128], [128, 64], [64], []]
BATCHES = 64
# A loss after so many steps is compared; ways that differ by more have not trained the same network.
COMPARED_STEPS, TOLERANCE = 50, {"strict": 1e-3, "tf32": 2e-2}


class Network(nn.Module):
    def __init__(self, arguments):
        super().__init__()
        self.last = arguments.readout == "LAST"
        self.lstm = nn.LSTM(arguments.dimension, arguments.hidden, batch_first=True, bidirectional=True)
        widths = [2 * arguments.hidden] + SHARED[arguments.shared_layers]
        self.shared = nn.Sequential(*(nn.Linear(a, b) for a, b in zip(widths, widths[1:])))
        widths = [widths[-1]] + OWN[arguments.shared_layers] + [arguments.labels]
        self.heads = nn.ModuleList(
            nn.Sequential(*(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))) for _ in range(arguments.tasks))

    def forward(self, task, words):
        states, _ = self.lstm(words)
        return self.heads[task](self.shared(states[:, -1] if self.last else states[:, TARGET]))


def adam(parameters, best):
    """As PyTorch's users write it; or the fastest that can be part of a graph, where this PyTorch has it."""
    parameters = list(parameters)
    if not best:
        return torch.optim.Adam(parameters, lr=1e-3)
    try:
        return torch.optim.Adam(parameters, lr=1e-3, capturable=True, fused=True)
    except (TypeError, RuntimeError):
        return torch.optim.Adam(parameters, lr=1e-3, capturable=True)


class Training:
    """One network, its data on the device, and a step of it."""

    def __init__(self, arguments, seed, capturable):
        torch.manual_seed(seed)
        self.device = torch.device(arguments.device)
        self.tasks, self.batch = arguments.tasks, arguments.batch
        self.vectors = torch.randn(arguments.words, arguments.dimension).to(self.device)
        # A word's probability falls with its rank, as in a text; labels follow from the word in the middle.
        ranks = torch.arange(arguments.words, dtype=torch.float64)
        self.windows = torch.multinomial(1 / (ranks + 2), BATCHES * arguments.batch * WINDOW, replacement=True)
        self.windows = self.windows.reshape(BATCHES, arguments.batch, WINDOW).to(self.device)
        self.labels = (self.windows[:, :, TARGET] % arguments.labels).contiguous()
        self.network = Network(arguments).to(self.device)
        self.loss_of = nn.CrossEntropyLoss()
        for parameter in self.network.parameters():
            parameter.grad = torch.zeros_like(parameter)
        self.adam = adam(self.network.parameters(), capturable)
        self.forward = self.network
        self.done = 0

    def compute(self, task, windows, labels):
        for parameter in self.network.parameters():
            parameter.grad.zero_()
        loss = self.loss_of(self.forward(task, self.vectors[windows]), labels)
        loss.backward()
        self.adam.step()
        return loss

    def step(self):
        place = self.done % BATCHES
        self.done += 1
        return self.compute((self.done - 1) % self.tasks, self.windows[place], self.labels[place])

    def synchronize(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize()


class Graphs(Training):
    """The whole step as a CUDA graph, one for each task."""

    def __init__(self, arguments, seed):
        super().__init__(arguments, seed, capturable=True)
        self.at_windows, self.at_labels = self.windows[0].clone(), self.labels[0].clone()
        before = [parameter.detach().clone() for parameter in self.network.parameters()]
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for task in range(self.tasks):
                self.compute(task, self.at_windows, self.at_labels)
        torch.cuda.current_stream().wait_stream(stream)
        self.graphs, self.losses = [], []
        for task in range(self.tasks):
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                self.losses.append(self.compute(task, self.at_windows, self.at_labels))
            self.graphs.append(graph)
        # Warming up has trained: back to the beginning.
        with torch.no_grad():
            for parameter, first in zip(self.network.parameters(), before):
                parameter.copy_(first)
            for state in self.adam.state.values():
                for number in state.values():
                    number.zero_()

    def step(self):
        place, task = self.done % BATCHES, self.done % self.tasks
        self.done += 1
        self.at_windows.copy_(self.windows[place])
        self.at_labels.copy_(self.labels[place])
        self.graphs[task].replay()
        return self.losses[task]


def training(way, arguments, seed):
    if way == "graphs":
        return Graphs(arguments, seed)
    made = Training(arguments, seed, capturable=False)
    if way == "compiled":
        made.forward = torch.compile(made.network)
    return made


def child(arguments):
    """One process: ready, then for every line that it reads the seconds to train; answers with a line of JSON."""
    tf32 = arguments.precision == "tf32"
    torch.set_num_threads(1)
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    made = training(arguments.way, arguments, arguments.seed)
    for _ in range(COMPARED_STEPS):
        loss = made.step()
    made.synchronize()
    loss = loss.item()
    print(json.dumps({"ready": True, "loss": loss}), flush=True)
    for line in sys.stdin:
        seconds, steps, begin = float(line), 0, time.perf_counter()
        while time.perf_counter() - begin < seconds:
            for _ in range(arguments.unwatched):
                made.step()
            steps += arguments.unwatched
            # Launches run ahead of the card; no more than this.
            made.synchronize()
        print(json.dumps({"steps": steps, "seconds": time.perf_counter() - begin}), flush=True)


def start(arguments, way, precision, seed):
    passed = ["hidden", "tasks", "batch", "dimension", "labels", "words", "shared_layers", "readout", "device",
              "unwatched"]
    command = [sys.executable, os.path.abspath(__file__), "--child", "--way", way, "--precision", precision,
               "--seed", str(seed)]
    for name in passed:
        command += ["--" + name.replace("_", "-"), str(getattr(arguments, name))]
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    # A file, since nobody reads a pipe while the process trains.
    said = tempfile.TemporaryFile("w+")
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True,
                               env=environment)
    process.said = said
    return process


def answer(process):
    line = process.stdout.readline()
    if not line:
        process.wait()
        process.said.seek(0)
        said = process.said.read().strip().splitlines()
        raise RuntimeError(said[-1] if said else f"ended with {process.returncode}")
    return json.loads(line)


def measure(arguments, way, precision, processes):
    """Steps a second of all processes together, while all of them train."""
    started = [start(arguments, way, precision, seed) for seed in range(processes)]
    try:
        losses = [answer(process)["loss"] for process in started]
        rates = []
        for _ in range(arguments.rounds + 1):
            for process in started:
                process.stdin.write(f"{arguments.seconds}\n")
                process.stdin.flush()
            answers = [answer(process) for process in started]
            rates.append(sum(one["steps"] / one["seconds"] for one in answers))
        # The first round warms up.
        rates = sorted(rates[1:])
        return rates[len(rates) // 2], losses[0]
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait()
            process.said.close()


def card(arguments):
    if arguments.device == "cpu":
        return {"name": "cpu"}
    properties = torch.cuda.get_device_properties(0)
    return {"name": properties.name, "capability": f"{properties.major}.{properties.minor}",
            "memoryBytes": properties.total_memory, "multiprocessors": properties.multi_processor_count}


def compare(measured):
    """Ways of one precision must have come to one loss."""
    for precision, tolerance in TOLERANCE.items():
        losses = {one["way"]: one["loss"] for one in measured if one["precision"] == precision and "loss" in one}
        if losses and max(losses.values()) - min(losses.values()) > tolerance:
            sys.exit(f"losses after {COMPARED_STEPS} steps differ by more than {tolerance}: {losses}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("hidden", 300), ("tasks", 2), ("batch", 100), ("dimension", 300), ("labels", 5),
                          ("words", 8000), ("shared-layers", 2), ("rounds", 3), ("seed", 0), ("unwatched", 50)):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--readout", choices=("LAST", "CENTER"), default="LAST")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--seconds", type=float, default=5, help="a round")
    parser.add_argument("--processes", default="2,4,8,16,32", help="how many at once, beside one alone")
    parser.add_argument("--ways", default="eager,graphs,compiled")
    parser.add_argument("--precisions", default="strict,tf32")
    parser.add_argument("--out", help="file for the JSON")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--precision", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments)
        return
    if arguments.device != "cpu" and not torch.cuda.is_available():
        sys.exit("PyTorch finds no card here; --device cpu tries the program without one")
    counts = [1] + [int(count) for count in arguments.processes.split(",") if count]
    measured = []
    for precision in arguments.precisions.split(","):
        for way in arguments.ways.split(","):
            best = 0
            for processes in counts:
                try:
                    rate, loss = measure(arguments, way, precision, processes)
                except RuntimeError as reason:
                    measured.append({"way": way, "precision": precision, "processes": processes,
                                     "failed": str(reason)})
                    print(f"{precision:7} {way:9} {processes:3} processes: {reason}", file=sys.stderr)
                    break
                measured.append({"way": way, "precision": precision, "processes": processes,
                                 "stepsPerSecond": rate, "loss": loss})
                print(f"{precision:7} {way:9} {processes:3} processes: {rate:10.1f} steps a second", file=sys.stderr)
                if rate < 0.9 * best:
                    break  # More processes have begun to cost.
                best = max(best, rate)
    compare(measured)
    setting = {name: getattr(arguments, name) for name in
               ("hidden", "tasks", "batch", "dimension", "labels", "words", "shared_layers", "readout")}
    result = {"pytorch": torch.__version__, "cuda": torch.version.cuda, "python": sys.version.split()[0],
              "card": card(arguments), "setting": setting, "measured": measured}
    text = json.dumps(result, indent=2)
    if arguments.out:
        with open(arguments.out, "w", encoding="utf-8") as out:
            out.write(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
