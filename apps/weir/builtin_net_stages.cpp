#include "apps/weir/builtin_stages.hpp"

#include "apps/weir/terminal.hpp"
#include "stages/stages.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace weir::command {

#if WEIR_STAGES_NET

namespace {

struct network {
  const char* name;
  const char* address;
  const char* address_help;
  pipe<void, block> (*source)(stages::net_source_options);
  pipe<block, void> (*sink)(stages::net_sink_options);
};

constexpr network k_tcp = {"tcp", "HOST:PORT",
                           "[IPV6]:PORT too; --listen takes :PORT for all interfaces and port 0 for a free one",
                           stages::tcp_source, stages::tcp_sink};
constexpr network k_unix = {"unix", "PATH", "the socket's file; --listen makes it, and removes it at the end",
                            stages::unix_source, stages::unix_sink};

constexpr const char* k_retry_help = "connecting: for how long to try again (10s)";

constexpr const char* k_only_listening = "is only for --listen";
constexpr const char* k_only_connecting = "is not for --listen: it does not connect";

/// Also when the run is quiet: nobody else tells the port that port 0 has become, or of a connection that broke.
void told(const std::string& notice) { complain(notice); }

void refuse(bool given, const char* option, const char* why) {
  if (given) throw bad_value(fmt::format("{} {}", option, why));
}

auto declare_source(arguments& line, const network& over, session& of_run) {
  struct given {
    stages::net_source_options with;
    std::optional<std::size_t> connections;
    std::optional<std::uint64_t> once;
    std::optional<std::chrono::nanoseconds> retry;
  };
  const auto of = std::make_shared<given>();
  line.flag("--listen", of->with.listen, "let others connect, and take whole lines from all of them at the same time");
  line.flag("--raw", of->with.raw, "listening: bytes as they come, one connection after the other");
  line.option("--connections", of->connections, "N", "listening: at a time, the others wait (64); a block for each");
  line.option("--once", of->once, "N", "listening: end after N connections (never)");
  line.option("--retry", of->retry, "TIME", k_retry_help);
  line.positional(over.address, of->with.address, over.address_help);
  line.footer(fmt::format("At the end of a pipeline {0} is a sink: 'weir stages {0}' shows both.", over.name));
  return [of, &over, &of_run] {
    stages::net_source_options with = of->with;
    refuse(with.listen && of->retry, "--retry", k_only_connecting);
    refuse(!with.listen && with.raw, "--raw", k_only_listening);
    refuse(!with.listen && of->connections, "--connections", k_only_listening);
    refuse(!with.listen && of->once, "--once", k_only_listening);
    refuse(with.raw && of->connections, "--connections", "and --raw exclude each other: raw is one after the other");
    with.connections = of->connections.value_or(with.connections);
    with.once = of->once.value_or(with.once);
    with.retry = of->retry.value_or(with.retry);
    with.notice = told;
    with.numbers = of_run.journal;
    return over.source(std::move(with));
  };
}

auto declare_sink(arguments& line, const network& over) {
  struct given {
    stages::net_sink_options with;
    std::optional<std::chrono::nanoseconds> retry;
  };
  const auto of = std::make_shared<given>();
  line.flag("--listen", of->with.listen, "let one other connect");
  line.option("--retry", of->retry, "TIME", k_retry_help);
  line.positional(over.address, of->with.address, over.address_help);
  return [of, &over] {
    stages::net_sink_options with = of->with;
    refuse(with.listen && of->retry, "--retry", k_only_connecting);
    with.retry = of->retry.value_or(with.retry);
    with.notice = told;
    return over.sink(std::move(with));
  };
}

void add(stage_registry& to, const network& over, session& of) {
  to.add_either_end(
      over.name, fmt::format("takes what comes over {}", over.name),
      [&over, &of](arguments& line) { return declare_source(line, over, of); }, fmt::format("sends over {}", over.name),
      [&over](arguments& line) { return declare_sink(line, over); });
}

} // namespace

void add_net_stages(stage_registry& to, session& of) {
  add(to, k_tcp, of);
  add(to, k_unix, of);
}

#else
void add_net_stages(stage_registry&, session&) {}
#endif

} // namespace weir::command
