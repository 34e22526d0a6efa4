#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read every #include and hold it against the directions in which the rooms may depend on each other."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)

# Each room and the rooms, or single headers, that it may look into besides itself.
ARROWS = {
    "engine": set(),
    # The simulated cohorts draw from the engine's counter-based generator: one generator in the house.
    "data": {"engine/sequences.h", "engine/real.h", "engine/random.h"},
    "widgets/figures": set(),
    "widgets/views": {"widgets/figures"},
    "app/study": {"data", "engine"},
    "app/exhibits": {"app/study", "widgets/figures", "exposed by app/study"},
    # "bench" measures the engine itself.
    "app/cli": {"app/exhibits", "app/study", "widgets/figures", "exposed by app/study", "engine/benchmark.h"},
    "app/gui": {"app/exhibits", "app/study", "widgets/views", "widgets/figures", "exposed by app/study"},
}
TESTS = {
    "tests/engine": {"engine"},
    "tests/data": {"data", "engine"},
    "tests/widgets": {"widgets/figures", "widgets/views"},
    "tests/study": {"app/study", "app/exhibits", "widgets/figures", "data", "engine"},
    "tests/exhibits": {"app/exhibits", "app/study", "widgets/figures", "data", "engine"},
    "tests/cli": {"app/cli", "app/exhibits", "app/study", "data", "engine"},
    "tests/gui": {"app/gui", "app/exhibits", "app/study", "widgets/views", "widgets/figures", "data", "engine"},
}

# Headers of libraries that only some rooms may see.
SCREEN = {"widgets/views", "app/gui", "tests/widgets", "tests/gui"}
DRAWING = SCREEN | {"widgets/figures", "app/exhibits", "app/cli", "tests/study", "tests/exhibits"}
DATABASE = {"data", "app/study", "tests/data", "tests/study", "tests/cli"}
LIBRARIES = [
    (re.compile(r"^(gtk|gdk|gsk)/|^adwaita\.h$"), SCREEN),
    (re.compile(r"^(cairo|pango)"), DRAWING),
    (re.compile(r"^sqlite3\.h$"), DATABASE),
    (re.compile(r"^(csv|archive|archive_entry)\.h$"), {"data", "tests/data"}),
    (re.compile(r"^(cblas|openblas_config|f77blas|lapacke)\.h$"), {"engine", "tests/engine"}),
    (re.compile(r"^(glib-object\.h|gio/|json-glib/)"),
     (set(ARROWS) | set(TESTS)) - {"engine", "widgets/figures"}),
]


def room_of(path, rooms):
    return next((room for room in sorted(rooms, key=len, reverse=True) if path.startswith(room + "/")), None)


def resolve(path, target):
    """The project's file that an #include names, or None if it is a library's."""
    for candidate in (target, os.path.normpath(os.path.join(os.path.dirname(path), target))):
        if os.path.isfile(os.path.join(tap.SOURCE_ROOT, candidate)):
            return candidate
    return None


def includes_of(path):
    """(line, in quotes, text) of each #include of a file."""
    text = tap.read(path)
    return [(text.count("\n", 0, match.start()) + 1, match[1] == '"', match[2]) for match in INCLUDE.finditer(text)]


def exposed_by(room):
    """What a room's headers include, and these in turn: whoever includes the room's headers sees it all."""
    seen, stack = set(), [path for path in tap.source_files(".h") if path.startswith(room + "/")]
    while stack:
        path = stack.pop()
        for _, _, target in includes_of(path):
            found = resolve(path, target)
            if found and found not in seen:
                seen.add(found)
                stack.append(found)
    return seen


def wrong_arrows(path, room, allowed, exposed):
    for line, quoted, target in includes_of(path):
        found = resolve(path, target)
        if found is None:
            if quoted and not target.endswith((".inc", "config.h", "resources.h")):
                yield f"{path}:{line}: no file {target}"
            for library, rooms in LIBRARIES:
                if library.search(target) and room not in rooms:
                    yield f"{path}:{line}: {room} may not include <{target}>"
            continue
        if found.startswith(room + "/") or found in allowed or any(found.startswith(other + "/") for other in allowed):
            continue
        if "exposed by app/study" in allowed and found in exposed:
            continue
        yield f"{path}:{line}: {room} may not include {found}"


def all_wrong_arrows():
    rooms = {**ARROWS, **TESTS}
    exposed = exposed_by("app/study")
    wrong = []
    for path in tap.source_files(".c", ".h"):
        room = room_of(path, rooms)
        if room:
            wrong.extend(wrong_arrows(path, room, rooms[room], exposed))
    return wrong


def test_every_include_points_in_an_allowed_direction():
    wrong = all_wrong_arrows()
    assert not wrong, "\n".join(wrong)


def test_every_file_of_code_lives_in_a_room():
    elsewhere = [path for path in tap.source_files(".c", ".h")
                 if not room_of(path, ARROWS) and not path.startswith("tests/")]
    assert not elsewhere, "outside every room: " + ", ".join(elsewhere)


def test_the_check_sees_a_wrong_arrow():
    assert list(_wrong('#include "widgets/figures/figure.h"', "engine/wrong.c"))
    assert list(_wrong("#include <gtk/gtk.h>", "app/cli/wrong.c"))
    assert list(_wrong('#include "engine/lstm.h"', "data/wrong.c", exists=True))
    assert not list(_wrong('#include "engine/sequences.h"', "data/right.c"))


def _wrong(line, path, exists=False):
    """What would be said of a file with that one line."""
    global includes_of, resolve
    kept = includes_of, resolve
    includes_of = lambda _: [(1, match[1] == '"', match[2]) for match in INCLUDE.finditer(line)]  # noqa: E731
    if exists:
        resolve = lambda _, target: target  # noqa: E731
    try:
        room = room_of(path, ARROWS)
        return list(wrong_arrows(path, room, ARROWS[room], set()))
    finally:
        includes_of, resolve = kept


if __name__ == "__main__":
    tap.run()
