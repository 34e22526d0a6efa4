#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Studies as files, as a user handles them: new, copy, move, rename, compact, info; with patients and without; refused and broken off."""

import os
import signal
import subprocess
import time

from program import FAILED, USAGE, Folder, tap

SOURCE = "sample:delayed-marker?delay=5&patients=60"


def train(folder, epochs=3):
    folder.run("train", SOURCE, "--study", "s.anamnesis", "--network", "gru(4) > dense(1)", "--batch-size", "8", "--epochs", str(epochs))


def study(folder, *arguments):
    return folder.run_json("study", *arguments)


def losses(folder, name):
    return [epoch["training_loss"] for epoch in folder.run_json("runs", "--study", name)["runs"][0]["epochs"]]


def test_new_rename_info():
    with Folder() as folder:
        told = study(folder, "new", "n.anamnesis")
        assert told["runs"] == 0 and told["records"] is None and told["source"] is None
        folder.refuse("study", "new", "n.anamnesis", status=FAILED, words=["n.anamnesis"])
        train(folder)
        assert study(folder, "info", "s.anamnesis")["records"] == "copy"
        assert study(folder, "rename", "s.anamnesis", "Our title")["title"] == "Our title"
        told = study(folder, "info", "s.anamnesis")
        assert told["title"] == "Our title" and told["runs"] == 1 and told["bytes"] == told["bytes_before"] > 0
        assert "Our title" in folder.run("study", "info", "s.anamnesis")[0]


def test_copy_and_move():
    with Folder() as folder:
        train(folder)
        expected = losses(folder, "s.anamnesis")
        study(folder, "copy", "s.anamnesis", "c.anamnesis")
        assert losses(folder, "c.anamnesis") == expected
        folder.refuse("study", "copy", "s.anamnesis", "c.anamnesis", status=FAILED, words=["c.anamnesis"])
        folder.refuse("study", "move", "s.anamnesis", "c.anamnesis", status=FAILED, words=["c.anamnesis"])
        os.mkdir(folder.path("below"))
        study(folder, "move", "c.anamnesis", "below/d.anamnesis")
        assert losses(folder, "below/d.anamnesis") == expected
        assert sorted(os.listdir(folder.path("below"))) == ["d.anamnesis"]
        assert not os.path.exists(folder.path("c.anamnesis"))
        folder.refuse("study", "move", "c.anamnesis", "e.anamnesis", status=FAILED, words=["c.anamnesis"])
        folder.refuse("study", "move", "s.anamnesis", "nowhere/e.anamnesis", status=FAILED, words=["nowhere"])
        assert losses(folder, "s.anamnesis") == expected


def test_without_patients():
    with Folder() as folder:
        lines = ["id,time,HR,died"] + [f"Erika-{p:03},{t},{60 + (p * 7 + t) % 40},{p % 2}" for p in range(40) for t in range(4)]
        folder.write("ward.csv", "\n".join(lines) + "\n")
        folder.run("train", "ward.csv", "--target", "died", "--study", "s.anamnesis", "--network", "gru(2) > dense(1)", "--epochs", "2")
        told = study(folder, "copy", "s.anamnesis", "public.anamnesis", "--without-patients")
        assert told["records"] is None and told["source"] is None
        for name, there in (("s.anamnesis", True), ("public.anamnesis", False)):
            with open(folder.path(name), "rb") as file:
                contents = file.read()
            for word in (b"Erika-", b"ward.csv"):
                assert (word in contents) == there, (name, word)
        assert losses(folder, "public.anamnesis") == losses(folder, "s.anamnesis")
        folder.run("export", "--study", "public.anamnesis", "--run", "1", "--output", "w.safetensors")
        folder.refuse("evaluate", "--study", "public.anamnesis", "--run", "1", status=FAILED)
        folder.run("runs", "--study", "s.anamnesis", "--note", "1", "bed seven")
        for name, options, there in (("noted.anamnesis", [], True), ("bare.anamnesis", ["--without-notes"], False)):
            study(folder, "copy", "s.anamnesis", name, "--without-patients", *options)
            with open(folder.path(name), "rb") as file:
                assert (b"bed seven" in file.read()) == there, name
        folder.refuse("study", "copy", "s.anamnesis", "x.anamnesis", "--without-notes", status=USAGE, words=["--without-patients"])
        folder.refuse("study", "info", "s.anamnesis", "superfluous", status=USAGE, words=["superfluous", "too much"])


