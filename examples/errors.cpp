// What a stage does with an item that it cannot process: try again, put it aside, leave it out; and the account of all.
#include <weir/weir.hpp>

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

int main() {
  using namespace std::chrono_literals;
  int tries = 0;
  std::vector<weir::dead<std::string>> letters;
  std::vector<int> numbers;

  const auto parse = weir::map([](const std::string& text) { return std::stoi(text); });
  const auto store = weir::inspect([&](int x) { // a store that is not there at first
    if (x == 3 && ++tries < 3) { throw std::runtime_error("store not there"); }
  });

  const weir::report report = (weir::from(std::vector<std::string>{"1", "two", "3", "", "5"}) | weir::edge(4) | parse |
                               weir::on_error(weir::dead_letter<std::string>(weir::into(letters))) | store |
                               weir::on_error(weir::retry(5, 1ms).then(weir::skip())) | //
                               weir::into(numbers))
                                  .run();

  for (const int x : numbers) { std::printf("stored %d\n", x); }
  for (const auto& letter : letters) {
    try {
      std::rethrow_exception(letter.error);
    } catch (const std::exception& why) { std::printf("put aside '%s': %s\n", letter.item.c_str(), why.what()); }
  }
  for (const weir::stage_report& s : report.stages) {
    if (s.name == "map") {
      std::printf("%s: in %d = out %d + dead-lettered %d\n", s.name.c_str(), static_cast<int>(s.items_in),
                  static_cast<int>(s.items_out), static_cast<int>(s.items_dead_lettered));
    }
  }
}
