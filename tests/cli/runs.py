#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""runs: named, noted, tagged, starred, deleted, compared, and the command lines that make them again."""

import shlex
import sqlite3

from program import USAGE, Folder, tap

SOURCE = "sample:delayed-marker?delay=5&patients=100"


def train(folder, *options, network="gru(6) > dense(1)"):
    return folder.run_json("train", SOURCE, "--study", "s.anamnesis", "--network", network, "--epochs", "2", *options)


def runs(folder, *options):
    return folder.run_json("runs", "--study", "s.anamnesis", *options)["runs"]


def test_names_notes_tags_stars():
    with Folder() as folder:
        train(folder)
        train(folder, "--optimizer", "sgd")
        told = runs(folder)
        assert told[0]["name"] == "Run 1, Adam 0.001" and told[0]["note"] == "" and told[0]["tags"] == [] and not told[0]["starred"]
        assert told[0]["instructions"] and "SQLite" in told[0]["libraries"] and "Anamnesis" in told[0]["machine"], told[0]
        runs(folder, "--rename", "1", "first try")
        runs(folder, "--note", "1", "Too slow; see the gradients.")
        runs(folder, "--tag", "1,2", "thesis", "figure 3")
        runs(folder, "--untag", "2", "figure 3")
        runs(folder, "--star", "2")
        told = runs(folder)
        assert told[0]["name"] == "first try" and told[0]["note"] == "Too slow; see the gradients.", told[0]
        assert told[0]["tags"] == ["figure 3", "thesis"] and told[1]["tags"] == ["thesis"]
        assert [run["starred"] for run in told] == [False, True]
        shown, _ = folder.run("runs", "--study", "s.anamnesis")
        assert "first try" in shown and "figure 3, thesis" in shown and "★" in shown and "Too slow" in shown, shown
        assert runs(folder, "--rename", "1", "")[0]["name"] == "Run 1, Adam 0.001"
        assert not runs(folder, "--unstar", "1,2")[1]["starred"]


def test_deleted_runs_come_back():
    with Folder() as folder:
        for _ in range(3):
            train(folder)
        assert [run["run"] for run in runs(folder, "--delete", "1,3")] == [2]
        assert [(run["run"], run["deleted"]) for run in runs(folder, "--deleted")] == [(1, True), (2, False), (3, True)]
        assert train(folder)["run"] == 4
        assert [run["run"] for run in runs(folder, "--undelete", "1")] == [1, 2, 4]
        assert runs(folder)[0]["epochs_done"] == 2


def test_differences():
    with Folder() as folder:
        train(folder)
        train(folder, "--optimizer", "sgd", "--learning-rate", "0.1", network="gru(8) > dense(1)")
        told = folder.run_json("runs", "--study", "s.anamnesis", "--diff", "1,2")
        rows = {row["what"]: (row["a"], row["b"]) for row in told["differences"]}
        assert rows["network"] == ("gru(6) > dense(1)", "gru(8) > dense(1)") and rows["optimizer"] == ("adam", "sgd"), rows
        assert rows["learning_rate"] == ("0.001", "0.1") and "validation loss" in rows and "epochs" not in rows, rows
        shown, _ = folder.run("runs", "--study", "s.anamnesis", "--diff", "1,2")
        lines = shown.splitlines()
        assert "run 1" in lines[0] and "run 2" in lines[0], shown
        assert any(line.split() == ["optimizer", "adam", "sgd"] for line in lines), shown
        assert folder.run_json("runs", "--study", "s.anamnesis", "--diff", "1,1")["differences"] == []


def test_command_lines_make_the_same_runs():
    with Folder() as folder:
        train(folder, "--optimizer", "rmsprop", "--momentum", "0.5", "--batch-size", "9", "--clip-norm", "1", "--seed", "18446744073709551615",
              "--columns", "none", "--split", "0.6,0.2,0.2", "--split-seed", "3", "--schedule", "cosine(epochs=20, warmup=2)")
        folder.run("train", "--study", "s.anamnesis", "--fork", "1:1", "--learning-rate", "0.02", "--epochs", "3")
        for run in (1, 2):
            command = folder.run_json("runs", "--study", "s.anamnesis", "--command", str(run))["command"]
            assert folder.run("runs", "--study", "s.anamnesis", "--command", str(run))[0] == command + "\n"
            words = shlex.split(command)
            assert words[0] == "anamnesis-cli"
            again = folder.run_json(*words[1:])
            first = runs(folder)[run - 1]
            assert [epoch["validation"] for epoch in again["epochs"]] == [epoch["validation"] for epoch in first["epochs"]], command
            assert again["hyperparameters"] == first["hyperparameters"]
        # What a command line can't say is said.
        database = sqlite3.connect(folder.path("s.anamnesis"))
        with database:
            database.execute("INSERT INTO event (run, time, updates, kind, detail) VALUES (1, 0, 3, 'changed', '{}')")
        _, errors = folder.run("runs", "--study", "s.anamnesis", "--command", "1")
        assert "changed in flight" in errors, errors


