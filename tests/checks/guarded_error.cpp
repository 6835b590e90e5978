// Compiles, unless asked not to.
#ifdef WEIR_MUST_NOT_COMPILE
static_assert(false, "fails on purpose");
#endif
