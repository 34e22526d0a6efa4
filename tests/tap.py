# SPDX-License-Identifier: GPL-3.0-or-later
"""The Test Anything Protocol for tests in Python: each test_* function of a module is one case."""

import os
import sys
import traceback

SOURCE_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Skip(Exception):
    """Raised by a case that can't run here; the reason is its message."""


def run(module_name="__main__"):
    """Run the module's cases in the order they are written, and end the program."""
    module = sys.modules[module_name]
    cases = [value for name, value in vars(module).items() if name.startswith("test_") and callable(value)]
    failures = 0
    print(f"1..{len(cases)}", flush=True)
    for number, case in enumerate(cases, 1):
        name = case.__name__[len("test_"):].replace("_", " ")
        try:
            case()
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except BaseException as error:  # one case that fails must not hide the next
            failures += 1
            print(f"not ok {number} - {name}", flush=True)
            words = str(error) if isinstance(error, AssertionError) and str(error) else traceback.format_exc()
            print(f"{name}:\n{words}", file=sys.stderr, flush=True)
            if isinstance(error, KeyboardInterrupt):
                raise
        else:
            print(f"ok {number} - {name}", flush=True)
    sys.exit(1 if failures else 0)


def source_files(*endings, root=SOURCE_ROOT):
    """Paths of the project's files with these endings, relative to its root, sorted; build directories left out."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(("_", ".")) or name == ".ci")
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), root)
            if not endings or path.endswith(endings):
                found.append(path)
    return sorted(found)


def read(path):
    """The text of one of the project's files."""
    with open(os.path.join(SOURCE_ROOT, path), encoding="utf-8") as file:
        return file.read()
