// A stranger's program: sees nothing of weir but what is installed.
#include <weir/version.hpp>

#include <cstdio>

int main() {
  std::puts("weir " WEIR_VERSION_TEXT);
}
