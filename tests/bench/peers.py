#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training speed beside PyTorch and Keras: the same networks, shapes and optimiser on random data, same threads.

    peers.py [--cli PROGRAM] [--workload W1,...] [--threads 1,2] [--rounds 5] [--seconds 1] [--markdown FILE]

One update is forward, back-propagation through time and Adam over one minibatch in single precision. Everybody takes
turns, segment by segment, so that a busy or throttled machine hits all alike; each segment counts with its best update.
A ratio is the peer's time through ours of the same round; the median over the rounds is printed.

Each peer may use what makes it fastest: for every workload all its ways are tried first (oneDNN or not, torch.compile,
several steps in one execution) and the fastest one competes. Denormals are flushed, Adam is fused where there is such
a thing. At one thread processor time counts (which other programs don't lengthen), at several the clock.

A peer runs in a process of its own, with this Python: PyTorch, Keras 3 and (for keras-jax) JAX must be installed for it.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = ["torch", "keras-torch", "keras-jax"]
STEP_LIMIT = 240  # seconds that a way may take to get going

# name: cells as (kind, units), steps, inputs, rows, outputs, task
WORKLOADS = {
    "W1": ([("lstm", 50)], 28, 28, 128, 10, "classes"),
    "W2": ([("lstm", 128)], 28, 28, 128, 10, "classes"),
    "W3": ([("lstm", 64), ("lstm", 32)], 48, 37, 32, 1, "regression"),
    "W4": ([("gru", 128), ("gru", 64)], 48, 76, 64, 10, "classes"),
    "W5": ([("rnn", 32)], 100, 8, 32, 1, "binary"),
    "W6": ([("lstm", 512)], 100, 64, 64, 1, "binary"),
}


# What runs in a peer's process

def make_data(workload):
    import numpy

    _, steps, inputs, rows, outputs, task = WORKLOADS[workload]
    random = numpy.random.default_rng(1)
    x = random.standard_normal((rows, steps, inputs)).astype("float32")
    if task == "classes":
        y = random.integers(0, outputs, rows)
    elif task == "binary":
        y = random.integers(0, 2, (rows, 1)).astype("float32")
    else:
        y = random.standard_normal((rows, 1)).astype("float32")
    return x, y


def torch_ways(workload):
    """(name, function that makes a function of one update)"""
    import torch

    cells, _, inputs, _, outputs, task = WORKLOADS[workload]
    kinds = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            widths = [inputs] + [units for _, units in cells]
            self.layers = torch.nn.ModuleList(kinds[kind](width, units, batch_first=True)
                                              for (kind, units), width in zip(cells, widths))
            self.head = torch.nn.Linear(cells[-1][1], outputs)

        def forward(self, x):
            for layer in self.layers:
                x, _ = layer(x)
            return self.head(x[:, -1])

    def make(compiled, onednn):
        torch.manual_seed(1)
        network = Network()
        x, y = (torch.from_numpy(array) for array in make_data(workload))
        loss = {"classes": torch.nn.functional.cross_entropy, "regression": torch.nn.functional.mse_loss,
                "binary": torch.nn.functional.binary_cross_entropy_with_logits}[task]
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-5, fused=True)
        forward = torch.compile(lambda: loss(network(x), y)) if compiled else lambda: loss(network(x), y)

        def update():
            with torch.backends.mkldnn.flags(enabled=onednn):
                optimizer.zero_grad(set_to_none=True)
                forward().backward()
                optimizer.step()
        return update

    return [("eager", lambda: make(False, False)), ("eager, oneDNN", lambda: make(False, True)),
            ("compiled", lambda: make(True, False)), ("compiled, oneDNN", lambda: make(True, True))]


