#include <weir/weir.hpp>

struct stage_like {
  weir::step process(weir::outlet<int>&) { return weir::step::done; }
};
struct no_stage {
  int work() { return 0; }
};

#ifdef WEIR_MUST_NOT_COMPILE
auto source = weir::stage("source", no_stage{});
#else
auto source = weir::stage("source", stage_like{});
#endif
