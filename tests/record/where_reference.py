#!/usr/bin/env python3
"""where_reference.py SEED COUNT: random expressions of where, and for each some records with what Python makes of them.
Lines: "E" and an expression; "R", then yes, no or wrong, and the record as JSON without blanks."""
import json
import random
import re
import sys

FIELDS = {"a": "a", "b": "b", "b.c": None, "`x y`": "x y", "not-here": "not-here", "o.p.q": None}
NUMBERS = [0, 1, -1, 2, 3, 2.0, 2.5, -2.5, 9007199254740992, 9007199254740993, 9007199254740992.0, 9223372036854775807,
           9223372036854775808, 9223372036854775808.0, 18446744073709551615, -9223372036854775808, 1e300, -1e300, 5e-324]
STRINGS = ["", "a", "ab", "b", "ä", "äb", "z", "😀", "2", "null", "/api/v1", "it's"]
PATTERNS = ["^a", "b$", ".", "^..$", "a|z", "[0-9]+", "(?i)AB", "", r"\w", r"^/api/v\d$", "ä"]
OPERATORS = {"==": lambda x, y: x == y, "!=": lambda x, y: x != y, "<": lambda x, y: x < y, "<=": lambda x, y: x <= y,
             ">": lambda x, y: x > y, ">=": lambda x, y: x >= y}
MISSING = object()


class Wrong(Exception):
    pass


def family(v):
    if v is MISSING or v is None:
        return "none"
    if isinstance(v, bool):
        return "boolean"
    return "number" if isinstance(v, (int, float)) else "string" if isinstance(v, str) else "nested"


def compared(op, x, y):
    if "none" in (family(x), family(y)):
        return False
    if family(x) != family(y) or family(x) == "nested" or (family(x) == "boolean" and op not in ("==", "!=")):
        raise Wrong
    return OPERATORS[op](x, y)


def found(record, names):
    for name in names:
        if not isinstance(record, dict) or name not in record:
            return MISSING
        record = record[name]
    return record


def scalar(r):
    return r.choice([r.choice(NUMBERS), r.choice(NUMBERS), r.choice(STRINGS), r.choice(STRINGS), True, False])


def text_of(r, v):
    if v is None or isinstance(v, (bool, int, float)):
        return json.dumps(v)
    if r.random() < 0.5:
        return json.dumps(v, ensure_ascii=r.random() < 0.5)
    return "'" + v.replace("\\", "\\\\").replace("'", "\\'") + "'"


def path(r):
    text = r.choice(list(FIELDS))
    return text, [FIELDS[text]] if FIELDS[text] else text.split(".")


def comparison(r):
    op = r.choice(list(OPERATORS))
    text, names = path(r)
    if r.random() < 0.3:
        other, more = path(r)
        return f"{text}{op}{other}", lambda d: compared(op, found(d, names), found(d, more))
    literal = scalar(r)
    while isinstance(literal, bool) and op not in ("==", "!="):
        literal = scalar(r)
    shown = text_of(r, literal)
    if r.random() < 0.2:
        return f"{shown} {op} {text}", lambda d: compared(op, literal, found(d, names))
    return f"{text} {op}{shown}", lambda d: compared(op, found(d, names), literal)


def nothing(r):
    text, names = path(r)
    which = r.randrange(4)
    if which == 0:
        return f"{text} == null", lambda d: family(found(d, names)) == "none"
    if which == 1:
        return f"null!={text}", lambda d: family(found(d, names)) != "none"
    return (f"has({text})" if which == 2 else f"has {text}"), lambda d: found(d, names) is not MISSING


def listed(r):
    text, names = path(r)
    items = [scalar(r) if r.random() < 0.9 else None for _ in range(r.randint(1, 5))]

    def holds(d):
        v = found(d, names)
        if family(v) == "none":
            return None in items
        like = [i for i in items if family(i) == family(v)]
        if not like:
            raise Wrong
        return v in like

    return f"{text} in ({', '.join(text_of(r, i) for i in items)})", holds


def match(r):
    text, names = path(r)
    pattern, wanted = r.choice(PATTERNS), r.random() < 0.6

    def holds(d):
        v = found(d, names)
        if family(v) == "none":
            return False
        if family(v) != "string":
            raise Wrong
        return (re.search(pattern, v, re.ASCII) is not None) == wanted

    return f"{text} {'=~' if wanted else '!~'} \"{pattern}\"", holds


def truth(r):
    text, names = path(r)

    def holds(d):
        v = found(d, names)
        if family(v) not in ("none", "boolean"):
            raise Wrong
        return v is True

    return text, holds


def condition(r, depth):
    """The text of a condition, what it means, and how it binds: 0 or, 1 and, 2 anything closer."""
    which = r.random()
    if depth == 0 or which < 0.4:
        return (*r.choice([comparison, comparison, comparison, nothing, listed, match, truth])(r), 2)
    if which < 0.55:
        text, holds, binds = condition(r, depth - 1)
        return f"not {text}" if binds == 2 else f"not({text})", lambda d: not holds(d), 2
    binds = r.randrange(2)
    parts = [condition(r, depth - 1) for _ in range(r.randint(2, 3))]
    shown = [text if b > binds else f"({text})" for text, _, b in parts]
    tests = [holds for _, holds, _ in parts]
    if binds:
        return " and ".join(shown), lambda d: all(t(d) for t in tests), 1
    return " or ".join(shown), lambda d: any(t(d) for t in tests), 0


def record(r):
    def value(nested):
        which = r.random()
        if which < 0.1:
            return None
        if which < 0.25 and nested:
            return {name: value(False) for name in "cp" if r.random() < 0.7}
        return [1] if which < 0.28 else scalar(r)

    made = {name: value(True) for name in ("a", "b", "x y") if r.random() < 0.85}
    if r.random() < 0.6:
        made["o"] = {"p": {"q": scalar(r)}}
    return made


def main():
    r = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        text, holds, _ = condition(r, r.randrange(5))
        print("E", text)
        for _ in range(8):
            d = record(r)
            try:
                answer = "yes" if holds(d) else "no"
            except Wrong:
                answer = "wrong"
            print("R", answer, json.dumps(d, ensure_ascii=False, separators=(",", ":")))


main()
