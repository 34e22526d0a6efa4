#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a kept run, drawn by another process and without a screen."""

from program import USAGE, Folder, tap

SOURCE = "sample:icu?patients=120"
OF_A_RUN = "loss gradient-norms gradient-flow memory-horizon race missing recurrent-matrix trajectories saturation weight-histogram".split()
OF_A_PATIENT = "hidden-state gates gradient-by-step prediction input time-line cell-step cell-shapes cell-terms cell-curve cell-unit worksheet worksheet-answers jacobian reach".split()
MAGIC = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


def trained(folder):
    folder.run("train", SOURCE, "--study", "s.anamnesis", "--network", "gru(5) > dense(1)", "--epochs", "2")
    return ("plot", "--study", "s.anamnesis", "--run", "1")


def test_every_figure():
    with Folder() as folder:
        ask = trained(folder)
        for name in OF_A_RUN + OF_A_PATIENT:
            patient = ("--patient", "1001") if name in OF_A_PATIENT else ()
            told = folder.run_json(*ask, "--figure", name, "--output", f"{name}.png", *patient)
            assert told["title"] and told["finding"], told
            with open(folder.path(f"{name}.png"), "rb") as file:
                assert file.read(4) == MAGIC["png"], name


def test_every_format():
    with Folder() as folder:
        ask = trained(folder)
        for ending, magic in MAGIC.items():
            folder.run(*ask, "--figure", "loss", "--output", f"loss.{ending}", "--dark", "--width", "600", "--height", "400")
            with open(folder.path(f"loss.{ending}"), "rb") as file:
                assert file.read(len(magic)) == magic, ending
        folder.run(*ask, "--figure", "loss", "--output", "loss.csv")
        assert len(folder.read("loss.csv").splitlines()) >= 3


def test_the_weights_of_an_epoch():
    with Folder() as folder:
        ask = trained(folder)
        pictures = []
        for epoch in ("0", "last"):
            folder.run(*ask, "--figure", "hidden-state", "--patient", "1001", "--epoch", epoch, "--output", "h.csv")
            pictures.append(folder.read("h.csv"))
        assert pictures[0] != pictures[1]


def test_one_step():
    with Folder() as folder:
        ask = trained(folder) + ("--patient", "1001", "--unit", "2", "--step", "7")
        folder.run(*ask, "--figure", "cell-terms", "--of", "r", "--output", "r.csv")
        terms = [line.rsplit(",", 1) for line in folder.read("r.csv").splitlines()[1:]]
        *parts, total = [float(value) for _, value in terms]
        assert abs(sum(parts) - total) < 1e-9, (sum(parts), total)
        told = folder.run_json("inspect", "--study", "s.anamnesis", "--run", "1", "--patient", "1001", "--cell", "2,7")
        reset = next(equation for equation in told["equations"] if equation["symbol"] == "r")
        assert reset["sum"] == total
        folder.refuse(*ask, "--figure", "worksheet", "--output", "w.pdf", "--paper", "a3", status=USAGE, words=["--paper", "letter"])
        folder.run(*ask, "--figure", "worksheet", "--output", "w.pdf", "--paper", "letter")
        for name in ("worksheet", "worksheet-answers"):
            without = folder.run_json(*ask, "--figure", name, "--output", f"{name}.pdf")
            named = folder.run_json(*ask, "--figure", name, "--output", f"{name}.pdf", "--name-patient")
            assert "1001" not in without["caption"] and "1001" in named["caption"], (without, named)
        folder.refuse(*ask, "--figure", "cell-terms", "--of", "q", "--output", "x.csv", status=USAGE, words=["q", "GRU"])
        folder.refuse(*ask[:-1], "999", "--figure", "cell-step", "--output", "x.png", status=USAGE, words=["999"])
        folder.refuse(*ask[:-3], "99", "--figure", "cell-step", "--output", "x.png", words=["5 units"])


def test_inside():
    with Folder() as folder:
        ask = trained(folder)

        def table(figure, *more):
            folder.run(*ask, "--figure", figure, "--output", "x.csv", *more)
            return [line.split(",") for line in folder.read("x.csv").splitlines()[1:]]

        told = folder.run_json("inspect", "--study", "s.anamnesis", "--run", "1", "--recurrent-matrix", "z")
        drawn = [[float(row[2]), float(row[3])] for row in table("recurrent-matrix", "--of", "z")][:5]
        assert all(abs(a - b) < 1e-8 for one, other in zip(told["eigenvalues"], drawn) for a, b in zip(one, other)), (told, drawn)
        assert {row[1] for row in table("trajectories")} == {"survived", "died"}
        assert {row[1] for row in table("trajectories", "--of", "Sex")} == {"female", "male"}
        last = table("jacobian", "--patient", "1001")
        assert table("jacobian", "--patient", "1001", "--step", "last") == last != table("jacobian", "--patient", "1001", "--step", "3")
        folder.refuse(*ask, "--figure", "jacobian", "--patient", "1001", "--step", "999", "--output", "x.png", status=USAGE, words=["999", "48"])
        near = folder.run_json(*ask, "--figure", "saturation", "--of", "0.9", "--output", "x.png")
        assert "above 0.9" in near["finding"], near
        for row in table("weight-histogram", "--of", "dL/dkernel"):
            assert abs(sum(map(float, row[1:])) - 1) < 1e-4, row
        for figure, wrong, right in (("recurrent-matrix", "f", "z"), ("trajectories", "nothing", "outcome"), ("weight-histogram", "c", "recurrent_kernel"), ("saturation", "2", "0.95")):
            folder.refuse(*ask, "--figure", figure, "--of", wrong, "--output", "x.png", status=USAGE, words=[wrong, right])


def test_refused():
    with Folder() as folder:
        ask = trained(folder)
        folder.refuse(*ask, "--figure", "nonsense", "--output", "x.png", status=USAGE, words=["nonsense", "gradient-flow"])
        folder.refuse(*ask, "--figure", "loss", status=USAGE, words=["--output", ".svg"])
        folder.refuse(*ask, "--figure", "loss", "--output", "x.gif", status=USAGE, words=[".png"])
        folder.refuse(*ask, "--figure", "gates", "--output", "x.png", status=USAGE, words=["--patient"])
        folder.refuse(*ask, "--figure", "gates", "--output", "x.png", "--patient", "nobody", words=["nobody", "1001"])
        folder.refuse(*ask, "--figure", "gates", "--output", "x.png", "--patient", "1001", "--layer", "7", status=USAGE, words=["7"])
        folder.refuse(*ask, "--figure", "loss", "--output", "no/where/x.png", words=["no/where/x.png"])


if __name__ == "__main__":
    tap.run()
