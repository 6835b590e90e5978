#!/usr/bin/env python3
"""records.py WEIR [--mib N] [--rounds N] [--only WORD] [--json FILE]: records, against the tools and the bare libraries.

As bytes.py: each job by weir and by its rival in turn; the answers are compared before anything is timed. Databases are
made anew for each run. The PostgreSQL server is one of the benchmark's own, with its package's settings, on the disk of
the inputs. The bare rivals of the databases are fed from memory: only their loop counts, for weir the whole process.
A second table has weir's memory: peak RSS beside the bound that `weir explain` prints before the start.
"""
import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("bench/support", "tests/support"):
    sys.path.insert(0, os.path.join(HERE, "..", "..", folder))
import contest  # noqa: E402
import postgres_server  # noqa: E402

CONDITION = "status >= 500 and bytes > 30000"
IN_JQ = ".status >= 500 and .bytes > 30000"
COLUMNS = "ts, status, path, ms"
TABLE = "CREATE TABLE t (ts TEXT, status INTEGER, path TEXT, ms INTEGER)"
ALL_ROWS = "SELECT ts, status, path, ms FROM t ORDER BY ts, path, status, ms"


class Place:
    """The files and the server that the jobs work with."""

    def __init__(self, weir, folder, mib, with_server):
        self.weir = weir
        for name in ("log.ndjson", "rows.csv", "rows.tsv", "ours.out", "theirs.out", "ours.db", "theirs.db"):
            setattr(self, re.sub(r"\W", "_", name), os.path.join(folder, name))
        self.go(f"generate --bytes {mib}M --format ndjson --seed 1 | write {self.log_ndjson}")
        self.go(f"read {self.log_ndjson} | lines | json | select {COLUMNS} | to csv | write {self.rows_csv}")
        # No field of these rows has a quote or a comma: PostgreSQL's text form is the same with tabs.
        contest.run(["bash", "-c", f"tail -n +2 {self.rows_csv} | tr , '\\t' > {self.rows_tsv}"])
        self.server = postgres_server.Server(folder) if with_server else None

    def command(self, pipeline):
        return [self.weir, "--quiet", pipeline]

    def go(self, pipeline):
        contest.run(self.command(pipeline))

    def fresh(self):
        for name in ("ours", "theirs"):
            for end in (".out", ".db", ".db-wal", ".db-shm"):
                path = getattr(self, f"{name}_out")[:-4] + end
                if os.path.exists(path):
                    os.unlink(path)
        if self.server:
            self.server.ask("DROP TABLE IF EXISTS t, weir_positions; CHECKPOINT")

    # ---- the answer of a side, to be compared
    def said(self, _name, output):
        return output.split()[0]

    def records(self, name, _output):
        """As jq writes them: weir keeps each record as it came."""
        return contest.run(["bash", "-c", f"jq -c . {getattr(self, name + '_out')} | sha256sum"])

    def unpacked(self, name, _output):
        """What weir kept, or what the rival did with all of it."""
        size = int(contest.run(["bash", "-c", f"zstd -dcq {getattr(self, name + '_out')} | wc -l"]))
        lines = contest.run(["bash", "-c", f"jq -c 'select({IN_JQ})' {self.log_ndjson} | wc -l" if name == "ours" else
                             f"wc -l < {self.log_ndjson}"])
        return size == int(lines)

    def sqlite_rows(self, name, _output):
        return contest.run(["bash", "-c", f"sqlite3 {getattr(self, name + '_db')} '{ALL_ROWS}' | sha256sum"])

    def postgres_rows(self, _name, _output):
        return self.server.ask(f"SELECT count(*), md5(string_agg(r::text, '' ORDER BY r)) FROM ({ALL_ROWS}) AS r")


class Job:
    def __init__(self, name, target, pipeline, rival_name, rival, answer, needs=()):
        self.name, self.target, self.pipeline, self.rival_name = name, target, pipeline, rival_name
        self.rival, self.answer, self.needs = rival, answer, needs


