#!/usr/bin/env python3
"""bytes.py WEIR [--mib N] [--rounds N] [--only WORD] [--json FILE]: the command against the standard tools.

Each job is done by weir and by its rival in turn, in one run; a row gives the medians and the ratio rival / weir round by
round: median [p10-p90], more is better for weir. Outputs are compared before anything is timed. Page cache warm.
A rival that is not installed is skipped by name.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

LITERAL = '"status":500'


class Job:
    def __init__(self, name, target, weir, rival, rival_name, same, needs=(), size_limit=None):
        self.name, self.target, self.weir, self.rival = name, target, weir, rival
        self.rival_name, self.same, self.needs, self.size_limit = rival_name, same, needs, size_limit


def jobs(here):
    """F, G, A, B stand for the input, its .gz, weir's output and the rival's."""
    grep = f"grep -F '{LITERAL}'"
    node = os.path.join(here, "node_gzip.mjs")
    return [
        Job("read | lines | grep -F | write", 1.0, f"read F | lines | {grep} | write A", f"LC_ALL=C {grep} F > B",
            "grep -F", "cat"),
        Job("read | gzip -1 | write", 3.0, "read F | gzip -1 | write A", "pigz -1 -p2 < F > B", "pigz -1 -p2", "zcat",
            ["pigz"], 1.0),
        Job("read | gzip -6 | write", 1.5, "read F | gzip -6 | write A", "pigz -6 -p2 < F > B", "pigz -6 -p2", "zcat",
            ["pigz"], 1.01),
        Job("read | zstd -1 | write", 1.2, "read F | zstd -1 | write A", "zstd -q -1 -T2 < F > B", "zstd -1 -T2",
            "zstd -dcq", ["zstd"]),
        Job("read .gz | lines | grep -F | gzip | write", 4.0, f"read G | lines | {grep} | gzip | write A",
            f"zcat G | LC_ALL=C {grep} | gzip > B", "zcat | grep -F | gzip", "zcat"),
        Job("read | gzip | write", 5.0, "read F | gzip | write A", f"node {node} F B", "Node stream.pipeline", "zcat",
            ["node"]),
        Job("read | write", None, "read F | write A", "cat F > B", "cat", "cat"),
        Job("read | lines | count", None, "read F | lines | count", "wc -l F", "wc -l", None),
    ]


def sh(command, names, **more):
    words = command
    for name, path in names.items():
        words = " ".join(path if w == name else w for w in words.split(" "))
    return subprocess.run(["bash", "-c", words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)


def timed(run):
    before = os.times()
    begun = time.monotonic()
    run()
    wall = time.monotonic() - begun
    after = os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def quantile(values, p):
    values = sorted(values)
    return values[round(p * (len(values) - 1))]


def measure(job, weir, names, rounds):
    def ours():
        words = job.weir
        for name, path in names.items():
            words = " ".join(path if w == name else w for w in words.split(" "))
        subprocess.run([weir, "--quiet", words], check=True, stdout=subprocess.DEVNULL)

    def theirs():
        sh(job.rival, names)

    ours()
    theirs()
    sizes = None
    if job.same:
        a, b = names["A"], names["B"]
        subprocess.run(["bash", "-c", f"cmp <({job.same} < {a}) <({job.same} < {b})"], check=True)
        sizes = os.path.getsize(a), os.path.getsize(b)
    rows = []
    for i in range(rounds):
        pair = [ours, theirs] if i % 2 == 0 else [theirs, ours]
        took = {f: timed(f) for f in pair}
        rows.append((took[ours], took[theirs]))
    ratios = [t[0] / o[0] for o, t in rows]
    return {
        "job": job.name, "rival": job.rival_name, "target": job.target,
        "weir_seconds": quantile([o[0] for o, _ in rows], 0.5), "rival_seconds": quantile([t[0] for _, t in rows], 0.5),
        "weir_cpu": quantile([o[1] for o, _ in rows], 0.5), "rival_cpu": quantile([t[1] for _, t in rows], 0.5),
        "ratio": quantile(ratios, 0.5), "p10": quantile(ratios, 0.1), "p90": quantile(ratios, 0.9),
        "size_ratio": sizes[0] / sizes[1] if sizes and sizes[1] else None, "size_limit": job.size_limit,
    }


def row_text(r):
    size = f"{r['size_ratio']:.3f}" if r["size_ratio"] else "-"
    target = f"{r['target']:g}x" if r["target"] else "-"
    verdict = "-" if not r["target"] else "met" if r["ratio"] >= r["target"] else "missed"
    if r["size_limit"] and r["size_ratio"] > r["size_limit"]:
        verdict = "too large"
    return (f"| `{r['job']}` | {r['rival']} | {r['weir_seconds']:.2f} / {r['weir_cpu']:.2f} | "
            f"{r['rival_seconds']:.2f} / {r['rival_cpu']:.2f} | {r['ratio']:.2f}x [{r['p10']:.2f}-{r['p90']:.2f}] | "
            f"{target} | {verdict} | {size} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weir")
    parser.add_argument("--mib", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="")
    parser.add_argument("--json")
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as folder:
        names = {k: os.path.join(folder, v) for k, v in {"F": "in.ndjson", "G": "in.ndjson.gz", "A": "a.out", "B": "b.out"}.items()}
        subprocess.run([options.weir, "--quiet", f"generate --bytes {options.mib}M --format ndjson --seed 1 | write {names['F']}"], check=True)
        sh("gzip -6 < F > G", names)
        print(f"{options.mib} MiB NDJSON, {options.rounds} rounds, {os.cpu_count()} cores; seconds are wall / CPU\n")
        print("| job | rival | weir s | rival s | ratio [p10-p90] | target | verdict | size |\n|---|---|---|---|---|---|---|---|")
        for job in jobs(os.path.dirname(os.path.abspath(__file__))):
            if options.only not in job.name:
                continue
            missing = [n for n in job.needs if not shutil.which(n)]
            if missing:
                print(f"| `{job.name}` | {job.rival_name} | skipped: {', '.join(missing)} is not installed | | | | | |")
                continue
            results.append(measure(job, options.weir, names, options.rounds))
            print(row_text(results[-1]), flush=True)
    if options.json:
        with open(options.json, "w") as out:
            json.dump(results, out, indent=1)


if __name__ == "__main__":
    sys.exit(main())
