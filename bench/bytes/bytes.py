#!/usr/bin/env python3
"""bytes.py WEIR [--mib N] [--rounds N] [--only WORD] [--json FILE]: the command against the standard tools.

Each job is done by weir and by its rival in turn, in one run; a row gives the medians and the ratio rival / weir round by
round: median [p10-p90], more is better for weir. Outputs are compared before anything is timed, and removed before each
round: both make a new file. Page cache warm. Peak RSS is that of one more run, untimed, the sum over its processes.
A rival that is not installed is skipped by name; the bare ones (a library by hand) are built with WEIR_BUILD_BENCH.
"""
import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import contest  # noqa: E402

LITERAL = '"status":500'


class Job:
    def __init__(self, name, target, weir, rival, rival_name, same, needs=(), size_limit=None):
        self.name, self.target, self.weir, self.rival = name, target, weir, rival
        self.rival_name, self.same, self.needs, self.size_limit = rival_name, same, needs, size_limit


def jobs(here, bare):
    """F, G, A, B stand for the input, its .gz, weir's output and the rival's."""
    grep = f"grep -F '{LITERAL}'"
    node = os.path.join(here, "node_gzip.mjs")
    memchr, isal, zstd = (os.path.join(bare, "bench_bare_" + name) for name in ("memchr", "isal", "zstd"))
    return [
        Job("read | lines | count", 0.8, "read F | lines | count", f"{memchr} F", "bare memchr, 2 threads", "answer", [memchr]),
        Job("read | gzip -1 | write", 0.9, "read F | gzip -1 | write A", f"{isal} F B", "bare ISA-L, 2 threads", "zcat",
            [isal], 1.01),
        Job("read | zstd -1 | write", 0.9, "read F | zstd -1 | write A", f"{zstd} F B", "bare libzstd, 2 threads",
            "zstd -dcq", [zstd, "zstd"], 1.01),
        Job("read | lines | grep -F | write", 1.8, f"read F | lines | {grep} | write A", f"LC_ALL=C {grep} F > B",
            "grep -F", "cat"),
        Job("read | gzip -1 | write", 3.0, "read F | gzip -1 | write A", "pigz -1 -p2 < F > B", "pigz -1 -p2", "zcat",
            ["pigz"], 1.0),
        Job("read | gzip -6 | write", 1.5, "read F | gzip -6 | write A", "pigz -6 -p2 < F > B", "pigz -6 -p2", "zcat",
            ["pigz"], 1.01),
        Job("read | zstd -1 | write", 1.2, "read F | zstd -1 | write A", "zstd -q -1 -T2 < F > B", "zstd -1 -T2",
            "zstd -dcq", ["zstd"]),
        Job("read .gz | lines | grep -F | gzip | write", 4.0, f"read G | lines | {grep} | gzip | write A",
            f"zcat G | LC_ALL=C {grep} | gzip > B", "zcat | grep -F | gzip", "zcat"),
        Job("read | gzip | write", None, "read F | gzip | write A", f"node {node} F B", "Node stream.pipeline", "zcat",
            ["node"]),
        Job("read | gzip -6 | write", 5.0, "read F | gzip -6 | write A", f"node {node} F B", "Node stream.pipeline",
            "zcat", ["node"], 1.01),
        Job("read | write", 0.95, "read F | write A", "cat F > B", "cat", "cat"),
        Job("read | lines | count", None, "read F | lines | count", "wc -l F", "wc -l", "answer"),
    ]


def named(words, names):
    """The words with the letters that stand for files replaced."""
    return " ".join(names.get(w, w) for w in words.split(" "))


def compare(job, ours, theirs, names):
    """Stops where the two answers differ; returns the sizes of the output files, if there are any."""
    answers = contest.run(ours), contest.run(theirs)
    if job.same == "answer":
        if answers[0].split()[0] != answers[1].split()[0]:
            sys.exit(f"{job.name}: {answers[0]} is not {job.rival_name}'s {answers[1]}")
        return None
    a, b = names["A"], names["B"]
    subprocess.run(["bash", "-c", f"cmp <({job.same} < {a}) <({job.same} < {b})"], check=True)
    return os.path.getsize(a), os.path.getsize(b)


def fresh(names):
    for path in (names["A"], names["B"]):
        if os.path.exists(path):
            os.unlink(path)


def measure(job, weir, names, rounds):
    # Both through a shell, whose start counts in jobs of 0.1 s.
    ours = ["bash", "-c", shlex.join([weir, "--quiet", named(job.weir, names)])]
    theirs = ["bash", "-c", named(job.rival, names)]
    sizes = compare(job, ours, theirs, names)
    rows = contest.in_turn(ours, theirs, rounds, lambda: fresh(names))
    peaks = [contest.peak_rss_mib(command) for command in (ours, theirs)]
    found = contest.result(job.name, job.rival_name, job.target, rows, peaks)
    if sizes and sizes[1]:
        found |= {"size_ratio": sizes[0] / sizes[1], "size_limit": job.size_limit}
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weir")
    parser.add_argument("--mib", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="rows with this in \"JOB RIVAL\"")
    parser.add_argument("--bare", help="the folder with bench_bare_*; by default where the build puts it beside WEIR")
    parser.add_argument("--json")
    options = parser.parse_args()
    bare = options.bare or os.path.join(os.path.dirname(os.path.abspath(options.weir)), "..", "..", "bench")
    results = []
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as folder:
        names = {k: os.path.join(folder, v) for k, v in {"F": "in.ndjson", "G": "in.ndjson.gz", "A": "a.out", "B": "b.out"}.items()}
        subprocess.run([options.weir, "--quiet", f"generate --bytes {options.mib}M --format ndjson --seed 1 | write {names['F']}"], check=True)
        print(f"{options.mib} MiB NDJSON, {options.rounds} rounds, {os.cpu_count()} cores; each side is wall seconds / CPU seconds / peak RSS in MiB\n")
        print(contest.HEAD)
        wanted = [j for j in jobs(os.path.dirname(os.path.abspath(__file__)), os.path.normpath(bare))
                  if options.only in f"{j.name} {j.rival_name}"]
        if any(" G " in j.weir for j in wanted):
            contest.run(["bash", "-c", named("gzip -6 < F > G", names)])
        for job in wanted:
            missing = [os.path.basename(n) for n in job.needs if not shutil.which(n)]
            if missing:
                print(f"| `{job.name}` | {job.rival_name} | skipped: {', '.join(missing)} is not there | | | | | |")
                continue
            results.append(measure(job, options.weir, names, options.rounds))
            print(contest.row_text(results[-1]), flush=True)
    if options.json:
        with open(options.json, "w") as out:
            json.dump(results, out, indent=1)


if __name__ == "__main__":
    sys.exit(main())
