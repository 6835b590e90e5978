#!/usr/bin/env python3
"""bench/net/net.py BUILD [--rounds N] [--bytes SIZE]: a file through a TCP connection of this machine, lines counted at
the other end, weir to weir against a plain read and write loop to another one. Rounds are interleaved; what comes out
is verified before a time counts. Prints the median time and p10-p90 of each, and of the ratio within a round."""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time


def spread(values):
    values = sorted(values)
    at = lambda share: values[round(share * (len(values) - 1))]
    return f"{statistics.median(values):.3f} ({at(0.1):.3f}-{at(0.9):.3f})"


def timed_pair(receiver, address_of, sender):
    """Seconds from the sender's start until both have ended, and what the receiver printed."""
    there = subprocess.Popen(receiver, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    address = address_of(there)
    begun = time.perf_counter()
    subprocess.run(sender(address), check=True)
    out = there.communicate()[0]
    return time.perf_counter() - begun, out


def weir_round(weir, data):
    def address_of(there):
        return there.stderr.readline().split("listening on ")[1].strip()

    return timed_pair([weir, "-q", "tcp --listen 127.0.0.1:0 --once 1 | lines | count"], address_of,
                      lambda address: [weir, "-q", f"read {data} | tcp {address}"])


def bare_round(bare, data, folder):
    port_file = os.path.join(folder, "port")
    if os.path.exists(port_file):
        os.remove(port_file)

    def address_of(there):
        while not os.path.exists(port_file):
            time.sleep(0.001)
        with open(port_file) as file:
            return file.read().strip()

    return timed_pair([bare, "receive", port_file], address_of, lambda port: [bare, "send", port, data])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--bytes", default="256M")
    given = parser.parse_args()
    weir = os.path.join(given.build, "apps/weir/weir")
    bare = os.path.join(given.build, "bench/bench_bare_net")
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        subprocess.run([weir, "-q", f"generate --bytes {given.bytes} | write {data}"], check=True)
        expected = subprocess.run([weir, "-q", f"read {data} | lines | count"], check=True, capture_output=True,
                                  text=True).stdout
        times = {"weir": [], "bare": []}
        for _ in range(given.rounds):
            for name, pair in (("weir", lambda: weir_round(weir, data)), ("bare", lambda: bare_round(bare, data, folder))):
                seconds, out = pair()
                if out != expected:
                    sys.exit(f"{name}: counted {out!r}, not {expected!r}")
                times[name].append(seconds)
        size = os.path.getsize(data) / 1e9
        for name, seconds in times.items():
            print(f"{name}: {spread(seconds)} s, {size / statistics.median(seconds):.2f} GB/s")
        print("weir is", spread([b / w for w, b in zip(times["weir"], times["bare"])]), "times as fast as bare")


if __name__ == "__main__":
    main()