def test_compact():
    with Folder() as folder:
        folder.run("train", SOURCE, "--study", "s.anamnesis", "--network", "gru(64) > dense(1)", "--epochs", "60")
        folder.run("runs", "--study", "s.anamnesis", "--snapshot-budget", "1")
        told = study(folder, "compact", "s.anamnesis")
        assert told["bytes"] < told["bytes_before"], told
        assert told["snapshot_bytes"] <= told["snapshot_budget"], told
        assert len(losses(folder, "s.anamnesis")) == 61


def test_in_training():
    """While another program trains: a copy is made of it as it is, moving and compacting are refused and say who it is."""
    with Folder() as folder:
        process = folder.start("train", SOURCE, "--study", "s.anamnesis", "--network", "gru(4) > dense(1)", "--batch-size", "8", "--epochs", "100000")
        try:
            while not os.path.exists(folder.path("s.anamnesis")) or not folder.run_json("runs", "--study", "s.anamnesis")["runs"]:
                time.sleep(0.05)
            folder.refuse("study", "move", "s.anamnesis", "m.anamnesis", status=FAILED, words=["s.anamnesis"])
            folder.refuse("study", "compact", "s.anamnesis", status=FAILED, words=[str(process.pid)])
            study(folder, "copy", "s.anamnesis", "c.anamnesis")
            assert folder.run_json("runs", "--study", "c.anamnesis")["runs"][0]["status"] == "cut off"
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        study(folder, "move", "s.anamnesis", "m.anamnesis")


def test_broken_off():
    """SIGINT leaves nothing half-made; after kill -9 the next who comes sweeps it out."""
    with Folder() as folder:
        train(folder, 400)
        for number in (signal.SIGINT, signal.SIGKILL):
            for delay in (0, 0.005, 0.01, 0.02):
                process = subprocess.Popen([os.environ["PROGRAM"], "study", "copy", "s.anamnesis", "c.anamnesis", "--without-patients"], cwd=folder.name,
                                           env=folder.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(delay)
                process.send_signal(number)
                process.wait(60)
                if os.path.exists(folder.path("c.anamnesis")):
                    assert len(losses(folder, "c.anamnesis")) == 401
                    os.remove(folder.path("c.anamnesis"))
                left = [name for name in os.listdir(folder.name) if name.startswith("c.anamnesis.")]
                assert number == signal.SIGKILL or not left, left
                for name in left:
                    os.utime(folder.path(name), (0, 0))
        study(folder, "copy", "s.anamnesis", "c.anamnesis")
        assert not [name for name in os.listdir(folder.name) if name.startswith("c.anamnesis.")]


def test_wrong():
    with Folder() as folder:
        folder.refuse("study", status=USAGE)
        folder.refuse("study", "dance", "s.anamnesis", status=USAGE, words=["dance", "compact"])
        folder.refuse("study", "copy", "s.anamnesis", status=USAGE, words=["TO"])
        folder.refuse("study", "info", "s.anamnesis", "t.anamnesis", status=USAGE, words=["FILE"])
        folder.refuse("study", "rename", "s.anamnesis", status=USAGE, words=["TITLE"])
        folder.refuse("study", "info", "s.anamnesis", "--without-patients", status=USAGE, words=["--without-patients"])
        for action in (("info",), ("compact",), ("rename", "title"), ("copy", "t.anamnesis")):
            folder.refuse("study", action[0], "none.anamnesis", *action[1:], status=FAILED, words=["none.anamnesis"])
        folder.write("other.txt", "not a study")
        folder.refuse("study", "copy", "other.txt", "t.anamnesis", status=FAILED, words=["other.txt"])
        assert not os.path.exists(folder.path("t.anamnesis")) and not os.path.exists(folder.path("none.anamnesis"))


if __name__ == "__main__":
    from program import PROGRAM
    os.environ["PROGRAM"] = PROGRAM
    tap.run()
