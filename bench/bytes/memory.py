#!/usr/bin/env python3
"""memory.py WEIR [--stall SECONDS] [--gib N]: does memory stay at its limit, and is a paused pipeline idle?

With --memory 64M: peak RSS of (1) a pipeline whose sink takes nothing for a while, (2) a long one whose sink takes a tenth
of what the source could give, (3) the same over 100 MiB. Each must stay under 64 MiB + 32 MiB; the stalled one must use no
CPU. Prints a table; exits 1 when a bound is broken.
"""
import argparse
import os
import subprocess
import sys
import time

LIMIT_MIB = 64 + 32


def status(pid, field):
    with open(f"/proc/{pid}/status") as lines:
        for line in lines:
            if line.startswith(field + ":"):
                return int(line.split()[1])
    return 0


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start(weir, pipeline):
    return subprocess.Popen([weir, "--quiet", "--memory", "64M", pipeline], stdout=subprocess.PIPE)


def stalled(weir, seconds):
    run = start(weir, "generate --bytes 10G --format ndjson --seed 1 | lines | grep -F e | gzip -1 | write -")
    os.read(run.stdout.fileno(), 1)
    time.sleep(2)  # a measurement: let every queue fill up
    begun = cpu_seconds(run.pid)
    time.sleep(seconds)
    used = (cpu_seconds(run.pid) - begun) / seconds
    peak = status(run.pid, "VmHWM") / 1024
    run.kill()
    run.wait()
    return peak, used


def slow(weir, size_bytes, rate):
    """The reader takes `rate` bytes a second."""
    run = start(weir, f"generate --bytes {size_bytes} --format ndjson --seed 1 | lines | grep -F e | write -")
    peak, taken, begun = 0.0, 0, time.monotonic()
    while True:
        data = os.read(run.stdout.fileno(), 1 << 20)
        if not data:
            break
        taken += len(data)
        if run.poll() is None:
            peak = max(peak, status(run.pid, "VmHWM") / 1024)
        ahead = taken / rate - (time.monotonic() - begun)
        if ahead > 0:
            time.sleep(ahead)
    run.wait()
    return peak, taken / (time.monotonic() - begun) / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weir")
    parser.add_argument("--stall", type=float, default=60)
    parser.add_argument("--gib", type=float, default=10)
    parser.add_argument("--rate", type=float, default=200e6)
    options = parser.parse_args()
    broken = False
    print("| case, `--memory 64M` | peak RSS MiB | limit | |\n|---|---|---|---|")
    peak, used = stalled(options.weir, options.stall)
    broken |= peak > LIMIT_MIB or used > 0.01
    print(f"| sink stalled for {options.stall:g} s | {peak:.1f} | {LIMIT_MIB} | {used:.4f} CPU seconds a second |", flush=True)
    for name, size in ((f"{options.gib:g} GiB", int(options.gib * (1 << 30))), ("100 MiB", 100 << 20)):
        peak, rate = slow(options.weir, size, options.rate)
        broken |= peak > LIMIT_MIB
        print(f"| {name}, sink at {options.rate / 1e6:.0f} MB/s | {peak:.1f} | {LIMIT_MIB} | {rate:.0f} MB/s |", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
