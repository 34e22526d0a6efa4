#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""export, predict --weights, train --weights: what a run has learnt leaves its study and comes back."""

import csv
import io
import json
import os
import struct

from program import FAILED, USAGE, Folder, tap

SOURCE = "sample:delayed-marker?delay=5&patients=200"
NEW = "sample:delayed-marker?delay=5&patients=80&seed=2"
GOLDEN = os.path.join(tap.SOURCE_ROOT, "tests", "engine", "exchange")
LAYOUTS = ("anamnesis", "pytorch", "keras")


def train(folder, network="gru(6, return_sequences) > lstm(5) > dense(1)", *options, source=SOURCE):
    return folder.run_json("train", source, "--study", "s.anamnesis", "--network", network, "--epochs", "3", *options)


def export(folder, name, *options):
    return folder.run_json("export", "--study", "s.anamnesis", "--run", "1", "--output", name, *options)


def predict(folder, *options):
    folder.run("predict", *options, "--output", "p.csv")
    return folder.read("p.csv")


def header(path):
    """The header of a safetensors file, read by another reader."""
    with open(path, "rb") as file:
        return json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))


def test_exported_answers_are_the_runs_own():
    with Folder() as folder:
        train(folder)
        for epoch in ("best", "0", "last"):
            own = predict(folder, "--study", "s.anamnesis", "--run", "1", "--epoch", epoch, NEW)
            for layout in LAYOUTS:
                told = export(folder, "w.safetensors", "--layout", layout, "--epoch", epoch)
                assert told["layout"] == layout and told["network"] == "gru(6, return_sequences) > lstm(5) > dense(1)", told
                assert predict(folder, "--weights", "w.safetensors", NEW) == own, (epoch, layout)
        assert len(own.splitlines()) == 81


def test_export_tells_what_it_wrote():
    with Folder() as folder:
        trained = train(folder)
        told = export(folder, "w.safetensors")
        assert told["epoch"] == trained["best_epoch"] and told["run"] == 1 and told["layout"] == "anamnesis", told
        texts = header(folder.path("w.safetensors")).pop("__metadata__")
        assert texts["network"] == told["network"] and texts["gru_1.gates"] == "z r h" and texts["lstm_1.gates"] == "i f g o", texts
        assert json.loads(texts["recipe"])["channels"][0]["name"], texts
        assert texts["loss"] == "binary_crossentropy" and texts["epoch"] == str(told["epoch"]), texts
        output, errors = folder.run("export", "--study", "s.anamnesis", "--run", "1", "--layout", "keras", "--output", "k.safetensors")
        assert errors == "" and "k.safetensors" in output and "keras" in output and "best weights" in output, output


def test_names_and_shapes_are_those_of_each_layout():
    with Folder() as folder:
        train(folder)
        columns = header_of(folder, "anamnesis")["gru_1.kernel"]["shape"][0]
        assert header_of(folder, "anamnesis")["lstm_1.kernel"]["shape"] == [6, 20]
        pytorch = header_of(folder, "pytorch")
        assert pytorch["__metadata__"]["format"] == "pt"
        assert pytorch["gru_1.weight_ih_l0"]["shape"] == [18, columns] and pytorch["lstm_1.bias_hh_l0"]["shape"] == [20], pytorch
        keras = header_of(folder, "keras")
        assert keras["gru_1/gru_cell/bias"]["shape"] == [2, 18] and keras["dense_1/kernel"]["shape"] == [5, 1], keras


def header_of(folder, layout):
    export(folder, f"{layout}.safetensors", "--layout", layout)
    return header(folder.path(f"{layout}.safetensors"))


def test_the_same_export_has_the_same_bytes():
    with Folder() as folder:
        train(folder)
        export(folder, "a.safetensors")
        export(folder, "b.safetensors")
        assert open(folder.path("a.safetensors"), "rb").read() == open(folder.path("b.safetensors"), "rb").read()
        export(folder, "a.safetensors", "--layout", "keras")
        assert header(folder.path("a.safetensors"))["__metadata__"]["layout"] == "keras"
        assert sorted(name for name in os.listdir(folder.name) if ".safetensors" in name) == ["a.safetensors", "b.safetensors"]


