"""C++ files as the checks see them: lines, each line's code and comment apart, and the includes."""
import re

# What a comment marker may stand inside of.
LITERAL = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')
RAW_LITERAL = re.compile(r'R"(\w*)\(.*?\)\1"', re.DOTALL)
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


class source:
    """One file. lines: as written. code, comments: the same lines, one half of each; literals are blanked in code."""

    def __init__(self, text):
        self.lines = text.splitlines()
        without_raw = RAW_LITERAL.sub(lambda match: '""' + "\n" * match[0].count("\n"), text)
        self.code, self.comments = split(without_raw.splitlines())
        self.includes = []  # (line, header, whether it was quoted)
        for number, (line, code) in enumerate(zip(self.lines, self.code), 1):
            if code.lstrip().startswith("#") and (match := INCLUDE.match(line)):
                self.includes.append((number, match[2], match[1] == '"'))


def split(lines):
    """The lines without their comments, and the comments of the lines."""
    codes, comments, inside = [], [], False
    for line in lines:
        code, comment, at = "", "", 0
        while at < len(line):
            if inside:
                end = line.find("*/", at)
                comment += line[at:] if end < 0 else line[at:end]
                inside, at = end < 0, len(line) if end < 0 else end + 2
            elif line.startswith("//", at):
                comment += line[at + 2:]
                at = len(line)
            elif line.startswith("/*", at):
                inside, at = True, at + 2
            elif (match := LITERAL.match(line, at)) and not re.match(r"\w'", line[at - 1:at + 1]):
                code += '""'
                at = match.end()
            else:
                code += line[at]
                at += 1
        codes.append(code)
        comments.append(comment.strip(" /*!<"))
    return codes, comments


def read_tree(root, folders):
    """{path from the root: source} of every C++ file in these folders of the root."""
    tree = {}
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".hpp", ".cpp", ".h"):
                tree[path.relative_to(root).as_posix()] = source(path.read_text())
    return tree
