#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What bash, zsh and fish complete: every command and option, values, samples, runs of the study that is named."""

import os

from help import commands, options
from program import USAGE, Folder, tap
from shells import Zsh, ask_bash, ask_fish

SOURCE = "sample:delayed-marker?delay=5&patients=60"


def train(folder):
    for name in ("s", "t"):
        folder.run("train", SOURCE, "--study", f"{name}.anamnesis", "--network", "gru(4) > dense(1)", "--epochs", "1")
    folder.run("train", "--study", "t.anamnesis", "--epochs", "1")
    folder.run("runs", "--study", "t.anamnesis", "--rename", "2", "the second: best")
    folder.run("runs", "--study", "t.anamnesis", "--delete", "1")
    folder.write("notes.txt", "")
    folder.write("weights.safetensors", "")
    os.mkdir(folder.path("records"))


def raw(folder, *words):
    """The program's own answer, as the shells' scripts get it: candidates and what they are."""
    output, errors = folder.run("--complete", *words)
    assert errors == "", errors
    return dict(line.split("\t", 1) if "\t" in line else (line, "") for line in output.splitlines())


def test_every_command_and_option_is_completed():
    with Folder() as folder:
        known = commands(folder)
        assert set(ask_bash(folder, "anamnesis-cli ")) == {*known, "help", "--help", "--version"}
        for command in known:
            found = set(raw(folder, command, "--"))
            assert found == options(folder, command), (command, found ^ options(folder, command))
            assert all(what for what in raw(folder, command, "--").values()), command


def test_a_given_option_is_not_offered_again():
    with Folder() as folder:
        assert "--optimizer" not in raw(folder, "train", "--optimizer", "adam", "--")
        assert "--table" in raw(folder, "train", "--table", "a=records", "--")
        assert set(raw(folder, "train", "--", "--opt")) == {":files"}
        assert raw(folder, "nonsense", "") == {} and raw(folder, "nonsense", "--") == {}


def test_what_is_completed_is_accepted():
    """Every word that is offered for an option is one that the option takes."""
    with Folder() as folder:
        train(folder)
        for option, extra in (("--optimizer", ()), ("--loss", ()), ("--schedule", ()), ("--network", ()), ("--metrics", ()), ("--columns", ()), ("--batch-size", ())):
            words = raw(folder, "train", option, "")
            assert words, option
            for word in words:
                process = folder.start("train", SOURCE, option, word, "--epochs", "1", *extra)
                _, errors = process.communicate(timeout=120)
                # A loss may not suit this outcome, and a template another one; no word is unknown.
                assert process.returncode == 0 or "yes-or-no" in errors or "outcome" in errors, (option, word, errors)
        ask = ("--study", "s.anamnesis", "--run", "1")
        for part in raw(folder, "evaluate", "--part", ""):
            folder.run("evaluate", *ask, "--part", part)
        for layout in raw(folder, "export", "--layout", ""):
            folder.run("export", *ask, "--layout", layout, "--output", "w.safetensors")
        for epoch in raw(folder, "evaluate", "--epoch", ""):
            folder.run("evaluate", *ask, "--epoch", epoch)
        for sample in raw(folder, "describe", "sample:"):
            assert sample.startswith(":") or folder.run("describe", f"{sample}?patients=20"), sample
        for what in raw(folder, "inspect", "--histogram", ""):
            folder.run("inspect", *ask, "--histogram", what)
        figures = raw(folder, "plot", "--figure", "")
        assert len(figures) > 5 and all(figures.values()), figures
        patient = folder.run("predict", *ask, "--output", "-")[0].splitlines()[1].split(",")[0]
        for figure in figures:
            folder.run("plot", *ask, "--figure", figure, "--patient", patient, "--output", "f.svg")


def test_what_is_done_with_a_study():
    with Folder() as folder:
        assert set(raw(folder, "study", "")) == {"new", "copy", "move", "rename", "compact", "info"}
        for action in raw(folder, "study", ""):
            assert action in folder.run("study", "--help")[0], action
        assert set(raw(folder, "study", "copy", "")) == {":files .anamnesis"} and set(raw(folder, "study", "--without-patients", "co")) == {"copy", "compact"}
        assert raw(folder, "samples", "") == {}


