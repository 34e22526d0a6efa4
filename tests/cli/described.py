#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command's JSON is described by the schema that is installed, and what is printed is as described.

All tests of the program hold every object they get against the schema; here are those that no other asks for."""

import schema
from help import commands
from program import FAILED, Folder, tap

SOURCE = "sample:delayed-marker?delay=5&patients=60"


def rules(rule, place):
    """The rule and all rules in it, each with its place."""
    yield rule, place
    for word in ("properties", "$defs"):
        for name, inner in rule.get(word, {}).items():
            yield from rules(inner, f"{place}.{name}")
    for word in ("items", "additionalProperties"):
        if isinstance(rule.get(word), dict):
            yield from rules(rule[word], f"{place}.{word}")
    for index, inner in enumerate(rule.get("anyOf", [])):
        yield from rules(inner, f"{place}.anyOf[{index}]")


def test_every_command_is_described():
    with Folder() as folder:
        whole = {choice["$ref"].split("/")[-1] for choice in schema.SCHEMA["anyOf"]}
        for command in commands(folder):
            assert command in schema.SCHEMA["$defs"] and command in whole, command
            assert "description" in schema.resolve(schema.SCHEMA, schema.SCHEMA["$defs"][command]) or "description" in schema.SCHEMA["$defs"][command], command


def test_the_schema_is_one_that_can_be_held():
    for rule, place in rules(schema.SCHEMA, "schema"):
        assert set(rule) <= schema.KEYWORDS, (place, set(rule) - schema.KEYWORDS)
        schema.resolve(schema.SCHEMA, rule)
        for name in rule.get("required", []):
            assert name in rule["properties"], (place, name)
        for name, inner in rule.get("properties", {}).items():
            target = schema.resolve(schema.SCHEMA, inner)
            documented = "description" in inner or "description" in target or target.get("type") in ("array", "object")
            assert documented, f"{place}.{name} has no description"


def test_what_is_not_as_described_is_found():
    good = {"run": 1, "command": "anamnesis-cli train …", "changes_in_flight": 0}
    schema.check("runs", good)
    wrong = [{**good, "run": "1"}, {**good, "run": 0}, {**good, "run": True}, {**good, "run": 1.5}, {**good, "more": 1}, {"run": 1, "command": ""}, {},
             {"error": 1}, {"error": "x", "more": 1}, {"study": "s", "snapshot_bytes": 0, "snapshot_budget": 0, "runs": [{}]}]
    for value in wrong:
        try:
            schema.check("runs", value)
        except AssertionError:
            continue
        raise AssertionError(f"{value} was let through")


def test_every_command_and_every_look():
    with Folder() as folder:
        seen = {"demo", "bench"}  # their own tests hold them
        ask = ("--study", "s.anamnesis", "--run", "1")

        def run(command, *arguments, status=0):
            seen.add(command)
            return folder.run_json(command, *arguments, status=status)

        run("samples")
        for sample in ("icu", "scan", "delayed-marker"):
            run("describe", f"sample:{sample}?patients=20")
        run("import", SOURCE, "--study", "s.anamnesis")
        run("train", "--study", "s.anamnesis", "--network", "lstm(4, bidirectional, return_sequences) > gru(3) > dense(1)", "--epochs", "2", "--class-weights", "1,2")
        run("train", "--study", "s.anamnesis", "--find-learning-rate", "--rate-updates", "20")
        run("train", "--study", "s.anamnesis", "--fork", "1:1", "--epochs", "1", "--batch-size", "all")
        run("train", "--study", "s.anamnesis", "--network", "simple_rnn(4, activation=relu) > dense(1)", "--optimizer", "sgd", "--learning-rate", "1e30", status=FAILED)
        run("resume", *ask, "--epochs", "3")
        run("evaluate", *ask)
        run("predict", *ask, "--output", "p.csv")
        run("train", SOURCE, "--study", "d.anamnesis", "--network", "gru(4, dropout=0.2) > dense(1)", "--epochs", "1")
        run("predict", "--study", "d.anamnesis", "--run", "1", "--output", "b.csv", "--passes", "20", "--seed", "3")
        run("export", *ask, "--output", "w.safetensors")
        for language in ("keras", "pytorch", "cli"):
            run("export", *ask, "--code", language)
        run("predict", "--weights", "w.safetensors", "--output", "q.csv", SOURCE)
        run("plot", *ask, "--figure", "loss", "--output", "f.svg")
        run("runs", "--study", "s.anamnesis", "--tag", "1,2", "a tag")
        run("runs", "--study", "s.anamnesis", "--diff", "1,2")
        run("runs", "--study", "s.anamnesis", "--command", "1")
        run("verify", *ask)
        run("study", "info", "s.anamnesis")
        run("study", "new", "n.anamnesis")
        run("study", "copy", "s.anamnesis", "c.anamnesis")
        run("study", "copy", "s.anamnesis", "copy.anamnesis", "--without-patients")
        run("study", "move", "c.anamnesis", "m.anamnesis")
        run("study", "rename", "m.anamnesis", "another title")
        run("study", "compact", "m.anamnesis")
        run("study", "info", "m.anamnesis")
        run("import", SOURCE, "--study", "r.anamnesis", "--by-reference")
        run("study", "info", "r.anamnesis")
        run("salvage", "--study", "s.anamnesis", "--output", "t.anamnesis")
        patient = folder.read("p.csv").splitlines()[1].split(",")[0]
        for look in ((), ("--cell", "1,2"), ("--jacobian", "2"), ("--spectrum", "all"), ("--spectrum", "1", "--no-eigenvalues"), ("--reach", "last"),
                     ("--cell", "1,2", "--direction", "backwards")):
            run("inspect", *ask, "--patient", patient, *look)
        for look in (("--recurrent-matrix", "f"), ("--horizon",), ("--saturation",), ("--components",), ("--histogram", "h")):
            run("inspect", *ask, *look)
        for command in seen:
            folder.run_json(command, "--no-such-option", status=2)
        assert seen == set(commands(folder)), seen ^ set(commands(folder))


if __name__ == "__main__":
    tap.run()
