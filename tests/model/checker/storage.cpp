// What stands in storage.cpp's place under the models, which look at every piece of memory: none goes from run to run.

#include <weir/storage.hpp>

#include <new>

namespace weir::detail {

void* take_storage(std::size_t bytes) { return ::operator new (bytes, std::align_val_t{k_storage_alignment}); }

void give_storage(void* piece, std::size_t bytes) noexcept {
  ::operator delete (piece, bytes, std::align_val_t{k_storage_alignment});
}

} // namespace weir::detail
