# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs anamnesis-cli as a person or a script does. The program's path is the test's first argument."""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import schema  # noqa: E402
import tap  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
DATASETS = os.path.join(os.path.dirname(tap.SOURCE_ROOT), "shared", "datasets")

DONE, FAILED, USAGE = 0, 1, 2


class Folder(tempfile.TemporaryDirectory):
    """A folder of the test's own that the program is run in, and where its untitled studies go."""

    def __enter__(self):
        return self

    def path(self, *names):
        return os.path.join(self.name, *names)

    def write(self, name, text, encoding="utf-8"):
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode(encoding))
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def environment(self):
        # GIO forgets the modules of the machine that it looked at, which leak checkers tell of.
        return {**os.environ, "XDG_DATA_HOME": self.path("data"), "HOME": self.path("home"), "LC_ALL": "C.UTF-8", "GIO_MODULE_DIR": self.path("none")}

    def start(self, *arguments, **options):
        return subprocess.Popen([PROGRAM, *arguments], cwd=self.name, env=self.environment(),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def run(self, *arguments, status=DONE):
        """Standard output and standard error, after holding the exit status to @status."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=300)
        told = f"anamnesis-cli {' '.join(arguments)}\nstatus {process.returncode}, expected {status}\n{output}\n{errors}"
        assert process.returncode == status, told
        return output, errors

    def run_json(self, *arguments, status=DONE):
        """What a command prints with --json: one object and nothing else."""
        output, _ = self.run(*arguments, "--json", status=status)
        value = json.loads(output)
        assert isinstance(value, dict), output
        schema.check(arguments[0], value)
        return value

    def refuse(self, *arguments, status=FAILED, words=()):
        """The one line that says why, after holding it to @words."""
        output, errors = self.run(*arguments, status=status)
        assert output == "", output
        lines = errors.splitlines()
        if status == USAGE:
            assert len(lines) == 2 and "--help" in lines[1], errors
        else:
            assert len(lines) == 1, errors
        for word in words:
            assert word.lower() in lines[0].lower(), f"“{word}” isn't in: {lines[0]}"
        return lines[0]


def need_dataset(*names):
    path = os.path.join(DATASETS, *names)
    if not os.path.exists(path):
        raise tap.Skip(f"the data set {'/'.join(names)} isn't at {path}")
    return path
