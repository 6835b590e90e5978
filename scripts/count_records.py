#!/usr/bin/env python3
"""scripts/count_records.py LOG DATABASE DEAD_LETTERS: counts a log of the demo's second job with Python's own json, and compares
what it finds with the rows of the database and with the dead letters, one by one. Exits with 1 where they differ."""
import base64
import json
import sqlite3
import sys


def strict(line):
    """The record of a line, or None: no object, a constant that JSON does not have, bytes that are no UTF-8."""
    def refuse(constant):
        raise ValueError(constant)

    try:
        record = json.loads(line.decode("utf-8"), parse_constant=refuse)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def main():
    log, database, dead_letters = sys.argv[1:]
    rows = sqlite3.connect(database).execute("SELECT ts, status, path, ms FROM errors ORDER BY rowid")
    letters = open(dead_letters, "rb")
    good = bad = wanted = wrong = 0
    with open(log, "rb") as lines:
        for number, line in enumerate(lines, 1):
            record = strict(line)
            if record is None:
                bad += 1
                letter = json.loads(next(letters, b"{}"))
                raw = letter["raw"].encode() if "raw" in letter else base64.b64decode(letter.get("raw_base64", ""))
                wrong += raw != line.rstrip(b"\n") or letter.get("line") != number
            else:
                good += 1
                if record["status"] >= 500:
                    wanted += 1
                    wrong += next(rows, None) != (record["ts"], record["status"], record["path"], record["ms"])
    too_many = sum(1 for _ in rows) + sum(1 for _ in letters)
    print(f"{good + bad} lines: {wanted} rows wanted, {good - wanted} filtered, {bad} bad; "
          f"{wrong} rows or letters differ, {too_many} too many")
    sys.exit(1 if wrong or too_many or not wanted or not bad else 0)


main()
