"""Memory orders and their tags.

A statement that names a memory order (memory_order_release, order::release) carries a tag, in a comment on one of its
lines or in the comment lines right above it: `// [ring.pub]`. Each tag is defined once, anywhere, in this form:

    [ring.pub] release: slot i belongs to the consumer from here on; pairs with [ring.see]

Each partner must exist and name the tag back; a tag may be its own partner. A statement must name the order that the
definition of a tag of its own has. A relaxed order may carry its reason instead: `[relaxed: only a hint]`. A line that
only gives an order a shorter name needs no tag.
"""
import re

ORDER = re.compile(r"\b(?:memory_order(?:_|::)|order::)(relaxed|consume|acquire|release|acq_rel|seq_cst)\b")
ALIAS = re.compile(r"\s*(inline )?constexpr auto \w+ = std::memory_order_\w+;\s*")
TAG = re.compile(r"\[([a-z_0-9]+\.[a-z_0-9]+)\]")
EXCUSE = re.compile(r"\[relaxed:\s*\S[^\]]*\]")
DEFINITION = re.compile(r"\[([a-z_0-9]+\.[a-z_0-9]+)\]\s+(relaxed|consume|acquire|release|acq_rel|seq_cst)\b[^:.;\[]*:")
PARTNERS = re.compile(r"pairs with((?:[\s,]|and|\[[a-z_0-9]+\.[a-z_0-9]+\])+)")


class definition:
    def __init__(self, file, line, order, partners):
        self.file, self.line, self.order, self.partners = file, line, order, partners


def comment_blocks(source):
    """(first line, text) of each run of lines with comments. Code ends a run; a comment after code begins one."""
    first, block = 0, []
    for number, (code, comment) in enumerate(zip(source.code, source.comments), 1):
        if block and (code.strip() or not comment):
            yield first, "\n".join(block)
            block = []
        if comment:
            first = first if block else number
            block.append(comment)
    if block:
        yield first, "\n".join(block)


def definitions_in(file, source):
    """(tag, definition) of each that the file holds. A definition ends where the next one or the comment does."""
    for first, text in comment_blocks(source):
        found = list(DEFINITION.finditer(text))
        for match, next_match in zip(found, found[1:] + [None]):
            body = text[match.end():next_match.start() if next_match else len(text)]
            partners = [tag for part in PARTNERS.finditer(body) for tag in TAG.findall(part[1])]
            yield match[1], definition(file, first + text.count("\n", 0, match.start()), match[2], partners)


def statements(source):
    """(line, orders, comment) of each statement that names an order; comment: what stands on it and right above it."""
    number = 0
    while number < len(source.code):
        if not ORDER.search(source.code[number]) or ALIAS.fullmatch(source.code[number]):
            number += 1
            continue
        first = last = number
        while first > 0 and continues(source.code[first - 1]):
            first -= 1
        while continues(source.code[last]) and last + 1 < len(source.code):
            last += 1
        above = first
        while above > 0 and source.comments[above - 1] and not source.code[above - 1].strip():
            above -= 1
        yield (number + 1, ORDER.findall("\n".join(source.code[first:last + 1])),
               "\n".join(source.comments[above:last + 1]))
        number = last + 1


def continues(code):
    """Whether the statement on this line goes on in the next one."""
    code = code.strip()
    return bool(code) and code[-1] not in ";{}:" and not code.startswith("#")


def carried(comment):
    """The tags that a comment gives to its statement: all but those that it names as partners."""
    return TAG.findall(PARTNERS.sub("", comment))


def check_statement(orders, comment, defined):
    """What is wrong with one statement, as texts."""
    named = ", ".join(orders)
    tags = carried(comment)
    known = [tag for tag in tags if tag in defined]
    for tag in tags:
        if tag not in defined:
            yield f"[{tag}] is defined nowhere"
    if known and not any(defined[tag].order in orders for tag in known):
        wanted = " and ".join(f"[{tag}] as {defined[tag].order}" for tag in known)
        yield f"the statement says {named}, but its tags are defined otherwise: {wanted}"
    if not tags and set(orders) == {"relaxed"}:
        if not EXCUSE.search(comment):
            yield "relaxed without a reason like [relaxed: only a hint] or a tag like [ring.pub]"
    elif not tags:
        yield f"memory order {named} without a tag like [ring.pub]"


def check(tree):
    """(file, line, text) of everything that is wrong with the orders of the tree: {path: source}."""
    defined, used = {}, set()
    for file, source in tree.items():
        for tag, what in definitions_in(file, source):
            if tag in defined:
                yield file, what.line, f"[{tag}] is defined in {defined[tag].file}:{defined[tag].line} already"
            else:
                defined[tag] = what
    for file, source in tree.items():
        for line, orders, comment in statements(source):
            used.update(carried(comment))
            for text in check_statement(orders, comment, defined):
                yield file, line, text
    for tag, what in defined.items():
        if not what.partners:
            yield what.file, what.line, f"[{tag}] names no partner (\"pairs with [...]\")"
        if tag not in used:
            yield what.file, what.line, f"[{tag}] is defined, but no memory order carries it"
        for partner in what.partners:
            if partner not in defined:
                yield what.file, what.line, f"[{tag}] pairs with [{partner}], which is defined nowhere"
            elif tag not in defined[partner].partners:
                yield what.file, what.line, f"[{tag}] pairs with [{partner}], which does not name it back"
