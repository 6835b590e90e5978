#include "apps/weir/command.hpp"

int main(int argc, char** argv) { return weir::command::command().main(argc, argv); }
