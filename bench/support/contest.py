"""What bytes.py and records.py share: a job done by weir and by its rival in turn; seconds, memory, ratios within a round."""
import os
import re
import subprocess
import time

HEAD = ("| job | rival | weir | rival | ratio [p10-p90] | target | verdict | size |\n"
        "|---|---|---|---|---|---|---|---|")


def quantile(values, p):
    values = sorted(values)
    return values[round(p * (len(values) - 1))]


def run(command):
    """The standard output of a list of words."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def timed(command):
    """Wall and CPU seconds. A rival with a clock of its own prints "seconds N", and N is its wall time."""
    before = os.times()
    begun = time.monotonic()
    said = run(command)
    wall = time.monotonic() - begun
    after = os.times()
    own = re.fullmatch(rb"seconds (\S+)\n", said)
    return (float(own.group(1)) if own else wall,
            after.children_user + after.children_system - before.children_user - before.children_system)


def group_peaks(group):
    """{(process, program): peak RSS in KiB} of a process group's processes, shells left out."""
    peaks = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getpgid(int(pid)) != group:
                continue
            with open(f"/proc/{pid}/status") as status:
                text = status.read()
        except (OSError, ProcessLookupError):
            continue  # it has ended
        name = re.search(r"^Name:\t(.*)", text).group(1)
        peak = re.search(r"^VmHWM:\s+(\d+)", text, re.M)
        if peak and not name.startswith(("bash", "python")):
            peaks[pid, name] = int(peak.group(1))
    return peaks


def peak_rss_mib(command):
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    peaks = {}
    while child.poll() is None:
        peaks.update(group_peaks(child.pid))
        time.sleep(0.002)  # a measurement: peaks only grow, so the last look before the end is what counts
    return sum(peaks.values()) / 1024


def in_turn(ours, theirs, rounds, fresh):
    """[(ours, theirs)] of what timed() says, the order turned with each round; fresh() before each run."""
    rows = []
    for i in range(rounds):
        took = []
        for command in (ours, theirs) if i % 2 == 0 else (theirs, ours):
            fresh()
            took.append(timed(command))
        rows.append(took if i % 2 == 0 else took[::-1])
    fresh()
    return rows


def result(job, rival, target, rows, peaks):
    """What is printed and saved of a job; `peaks`: MiB of both sides."""
    ratios = [theirs[0] / ours[0] for ours, theirs in rows]
    middle = {side + what: quantile([row[i][j] for row in rows], 0.5)
              for i, side in enumerate(("weir_", "rival_")) for j, what in enumerate(("seconds", "cpu"))}
    return {"job": job, "rival": rival, "target": target, **middle, "weir_rss_mib": peaks[0], "rival_rss_mib": peaks[1],
            "ratio": quantile(ratios, 0.5), "p10": quantile(ratios, 0.1), "p90": quantile(ratios, 0.9),
            "size_ratio": None, "size_limit": None}


def row_text(r):
    size = f"{r['size_ratio']:.3f}" if r["size_ratio"] else "-"
    target = f"{r['target']:g}x" if r["target"] else "-"
    verdict = "-" if not r["target"] else "met" if r["ratio"] >= r["target"] else "**missed**"
    if r["size_limit"] and r["size_ratio"] > r["size_limit"]:
        verdict = "too large"
    sides = [f"{r[side + '_seconds']:.2f} / {r[side + '_cpu']:.2f} / {r[side + '_rss_mib']:.0f}" for side in ("weir", "rival")]
    job = r["job"].replace("|", "\\|")
    return (f"| `{job}` | {r['rival']} | {sides[0]} | {sides[1]} | {r['ratio']:.2f}x [{r['p10']:.2f}-{r['p90']:.2f}] | "
            f"{target} | {verdict} | {size} |")
