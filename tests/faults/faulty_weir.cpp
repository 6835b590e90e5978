// The program weir, its calls on files going through io_faults.

#include "apps/weir/command.hpp"
#include "tests/faults/io_faults.hpp"

int main(int argc, char** argv) {
  weir::test::arm_io_from_environment();
  return weir::command::command().main(argc, argv);
}
