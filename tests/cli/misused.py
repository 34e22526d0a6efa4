#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command, used wrongly in every way that they share: what is missing, what isn't there, what can't be read or written.

A wrong command line ends with 2 and a line that names the option; what failed ends with 1 and one line that names the file."""

import glob
import json
import os
import re
import sqlite3

from help import commands, options
from program import DONE, FAILED, USAGE, Folder, tap

SOURCE = "sample:delayed-marker?delay=5&patients=60"
STUDY, RUN = ("--study", "s.anamnesis"), ("--run", "1")

# A right use of each command, in a folder with a study of one finished run.
RIGHT = {
    "demo": ("--epochs", "1"),
    "samples": (),
    "describe": (SOURCE,),
    "import": (*STUDY, SOURCE),
    "train": (*STUDY, "--epochs", "1"),
    "resume": (*STUDY, *RUN, "--epochs", "9"),
    "evaluate": (*STUDY, *RUN),
    "predict": (*STUDY, *RUN, "--output", "p.csv"),
    "export": (*STUDY, *RUN, "--output", "w.safetensors"),
    "inspect": (*STUDY, *RUN, "--horizon"),
    "plot": (*STUDY, *RUN, "--figure", "loss", "--output", "f.png"),
    "runs": STUDY,
    "verify": (*STUDY, *RUN),
    "study": ("info", "s.anamnesis"),
    "salvage": (*STUDY, "--output", "t.anamnesis"),
    "bench": ("--workload", "W5", "--seconds", "0.1"),
}

# What each can't do without, besides a source.
NEEDED = {"import": ["--study"], "resume": ["--study"], "evaluate": ["--study", "--run"], "predict": ["--study", "--run", "--output"],
          "export": ["--study", "--run", "--output"], "inspect": ["--study", "--run"], "plot": ["--study", "--run", "--figure", "--output"],
          "runs": ["--study"], "verify": ["--study", "--run"], "salvage": ["--study", "--output"]}

# Those that make a study where there is none.
MAKE = {"import", "train"}


def prepare(folder):
    folder.run("train", SOURCE, *STUDY, "--network", "gru(4) > dense(1)", "--epochs", "1")
    folder.write("text.anamnesis", "not a study\n" * 100)
    os.mkdir(folder.path("a-folder"))
    other = sqlite3.connect(folder.path("other.anamnesis"))
    other.execute("CREATE TABLE t (x)")
    other.commit()
    other.close()


def replaced(arguments, option, value):
    """The arguments with another value for the option, or without it where that is None."""
    index = arguments.index(option)
    return (*arguments[:index], *(() if value is None else (option, value)), *arguments[index + 2:])


def takes_value(folder, command, option):
    shown = folder.run(command, "--help-all")[0]
    return re.search(rf"^  {option}=", shown, re.MULTILINE) is not None


def test_every_command_is_here():
    with Folder() as folder:
        assert set(RIGHT) == set(commands(folder)), set(RIGHT) ^ set(commands(folder))


def test_right_uses():
    with Folder() as folder:
        prepare(folder)
        for command, arguments in RIGHT.items():
            _, errors = folder.run(command, *arguments, status=DONE)
            assert errors == "", (command, errors)
    with Folder() as folder:
        prepare(folder)
        for command, arguments in RIGHT.items():
            assert "error" not in folder.run_json(command, *arguments), command


def test_what_is_needed():
    with Folder() as folder:
        for command, needed in NEEDED.items():
            for option in needed:
                folder.refuse(command, *replaced(RIGHT[command], option, None), status=USAGE, words=[option])


def test_options_without_their_value():
    with Folder() as folder:
        for command in commands(folder):
            for option in sorted(options(folder, command)):
                if takes_value(folder, command, option):
                    folder.refuse(command, option, status=USAGE, words=[option])
                elif option != "--help":
                    folder.refuse(command, f"{option}=value", status=USAGE, words=[option])


def test_superfluous_arguments():
    with Folder() as folder:
        prepare(folder)
        for command in ("demo", "samples", "resume", "export", "plot", "runs", "verify", "salvage", "bench"):
            folder.refuse(command, *RIGHT[command], "superfluous", status=USAGE, words=["superfluous"])


def test_studies_that_are_none():
    with Folder() as folder:
        prepare(folder)
        for command, arguments in RIGHT.items():
            if "--study" not in arguments:
                continue
            for path in ("text.anamnesis", "other.anamnesis", "a-folder", "none/none.anamnesis", *(() if command in MAKE else ("none.anamnesis",))):
                line = folder.refuse(command, *replaced(arguments, "--study", path), words=[path.split("/")[0]])
                told = folder.run_json(command, *replaced(arguments, "--study", path), status=FAILED)
                assert told["error"] in line, (command, told, line)
        assert folder.read("text.anamnesis") == "not a study\n" * 100
        assert not os.path.exists(folder.path("none.anamnesis"))
        folder.refuse("train", "--study", "none.anamnesis", words=["none.anamnesis", "SOURCE"])


def test_runs_that_are_not_there():
    with Folder() as folder:
        prepare(folder)
        for command, arguments in RIGHT.items():
            if "--run" not in arguments:
                continue
            folder.refuse(command, *replaced(arguments, "--run", "99"), words=["99", "It has: 1"])
            for value in ("0", "-1", "x", "", "1.5", "99999999999999999999"):
                folder.refuse(command, *replaced(arguments, "--run", value), status=USAGE, words=["--run", value, "whole number"])
        folder.run("import", SOURCE, "--study", "empty.anamnesis")
        folder.refuse("evaluate", "--study", "empty.anamnesis", *RUN, words=["empty.anamnesis", "train"])


def test_places_that_cannot_be_written():
    with Folder() as folder:
        prepare(folder)
        for command, arguments in RIGHT.items():
            if "--output" in arguments:
                name = arguments[arguments.index("--output") + 1]
                folder.refuse(command, *replaced(arguments, "--output", f"none/{name}"), words=[f"none/{name}"])
                os.makedirs(folder.path("a-folder", name), exist_ok=True)
                folder.refuse(command, *replaced(arguments, "--output", f"a-folder/{name}"), words=[f"a-folder/{name}"])
        folder.refuse("demo", "--epochs", "1", "--output", "text.anamnesis", words=["text.anamnesis", "--output"])


def test_sources_that_are_none():
    with Folder() as folder:
        prepare(folder)
        folder.write("empty.csv", "")
        for command in ("describe", "import", "train", "evaluate", "predict", "inspect"):
            arguments = tuple(word for word in RIGHT[command] if word != SOURCE)
            folder.refuse(command, *arguments, "none.csv", words=["none.csv"])
            folder.refuse(command, *arguments, "empty.csv", words=["empty.csv", "empty"])
            folder.refuse(command, *arguments, "sample:none", words=["none", "sample:icu"])
            folder.refuse(command, *arguments, "sample:icu?patients=many", words=["patients", "many"])
            folder.refuse(command, *arguments, "a-folder", words=["a-folder"])


def test_roles():
    """Statics and time zero by option and by file; and what is wrong with a file of roles."""
    with Folder() as folder:
        rows = [f"{patient},{hour + 100 * patient},{60 + patient + hour},{patient % 2}" for patient in range(1, 31) for hour in range(4)]
        folder.write("r.csv", "stay,clock,HR,died\n" + "\n".join(rows) + "\n")
        folder.write("s.csv", "stay,age,admitted\n" + "\n".join(f"{patient},{40 + patient},{100 * patient}" for patient in range(1, 31)) + "\n")
        by_option = ("r.csv", "s.csv", "--table", "s.csv=statics", "--id", "stay", "--time", "clock", "--target", "died", "--statics", "age", "--start", "admitted")
        told = folder.run_json("describe", *by_option)
        assert [field["name"] for field in told["statics"]] == ["age"] and told["patients"] == 30 and told["target"]["known"] == 30, told
        folder.write("roles.json", json.dumps({"id": "stay", "time": "clock", "target": "died", "statics": ["age"], "start": "admitted", "tables": {"s.csv": "statics"}}))
        by_file = ("r.csv", "s.csv", "--roles", "roles.json")
        assert folder.run_json("describe", *by_file)["channels"] == told["channels"]
        for command in ("import", "train"):
            folder.run(command, *by_option, "--study", f"{command}.anamnesis", *(("--epochs", "1", "--window", "3") if command == "train" else ()))
        for command in ("evaluate", "predict", "inspect"):
            arguments = tuple(word if word != "s.anamnesis" else "train.anamnesis" for word in RIGHT[command])
            folder.run(command, *arguments, *by_option)
        for text, words in (("", ["{"]), ("[]", ["{"]), ("{", ["closed"]), ('{"id": "stay"} {}', ["more"]), ('{"ids": "stay"}', ["ids", "id"]), ('{"id": 3}', ["id"]),
                            ('{"id": "nobody"}', ["nobody"]), ('{"tables": {"x.csv": "statics"}}', ["x.csv"]), ('{"tables": {"s.csv": "static"}}', ["s.csv", "statics"])):
            folder.write("wrong.json", text)
            folder.refuse("describe", "r.csv", "s.csv", "--roles", "wrong.json", status=USAGE, words=["--roles", *words])
        folder.write("wrong.json", b'{"id": "\xff"}')
        folder.refuse("describe", "r.csv", "--roles", "wrong.json", status=USAGE, words=["wrong.json", "UTF-8"])
        folder.refuse("describe", "r.csv", "--roles", "none.json", status=USAGE, words=["none.json"])


def test_records_by_reference():
    """The study is small, and says so where the records aren't any more."""
    with Folder() as folder:
        rows = [f"{patient},{hour},{60 + (patient * 7 + hour * 13) % 50},{patient % 2}" for patient in range(1, 400) for hour in range(20)]
        folder.write("r.csv", "patient,time,HR,died\n" + "\n".join(rows) + "\n")
        for name, options_ in (("copy", ()), ("reference", ("--by-reference",))):
            folder.run("import", "r.csv", "--study", f"{name}.anamnesis", *options_)
        sizes = [os.path.getsize(folder.path(f"{name}.anamnesis")) for name in ("copy", "reference")]
        assert sizes[1] < sizes[0], sizes
        folder.run("train", "--study", "reference.anamnesis", "--epochs", "1", "--network", "gru(2) > dense(1)")
        folder.run("evaluate", "--study", "reference.anamnesis", *RUN)