def keras_ways(workload):
    import keras

    cells, steps, inputs, rows, outputs, task = WORKLOADS[workload]
    kinds = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}

    def make_model(**options):
        model = keras.Sequential([keras.Input((steps, inputs))])
        for i, (kind, units) in enumerate(cells):
            more = {} if kind == "rnn" or "unroll" not in options else {"unroll": options["unroll"]}
            model.add(kinds[kind](units, return_sequences=i + 1 < len(cells), **more))
        model.add(keras.layers.Dense(outputs))
        loss = {"classes": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                "regression": keras.losses.MeanSquaredError(),
                "binary": keras.losses.BinaryCrossentropy(from_logits=True)}[task]
        model.compile(optimizer=keras.optimizers.Adam(1e-5), loss=loss, jit_compile=options["jit"],
                      steps_per_execution=options.get("steps", 1))
        return model

    def one_by_one(**options):
        model = make_model(**options)
        x, y = make_data(workload)
        return lambda: model.train_on_batch(x, y)

    def several(n):
        import numpy

        model = make_model(jit=True, steps=n)
        x, y = make_data(workload)
        x, y = numpy.concatenate([x] * n), numpy.concatenate([y] * n)

        def update():
            model.fit(x, y, batch_size=rows, epochs=1, shuffle=False, verbose=0)
        update.updates = n
        return update

    if keras.backend.backend() == "jax":
        return [("train_on_batch", lambda: one_by_one(jit=True)), ("fit, 16 steps an execution", lambda: several(16))]
    return [("train_on_batch", lambda: one_by_one(jit=False)), ("train_on_batch, unrolled", lambda: one_by_one(jit=False, unroll=True))]


def prepare(peer, threads):
    """Imports the peer with @threads and returns its version and ways."""
    if peer == "keras-jax":
        # XLA makes as many threads as there are processors to run on.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    os.environ["KERAS_BACKEND"] = "jax" if peer == "keras-jax" else "torch"
    if peer == "keras-jax":
        import jax
        import keras
        return f"Keras {keras.__version__} on JAX {jax.__version__}", keras_ways
    import torch

    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    if peer == "torch":
        return f"PyTorch {torch.__version__}", torch_ways
    import keras

    return f"Keras {keras.__version__} on PyTorch {torch.__version__}", keras_ways


def run_segment(update, seconds, now):
    """The best update's seconds."""
    best, end, done = float("inf"), now() + seconds, 0
    while done < 3 or now() < end:
        start = now()
        update()
        best = min(best, now() - start)
        done += 1
    return best / getattr(update, "updates", 1)


