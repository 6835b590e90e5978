#pragma once
// All stages. Those whose library was not there when weir was built are left out.

#include "stages/file/file_stages.hpp"
#include "stages/flow/flow_stages.hpp"
#include "stages/synthetic/generate_source.hpp"
#include "stages/text/text_stages.hpp"

#if WEIR_STAGES_COMPRESS
#include "stages/compress/compress_stages.hpp"
#endif