def test_hyperparameters_that_no_other_test_gives():
    with Folder() as folder:
        ask = ("train", SOURCE, "--network", "gru(3) > dense(1)", "--epochs", "1")
        for arguments, name, value in ((("--optimizer", "adam", "--beta-2", "0.99"), "beta_2", 0.99), (("--optimizer", "sgd", "--momentum", "0.9", "--nesterov"), "nesterov", True),
                                       (("--optimizer", "rmsprop", "--centered"), "centered", True), (("--optimizer", "adagrad", "--initial-accumulator", "0.5"), "initial_accumulator", 0.5),
                                       (("--clip-value", "0.3"), "clip_value", 0.3), (("--kernel-l1", "1e-3"), "kernel_l1", 1e-3), (("--recurrent-l2", "1e-3"), "recurrent_l2", 1e-3),
                                       (("--bias-l2", "1e-3"), "bias_l2", 1e-3), (("--balanced",), "balanced_classes", True)):
            assert folder.run_json(*ask, *arguments)["hyperparameters"][name] == value, arguments


def test_every_option_is_in_a_test():
    """An option that no test gives to the program would be one that nobody has seen work."""
    here = os.path.dirname(os.path.abspath(__file__))
    tests = "\n".join(tap.read(path) for path in sorted(glob.glob(os.path.join(here, "*.py"))))
    with Folder() as folder:
        missing = {f"{command} {option}" for command in commands(folder) for option in options(folder, command) if not re.search(rf'"{option}["=]', tests)}
        assert not missing, sorted(missing)


if __name__ == "__main__":
    tap.run()
