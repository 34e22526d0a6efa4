#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real records: the PhysioNet/CinC Challenge 2012, its forty loose stays and its two archives."""

from program import Folder, need_dataset, tap


def test_loose_stays():
    folder_of_stays = need_dataset("physionet2012", "sample")
    with Folder() as folder:
        told = folder.run_json("describe", folder_of_stays)
        assert told["patients"] == 40 and len(told["channels"]) == 37, told
        deaths = {entry["class"]: entry["patients"] for entry in told["target"]["classes"]}
        assert deaths == {"survived": 33, "died": 7}, deaths


def test_set_a_to_set_b():
    set_a, set_b = need_dataset("physionet2012", "set-a.tar.gz"), need_dataset("physionet2012", "set-b.tar.gz")
    with Folder() as folder:
        told = folder.run_json("describe", set_a)
        deaths = {entry["class"]: entry["patients"] for entry in told["target"]["classes"]}
        assert told["patients"] == 4000 and deaths["died"] == 554, told
        trained = folder.run_json("train", set_a, "--study", "s.anamnesis", "--network", "gru(32) > dense(1)", "--epochs", "3",
                                  "--batch-size", "64", "--clip-norm", "1")
        assert trained["validation"]["patients"] == 600
        told = folder.run_json("evaluate", set_b, "--study", "s.anamnesis", "--run", "1", "--metrics", "auroc")
        assert told["patients"] == 4000 and told["positive"] == 568 and told["warnings"] is not None, told
        # Far from the best (tests/bench/challenge-2012.sh is for that), far from chance.
        assert told["scores"]["auroc"]["value"] > 0.82, told["scores"]


if __name__ == "__main__":
    tap.run()
