"""floors_test.py FLOORS: each rule of scripts/floors refuses the smallest tree that breaks it, and that tree mended
passes. Trees are written as {path: text}."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

FLOORS = sys.argv.pop(1)

# A tree that keeps every rule and has something for each of them to look at.
CLEAN = {
    "include/weir/atomics.hpp": "#include <atomic>\nusing slot = std::atomic<int>;\n"
                                "inline constexpr auto loose = std::memory_order_relaxed;\n",
    "include/weir/ring.hpp": """#pragma once
#include <weir/atomics.hpp>
#include <sys/types.h>
// [ring.pub] release: slot i belongs to the consumer from here on;
//   pairs with [ring.see]
// [ring.see] acquire: the consumer sees slot i written; pairs with [ring.pub]
inline void push(slot& tail) {
    tail.store(1, order::release); // [ring.pub]
}
inline int pop(slot& tail) {
    // [ring.see]
    return tail.load(std::memory_order_acquire);
}
// [relaxed: a hint, checked again by who acts on it]
inline int hint(slot& tail) { return tail.load(order::relaxed); }
""",
    "engine/arena.cpp": '#include "engine/arena.hpp"\n#include <tbb/task_arena.h>\n',
    "engine/arena.hpp": "#include <weir/ring.hpp>\n",
    "stages/zstd/codec.cpp": '#include "codec.hpp"\n#include <zstd.h>\n',
    "stages/zstd/codec.hpp": "#include <weir/ring.hpp>\n",
    "stages/zstd/name.cpp": "#include <fmt/core.h>\n",
    "apps/weir/main.cpp": '#include "stages/zstd/codec.hpp"\n#include <fmt/core.h>\n// std::atomic is not used here\n',
}


def judge(files):
    """What scripts/floors says about a tree of these files: (exit code, text)."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            file = Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        ran = subprocess.run([sys.executable, FLOORS, "--root", root], capture_output=True, text=True)
        return ran.returncode, ran.stdout + ran.stderr


class Judged(unittest.TestCase):
    def refuses(self, said, changes):
        """CLEAN with these changes is refused for one reason, which says this."""
        code, text = judge(CLEAN | changes)
        self.assertEqual(code, 1, text)
        self.assertIn(said, text)
        self.assertIn(", 1 wrong", text)

    def accepts(self, changes):
        code, text = judge(CLEAN | changes)
        self.assertEqual(code, 0, text)
        return text

    def ring(self, old, new):
        """CLEAN's ring with one text replaced."""
        text = CLEAN["include/weir/ring.hpp"]
        self.assertIn(old, text)
        return {"include/weir/ring.hpp": text.replace(old, new)}


class Floors(Judged):
    def test_a_clean_tree_passes(self):
        self.assertIn("8 files, 0 wrong", self.accepts({}))

    def test_the_language_does_not_know_the_engine(self):
        self.refuses("include/ must not include engine/",
                     {"include/weir/run.hpp": '#include "engine/pool.hpp"\n'})

    def test_the_engine_does_not_know_the_stages(self):
        self.refuses("engine/arena2.cpp:2: engine/ must not include stages/",
                     {"engine/arena2.cpp": '\n#include "stages/zstd/codec.hpp"\n'})

    def test_stages_do_not_know_the_engine(self):
        self.refuses("stages/ must not include engine/", {"stages/a/a.cpp": '#include "engine/arena.hpp"\n'})

    def test_stages_do_not_know_the_command_even_where_the_file_is_missing(self):
        self.refuses("stages/ must not include apps/", {"stages/a/a.cpp": '#include "apps/weir/gone.hpp"\n'})

    def test_a_public_header_names_no_third_party_header(self):
        self.refuses("a public header must not name <fmt/core.h>",
                     {"include/weir/print.hpp": "#include <fmt/core.h>\n"})

    def test_an_include_of_nothing_is_noticed(self):
        self.refuses("names no file of the tree", {"stages/a/a.cpp": "#include <weir/rnig.hpp>\n"})

    def test_files_that_include_each_other_are_refused(self):
        self.refuses("include/weir/a.hpp -> include/weir/b.hpp -> include/weir/a.hpp",
                     {"include/weir/a.hpp": "#include <weir/b.hpp>\n", "include/weir/b.hpp": '#include "a.hpp"\n'})

    def test_folders_that_include_each_other_are_refused(self):
        self.refuses("stages/a -> stages/b -> stages/a",
                     {"stages/a/a.cpp": '#include "stages/b/b.hpp"\n', "stages/b/b.cpp": '#include "stages/a/a.hpp"\n',
                      "stages/a/a.hpp": "", "stages/b/b.hpp": ""})

    def test_a_library_is_named_by_one_file(self):
        self.refuses("zstd is named by stages/zstd/codec.cpp already", {"stages/zstd/more.cpp": "#include <zstd.h>\n"})

    def test_a_file_names_one_library(self):
        self.refuses("one file names two libraries: RE2 and fmt",
                     {"stages/a/regex.cpp": "#include <fmt/core.h>\n#include <re2/re2.h>\n"})

    def test_atomics_stay_where_they_belong(self):
        self.refuses("stages/a/a.cpp:2: std::atomic", {"stages/a/a.cpp": "\nstd::atomic<int> count;\n"})
        self.refuses("stages/a/a.cpp:1: std::atomic", {"stages/a/a.cpp": "#include <atomic>\n"})

    def test_a_long_file_is_a_warning(self):
        self.assertIn("warning: stages/a/a.cpp has 301 lines", self.accepts({"stages/a/a.cpp": "\n" * 301}))
        self.assertNotIn("warning", self.accepts({"stages/a/a.cpp": "\n" * 300}))