def serve(peer, threads):
    """Answers each line of JSON with one."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    now = time.process_time if threads == 1 else time.perf_counter
    version, ways = prepare(peer, threads)
    update = None
    print(json.dumps({"version": version}), file=out, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if "ways" in asked:
                answer = {"ways": [name for name, _ in ways(asked["ways"])]}
            elif "way" in asked:
                update = dict(ways(asked["workload"]))[asked["way"]]()
                for _ in range(3):
                    update()
                answer = {"best": run_segment(update, asked["seconds"], now)}
            else:
                answer = {"best": run_segment(update, asked["seconds"], now)}
        except Exception as problem:  # a way that doesn't work is no way
            answer = {"problem": f"{type(problem).__name__}: {problem}"[:300]}
        print(json.dumps(answer), file=out, flush=True)


# The one who asks

class Peer:
    def __init__(self, name, threads):
        self.name, self.threads, self.process = name, threads, None
        self.start()

    def start(self):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS")}
        environment["OMP_NUM_THREADS"] = environment["MKL_NUM_THREADS"] = str(self.threads)
        self.process = subprocess.Popen([sys.executable, __file__, "--worker", self.name, "--threads", str(self.threads)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, env=environment)
        line = self.process.stdout.readline()
        self.version = json.loads(line)["version"] if line else None

    def ask(self, limit=None, **question):
        """The answer, or None if there was none in time: then the process is begun anew."""
        import select

        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], limit)
        line = self.process.stdout.readline() if ready else ""
        if line:
            return json.loads(line)
        self.close()
        self.start()
        return None

    def choose_way(self, workload, seconds):
        """Tries each way and keeps the fastest; returns its name or None."""
        found = {}
        for way in self.ask(ways=workload)["ways"]:
            answer = self.ask(limit=STEP_LIMIT, workload=workload, way=way, seconds=seconds)
            if answer and "best" in answer:
                found[way] = answer["best"]
            told = f"{found[way] * 1e3:.3f} ms" if way in found else (answer or {}).get("problem", "too slow to start")
            print(f"    {workload} {self.name}, {way}: {told}", file=sys.stderr, flush=True)
        if not found:
            return None
        best = min(found, key=found.get)
        self.ask(workload=workload, way=best, seconds=0)
        return best

    def measure(self, seconds):
        return self.ask(seconds=seconds)["best"]

    def close(self):
        self.process.kill()
        self.process.wait()


def measure_ours(cli, workload, threads, seconds):
    environment = {key: value for key, value in os.environ.items() if key != "OPENBLAS_CORETYPE"}
    told = subprocess.run([cli, "bench", "--workload", workload, "--threads", str(threads), "--seconds", str(seconds), "--json"],
                          check=True, capture_output=True, text=True, env=environment)
    told = json.loads(told.stdout)
    return told, told["workloads"][0]


def compare(cli, peers, workload, threads, rounds, seconds):
    """One row of the table."""
    ways = {peer.name: peer.choose_way(workload, seconds) for peer in peers}
    taking_part = [peer for peer in peers if ways[peer.name]]
    ours, sgemm, times = [], [], {peer.name: [] for peer in taking_part}
    told = None
    for _ in range(rounds):
        told, figures = measure_ours(cli, workload, threads, seconds)
        ours.append(figures["update_seconds"])
        sgemm.append(figures["ratio"])
        for peer in taking_part:
            times[peer.name].append(peer.measure(seconds))
    rows = WORKLOADS[workload][3]
    row = {"workload": workload, "threads": threads, "ours": min(ours), "samples_per_second": rows / min(ours),
           "sgemm": statistics.median(sgemm), "instructions": told["instructions"], "core": told["openblas_core"], "peers": {}}
    for peer in taking_part:
        ratios = [theirs / mine for theirs, mine in zip(times[peer.name], ours)]
        row["peers"][peer.name] = {"way": ways[peer.name], "seconds": min(times[peer.name]),
                                   "ratio": statistics.median(ratios), "low": min(ratios), "high": max(ratios)}
    return row


def describe(row):
    words = [f"{row['workload']}  {row['threads']} thread(s)  ours {row['ours'] * 1e3:.3f} ms, "
             f"{row['samples_per_second']:.0f} sequences/s, {row['sgemm']:.2f} of sgemm"]
    for name, figures in row["peers"].items():
        words.append(f"{name} {figures['seconds'] * 1e3:.3f} ms ({figures['way']}): {figures['ratio']:.2f} times ours "
                     f"({figures['low']:.2f} to {figures['high']:.2f})")
    return "; ".join(words)


def machine():
    names = {}
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            key, _, value = line.partition(":")
            names.setdefault(key.strip(), value.strip())
    return f"{names.get('model name', platform.processor())} (family {names.get('cpu family')}, model {names.get('model')}), " \
           f"{os.cpu_count()} processors"


def to_markdown(rows, versions):
    named = [name for name in PEERS if name in versions]
    lines = [f"Measured on {datetime.date.today().isoformat()}, {machine()}; instructions {rows[0]['instructions']}, "
             f"OpenBLAS kernels {rows[0]['core']}; beside " + ", ".join(versions[name] for name in named) + ". "
             "How many times as long a peer's update takes as ours (median over rounds, everybody taking turns).", "",
             "| workload | threads | update, ms | sequences/s | of sgemm | " + " | ".join(named) + " |",
             "| --- | --- | --- | --- | --- |" + " --- |" * len(named)]
    for row in rows:
        cells = [f"{row['peers'][name]['ratio']:.1f} ({row['peers'][name]['way']})" if name in row["peers"] else "-" for name in named]
        lines.append(f"| {row['workload']} | {row['threads']} | {row['ours'] * 1e3:.3f} | {row['samples_per_second']:.0f} | "
                     f"{row['sgemm']:.2f} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cli", default=os.path.join(HERE, "..", "..", "_build", "app", "cli", "anamnesis-cli"))
    parser.add_argument("--workload", default=",".join(WORKLOADS))
    parser.add_argument("--threads", default="1")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--markdown", metavar="FILE")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        serve(chosen.worker, int(chosen.threads))
        return
    rows, versions = [], {}
    for threads in [int(word) for word in chosen.threads.split(",")]:
        peers = []
        for name in chosen.peers.split(","):
            peer = Peer(name, threads)
            if peer.version:
                peers.append(peer)
                versions[name] = peer.version
            else:
                print(f"{name} isn't installed for {sys.executable}", file=sys.stderr)
        for workload in chosen.workload.split(","):
            rows.append(compare(chosen.cli, peers, workload, threads, chosen.rounds, chosen.seconds))
            print(describe(rows[-1]), flush=True)
        for peer in peers:
            peer.close()
    text = to_markdown(rows, versions)
    print("\n" + text)
    if chosen.markdown:
        with open(chosen.markdown, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
