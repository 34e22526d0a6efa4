#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/engine/safetensors: sound files with the safetensors library, damaged ones byte by byte.

    /tmp/oracles/bin/python tests/oracles/make_safetensors.py

(see make_golden.py for the environment). y_ files must be read, n_ files refused in the words that stand
beside them in .error files, which this script doesn't write; i_ files may be either.
"""

import json
import pathlib
import struct

import numpy as np
import torch
from safetensors.torch import save

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "engine" / "safetensors"


def pack(header, data=b"", length=None):
    header = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def tensor(shape, begin, end, dtype="F32", **more):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end], **more}


def of(data=b"", **members):
    return pack(json.dumps(members), data)


ONE = np.arange(1, 3, dtype="<f4").tobytes()
VALUES = torch.tensor([[0.0, -0.0, 1.0, -2.5], [65504.0, 6.1035156e-05, 5.9604645e-08, 0.333251953125]])

FILES = {
    # Made by others.
    "y_f64": save({"a": VALUES.double(), "b": VALUES[0].double()}, {"format": "pt"}),
    "y_f32": save({"a": VALUES, "b": VALUES[0].clone()}, {"format": "pt"}),
    "y_f16": save({"a": VALUES.half(), "b": VALUES[0].half()}),
    "y_bf16": save({"a": VALUES.bfloat16(), "b": VALUES[0].bfloat16()}),
    "y_mixed": save({"a": VALUES, "count": torch.tensor(7), "flags": torch.tensor([True, False]), "half": VALUES.half()}),
    # By hand.
    "y_nothing": pack("{}"),
    "y_only_texts": of(__metadata__={"network": "lstm(3) > dense(1)", "name": "Ἀνάμνησις 回忆\n\t\"\\/"}),
    "y_escapes": pack(r'{"__metadata__":{"\u006ba":"\"\\\/\b\f\n\r\t\u00e9\ud83e\udde0"},"caf\u00e9":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', ONE),
    "y_white_space": pack(' \t'.join(['{', '"a"', ':', '{"dtype" : "F32"\n,"shape"\r\n:[ 2 ] , "data_offsets":[0 ,8 ]', '}', '}      ']), ONE),
    "y_single_number": of(ONE, a=tensor([], 0, 4), b=tensor([1, 1], 4, 8)),
    "y_empty_tensors": of(ONE, a=tensor([0], 0, 0), b=tensor([2], 0, 8), c=tensor([5, 0, 9], 8, 8), d=tensor([0, 2**62, 2**62], 8, 8)),
    "y_not_in_order": of(ONE, b=tensor([1], 4, 8), a=tensor([1], 0, 4)),
    "y_not_aligned": of(b"\1" + ONE, flag=tensor([1], 0, 1, "BOOL"), a=tensor([2], 1, 9)),
    "y_not_finite": of(np.array([np.nan, np.inf, -np.inf], "<f4").tobytes(), a=tensor([3], 0, 12)),
    "y_fields_in_another_order": pack('{"a":{"data_offsets":[0,8],"shape":[2],"dtype":"F32"}}', ONE),
    # The length.
    "n_empty": b"",
    "n_seven_bytes": b"\0" * 7,
    "n_no_header": pack(""),
    "n_header_cut_off": pack('{"a":{"dtype":"F32","shape":[2]', b"", 100),
    "n_huge_header": struct.pack("<Q", 2**63) + b"{}",
    "n_header_over_limit": struct.pack("<Q", 100_000_001) + b"{}",
    "n_text_file": b"patient,time,value\n1,0,2.5\n",
    "n_big_endian": struct.pack(">Q", 2) + b"{}",
    "n_gzip": bytes.fromhex("1f8b0800000000000003abae05008c33f10200000000"),
    # The JSON.
    "n_array": pack("[]"),
    "n_space_in_front": pack(" {}"),
    "n_two_objects": pack("{}{}"),
    "n_unclosed": pack('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}', ONE),
    "n_unclosed_text": pack('{"__metadata__":{"a":"b}}'),
    "n_comma_at_end": pack('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}', ONE),
    "n_no_colon": pack('{"a"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', ONE),
    "n_comment": pack('{/* a */"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', ONE),
    "n_single_quotes": pack("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", ONE),
    "n_deep": pack('{"a":' + "[" * 100000),
    "n_deep_objects": pack('{"a":' * 20000),
    "n_latin1": pack('{"caf\xe9":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'.encode("latin-1"), ONE),
    "n_nul": pack(b'{"a\0":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', ONE),
    "n_escaped_nul": pack(r'{"a\u0000":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', ONE),
    "n_half_a_pair": pack(r'{"a\ud83e":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', ONE),
    "n_bad_escape": pack(r'{"a\x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', ONE),
    "n_newline_in_text": pack('{"a\n":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', ONE),
    "n_number_for_tensor": pack('{"a":1}'),
    "n_texts_twice": pack('{"__metadata__":{},"__metadata__":{}}'),
    "n_text_twice": pack('{"__metadata__":{"a":"1","a":"2"}}'),
    "n_text_is_number": pack('{"__metadata__":{"a":1}}'),
    "n_texts_null": pack('{"__metadata__":null}'),
    # The tensors.
    "n_tensor_twice": pack('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', ONE),
    "n_field_twice": pack('{"a":{"dtype":"F32","dtype":"F64","shape":[2],"data_offsets":[0,8]}}', ONE),
    "n_field_unknown": of(ONE, a=tensor([2], 0, 8, stride=[1])),
    "n_field_missing": pack('{"a":{"dtype":"F32","shape":[2]}}', ONE),
    "n_no_fields": pack('{"a":{}}', ONE),
    "n_unknown_kind": of(ONE, a=tensor([2], 0, 8, "F31")),
    "n_kind_is_number": pack('{"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}', ONE),
    "n_negative_size": of(ONE, a=tensor([-2], 0, 8)),
    "n_fraction": of(ONE, a=tensor([2.0], 0, 8)),
    "n_exponent": pack('{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}', ONE),
    "n_zero_in_front": pack('{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}', ONE),
    "n_hexadecimal": pack('{"a":{"dtype":"F32","shape":[0x2],"data_offsets":[0,8]}}', ONE),
    "n_number_too_large": of(ONE, a=tensor([99999999999999999999], 0, 8)),
    "n_shape_overflows": of(ONE, a=tensor([2**32, 2**32], 0, 8)),
    "n_bytes_overflow": of(ONE, a=tensor([2**62 - 1], 0, 8)),
    "n_too_many_dimensions": of(ONE, a=tensor([1] * 33, 0, 4)),
    "n_one_offset": pack('{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}', ONE),
    "n_three_offsets": pack('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}}', ONE),
    "n_offsets_turned": of(ONE, a=tensor([2], 8, 0)),
    "n_shape_and_bytes_differ": of(ONE, a=tensor([3], 0, 8)),
    "n_beyond_the_end": of(ONE, a=tensor([2], 0, 8), b=tensor([1], 8, 12)),
    "n_far_beyond_the_end": of(ONE, a=tensor([2**40], 0, 2**42)),
    "n_overlap": of(ONE, a=tensor([2], 0, 8), b=tensor([1], 4, 8)),
    "n_same_bytes_twice": of(ONE, a=tensor([2], 0, 8), b=tensor([2], 0, 8)),
    "n_hole": of(ONE, a=tensor([1], 4, 8)),
    "n_hole_between": of(ONE + ONE, a=tensor([1], 0, 4), b=tensor([2], 8, 16)),
    "n_bytes_left_over": of(ONE + b"rest", a=tensor([2], 0, 8)),
    "n_cut_off": of(ONE[:7], a=tensor([2], 0, 8)),
    "n_hidden_bytes": pack("{}", b"hidden"),
    "n_name_with_control_characters": of(ONE, **{"a\033[31m\n" + "b" * 100: tensor([3], 0, 8)}),
    # What others read and others don't.
    "i_empty_name": of(ONE, **{"": tensor([2], 0, 8)}),
    "i_tab_after": pack('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}\t', ONE),
    "i_kind_f4": of(ONE, a=tensor([16], 0, 8, "F4")),
    "i_complex": of(ONE, a=tensor([1], 0, 8, "C64")),
}


def main():
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for path in OUTPUT.glob("*.safetensors"):
        path.unlink()
    for name, data in FILES.items():
        (OUTPUT / f"{name}.safetensors").write_bytes(data)
    print(len(FILES), "files")


if __name__ == "__main__":
    main()