def test_a_training_begins_with_exported_weights():
    with Folder() as folder:
        train(folder)
        for layout in LAYOUTS:
            export(folder, "w.safetensors", "--layout", layout)
            told = folder.run_json("train", SOURCE, "--study", f"{layout}.anamnesis", "--weights", "w.safetensors", "--epochs", "1", "--seed", "99")
            assert told["network"] == "gru(6, return_sequences) > lstm(5) > dense(1)" and told["initial_weights"] == "w.safetensors", told
            own = predict(folder, "--study", "s.anamnesis", "--run", "1", NEW)
            assert predict(folder, "--study", f"{layout}.anamnesis", "--run", "1", "--epoch", "0", NEW) == own, layout
        output, _ = folder.run("train", SOURCE, "--weights", "w.safetensors", "--epochs", "1")
        assert "Began with the weights of w.safetensors" in output, output


def test_another_scaling_is_told():
    with Folder() as folder:
        source = "sample:icu?patients=80"
        train(folder, "gru(4) > dense(1)", source=source)
        export(folder, "w.safetensors")
        again = ("train", source, "--weights", "w.safetensors", "--epochs", "1")
        assert folder.run(*again)[1] == ""
        assert "scaled otherwise" in folder.run(*again, "--split-seed", "5")[1]
        assert any("scaled otherwise" in note for note in folder.run_json(*again, "--split-seed", "5")["warnings"])


def test_a_training_begins_with_weights_of_others():
    with Folder() as folder:
        records = "patient,time,a,b,c,died\n" + "".join(
            f"{patient},{time},{patient % 7 + time},{patient * time % 5},{patient % 3 - time},{patient % 2}\n"
            for patient in range(60) for time in range(4))
        folder.write("r.csv", records)
        source = ("r.csv", "--id", "patient", "--time", "time", "--target", "died", "--columns", "none")
        for layout, name in (("pytorch", "gru"), ("keras", "gru")):
            path = os.path.join(GOLDEN, f"{name}.{layout}.safetensors")
            told = folder.run_json("train", *source, "--network", "gru(5) > dense(1)", "--weights", path, "--layout", layout,
                                   "--study", f"{layout}.anamnesis", "--epochs", "1")
            assert told["initial_weights"] == os.path.basename(path), told
            assert any("rounded" in note for note in told["warnings"]), told["warnings"]
            line = folder.refuse("train", *source, "--network", "gru(5) > dense(1)", "--weights", path, words=["layout", "--layout pytorch"])
            assert path in line
            folder.refuse("train", *source, "--weights", path, "--layout", layout, status=USAGE, words=["--network", name])
            folder.refuse("train", *source, "--network", "gru(4) > dense(1)", "--weights", path, "--layout", layout,
                          words=["[15, 5]" if layout == "pytorch" else "[5, 15]", "layer 1 (gru(4))"])
            folder.refuse("train", *source, "--network", "lstm(5) > dense(1)", "--weights", path, "--layout", layout,
                          words=["layer 1 (lstm(5))", "missing"])
            folder.refuse("predict", "--weights", path, "--layout", layout, "--output", "p.csv", "r.csv", words=["train --weights"])
        folder.refuse("train", *source, "--network", "gru(5, reset_after=false) > dense(1)", "--weights",
                      os.path.join(GOLDEN, "gru.pytorch.safetensors"), "--layout", "pytorch", words=["reset_after=false", "PyTorch"])


def test_weights_meet_only_the_inputs_they_were_made_for():
    with Folder() as folder:
        train(folder, "gru(4) > dense(1)", source="sample:icu?patients=80")
        export(folder, "w.safetensors")
        told = folder.run_json("describe", "sample:icu?patients=80")
        names = [channel["name"] for channel in told["channels"]]
        line = folder.refuse("train", "sample:icu?patients=80", "--weights", "w.safetensors", "--channels", ",".join(names[1:]), "--study", "n.anamnesis")
        assert names[0] in line and names[1] in line and "--channels" not in line, line
        assert not os.path.exists(folder.path("n.anamnesis"))


