#pragma once
// A PostgreSQL server of the test's own, from the distribution's package, on a socket in a folder of its own.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/stages/support.hpp"

namespace weir::test {

/// One thread at a time. What goes wrong ends the test with the server's words.
class postgres_server {
 public:
  postgres_server() : folder_("/tmp/weir-pg-" + std::to_string(::getpid())) {
    std::filesystem::create_directory(folder_);
    if (::geteuid() == 0) run_tool("chown postgres " + folder_);
    as_owner("initdb -N -E UTF8 --locale=C -A trust -U postgres -D " + folder_ + "/data");
    start();
  }
  ~postgres_server() {
    as_owner("pg_ctl -D " + folder_ + "/data -m immediate -w stop");
    std::filesystem::remove_all(folder_);
  }
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  void start() {
    as_owner("pg_ctl -D " + folder_ + "/data -l " + folder_ + "/log -o \"-k " + folder_ +
             " -c listen_addresses= -c fsync=off\" -w start");
  }
  /// As a crash does: connections break, open transactions are gone.
  void crash() { as_owner("pg_ctl -D " + folder_ + "/data -m immediate -w stop"); }

  [[nodiscard]] std::string url(const std::string& user = "postgres") const {
    return "host=" + folder_ + " user=" + user + " dbname=postgres";
  }
  /// What it has told its log so far.
  [[nodiscard]] std::string log() const { return read_file(folder_ + "/log"); }
  /// From now on everybody but postgres needs a password.
  void want_passwords() const {
    write_file(folder_ + "/data/pg_hba.conf", "local all postgres trust\nlocal all all scram-sha-256\n");
    EXPECT_EQ(ask("SELECT pg_reload_conf()"), "t");
  }
  /// What psql says, columns between |, without the last line end.
  [[nodiscard]] std::string ask(const std::string& query) const {
    std::string said = run_tool("psql -X -q -A -t -d '" + url() + "' -c \"" + query + "\" 2>&1");
    while (said.ends_with('\n')) { said.pop_back(); }
    return said;
  }

 private:
  static std::string programs() {
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql")) {
      if (std::filesystem::exists(version.path() / "bin/initdb")) return version.path() / "bin/";
    }
    return {};
  }
  static void as_owner(const std::string& command) {
    const std::string who = ::geteuid() == 0 ? "runuser -u postgres -- " : "";
    run_tool("cd / && " + who + programs() + command + " > /dev/null 2>&1");
  }

  std::string folder_;
};

} // namespace weir::test
