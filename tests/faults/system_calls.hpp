#pragma once
// Whether a test may define functions of the C library itself. A sanitizer that is linked into the program, as clang does,
// keeps its own from being found behind them.

#define WEIR_OWNS_SYSTEM_CALLS 1
#if defined(__clang__) && defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#undef WEIR_OWNS_SYSTEM_CALLS
#define WEIR_OWNS_SYSTEM_CALLS 0
#endif
#endif
