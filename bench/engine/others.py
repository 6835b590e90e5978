#!/usr/bin/env python3
"""engine/others.py [--rounds N] [--json FILE]: heavy stages and latency as Go does them.

Another language runs in a process of its own: heavy stages are compared with the ideal of the same process (a plain loop's
time, shared by the cores), latency as it is. The rows carry the names of bench_engine's questions, so that bench/tables puts
them beside weir's. What is not installed is skipped by name.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import results  # noqa: E402

IDEAL = "ideal: the loop's time, shared by the cores"
WHO = "Go channels"
HEAVY = [("four stages of 200 ns", 100_000, -1, [200] * 4), ("four stages of 2 us", 10_000, -1, [2000] * 4),
         ("a farm of 2 us between stages of 200 ns", 30_000, 1, [200, 2000, 200, 200]),
         ("a farm of 2 us alone", 40_000, 0, [2000])]
LATENCY = "latency at 10,000 items/s, 4 stages, "
ITEMS = 3000


def numbers(binary, *words):
    out = subprocess.run([binary, *map(str, words)], check=True, capture_output=True, text=True).stdout
    return out.split()


def heavy(binary, rounds, rows, comparisons):
    for name, items, farmed, stages in HEAVY:
        rates, shares = [], []
        for _ in range(rounds):
            got, want, took, serial = numbers(binary, "heavy", items, farmed, *stages)
            if got != want:
                sys.exit(f"{WHO}, {name}: wrong answer")
            rates.append(items / float(took) / 1e3)
            shares.append(float(serial) / os.cpu_count() / float(took))
        rows.append(results.rate("heavy: " + name, WHO, "k items/s", rates))
        comparisons.append(results.compared("heavy: " + name, WHO, IDEAL, shares))
        print(f"heavy: {name}, share of the ideal: {WHO} {results.shown(results.spread_of(shares))}")


def latency(binary, rounds, rows):
    each = [numbers(binary, "latency", ITEMS, 100) for _ in range(rounds)]
    if any(int(words[0]) != ITEMS for words in each):
        sys.exit(f"{WHO}, latency: an item was lost")
    for at, (what, unit) in enumerate((("p50", "us"), ("p99", "us"), ("p50 from the moment it was due", "us"),
                                       ("CPU", "cores")), 1):
        rows.append(results.figure(LATENCY + what, WHO, unit, [float(words[at]) for words in each]))
        print(f"{LATENCY}{what}: {WHO} {results.shown(rows[-1]['figure'])} {unit}")


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=int, default=7)
    words.add_argument("--json", default="")
    chosen = words.parse_args()
    rows, comparisons, missing = [], [], []
    if shutil.which("go"):
        with tempfile.TemporaryDirectory() as work:
            binary = os.path.join(work, "channels")
            subprocess.run(["go", "build", "-o", binary, os.path.join(HERE, "channels.go")], check=True)
            heavy(binary, chosen.rounds, rows, comparisons)
            latency(binary, chosen.rounds, rows)
    else:
        missing.append("go")
        print("skipped: go is not installed")
    if chosen.json:
        results.save(chosen.json, "engine", rows, comparisons, missing)


if __name__ == "__main__":
    main()
