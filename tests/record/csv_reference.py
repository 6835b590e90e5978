#!/usr/bin/env python3
"""csv_reference.py FOLDER FIRST LAST: for each seed from FIRST to LAST a random table in FOLDER/SEED.csv, and in FOLDER/SEED.want
what Python's csv module (strict) reads in it, with what the seed chose in its first line: delimiter (comma or tab), whether
quoted fields may hold line ends, the columns. Then a line a record: "bad quote", "wrong number of fields", "bad UTF-8"; or the
fields in hex with a letter in front: - null, n number, s string, ? for a record whose quotes were meddled with."""
import csv
import random
import re
import sys
from pathlib import Path

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
WORDS = ["", "0", "-1", "12.5e3", "007", "1.", "+3", "99999999999999999999", "true", "null", "a b", " ", "x", "ä€😀", "GET /i",
         "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)", "-", ".5", "1e5", "-0", "q" * 70, "\x00\x01"]
FULL = ['he said "no"', 'a,b', 'a\tb', '"', '""', ',', 'x\ry', '",\t"']


def field(r, delimiter, newlines):
    """A field's text as it stands in the file, its value and its kind."""
    value = r.choice(FULL if r.random() < 0.2 else WORDS)
    if newlines and r.random() < 0.15:
        value = r.choice(["a\nb", "\n", 'x"\r\n"y', "\n\n,", '"\n"'])
    quoted = r.random() < 0.3 or any(c in value for c in '"\r\n' + delimiter)
    if quoted:
        return '"' + value.replace('"', '""') + '"', value, "s"
    return value, value, "-" if value == "" else "n" if NUMBER.fullmatch(value) else "s"


def meddle(r, raw, delimiter, newlines):
    """One fault in a record without line ends: one that keeps the number of quotes even where records depend on that."""
    at = r.randrange(len(raw) + 1)
    if newlines and raw[at : at + 1] == b'"':
        at = len(raw)  # a byte in front of a quote makes the field one that has a quote inside
    faults = [raw + delimiter.encode() + b"more", raw.rsplit(delimiter.encode(), 1)[0], raw[:at] + b"\xff" + raw[at:],
              b'"a"b' + delimiter.encode() + raw, raw + delimiter.encode() + b'"c" ']
    if not newlines:
        faults += [raw[:at] + b'"' + raw[at:], raw[:at], b'"' + raw, raw + b'"']
    raw = r.choice(faults)
    return raw + b'"' if newlines and raw.count(b'"') % 2 else raw


def strict(lines, delimiter):
    return csv.reader((x.decode("utf-8", "surrogateescape") for x in lines), delimiter=delimiter, strict=True)


def judged(raw, row, width, kinds):
    if row is None:
        return "bad quote"
    if len(row) != width:
        return "wrong number of fields"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "bad UTF-8"
    return " ".join(k + f.encode().hex() for k, f in zip(kinds or "?" * width, row))


def read(raw, delimiter):
    try:
        return next(strict([line + b"\n" for line in raw.split(b"\n")], delimiter), [])
    except csv.Error:
        return None


def table(seed):
    r = random.Random(seed)
    delimiter, newlines = r.choice(",,\t"), r.random() < 0.5
    width, end = r.randrange(1, 9), r.choice([b"\n", b"\r\n"])
    columns = [f"c{i}" for i in range(width)]
    text, want = [delimiter.join(columns).encode() + end], []
    for _ in range(r.randrange(0, 40)):
        if r.random() < 0.05:
            text.append(r.choice([b"", b"  "]) + end)
            continue
        fields = [field(r, delimiter, newlines) for _ in range(width)]
        raw, kinds = delimiter.join(f[0] for f in fields).encode(), "".join(f[2] for f in fields)
        if r.random() < 0.15 and b"\n" not in raw and b"\r" not in raw:
            raw, kinds = meddle(r, raw, delimiter, newlines), ""
        if raw.endswith(b"\r"):
            continue
        row = read(raw, delimiter)
        if row is not None and len(row) <= 1 and not raw.strip(b" \t\r\n"):
            text.append(raw + end)
            continue
        text.append(raw + end)
        want.append(judged(raw, row, width, kinds))
    whole = b"".join(text)
    if r.random() < 0.3 and len(text) > 1:
        whole = whole[: -len(end)]
    if r.random() < 0.2:
        whole = b"\xef\xbb\xbf" + whole
    return whole, f"{'tab' if delimiter == chr(9) else 'comma'} {'newlines' if newlines else 'lines'} {' '.join(columns)}", want


folder, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
for seed in range(first, last + 1):
    text, head, want = table(seed)
    (folder / f"{seed}.csv").write_bytes(text)
    (folder / f"{seed}.want").write_text("\n".join([head, *want]) + "\n")
