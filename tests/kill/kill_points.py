#!/usr/bin/env python3
"""Stops runs of a job at random moments, starts them again until they are done, and compares what is stored with the input.

  kill_points.py --weir PROGRAM --job append|sqlite|tee|postgres --signal KILL|TERM --points N [--seed S] [--jobs N]

A point is a run that was under way when the signal came. Between runs a file may be renamed, or grow. After kill -9 every
record must be there: exactly once where the job says so, else at least once and no oftener than the runs said. After SIGTERM
every record must be there exactly once, whatever the job. Prints what happened; exits with 1 when anything is wrong.
"""
import argparse
import concurrent.futures
import gzip
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter

sys.dont_write_bytecode = True
from jobs import JOBS

# Under TSan: oneTBB's last worker may still be leaving when a run of some milliseconds exits, and counts as leaked then.
ENVIRONMENT = os.environ | {"TSAN_OPTIONS": os.environ.get("TSAN_OPTIONS", "") + ":atexit_sleep_ms=200"}
RUN_SECONDS = 0.6  # how long a run takes that nobody stops
PATIENCE = 60  # for a run that should end by itself


class Input:
    """Files of numbered records: plain, gzip of two members, and one whose last line has no end."""

    def __init__(self, folder, draw, records):
        self.folder, self.draw, self.records, self.grown = folder, draw, 0, False
        folder.mkdir()
        shares = [records // 4, records // 2, records - records // 4 - records // 2]
        (folder / "a.ndjson").write_bytes(self.some(shares[0]))
        (folder / "b.gz").write_bytes(gzip.compress(self.some(shares[1] // 2)) + gzip.compress(self.some(shares[1] // 2)))
        (folder / "c.ndjson").write_bytes(self.some(shares[2])[:-1])

    def some(self, count):
        lines = []
        for _ in range(count):
            lines.append(json.dumps({"id": self.records, "text": self.text_of(self.records)}))
            self.records += 1
        return ("\n".join(lines) + "\n").encode()

    @staticmethod
    def text_of(number):
        return f"{number:x}" * (1 + number * 7919 % 23)

    def expected(self):
        return Counter((number, self.text_of(number)) for number in range(self.records))

    def size(self):
        return sum(len(gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes()) for f in self.folder.iterdir())

    def change(self):
        """A rotation, or growth of the file that ends with a line end."""
        if self.draw.random() < 0.3:
            for old, new in (("a.ndjson", "d.ndjson"), ("d.ndjson", "a.ndjson")):
                if (self.folder / old).exists():
                    (self.folder / old).rename(self.folder / new)
                    break
        if not self.grown and self.draw.random() < 0.3:
            self.grown = True
            name = "a.ndjson" if (self.folder / "a.ndjson").exists() else "d.ndjson"
            with open(self.folder / name, "ab") as file:
                file.write(self.some(50))


class Series:
    """Runs of one job in one folder, until it is done."""

    def __init__(self, weir, job, how, seed):
        self.draw = random.Random(seed)
        self.weir, self.job, self.how, self.seed = weir, job, how, seed
        self.points = 0
        self.announced = 0  # records that may be there twice, as the runs said

    def run(self, folder, most_points):
        self.folder = folder
        self.input = Input(folder / "in", self.draw, 20000)
        rate = f"{max(1, int(self.input.size() / RUN_SECONDS / 1000))}KB/s"
        self.words = [self.weir, "--quiet", "--block-size", "16K", "--checkpoint-every", "20ms", "--job", "kill"]
        self.words += self.job.options + [self.job.pipeline_in(folder).replace("{rate}", rate)]
        while self.points < most_points and self.run_until(self.draw.uniform(0, RUN_SECONDS)):
            self.input.change()
        while self.run_until(PATIENCE):
            raise AssertionError("a run that nobody stopped did not end")
        self.compare()
        return self.points

    def run_until(self, seconds):
        """One run. True: it was stopped; False: it ended by itself before."""
        process = subprocess.Popen(self.words, cwd=self.folder, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
        try:
            _, told = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(self.how)
            if seconds == PATIENCE:
                process.kill()
            _, told = process.communicate()
        for count in re.findall(r"(\d+) records behind the last checkpoint", told):
            self.announced += int(count)
        if process.returncode == 0:
            return False
        stopped = -9 if self.how == signal.SIGKILL else 128 + signal.SIGTERM
        # Before its handlers are there, a signal ends the process as it ends any other.
        if process.returncode not in (stopped, -self.how):
            raise AssertionError(f"exit code {process.returncode}: {told}")
        self.points += 1
        return True

    def compare(self):
        expected = self.input.expected()
        for stored in self.job.stored(self.folder):
            found = Counter(stored)
            missing = expected - found
            repeated = found - expected
            assert not missing, f"{sum(missing.values())} records are missing, e.g. {next(iter(missing))}"
            assert set(found) == set(expected), "records that were never written"
            most = 0 if self.job.exact or self.how == signal.SIGTERM else self.announced
            assert sum(repeated.values()) <= most, f"{sum(repeated.values())} repeated, {most} were announced"


def one_series(words, number, points):
    how = getattr(signal, "SIG" + words.signal)
    series = Series(words.weir, JOBS[words.job], how, words.seed * 1_000_003 + number)
    with tempfile.TemporaryDirectory(prefix="weir-kill-") as folder:
        try:
            return series.run(pathlib.Path(folder), points), series.announced, None
        except AssertionError as error:
            return series.points, series.announced, f"series {number} (seed {words.seed}): {error}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--weir", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--job", required=True, choices=JOBS)
    parser.add_argument("--signal", required=True, choices=["KILL", "TERM"])
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="series at a time")
    words = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="weir-kill-") as folder:
        JOBS[words.job].open(folder)
        try:
            return campaign(words)
        finally:
            JOBS[words.job].close()


def campaign(words):
    begun, points, announced, number, wrong = time.monotonic(), 0, 0, 0, []
    with concurrent.futures.ThreadPoolExecutor(words.jobs) as pool:
        while points < words.points and not wrong:
            size = min(6, -(-(words.points - points) // words.jobs))
            for done, told, error in pool.map(lambda n: one_series(words, n, size), range(number, number + words.jobs)):
                points += done
                announced += told
                if error:
                    wrong.append(error)
            number += words.jobs
    print(f"{words.job}, SIG{words.signal}: {points} points in {number} series, {announced} records announced as perhaps "
          f"repeated, {time.monotonic() - begun:.0f} s")
    for error in wrong:
        print("wrong: " + error)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
