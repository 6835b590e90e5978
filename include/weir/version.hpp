#pragma once

// The version of weir, read from here by the build and by users who must know it at compile time.
// Changes follow semantic versioning: before 1.0.0, a new minor version may change the interface.

#define WEIR_VERSION_MAJOR 0
#define WEIR_VERSION_MINOR 1
#define WEIR_VERSION_PATCH 0

#define WEIR_DETAIL_TEXT_OF(x) #x
#define WEIR_DETAIL_TEXT(x) WEIR_DETAIL_TEXT_OF(x)

/// "MAJOR.MINOR.PATCH", a string literal.
#define WEIR_VERSION_TEXT                                                                                              \
  WEIR_DETAIL_TEXT(WEIR_VERSION_MAJOR)                                                                                 \
  "." WEIR_DETAIL_TEXT(WEIR_VERSION_MINOR) "." WEIR_DETAIL_TEXT(WEIR_VERSION_PATCH)
