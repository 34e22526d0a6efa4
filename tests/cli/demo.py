#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration: three arms from the same start, one figure, one honest sentence."""

import os
import time

from program import USAGE, Folder, tap


def is_picture(folder, name, magic):
    with open(folder.path("out", name), "rb") as file:
        return magic in file.read(100)


def test_demo():
    with Folder() as folder:
        began = time.monotonic()
        told = folder.run_json("demo", "--output", "out")
        # For the reader of the log: a busy machine is no failure.
        print(f"# the demonstration took {time.monotonic() - began:.0f} s")
        assert is_picture(folder, "validation-loss.png", b"PNG")
        assert is_picture(folder, "validation-loss.svg", b"<svg")
        arms = {arm["arm"]: arm for arm in told["arms"]}
        assert "Adam 0.001" in arms and "SGD 0.01" in arms and len(arms) == 3, list(arms)
        starts = {arm["validation_loss"][0] for arm in arms.values()}
        assert len(starts) == 1, starts
        # The sentence says what the figures say.
        for name, arm in arms.items():
            lowest = min(arm["validation_loss"])
            assert f"{name}: {lowest:.4f} at epoch {arm['validation_loss'].index(lowest)}" in told["finding"], told["finding"]
        target = 1.02 * max(min(arm["validation_loss"]) for arm in arms.values())
        assert f"{target:.3f}" in told["finding"]
        for name, arm in arms.items():
            epoch = next(i for i, loss in enumerate(arm["validation_loss"]) if loss <= target)
            assert f"{name} after {epoch} epoch" in told["finding"], told["finding"]


def test_a_second_demo_adds_to_the_first():
    with Folder() as folder:
        first = folder.run_json("demo", "--output", "out", "--epochs", "2")
        second = folder.run_json("demo", "--output", "out", "--epochs", "2")
        assert first["arms"][0]["validation_loss"] == second["arms"][0]["validation_loss"]
        assert second["arms"][0]["run"] > first["arms"][0]["run"]
        assert sorted(os.listdir(folder.path("out"))) == ["demo.anamnesis", "validation-loss.png", "validation-loss.svg"]


def test_for_people():
    with Folder() as folder:
        output, errors = folder.run("demo", "--epochs", "1")
        assert errors == "" and "anamnesis-demo/validation-loss.png" in output, output


def test_wrong_places():
    with Folder() as folder:
        folder.write("file", "x")
        folder.refuse("demo", "--output", "file/out", words=["file/out"])
        folder.refuse("demo", "--epochs", "none", status=USAGE, words=["none"])


if __name__ == "__main__":
    tap.run()
