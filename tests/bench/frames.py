#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How smooth the window is while a network trains on all cores, and what it costs.

    frames.py [--build _build] [--seconds 20] [--pairs 10] [--source SOURCE] [--only pages,speed,memory,start]

Under Xvfb with GTK's Cairo renderer, `gru(128, return_sequences) > gru(64) > dense(1)` training:

  pages   the pointer moves over the figures of each page at 60 Hz: frames from before-paint to after-paint, and how long
          anything but painting holds the main loop
  speed   5 s segments with the window shown and hidden in turn: the median ratio of training speed
  memory  of the window with set A of the Challenge of 2012 open, at rest and while it trains
  start   from the program's start to its first frame
  lens    the cell lens of an LSTM of 512 units, stepping through the hours with an arrow key that is held (30 a second)

Wall-clock time is what a person feels; processor time of the main thread beside it tells what a busier machine adds. For
a quiet machine: says what else ran.
"""

import argparse
import ctypes
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
NETWORK = "gru(128, return_sequences) > gru(64) > dense(1)"
LENS_NETWORK = "lstm(512) > dense(1)"
PAGES = ["records", "workbench", "inside"]  # in the order of Alt+1, Alt+2, ...
SET_A = os.path.join(ROOT, os.pardir, "shared", "datasets", "physionet2012", "set-a.tar.gz")


class Pointer:
    """The mouse, by XTest."""

    def __init__(self):
        import xscreen
        self.xlib, self.display = xscreen.library(), xscreen.display()
        self.xtest = ctypes.CDLL("libXtst.so.6")
        self.xtest.XTestFakeMotionEvent.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_ulong]

    def move(self, x, y):
        self.xtest.XTestFakeMotionEvent(self.display, -1, round(x), round(y), 0)
        self.xlib.XFlush(self.display)


def make_study(options, folder, network=NETWORK, name="frames"):
    """A study with that network as its own, made by training a moment from the command line."""
    path = os.path.join(folder, f"{name}.anamnesis")
    program = os.path.join(options.build, "app", "cli", "anamnesis-cli")
    command = [program, "train", options.source, "--study", path, "--network", network, "--epochs", "100000", "--patience", "0", "--seed", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        import sqlite3
        try:
            connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
            try:
                if connection.execute("SELECT count(*) FROM epoch").fetchone()[0] >= 3:
                    break
            finally:
                connection.close()
        except sqlite3.Error:
            pass
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    words = process.communicate()[1].decode()
    if not os.path.exists(path):
        sys.exit(f"no study could be made: {words}")
    return path


def read_lines(path, kind, begin=0.0, end=float("inf")):
    """(begin, wall, cpu) in seconds, seconds, seconds of each line of that kind, or (time, fraction)."""
    found = []
    with open(path, encoding="ascii") as file:
        for line in file:
            words = line.split()
            if not line.endswith("\n") or words[0] != kind:
                continue
            at = int(words[1]) / 1e6
            if begin <= at <= end:
                found.append((at, *([float(words[2])] if kind == "T" else [int(word) / 1e6 for word in words[2:]])))
    return found


def share_of(values, share):
    """The value that that share of them doesn't exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


def load():
    with open("/proc/loadavg", encoding="ascii") as file:
        return float(file.read().split()[0])


def open_window(options, lines, *arguments):
    from window import Window
    return Window(os.path.join(options.build, "tests", "bench", "frames-window"), lines, *arguments, width=1440, height=900, wait=60, animations=True)


def train(window):
    window.key("Control+Return")
    window.find("Pause training", seconds=30)
    time.sleep(3)


def places_of_figures(window):
    places = [window.place(image) for image in window.find_all(role="image")]
    seen = [(x, y, width, height) for x, y, width, height in places
            if width >= 60 and height >= 24 and x >= 0 and y >= 0 and x + width <= 1440 and y + height <= 900]
    return sorted(set(seen), key=lambda place: (place[1], place[0])) or [(200, 200, 1000, 500)]


def sweep(window, pointer, seconds):
    """Move over all figures to and fro, 60 times a second."""
    places = places_of_figures(window)
    begin = time.monotonic()
    number = 0
    while time.monotonic() - begin < seconds:
        now = time.monotonic() - begin
        x, y, width, height = places[int(now / 1.5) % len(places)]
        phase = now / 1.5 % 1
        across = 2 * phase if phase < 0.5 else 2 - 2 * phase
        pointer.move(x + 4 + across * (width - 8), y + height * (0.35 + 0.3 * phase))
        number += 1
        time.sleep(max(0, begin + number / 60 - time.monotonic()))
    return begin, time.monotonic()


