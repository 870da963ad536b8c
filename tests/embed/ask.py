# SPDX-License-Identifier: Apache-2.0
"""ask.py STORE SQL - the library from Python, with what comes with Python."""

import ctypes
import sys

silt = ctypes.CDLL("libsiltstone.so.0")
for name in "siltstone_message", "siltstone_rows_text":
    getattr(silt, name).restype = ctypes.c_char_p

store, rows = ctypes.c_void_p(), ctypes.c_void_p()
if silt.siltstone_open(sys.argv[1].encode(), 0, ctypes.byref(store)) or silt.siltstone_query(store, sys.argv[2].encode(), ctypes.byref(rows)):
    sys.exit(silt.siltstone_message(store).decode())
while silt.siltstone_rows_next(rows):
    cells = [silt.siltstone_rows_text(rows, i) for i in range(silt.siltstone_rows_columns(rows))]
    print(*(c.decode() if c is not None else "" for c in cells), sep="\t")
if silt.siltstone_rows_end(rows):
    sys.exit(silt.siltstone_message(store).decode())
silt.siltstone_close(store)
