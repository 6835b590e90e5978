"""What bench/compare, bench/gate and bench/plot share: the JSON of the benchmark programs."""
import json
import os
import time


def load(path):
    """The reports of a file: one program's, or a list of several as bench/run --save writes."""
    with open(path) as file:
        data = json.load(file)
    return data if isinstance(data, list) else [data]


def speeds(reports):
    """{(benchmark, question, competitor, bin): (spread, unit)}, more is better: figures of cost are turned round."""
    found = {}
    for report in reports:
        for row in report["rows"]:
            key = report["benchmark"], row["question"], row["competitor"], row["bin"]
            if row.get("rate"):
                found[key] = row["rate"], row["unit"]
            elif row.get("figure") and row["figure"]["p10"] > 0:  # a difference can be zero or less
                cost = row["figure"]
                turned = {"median": 1 / cost["median"], "p10": 1 / cost["p90"], "p90": 1 / cost["p10"], "n": cost["n"]}
                found[key] = turned, "1/" + row["unit"]
    return found


def ratios(reports):
    """{(benchmark, question, "ours / rival", bin): spread}."""
    return {(report["benchmark"], row["question"], f"{row['ours']} / {row['rival']}", row["bin"]): row["ratio"]
            for report in reports for row in report["comparisons"] if row["ratio"]}


def quantile(values, p):
    values = sorted(values)
    return values[int(p * (len(values) - 1) + 0.5)]


def spread_of(values):
    return {"median": quantile(values, 0.5), "p10": quantile(values, 0.1), "p90": quantile(values, 0.9),
            "n": len(values)}


def shown(spread):
    return f"{spread['median']:.4g} [{spread['p10']:.4g}-{spread['p90']:.4g}]"


def figure(question, who, unit, values, at_most=None):
    """A row of a cost, as support/results.cpp writes it."""
    return {"question": question, "competitor": who, "bin": "all", "unit": unit, "figure": spread_of(values),
            "at_most": at_most}


def rate(question, who, unit, values):
    return {"question": question, "competitor": who, "bin": "all", "unit": unit, "rate": spread_of(values)}


def compared(question, ours, rival, values, target=None):
    return {"question": question, "ours": ours, "rival": rival, "bin": "all", "ratio": spread_of(values),
            "target": target}


def save(path, benchmark, rows, comparisons=(), skipped=()):
    """Writes a report as the C++ programs do. Compiler and flags are theirs: compare notes only the first report's."""
    with open("/proc/cpuinfo") as cpu:
        model = next((line.split(": ", 1)[1].strip() for line in cpu if line.startswith("model name")), "unknown")
    report = {"benchmark": benchmark, "commit": os.environ.get("WEIR_COMMIT", "unknown"),
              "date": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()), "cpu": model, "cores": os.cpu_count(),
              "compiler": "", "flags": "", "load": os.getloadavg()[0], "skipped": list(skipped), "rows": rows,
              "comparisons": list(comparisons), "series": []}
    with open(path, "w") as file:
        json.dump(report, file, indent=1)
