#!/usr/bin/env python3
"""others.py BENCH_CHAIN [--rounds N] [--stages N] [--json FILE]: the chain against Go channels and Node streams.

Other languages run in processes of their own; each times its own chain, without its start. In turn, in one run; the ratio is
weir's rate over theirs, round by round: median [p10-p90]. Sums are compared. What is not installed is skipped by name.
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


def answer(items, stages):
    # x -> 3x + 1, n times, is 3^n x + (3^n - 1) / 2.
    power = 3 ** stages
    return power * (items * (items - 1) // 2) + items * ((power - 1) // 2)


def weir(program, stages):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run([program, "20", str(stages), "--ours", "--rounds", "3", "--only", "u64", "--json", file.name],
                       check=True, stdout=subprocess.DEVNULL)
        (speed, _), = results.speeds(results.load(file.name)).values()
        return speed["median"]


def other(command, items, stages):
    words = subprocess.run([*command[:-1], str(items), str(stages), *command[-1]], check=True, capture_output=True,
                           text=True).stdout.split()
    if int(words[0]) % 2**64 != answer(items, stages) % 2**64:
        sys.exit(f"{command[0]}: wrong answer")
    return items / float(words[1]) / 1e6


def rivals(work):
    """[(name, [command..., words after items and stages], items)], [what is not installed]."""
    found, missing = [], []
    if shutil.which("go"):
        binary = os.path.join(work, "channels")
        subprocess.run(["go", "build", "-o", binary, os.path.join(HERE, "channels.go")], check=True)
        found += [("Go channels, one a send", [binary, ["1"]], 1_000_000),
                  ("Go channels, slices of 256", [binary, ["256"]], 10_000_000)]
    else:
        missing.append("go")
    if shutil.which("node"):
        found.append(("Node streams, object mode", ["node", os.path.join(HERE, "streams.mjs"), []], 200_000))
    else:
        missing.append("node")
    for tool in missing:
        print(f"skipped: {tool} is not installed")
    return found, missing


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("program")
    words.add_argument("--rounds", type=int, default=7)
    words.add_argument("--stages", type=int, default=4)
    words.add_argument("--json", default="")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as work:
        all_rivals, missing = rivals(work)
        ours, theirs = [], [[] for _ in all_rivals]
        for _ in range(chosen.rounds):
            ours.append(weir(chosen.program, chosen.stages))
            for rates, (_, command, items) in zip(theirs, all_rivals):
                rates.append(other(command, items, chosen.stages))
    question, us = f"chain of {chosen.stages} stages, u64, other languages", "weir, capacity 1024"
    rows, comparisons = [results.rate(question, us, "M items/s", ours)], []
    print(f"{question} (M items/s)\n  {us:30} "
          f"{results.shown(results.spread_of(ours))}")
    for rates, (name, _, _) in zip(theirs, all_rivals):
        each = [a / b for a, b in zip(ours, rates)]
        rows.append(results.rate(question, name, "M items/s", rates))
        comparisons.append(results.compared(question, us, name, each))
        ratio = results.spread_of(each)
        print(f"  {name:30} {results.shown(results.spread_of(rates))}   weir is {results.shown(ratio)} times as fast")
    if chosen.json:
        results.save(chosen.json, "chain_others", rows, comparisons, missing)


if __name__ == "__main__":
    main()
