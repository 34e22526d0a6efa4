#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files as they come: what is refused, with words a clinician can act on, and what is opened with a warning."""

import csv
import io
import random

from program import Folder, tap


def table(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def records(n_patients=40, hours=6, outcome=lambda patient: patient % 2, **extra):
    """A wide table: heart rate and temperature by the hour, and the outcome in each row."""
    draw = random.Random(1)
    rows = [["patient", "time", "HR", "Temp", "died"]]
    for patient in range(1, n_patients + 1):
        for hour in range(hours):
            died = outcome(patient)
            rows.append([patient, hour, round(80 + 10 * (died or 0) + draw.gauss(0, 5)), round(37 + draw.gauss(0, 0.3), 1),
                         "" if died is None else died])
    return rows


def test_refused_files():
    good = table(records())
    lines = good.splitlines()
    text = [*lines[:2], lines[2].replace(lines[2].split(",")[2], "eighty"), *lines[3:]]
    quote = [*lines[:5], lines[5] + ',"never closed', *lines[6:]]
    files = [
        ("no-id.csv", "time,variable,value\n0,HR,80\n1,HR,81\n", ["patient", "--id"]),
        ("text.csv", "\n".join(text), ["line 3", "column 3", "HR", "“eighty”"]),
        ("quote.csv", "\n".join(quote), ["quotation mark", "line 6"]),
        ("empty.csv", "", ["empty"]),
        ("binary.csv", bytes(range(256)) * 8, ["binary"]),
    ]
    with Folder() as folder:
        for name, content, words in files:
            folder.write(name, content)
            for command in (("describe", name), ("train", name, "--study", "s.anamnesis"), ("import", name, "--study", "s.anamnesis")):
                line = folder.refuse(*command, words=[name, *words])
                assert len(line) < 400, line


def test_a_refused_file_leaves_the_study_as_it_was():
    with Folder() as folder:
        folder.write("good.csv", table(records()))
        folder.write("empty.csv", "")
        folder.run("import", "good.csv", "--study", "s.anamnesis")
        folder.refuse("import", "empty.csv", "--study", "s.anamnesis", words=["empty"])
        folder.refuse("train", "empty.csv", "--study", "s.anamnesis", words=["empty"])
        told = folder.run_json("train", "--study", "s.anamnesis", "--epochs", "1")
        assert told["validation"]["patients"] == 6, told


def test_patients_without_outcome():
    with Folder() as folder:
        folder.write("some.csv", table(records(outcome=lambda patient: None if patient % 4 == 0 else patient % 2)))
        told = folder.run_json("describe", "some.csv")
        assert told["target"]["known"] == 30 and any("10" in warning for warning in told["warnings"]), told["warnings"]
        trained = folder.run_json("train", "some.csv", "--study", "s.anamnesis", "--epochs", "1")
        assert any("10" in warning for warning in trained["warnings"])
        # Not trained on, and predicted all the same.
        folder.run("predict", "--study", "s.anamnesis", "--run", "1", "--output", "p.csv")
        rows = list(csv.DictReader(io.StringIO(folder.read("p.csv"))))
        assert len(rows) == 40 and sum(row["outcome"] == "" for row in rows) == 10
        assert all(0 < float(row["probability"]) < 1 for row in rows)


def test_no_outcome_at_all():
    with Folder() as folder:
        folder.write("none.csv", table([row[:4] for row in records()]))
        assert folder.run_json("describe", "none.csv")["target"]["kind"] == "none"
        folder.refuse("train", "none.csv", words=["outcome"])
        folder.write("some.csv", table(records()))
        folder.run("train", "some.csv", "--study", "s.anamnesis", "--epochs", "1")
        folder.run("predict", "none.csv", "--study", "s.anamnesis", "--run", "1", "--output", "p.csv")
        assert len(folder.read("p.csv").splitlines()) == 41
        folder.refuse("evaluate", "none.csv", "--study", "s.anamnesis", "--run", "1", words=["outcome"])


def test_one_class_only():
    with Folder() as folder:
        folder.write("alive.csv", table(records(outcome=lambda patient: 0)))
        told = folder.run_json("describe", "alive.csv")
        assert told["patients"] == 40 and told["warnings"], told
        folder.refuse("train", "alive.csv", words=["outcome"])


def test_a_thousand_columns():
    with Folder() as folder:
        head = ["patient", "time", *[f"v{i}" for i in range(1000)], "died"]
        rows = [[patient, hour, *[(patient * i + hour) % 7 for i in range(1000)], patient % 2]
                for patient in range(1, 31) for hour in range(3)]
        folder.write("wide.csv", table([head, *rows]))
        told = folder.run_json("describe", "wide.csv")
        assert len(told["channels"]) == 1000 and told["patients"] == 30, told
        folder.run("train", "wide.csv", "--epochs", "1", "--network", "gru(4) > dense(1)")


def test_duplicate_times():
    with Folder() as folder:
        rows = records()
        folder.write("twice.csv", table([*rows, *rows[1:]]))
        told = folder.run_json("describe", "twice.csv")
        assert told["channels"][0]["values"] == 480 and told["warnings"], told
        folder.run("train", "twice.csv", "--epochs", "1")


def test_long_table_with_roles():
    with Folder() as folder:
        rows = records()
        long = [["stay", "hour", "what", "number"]]
        for row in rows[1:]:
            long += [[row[0], row[1], "HR", row[2]], [row[0], row[1], "Temp", row[3]]]
        folder.write("long.csv", table(long))
        folder.write("ends.csv", table([["stay", "end"], *sorted({(row[0], row[4]) for row in rows[1:]})]))
        roles = ("--table", "long.csv=records", "--table", "ends.csv=outcomes", "--id", "stay", "--time", "hour",
                 "--variable", "what", "--value", "number", "--target", "end")
        told = folder.run_json("describe", "long.csv", "ends.csv", *roles)
        assert [channel["name"] for channel in told["channels"]] == ["HR", "Temp"], told
        assert told["target"]["known"] == 40
        folder.refuse("describe", "long.csv", "ends.csv", "--id", "nothing", status=2, words=["--id", "nothing"])
        folder.refuse("describe", "long.csv", "ends.csv", "--table", "long.csv=nonsense", status=2, words=["--table", "nonsense"])


if __name__ == "__main__":
    tap.run()
