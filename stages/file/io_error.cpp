#include "stages/file/io_error.hpp"

#include <system_error>

namespace weir::stages {
namespace {

std::string reason(int code) { return std::generic_category().message(code); }

} // namespace

io_error::io_error(std::string_view operation, std::string_view path, int code)
    : std::runtime_error(std::string(operation).append(": ").append(path).append(": ").append(reason(code))),
      path_(path), code_(code) {}

io_error::io_error(std::string_view operation, std::string_view path, std::uint64_t offset, int code)
    : std::runtime_error(std::string(operation)
                             .append(": ")
                             .append(path)
                             .append(": at byte ")
                             .append(std::to_string(offset))
                             .append(": ")
                             .append(reason(code))),
      path_(path), offset_(offset), code_(code) {}

server_gone::server_gone(std::string_view address, std::string_view why)
    : std::runtime_error(std::string(address).append(": ").append(why)), address_(address), why_(why) {}

} // namespace weir::stages