def test_what_has_no_exact_form_is_refused():
    with Folder() as folder:
        train(folder, "gru(4, reset_after=false) > dense(1)")
        ask = ("export", "--study", "s.anamnesis", "--run", "1", "--output", "w.safetensors")
        folder.refuse(*ask, "--layout", "pytorch", words=["Layer 1", "gru(4, reset_after=false)", "PyTorch", "before"])
        assert not os.path.exists(folder.path("w.safetensors"))
        folder.run(*ask, "--layout", "keras")


def test_wrong_command_lines():
    with Folder() as folder:
        train(folder)
        ask = ("export", "--study", "s.anamnesis", "--run", "1")
        folder.refuse(*ask, status=USAGE, words=["--output"])
        folder.refuse(*ask, "--output", "w.safetensors", "--layout", "tensorflow", status=USAGE, words=["tensorflow", "keras"])
        folder.refuse(*ask, "--output", "w.safetensors", "--epoch", "middle", status=USAGE, words=["middle"])
        folder.refuse(*ask, "--output", "w.safetensors", "--epoch", "77", words=["77"])
        folder.refuse(*ask, "--output", "w.safetensors", "more", status=USAGE, words=["more"])
        folder.refuse(*ask, "--output", "nowhere/w.safetensors", words=["nowhere/w.safetensors", "No such file"])
        folder.refuse(*ask, "--output", folder.name, words=["ordinary file"])
        folder.refuse("export", "--run", "1", "--output", "w.safetensors", status=USAGE, words=["--study"])
        folder.refuse("export", "--study", "s.anamnesis", "--run", "7", "--output", "w.safetensors", words=["7"])
        export(folder, "w.safetensors")
        by_file = ("predict", "--weights", "w.safetensors", "--output", "p.csv")
        folder.refuse(*by_file, status=USAGE, words=["SOURCE"])
        folder.refuse(*by_file, "--study", "s.anamnesis", NEW, status=USAGE, words=["--study"])
        folder.refuse(*by_file, "--run", "1", NEW, status=USAGE, words=["--run"])
        folder.refuse(*by_file, "--epoch", "1", NEW, status=USAGE, words=["--epoch"])
        folder.refuse(*by_file, "--part", "test", NEW, status=USAGE, words=["--part"])
        folder.refuse(*by_file, "--layout", "onnx", NEW, status=USAGE, words=["onnx"])
        folder.refuse(*by_file, "--layout", "pytorch", NEW, words=["gates", "z r h"])
        folder.refuse("predict", "--layout", "keras", "--study", "s.anamnesis", "--run", "1", "--output", "p.csv", status=USAGE, words=["--weights"])
        folder.refuse("train", SOURCE, "--layout", "keras", status=USAGE, words=["--weights"])
        folder.refuse("predict", "--weights", "none.safetensors", "--output", "p.csv", NEW, words=["none.safetensors", "No such file"])
        folder.refuse("train", SOURCE, "--weights", "none.safetensors", words=["none.safetensors", "No such file"])
        folder.refuse("train", SOURCE, "--weights", "w.safetensors", "--network", "gru(7) > dense(1)", words=["gru_1"])


def test_no_path_of_this_machine_is_in_the_file():
    with Folder() as folder:
        train(folder)
        folder.run("predict", "--study", "s.anamnesis", "--run", "1", "--output", "p.csv")
        ids = [line.split(",")[0] for line in folder.read("p.csv").splitlines()[1:]]
        folder.write("split.csv", "patient,part\n" + "".join(f"{name},{('training', 'validation', 'test')[i % 3]}\n" for i, name in enumerate(ids)))
        told = folder.run_json("train", SOURCE, "--study", "t.anamnesis", "--network", "gru(3) > dense(1)", "--split", "split.csv", "--epochs", "1")
        own = predict(folder, "--study", "t.anamnesis", "--run", str(told["run"]), NEW)
        folder.run("export", "--study", "t.anamnesis", "--run", "1", "--output", "w.safetensors")
        texts = header(folder.path("w.safetensors"))["__metadata__"]
        assert "split.csv" not in str(texts) and json.loads(texts["recipe"])["recipe"]["split_file"] is None, texts
        assert predict(folder, "--weights", "w.safetensors", NEW) == own


