"""rules_test.py RULES: each thing that scripts/rules refuses, in the smallest tree that has it; that tree mended passes."""
import importlib.machinery
import importlib.util
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RULES = sys.argv.pop(1)
loader = importlib.machinery.SourceFileLoader("rules", RULES)
rules = importlib.util.module_from_spec(importlib.util.spec_from_loader("rules", loader))
loader.exec_module(rules)

RULE = 1  # any rule


def row(rule, promise="It holds.", tests=None):
    if tests is None:
        tests = f"`Suite.R{rule}_Holds`"
    return f"| R{rule} | {promise} | {tests} |\n"


def judge(changed=None, more="", tests=""):
    """What scripts/rules says of a table and its tests, with rows replaced and text added."""
    table = {rule: row(rule) for rule in range(1, rules.RULES + 1)} | (changed or {})
    code = "".join(f"TEST(Suite, R{rule}_Holds) {{}}\n" for rule in table)
    with tempfile.TemporaryDirectory() as root:
        for path, text in {"docs/behaviour.md": "".join(table.values()) + more, "tests/a/a_test.cpp": code + tests}.items():
            file = Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        ran = subprocess.run([sys.executable, RULES, "--root", root], capture_output=True, text=True)
        return ran.returncode, ran.stdout + ran.stderr


class Judged(unittest.TestCase):
    def refuses(self, said, **tree):
        code, text = judge(**tree)
        self.assertEqual(code, 1, text)
        self.assertIn(said, text)
        self.assertIn(", 1 wrong", text)

    def accepts(self, **tree):
        code, text = judge(**tree)
        self.assertEqual(code, 0, text)

    def test_a_table_that_names_a_test_for_each_rule_is_accepted(self):
        self.accepts()

    def test_tests_without_a_number_and_other_tables_are_nobodys_business(self):
        self.accepts(more="| R1x | no rule | |\n| F5 | a feature | there |\n", tests="TEST(Suite, NoNumber) {}\n")

    def test_a_rule_without_a_row_is_refused(self):
        code, text = judge(changed={RULE: ""})
        self.assertEqual(code, 1)
        self.assertIn(f"R{RULE} has no row", text)
        self.assertIn(f"Suite.R{RULE}_Holds carries R{RULE}, which has no row", text)

    def test_a_rule_with_two_rows_is_refused(self):
        self.refuses(f"R{RULE} has a row already", more=row(RULE))

    def test_a_number_that_is_no_rule_is_refused(self):
        self.refuses("is no rule", more=row(rules.RULES + 1), tests=f"TEST(Suite, R{rules.RULES + 1}_Holds) {{}}\n")

    def test_a_row_without_a_test_is_refused(self):
        code, text = judge(changed={RULE: row(RULE, tests="see there")})
        self.assertEqual(code, 1)
        self.assertIn(f"R{RULE} names no test", text)

    def test_a_row_without_a_promise_is_refused(self):
        self.refuses(f"R{RULE} promises nothing", changed={RULE: row(RULE, promise="")})

    def test_a_test_that_does_not_exist_is_refused(self):
        self.refuses("names Suite.Gone, which does not exist", more="shown by `Suite.Gone`\n")
        self.refuses("which does not exist", changed={RULE: row(RULE, tests=f"`Suite.R{RULE}_Holds` `Suite.R{RULE}_Gone`")})

    def test_a_test_of_another_number_is_refused(self):
        self.refuses(f"R{RULE} names Suite.Other, which does not carry its number",
                     changed={RULE: row(RULE, tests=f"`Suite.R{RULE}_Holds` `Suite.Other`")},
                     tests="TEST(Suite, Other) {}\n")

    def test_a_numbered_test_stands_in_the_row_of_each_of_its_numbers(self):
        other = RULE + 1
        both = f"R{RULE}_R{other}_Both"
        self.refuses(f"Suite.{both} is not named in the row of R{other}",
                     changed={RULE: row(RULE, tests=f"`Suite.R{RULE}_Holds` `Suite.{both}`")},
                     tests=f"TEST(Suite, {both}) {{}}\n")

    def test_tests_of_every_macro_and_over_two_lines_are_found(self):
        for macro in ("TEST_F", "TEST_P", "TYPED_TEST"):
            self.refuses("is not named in the row", tests=f"{macro}(Suite,\n     R{RULE}_Also) {{}}\n")


if __name__ == "__main__":
    unittest.main()
