# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what the program prints with --json against the JSON Schema that is installed with it: the part of JSON Schema it uses."""

import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402

PATH = os.path.join(tap.SOURCE_ROOT, "app", "cli", "anamnesis-cli.schema.json")

KEYWORDS = {"$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "const",
            "minimum", "pattern"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def load():
    with open(PATH, encoding="utf-8") as file:
        return json.load(file)


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def resolve(root, rule):
    if "$ref" not in rule:
        return rule
    assert rule["$ref"].startswith("#/$defs/"), rule
    return resolve(root, root["$defs"][rule["$ref"][len("#/$defs/"):]])


def find_fault(root, rule, value, place="the object"):
    """What is wrong with the value, in words; None if nothing is."""
    if isinstance(rule, bool):
        return None if rule else f"{place} isn't described"
    rule = resolve(root, rule)
    if "anyOf" in rule:
        faults = [find_fault(root, choice, value, place) for choice in rule["anyOf"]]
        return None if None in faults else "; or ".join(faults)
    if "const" in rule and value != rule["const"]:
        return f"{place} is {value!r}, not {rule['const']!r}"
    if "enum" in rule and value not in rule["enum"]:
        return f"{place} is {value!r}, none of {rule['enum']}"
    types = rule.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, name) for name in types):
        return f"{place} is {value!r}, no {' or '.join(types)}"
    if "minimum" in rule and is_type(value, "number") and value < rule["minimum"]:
        return f"{place} is {value}, less than {rule['minimum']}"
    if "pattern" in rule and isinstance(value, str) and not re.search(rule["pattern"], value):
        return f"{place} is {value!r}, which isn't {rule['pattern']}"
    return find_fault_inside(root, rule, value, place)


def find_fault_inside(root, rule, value, place):
    if isinstance(value, list) and "items" in rule:
        faults = (find_fault(root, rule["items"], item, f"{place}[{index}]") for index, item in enumerate(value))
        return next((fault for fault in faults if fault), None)
    if not isinstance(value, dict):
        return None
    for name in rule.get("required", []):
        if name not in value:
            return f"{place} has no {name}"
    for name, member in value.items():
        fault = find_fault(root, rule.get("properties", {}).get(name, rule.get("additionalProperties", True)), member, f"{place}.{name}")
        if fault:
            return fault
    return None


SCHEMA = load()


def check(command, value):
    """The object that the command printed is as the schema describes it."""
    assert command in SCHEMA["$defs"], f"“{command}” isn't described in {os.path.basename(PATH)}"
    fault = find_fault(SCHEMA, SCHEMA["$defs"]["error" if "error" in value else command], value)
    assert fault is None, f"{command} --json: {fault} (see {os.path.basename(PATH)})"
