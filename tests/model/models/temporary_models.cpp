// The list of temporary files: whoever sweeps sees whole paths only, and an entry has one user at a time.

#include "stages/file/temporary_list.hpp"
#include "tests/model/checker/plain.hpp"
#include "tests/model/models/models.hpp"

namespace weir::model {

namespace {

using list = stages::temporary_list<plain<int>>;

program swept_while_made() {
  return [](scene& s) {
    auto& all = s.make<list>();
    s.thread("maker", [&all] {
      list::entry* const e = all.take();
      e->path.set(1);
      list::publish(*e);
    });
    s.thread("sweeper", [&all] {
      all.for_each_live([](const plain<int>& path) { require(path.get() == 1, "a live entry's path is whole"); });
    });
  };
}

// Two make one each, and use again what the other has freed.
program used_again() {
  return [](scene& s) {
    auto& all = s.make<list>();
    for (const char* name : {"one", "other"}) {
      s.thread(name, [&all] {
        for (int i = 0; i < 2; ++i) {
          list::entry* const e = all.take();
          e->path.set(1);
          list::publish(*e);
          (void)e->path.get();
          list::free(*e);
        }
      });
    }
  };
}

} // namespace

std::vector<named_model> temporary_models() {
  return {
      {"temporaries.sweep", "a sweeper sees whole paths only", swept_while_made()},
      {"temporaries.again", "an entry has one user at a time", used_again()},
  };
}

} // namespace weir::model