def measure_pages(options, study, folder):
    lines = os.path.join(folder, "pages.txt")
    result = {}
    with open_window(options, lines, study) as window:
        pointer = Pointer()
        window.settle(8)
        train(window)
        for number, page in enumerate(PAGES, 1):
            window.key(f"Alt+{number}")
            time.sleep(2)
            begin, end = sweep(window, pointer, options.seconds)
            time.sleep(0.2)
            frames = read_lines(lines, "F", begin, end)
            stalls = read_lines(lines, "S", begin, end)
            walls, cpus = [1e3 * wall for _, wall, _ in frames], [1e3 * cpu for _, _, cpu in frames]
            result[page] = {
                "frames": len(frames), "frames_per_second": len(frames) / (end - begin),
                "wall_ms": {"median": share_of(walls, 0.5), "p95": share_of(walls, 0.95), "p99": share_of(walls, 0.99), "most": max(walls, default=0)},
                "cpu_ms": {"median": share_of(cpus, 0.5), "p95": share_of(cpus, 0.95), "p99": share_of(cpus, 0.99), "most": max(cpus, default=0)},
                "stalls_over_16_ms": sum(wall > 0.016 for _, wall, _ in stalls),
                "stalls_over_16_ms_of_processor": sum(cpu > 0.016 for _, _, cpu in stalls),
                "longest_stall_ms": 1e3 * max((wall for _, wall, _ in stalls), default=0),
                "longest_stall_cpu_ms": 1e3 * max((cpu for _, _, cpu in stalls), default=0), "load": load()}
            print(page, json.dumps(result[page]), flush=True)
        window.key("Control+Shift+period")
        time.sleep(1)
    return result


def speed_between(samples, begin, end):
    """Progress a second, from the first and the last sample within."""
    within = [(at, fraction) for at, fraction in samples if begin <= at <= end]
    if len(within) < 2 or within[-1][0] == within[0][0]:
        return float("nan")
    return (within[-1][1] - within[0][1]) / (within[-1][0] - within[0][0])


def measure_speed(options, study, folder):
    lines = os.path.join(folder, "speed.txt")
    segments = []
    with open_window(options, lines, study) as window:
        window.settle(8)
        train(window)
        window.key("Alt+2")
        time.sleep(2)
        for number in range(2 * options.pairs + 1):
            hidden = number % 2 == 1
            window.process.send_signal(signal.SIGUSR1 if hidden else signal.SIGUSR2)
            time.sleep(0.5)
            begin = time.monotonic()
            time.sleep(5)
            segments.append((hidden, begin, time.monotonic()))
        time.sleep(0.5)
        window.key("Control+Shift+period")
        time.sleep(1)
    samples = read_lines(lines, "T")
    speeds = [(hidden, speed_between(samples, begin, end)) for hidden, begin, end in segments]
    frames = [len(read_lines(lines, "F", begin, end)) for _, begin, end in segments]
    # Each hidden segment against the mean of the two shown ones around it, so that a drift of the machine is none of ours.
    ratios = [(speeds[i - 1][1] + speeds[i + 1][1]) / 2 / speeds[i][1] for i in range(1, len(speeds) - 1, 2)]
    result = {"pairs": len(ratios), "median_ratio": statistics.median(ratios), "least": min(ratios), "most": max(ratios),
              "frames_shown": statistics.median(frames[0::2]), "frames_hidden": statistics.median(frames[1::2]), "load": load()}
    print("speed", json.dumps(result), flush=True)
    return result


def memory_of(process):
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))


def measure_memory(options, study, folder):
    lines = os.path.join(folder, "memory.txt")
    result = {}
    with open_window(options, lines, study) as window:
        window.settle(10)
        time.sleep(3)
        result["open_mb"] = memory_of(window.process.pid)
        for number in range(1, len(PAGES) + 1):
            window.key(f"Alt+{number}")
            time.sleep(2)
        result["pages_seen_mb"] = memory_of(window.process.pid)
        window.key("Alt+2")
        train(window)
        time.sleep(10)
        result["training_mb"] = memory_of(window.process.pid)
        window.key("Control+Shift+period")
        time.sleep(1)
    print("memory", json.dumps(result), flush=True)
    return result