def jobs(at, bare):
    where = f"read {at.log_ndjson} | lines | json | where '{CONDITION}'"
    keep = f"{where} | write {at.ours_out}"
    select = f"read {at.log_ndjson} | lines | json | select {COLUMNS}"
    programs = {name: os.path.join(bare, "bench_bare_" + name) for name in ("where", "sqlite", "copy")}
    found = [
        Job("read | lines | json | where | count", 0.8, f"{where} | count", "bare simdjson, 2 threads",
            f"{programs['where']} {at.log_ndjson}", at.said, [programs["where"]]),
        Job("read | lines | json | where | write", 30, keep, "jq -c", f"jq -c 'select({IN_JQ})' {at.log_ndjson} > {at.theirs_out}",
            at.records, ["jq"]),
        Job("read | lines | json | where | write", 10, keep, "Miller",
            f"mlr --ojsonl --ijson filter '$status >= 500 && $bytes > 30000' {at.log_ndjson} > {at.theirs_out}", at.records, ["mlr"]),
        Job("read | lines | json | where | write", 8, keep, "Node readline, JSON.parse",
            f"node {HERE}/node_where.mjs {at.log_ndjson} {at.theirs_out}", at.records, ["node"]),
        Job("read | lines | json | where | zstd -1 | write", 1.0, f"{where} | zstd -1 | write {at.ours_out}",
            "zstd -1 -T2 of all, unparsed", f"zstd -q -1 -T2 < {at.log_ndjson} > {at.theirs_out}", at.unpacked, ["zstd"]),
        Job("read | lines | json | select | sqlite", 0.9, f"{select} | sqlite {at.ours_db} t", "bare prepared statement, from memory",
            f"{programs['sqlite']} {at.rows_tsv} {at.theirs_db}", at.sqlite_rows, [programs["sqlite"]]),
        Job("read | lines | json | select | sqlite", 1.0, f"{select} | sqlite {at.ours_db} t", "sqlite3 .import of CSV",
            f"sqlite3 {at.theirs_db} '{TABLE}' '.import --csv --skip 1 {at.rows_csv} t'", at.sqlite_rows, ["sqlite3"]),
    ]
    if at.server:
        url = at.server.url()
        table = TABLE.replace("INTEGER", "bigint")
        postgres = f"{select} | postgres '{url}' t"
        found += [
            Job("read | lines | json | select | postgres", 0.9, postgres, "bare COPY, from memory",
                f"{programs['copy']} {at.rows_tsv} '{url}'", at.postgres_rows, [programs["copy"]]),
            Job("read | lines | json | select | postgres", 1.0, postgres, "psql \\copy of CSV",
                f"psql -X -q '{url}' -c '{table}' -c \"\\copy t from '{at.rows_csv}' csv header\"", at.postgres_rows, ["psql"]),
        ]
    return found


def measure(job, at, rounds):
    sides = {"ours": ["bash", "-c", shlex.join(at.command(job.pipeline))], "theirs": ["bash", "-c", job.rival]}
    answers = []
    for name, command in sides.items():
        at.fresh()
        answers.append(job.answer(name, contest.run(command)))
    if answers[0] != answers[1] or not answers[0]:
        sys.exit(f"{job.name}: {answers[0]} is not what {job.rival_name} gives: {answers[1]}")
    rows = contest.in_turn(*sides.values(), rounds, at.fresh)
    peaks = []
    for command in sides.values():
        at.fresh()
        peaks.append(contest.peak_rss_mib(command))
    return contest.result(job.name, job.rival_name, job.target, rows, peaks)


def bound_mib(weir, pipeline):
    plan = contest.run([weir, "explain", pipeline]).decode()
    number, unit = re.search(r"^memory bound: ([\d.]+) ([KM])iB", plan, re.M).groups()
    return float(number) / (1 if unit == "M" else 1024)


def memory(weir, wanted, results):
    """Every job of weir's once: what it used above a process that does nothing, beside the bound."""
    idle = contest.peak_rss_mib([weir, "--quiet", "generate --bytes 1 | null"])
    print("\n| job | bound printed before the start, MiB | peak RSS, MiB | of an idle process, MiB | |\n|---|---|---|---|---|")
    seen = set()
    for job, r in zip(wanted, results):
        if job.name in seen:
            continue
        seen.add(job.name)
        bound = bound_mib(weir, job.pipeline)
        over = r["weir_rss_mib"] > bound + idle
        name = job.name.replace("|", "\\|")
        print(f"| `{name}` | {bound:.1f} | {r['weir_rss_mib']:.1f} | {idle:.1f} | {'**over**' if over else 'never over'} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weir", type=os.path.abspath)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="rows with this in \"JOB RIVAL\"")
    parser.add_argument("--bare", help="the folder with bench_bare_*; by default where the build puts it beside WEIR")
    parser.add_argument("--json")
    options = parser.parse_args()
    bare = os.path.normpath(options.bare or os.path.join(os.path.dirname(options.weir), "..", "..", "bench"))
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as folder:
        at = Place(options.weir, folder, options.mib, postgres_server.programs() is not None)
        try:
            print(f"{options.mib} MiB NDJSON, {options.rounds} rounds, {os.cpu_count()} cores; each side is wall seconds / "
                  "CPU seconds / peak RSS in MiB\n\n" + contest.HEAD)
            wanted, results = [], []
            for job in jobs(at, bare):
                missing = [os.path.basename(n) for n in job.needs if not shutil.which(n)]
                if options.only not in f"{job.name} {job.rival_name}":
                    continue
                if missing:
                    print(f"| `{job.name}` | {job.rival_name} | skipped: {', '.join(missing)} is not there | | | | | |")
                    continue
                wanted.append(job)
                results.append(measure(job, at, options.rounds))
                print(contest.row_text(results[-1]), flush=True)
            memory(options.weir, wanted, results)
        finally:
            if at.server:
                at.server.stop()
    if options.json:
        with open(options.json, "w") as out:
            json.dump(results, out, indent=1)


if __name__ == "__main__":
    sys.exit(main())