class OrderTags(Judged):
    def test_an_order_without_a_tag_is_refused(self):
        self.refuses("engine/a.cpp:1: memory order acquire without a tag",
                     {"engine/a.cpp": "int x = slot.load(std::memory_order_acquire);\n"})
        self.refuses("engine/a.cpp:1: memory order seq_cst without a tag",
                     {"engine/a.cpp": "int x = slot.load(order::seq_cst);\n"})

    def test_a_tag_above_another_statement_does_not_count(self):
        self.refuses("engine/a.cpp:3: memory order acquire without a tag",
                     {"engine/a.cpp": "// [ring.see]\nint y = 1;\nint x = slot.load(order::acquire);\n"})

    def test_a_tag_covers_all_lines_of_a_statement(self):
        self.accepts({"engine/a.cpp": "// [ring.pub]\nslot.exchange(\n    1,\n    order::release);\n"})

    def test_relaxed_needs_a_reason(self):
        self.refuses("relaxed without a reason", self.ring("[relaxed: a hint, checked again by who acts on it]", "hint"))
        self.refuses("relaxed without a reason", self.ring("[relaxed: a hint, checked again by who acts on it]",
                                                           "[relaxed: ]"))

    def test_a_reason_for_relaxed_excuses_no_other_order(self):
        self.refuses("memory order relaxed, acquire without a tag",
                     {"engine/a.cpp": "// [relaxed: why not]\nx = a.load(order::relaxed) + b.load(order::acquire);\n"})

    def test_a_tag_that_is_defined_nowhere_is_refused(self):
        self.refuses("[ring.sea] is defined nowhere", {"engine/a.cpp": "x = a.load(order::acquire); // [ring.sea]\n"})

    def test_a_tag_is_defined_once(self):
        self.refuses("[ring.see] is defined in", {"include/weir/two.hpp": "// [ring.see] acquire: pairs with [ring.pub]\n"})

    def test_a_tag_names_a_partner(self):
        self.refuses("[ring.lone] names no partner",
                     {"engine/a.cpp": "// [ring.lone] acquire: sees it\nx = a.load(order::acquire);\n"})

    def test_a_partner_exists(self):
        self.refuses("[ring.lone] pairs with [ring.gone], which is defined nowhere",
                     {"engine/a.cpp": "// [ring.lone] acquire: sees it; pairs with [ring.gone]\nx = a.load(order::acquire);\n"})

    def test_a_partner_names_the_tag_back(self):
        self.refuses("[ring.lone] pairs with [ring.pub], which does not name it back",
                     {"engine/a.cpp": "x = a.load(order::acquire); // [ring.lone] acquire: sees it;\n"
                                      "                            // pairs with [ring.pub]\n"})

    def test_a_tag_may_pair_with_itself_and_with_several(self):
        self.accepts({"engine/a.cpp": "// [a.xchg] seq_cst RMW: hands over; pairs with [a.xchg] and [a.look]\n"
                                      "a.exchange(0, order::seq_cst);\n"
                                      "// [a.look] seq_cst: looks; pairs with [a.xchg]\n"
                                      "a.load(order::seq_cst);\n"})

    def test_a_definition_that_no_order_carries_is_refused(self):
        self.refuses("[ring.see] is defined, but no memory order carries it",
                     self.ring("    // [ring.see]\n    return tail.load(std::memory_order_acquire);\n", "    return 0;\n"))

    def test_an_order_that_was_changed_under_its_tag_is_refused(self):
        self.refuses("the statement says relaxed, but its tags are defined otherwise: [ring.pub] as release",
                     self.ring("order::release", "order::relaxed"))


if __name__ == "__main__":
    unittest.main()
