#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the loops of the matrix products: their sums must stay in registers.

    registers.py LIBRARY...

A compiler that runs out of registers, or takes an array for one of variable
size, keeps sums on the stack: everything is right, and two to three times slower.
"""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402

TILE = re.compile(r"(rows|columns)_\d+_by_\d+$")
FUNCTION = re.compile(r"^[0-9a-f]+ <([^>]+)>:$")
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$")
JUMP_TARGET = re.compile(r"^([0-9a-f]+) <")
MULTIPLICATION = re.compile(r"v?(f(n?)m(add|sub)\w*|mul)ps$")


def disassemble(library):
    """(name, [(address, operation, operands)]) of each function."""
    output = subprocess.run(["objdump", "--disassemble", "--no-show-raw-insn", library], stdout=subprocess.PIPE, text=True, check=True).stdout
    name, body = None, []
    for line in output.splitlines():
        if FUNCTION.match(line):
            if name:
                yield name, body
            name, body = FUNCTION.match(line).group(1), []
        elif INSTRUCTION.match(line):
            address, operation, operands = INSTRUCTION.match(line).groups()
            body.append((int(address, 16), operation, operands))
    if name:
        yield name, body


def loops(body):
    """Innermost runs of instructions that end in a jump to their first."""
    found = []
    for address, operation, operands in body:
        target = JUMP_TARGET.match(operands)
        if operation.startswith("j") and target and int(target.group(1), 16) <= address:
            found.append((int(target.group(1), 16), address))
    for first, last in found:
        if not any((first, last) != other and first <= other[0] and other[1] <= last for other in found):
            yield [part for part in body if first <= part[0] <= last]


def uses_stack(loop, has_frame):
    return [operands for _, _, operands in loop if "(%rsp" in operands or (has_frame and "(%rbp" in operands)]


def test_sums_stay_in_registers():
    if not shutil.which("objdump"):
        raise tap.Skip("objdump is not installed")
    for library in sys.argv[1:]:
        n_loops = 0
        for name, body in disassemble(library):
            if not TILE.search(name):
                continue
            has_frame = any(operation == "mov" and operands == "%rsp,%rbp" for _, operation, operands in body)
            for loop in loops(body):
                if not any(MULTIPLICATION.match(operation) for _, operation, _ in loop):
                    continue
                n_loops += 1
                wrong = uses_stack(loop, has_frame)
                assert not wrong, f"{os.path.basename(library)}: {name} reads or writes the stack in its loop: {wrong[0]}"
        # Shows that the loops are found at all: two kinds of tile, each of several heights.
        assert n_loops >= 20, f"{library}: only {n_loops} loops found"


if __name__ == "__main__":
    tap.run()