def measure_start(options, study, folder):
    result = {"nothing": [], "study": [], "study_open": []}
    for number in range(5):
        for name, arguments in (("nothing", []), ("study", [study])):
            lines = os.path.join(folder, f"start-{name}-{number}.txt")
            begin = time.monotonic()
            with open_window(options, lines, *arguments) as window:
                # What runs before the process is made is none of the program's.
                begin = max(begin, started_at(window.process.pid))
                time.sleep(3)
            frames = read_lines(lines, "F")
            result[name].append(frames[0][0] + frames[0][1] - begin)
            opened = read_lines(lines, "O")
            if opened:
                result["study_open"].append(next((at + wall for at, wall, _ in frames if at > opened[0][0]), float("nan")) - begin)
    result = {name: {"median_s": statistics.median(values), "most_s": max(values)} for name, values in result.items() if values}
    result["load"] = load()
    print("start", json.dumps(result), flush=True)
    return result


def measure_lens(options, study, folder):
    """@study is of another network: this one has its own."""
    import re
    lines = os.path.join(folder, "lens.txt")
    study = make_study(options, folder, LENS_NETWORK, "lens")
    result = {}
    with open_window(options, lines, study) as window:
        window.settle(8)
        window.key("Alt+2")
        strip = window.wait_for(lambda: next(iter(window.find_all(re.compile("^Hidden state"), role="image")), None), "no strip was drawn", 60)
        window.settle(5)
        window.click(strip, across=0.3, down=0.5)
        window.press("Open cell lens", role="push button")
        window.find("Equations of the step", role="list", seconds=30)
        time.sleep(2)
        for key in ("Right", "Left"):
            begin = time.monotonic()
            for number in range(round(30 * options.seconds)):
                window.key(key)
                time.sleep(max(0, begin + (number + 1) / 30 - time.monotonic()))
            end = time.monotonic()
            time.sleep(0.5)
            # Those that painted something of the lens: others move nothing.
            frames = [frame for frame in read_lines(lines, "F", begin, end) if frame[2] > 0.002]
            stalls = read_lines(lines, "S", begin, end)
            walls, cpus = [1e3 * wall for _, wall, _ in frames], [1e3 * cpu for _, _, cpu in frames]
            result[key] = {
                "frames": len(frames),
                "wall_ms": {"median": share_of(walls, 0.5), "p95": share_of(walls, 0.95), "most": max(walls, default=0)},
                "cpu_ms": {"median": share_of(cpus, 0.5), "p95": share_of(cpus, 0.95), "most": max(cpus, default=0)},
                "stalls_over_16_ms_of_processor": sum(cpu > 0.016 for _, _, cpu in stalls),
                "longest_stall_cpu_ms": 1e3 * max((cpu for _, _, cpu in stalls), default=0), "load": load()}
            print("lens", key, json.dumps(result[key]), flush=True)
    return result


def started_at(process):
    """When a process began, on the monotonic clock."""
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        ticks = int(file.read().rsplit(")", 1)[1].split()[19])
    return ticks / os.sysconf("SC_CLK_TCK") - time.clock_gettime(time.CLOCK_BOOTTIME) + time.monotonic()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "_build"), help="build directory")
    parser.add_argument("--source", default=os.path.abspath(SET_A) if os.path.exists(SET_A) else "sample:icu", help="what the network learns from")
    parser.add_argument("--study", help="a study made before, instead of a source")
    parser.add_argument("--keep", metavar="FILE", help="keep the study that is made")
    parser.add_argument("--seconds", type=float, default=20, help="on each page")
    parser.add_argument("--pairs", type=int, default=10, help="of segments, shown and hidden")
    parser.add_argument("--only", default="pages,speed,memory,start,lens")
    options = parser.parse_args()
    if "ANAMNESIS_FRAMES" not in os.environ:
        os.environ["ANAMNESIS_FRAMES"] = "1"
        os.environ["GSK_RENDERER"] = "cairo"
        os.environ.setdefault("GSETTINGS_SCHEMA_DIR", os.path.join(os.path.abspath(options.build), "resources"))
        screen = os.path.join(ROOT, "tests", "screen.py")
        os.execv(sys.executable, [sys.executable, screen, "--size", "1600x1000", sys.executable, os.path.abspath(__file__), *sys.argv[1:]])
    sys.path.insert(0, os.path.join(ROOT, "tests", "gui"))
    options.build = os.path.abspath(options.build)
    print(f"load before: {load():.2f}; {os.cpu_count()} processors; records: {options.study or options.source}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        study = options.study or (make_study(options, folder) if options.only != "lens" else None)
        if options.keep:
            import shutil
            shutil.copy(study, options.keep)
        for name, measure in (("start", measure_start), ("memory", measure_memory), ("pages", measure_pages), ("speed", measure_speed),
                              ("lens", measure_lens)):
            if name in options.only.split(","):
                measure(options, study, folder)


if __name__ == "__main__":
    main()