def test_files_of_earlier_versions_are_read():
    models = os.path.join(tap.SOURCE_ROOT, "tests", "study", "models")
    with Folder() as folder:
        found = predict(folder, "--weights", os.path.join(models, "gru-lstm.safetensors"), "sample:icu?patients=12&seed=2")
        with open(os.path.join(models, "gru-lstm.csv"), encoding="utf-8") as file:
            pairs = list(zip(csv.DictReader(io.StringIO(found)), csv.DictReader(file), strict=True))
        assert len(pairs) == 12
        for row, expected in pairs:
            assert row["patient"] == expected["patient"] and row["class"] == expected["class"], (row, expected)
            assert abs(float(row["probability"]) - float(expected["probability"])) < 1e-5, (row, expected)


def with_recipe(whole, recipe):
    """The file with another text where the recipe is."""
    length = struct.unpack("<Q", whole[:8])[0]
    members = json.loads(whole[8:8 + length])
    members["__metadata__"]["recipe"] = recipe
    changed = json.dumps(members).encode()
    return struct.pack("<Q", len(changed)) + changed + whole[8 + length:]


def test_damaged_files():
    with Folder() as folder:
        train(folder)
        export(folder, "w.safetensors")
        whole = open(folder.path("w.safetensors"), "rb").read()
        texts = header(folder.path("w.safetensors"))["__metadata__"]
        damaged = [
            ("cut.safetensors", whole[:-8], "cut off"), ("text.safetensors", b"patient,time\n1,2\n", "isn’t a safetensors file"),
            ("empty.safetensors", b"", "empty"), ("hidden.safetensors", whole + b"more", "4 bytes"),
            ("network.safetensors", whole.replace(b"lstm(5)", b"lstm(9)"), "lstm_1"),
            ("words.safetensors", whole.replace(b"lstm(5)", b"lstn(5)"), "lstn"),
            ("recipe.safetensors", whole.replace(b'\\"recipe\\":', b'\\"recipf\\":'), "recip"),
            ("loss.safetensors", whole.replace(b"binary_crossentropy", b"binary_crossentropi"), "loss"),
            ("deep.safetensors", with_recipe(whole, "[" * 1000000), "nested"),
            ("gates.safetensors", whole.replace(b"z r h", b"r z h"), "gates"),
        ]
        assert "recipe" in texts
        for name, data, word in damaged:
            folder.write(name, data)
            line = folder.refuse("predict", "--weights", name, "--output", "p.csv", NEW, words=[word])
            assert name in line, line
            assert not os.path.exists(folder.path("p.csv"))


def test_predictions_of_patients_without_outcome():
    with Folder() as folder:
        train(folder)
        export(folder, "w.safetensors")
        told = folder.run_json("predict", "--weights", "w.safetensors", "--output", "p.csv", NEW)
        assert told["weights"] == "w.safetensors" and told["patients"] == 80 and told["run"] == 1, told
        rows = list(csv.DictReader(io.StringIO(folder.read("p.csv"))))
        assert list(rows[0]) == ["patient", "probability", "class", "outcome"], rows[0]
        output, _ = folder.run("predict", "--weights", "w.safetensors", "--output", "p.csv", NEW)
        assert "80 patients" in output and "w.safetensors" in output, output
        errors = folder.run_json("predict", "--weights", "w.safetensors", "--output", "p.csv", "nothing.csv", status=FAILED)
        assert "nothing.csv" in errors["error"]


if __name__ == "__main__":
    tap.run()
