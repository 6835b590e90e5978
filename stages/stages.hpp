#pragma once
// All stages. Those whose library was not there when weir was built are left out.

#include "stages/file/file_stages.hpp"
#include "stages/flow/flow_stages.hpp"
#include "stages/synthetic/generate_source.hpp"
#include "stages/text/text_stages.hpp"

#if WEIR_STAGES_COMPRESS
#include "stages/compress/compress_stages.hpp"
#endif
#if WEIR_STAGES_NET
#include "stages/net/net_stages.hpp"
#endif
#if WEIR_STAGES_RECORD
#include "stages/record/record_stages.hpp"
#endif
#if WEIR_STAGES_SQLITE || WEIR_STAGES_POSTGRES
#include "stages/db/db_stages.hpp"
#endif
