// Never compiles: as the first half of a must-not-compile test it must be refused. No target builds it.
static_assert(false, "fails always");