def test_runs_are_those_of_the_named_study():
    with Folder() as folder:
        train(folder)
        assert raw(folder, "evaluate", "--study", "s.anamnesis", "--run", "") == {"1": "gru(4) > dense(1)"}
        assert raw(folder, "evaluate", "--study=t.anamnesis", "--run", "") == {"2": "the second: best"}
        assert list(raw(folder, "runs", "--study", "t.anamnesis", "--undelete", "")) == ["1"]
        assert raw(folder, "evaluate", "--run", "") == {}
        for path in ("none.anamnesis", "notes.txt", "records"):
            assert raw(folder, "evaluate", "--study", path, "--run", "") == {}
        assert not os.path.exists(folder.path("none.anamnesis"))


# Each line and what is offered for its last word; files are the shell's own.
LINES = [
    ("anamnesis-cli trai", ["train"]), ("anamnesis-cli help trai", ["train"]), ("anamnesis-cli train --optim", ["--optimizer"]),
    ("anamnesis-cli train --optimizer rm", ["rmsprop"]), ("anamnesis-cli train --loss hu", ["huber"]),
    ("anamnesis-cli plot --figure gradient-f", ["gradient-flow"]), ("anamnesis-cli train --metrics auroc,f", ["auroc,f1"]),
    ("anamnesis-cli evaluate --study s.anamnesis --run ", ["1"]), ("anamnesis-cli evaluate --study t.ana", ["t.anamnesis"]),
    ("anamnesis-cli export --output wei", ["weights.safetensors"]), ("anamnesis-cli evaluate --run ", []),
]


def test_bash():
    with Folder() as folder:
        train(folder)
        for line, expected in LINES:
            assert ask_bash(folder, line) == expected, (line, ask_bash(folder, line))
        # bash has what stands before the last = and : already.
        assert ask_bash(folder, "anamnesis-cli train --optimizer=rm") == ["rmsprop"]
        assert ask_bash(folder, "anamnesis-cli train sample:del") == ["delayed-marker"]
        assert sorted(ask_bash(folder, "anamnesis-cli evaluate --study ")) == ["records", "s.anamnesis", "t.anamnesis", "tools"]
        assert ask_bash(folder, "anamnesis-cli evaluate --study=s") == ["s.anamnesis"]
        assert ask_bash(folder, "anamnesis-cli demo --output rec") == ["records"]
        assert ask_bash(folder, "anamnesis-cli describe note") == ["notes.txt"]


def test_fish():
    with Folder() as folder:
        train(folder)
        for line, expected in LINES:
            assert ask_fish(folder, line) == expected, (line, ask_fish(folder, line))
        assert ask_fish(folder, "anamnesis-cli train --optimizer=rm") == ["--optimizer=rmsprop"]
        assert ask_fish(folder, "anamnesis-cli train sample:del") == ["sample:delayed-marker"]
        assert ask_fish(folder, "anamnesis-cli describe note") == ["notes.txt"]


def test_zsh():
    with Folder() as folder:
        train(folder)
        shell = Zsh(folder)
        try:
            for line, expected in LINES:
                if expected:
                    words = line.split(" ")
                    assert shell.complete(line).strip() == " ".join([*words[:-1], expected[0]]), (line, shell.complete(line))
            assert shell.complete("anamnesis-cli train --optimizer=rm").strip().endswith(" --optimizer=rmsprop")
            assert shell.complete("anamnesis-cli train sample:del").strip().endswith(" sample:delayed-marker")
            assert shell.complete("anamnesis-cli describe note").strip().endswith(" notes.txt")
        finally:
            shell.close()


def test_help_of_a_command():
    with Folder() as folder:
        for command in commands(folder):
            assert folder.run("help", command) == folder.run(command, "--help")
        _, errors = folder.run("help", "trian", status=USAGE)
        assert "trian" in errors and len(errors.splitlines()) == 1, errors


if __name__ == "__main__":
    tap.run()
