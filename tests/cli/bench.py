#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""anamnesis-cli bench: that it measures and says with what. How fast anything is isn't tested here."""

import os
import signal

from program import FAILED, USAGE, Folder, tap

BRIEF = ("--workload", "W5", "--seconds", "0.1")


def is_positive(number):
    return isinstance(number, float) and 0 < number < float("inf")


def test_a_workload_is_measured_against_sgemm():
    with Folder() as folder:
        told = folder.run_json("bench", *BRIEF)
        assert told["threads"] == 1 and told["instructions"] in ("avx512", "avx2", "plain"), told
        assert told["openblas_core"], told
        measured, = told["workloads"]
        assert measured["workload"] == "W5" and measured["segments"] == 1, told
        for name in ("ratio", "samples_per_second", "update_seconds", "sgemm_operations_per_second"):
            assert is_positive(measured[name]), told
        assert measured["lowest_ratio"] <= measured["ratio"] <= measured["highest_ratio"]
        assert abs(measured["samples_per_second"] * measured["update_seconds"] - measured["batch_size"]) < 1e-6, told


def test_it_says_the_same_to_people():
    with Folder() as folder:
        output, errors = folder.run("bench", *BRIEF, "--phases", "--threads", "2")
        assert errors == "", errors
        assert "2 threads" in output and "OpenBLAS" in output and "of sgemm" in output and "backward" in output, output


def test_one_patient_is_measured():
    with Folder() as folder:
        told = folder.run_json("bench", "--latency", "--workload", "w5", "--seconds", "0.1")
        measured, = told["workloads"]
        for name in ("forward_seconds", "states_seconds", "gradients_seconds"):
            assert is_positive(measured[name]), told
        assert isinstance(measured["introspection"], float), told


def test_a_core_type_that_does_not_fit_is_told():
    with Folder() as folder:
        if folder.run_json("bench", *BRIEF)["instructions"] == "plain":
            raise tap.Skip("any core type fits the plain instructions")
        fitting = folder.run_json("bench", *BRIEF)
        assert fitting["warnings"] == [], fitting
        told = folder.run_json("bench", *BRIEF, "--blas-core", "Prescott")
        assert told["openblas_core"].lower() == "prescott", told
        assert any("OPENBLAS_CORETYPE=" in warning for warning in told["warnings"]), told


def test_what_cannot_be_measured_is_refused():
    with Folder() as folder:
        folder.refuse("bench", "--workload", "W9", status=USAGE, words=["--workload", "W9", "W6"])
        folder.refuse("bench", "--threads", "0", status=USAGE, words=["--threads"])
        folder.refuse("bench", "--seconds", "0", status=USAGE, words=["--seconds"])
        folder.refuse("bench", "W1", status=USAGE, words=["W1"])


def test_control_c_ends_it():
    with Folder() as folder:
        process = folder.start("bench", "--workload", "W5", "--seconds", "1000")
        assert "thread" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == FAILED and output == "", (process.returncode, output)
        assert errors.splitlines() == ["anamnesis-cli bench: Stopped."], errors


if __name__ == "__main__":
    os.environ.pop("OPENBLAS_CORETYPE", None)
    tap.run()
