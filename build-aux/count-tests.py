#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Count the cases in meson's test logs and name those that failed or were skipped.

    count-tests.py LOG.json...

The last line is `N passed, N failed, N skipped`; the status is 0 if no case failed and at least one passed.
"""

import json
import re
import sys

TAP_CASE = re.compile(r"^(?P<verdict>ok|not ok)\b[ \t]*\d*[ \t]*-?[ \t]*(?P<name>[^#]*)(?:#[ \t]*(?P<directive>\w+)[ \t]*(?P<reason>.*))?$")
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


def cases_of_tap(output):
    """The cases of one program's Test Anything Protocol: (outcome, name, reason) each."""
    cases = []
    for line in output.splitlines():
        case = TAP_CASE.match(line)
        if not case:
            continue
        directive = (case["directive"] or "").upper()
        if directive == "SKIP":
            outcome = SKIPPED
        elif (case["verdict"] == "ok") != (directive == "TODO"):
            outcome = PASSED
        else:
            outcome = FAILED
        cases.append((outcome, case["name"].strip(), (case["reason"] or "").strip()))
    return cases


def cases_of_program(entry):
    """The cases of one entry of meson's log. A program that fell over beside its cases counts as one more that failed."""
    cases = cases_of_tap(entry.get("stdout") or "")
    result = entry["result"]
    if result in ("OK", "EXPECTEDFAIL"):
        return cases or [(PASSED, "", "")]
    if result in ("SKIP", "IGNORED"):
        return cases or [(SKIPPED, "", (entry.get("stdout") or entry.get("stderr") or "").strip().split("\n")[-1])]
    if not any(outcome == FAILED for outcome, _, _ in cases):
        cases.append((FAILED, "", result.lower()))
    return cases


def main(paths):
    counts = {PASSED: 0, FAILED: 0, SKIPPED: 0}
    notes = []
    for path in paths:
        try:
            with open(path, encoding="utf-8") as log:
                entries = [json.loads(line) for line in log if line.strip()]
        except OSError as error:
            counts[FAILED] += 1
            notes.append(f"FAILED  {path}: {error.strerror}")
            continue
        for entry in entries:
            for outcome, name, reason in cases_of_program(entry):
                counts[outcome] += 1
                if outcome != PASSED:
                    words = f"{outcome.upper():8}{entry['name']} {name}".rstrip()
                    notes.append(f"{words}: {reason}" if reason else words)
    print()
    for note in notes:
        print(note)
    print(", ".join(f"{counts[outcome]} {outcome}" for outcome in (PASSED, FAILED, SKIPPED)))
    return 1 if counts[FAILED] or not counts[PASSED] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