def repeat(folder, command):
    words = shlex.split(command)
    assert words[0] == "anamnesis-cli"
    return folder.run_json(*words[1:])


def test_command_lines_of_tables():
    """Several files, roles that nobody would guess, weights of a file in another layout: printed so that the run comes out again, bit for bit."""
    with Folder() as folder:
        folder.write("labs, all.csv", "pid,when,what,much\n" + "".join(
            f"{p},{t},{channel},{(p * 7 + t * 3 + len(channel)) % 11}\n" for p in range(60) for t in range(5) for channel in ("one", "two two")))
        folder.write("stays.csv", "pid,ended,ward\n" + "".join(f"{p},{'yes' if p % 3 else 'no'},{p % 2}\n" for p in range(60)))
        source = ("labs, all.csv", "stays.csv", "--table", "stays.csv=outcomes", "--id", "pid", "--time", "when", "--variable", "what", "--value", "much",
                  "--target", "ended")
        folder.run("train", *source, "--study", "s.anamnesis", "--network", "gru(4) > dense(1)", "--batch-size", "8", "--epochs", "3")
        folder.run("export", "--study", "s.anamnesis", "--run", "1", "--output", "w.safetensors", "--layout", "pytorch")
        folder.run("train", *source, "--study", "s.anamnesis", "--network", "gru(4) > dense(1)", "--weights", "w.safetensors", "--layout", "pytorch", "--epochs", "2")
        for run in (1, 2):
            first = runs(folder)[run - 1]
            command = folder.run_json("runs", "--study", "s.anamnesis", "--command", str(run))["command"]
            again = repeat(folder, command)
            assert [epoch["validation"] for epoch in again["epochs"]] == [epoch["validation"] for epoch in first["epochs"]], command
            assert [epoch["training_loss"] for epoch in again["epochs"]] == [epoch["training_loss"] for epoch in first["epochs"]], command
            weights = []
            for study, name in (("s.anamnesis", f"a{run}.safetensors"), (again["study"], f"b{run}.safetensors")):
                folder.run("export", "--study", study, "--run", str(run if study == "s.anamnesis" else again["run"]), "--output", name)
                with open(folder.path(name), "rb") as file:
                    contents = file.read()
                # Behind the header, which names the run.
                weights.append(contents[8 + int.from_bytes(contents[:8], "little"):])
            assert weights[0] == weights[1], command


def test_budget_of_snapshots():
    with Folder() as folder:
        train(folder)
        told = folder.run_json("runs", "--study", "s.anamnesis", "--snapshot-budget", "1")
        assert told["snapshot_budget"] == 1 << 20 and told["snapshot_bytes"] == 3 * 223 * 4, told
        folder.run("train", "--study", "s.anamnesis", "--network", "lstm(128) > dense(1)", "--epochs", "12")
        told = folder.run_json("runs", "--study", "s.anamnesis")
        assert told["snapshot_bytes"] <= 1 << 20, told["snapshot_bytes"]
        kept = [row[0] for row in sqlite3.connect(folder.path("s.anamnesis")).execute("SELECT epoch FROM snapshot WHERE run = 2 ORDER BY 1")]
        assert kept[0] == 0 and kept[-1] == 12 and told["runs"][1]["best_epoch"] in kept and len(kept) < 6, kept


def test_refusals():
    with Folder() as folder:
        train(folder)
        ask = ("runs", "--study", "s.anamnesis")
        folder.refuse(*ask, "--star", "7", words=["no run 7"])
        folder.refuse(*ask, "--star", "x", status=USAGE, words=["x"])
        folder.refuse(*ask, "--rename", "1", status=USAGE, words=["--rename"])
        folder.refuse(*ask, "--rename", "1", "a", "b", status=USAGE, words=["one argument"])
        folder.refuse(*ask, "--tag", "1", status=USAGE, words=["--tag"])
        folder.refuse(*ask, "--diff", "1", status=USAGE, words=["--diff"])
        folder.refuse(*ask, "--command", "2", words=["no run 2"])
        folder.refuse(*ask, "--snapshot-budget", "0", status=USAGE, words=["--snapshot-budget"])
        folder.refuse(*ask, "superfluous", status=USAGE, words=["superfluous"])
        folder.refuse("runs", status=USAGE, words=["--study"])


if __name__ == "__main__":
    tap.run()
