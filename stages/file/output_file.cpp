#include "stages/file/output_file.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <random>

#include "stages/file/io_error.hpp"
#include "stages/file/uninterrupted.hpp"

namespace weir::stages {
namespace {

constexpr int k_most_names = 100; ///< random names tried before giving up

/// ".NAME.weir-XXXXXX" in the target's directory, within the 255 bytes that a name may have.
std::string random_name(const output_target& target) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device random;
  std::string name(".");
  name.append(target.name, 0, 200).append(".weir-");
  for (int i = 0; i < 6; ++i) name.push_back(letters[random() % letters.size()]);
  return target.sibling(name);
}

std::string proc_path(int number) { return "/proc/self/fd/" + std::to_string(number); }

} // namespace

output_file::output_file(const std::string& path, waiting place) : shown_(path) {
  if (path == "-") {
    shown_ = "standard output";
    target_.in_place = true;
    file_ = descriptor(STDOUT_FILENO, true);
    return;
  }
  target_ = find_output_target(path);
  if (target_.in_place) {
    open_in_place();
    return;
  }
  if (place == waiting::hidden || !open_nameless()) open_named();
  keep_attributes();
}

void output_file::open_in_place() {
  int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY | (target_.append ? O_APPEND : 0);
  int number = uninterrupted([&] { return ::open(target_.path.c_str(), flags); });
  if (number < 0) throw io_error("open", shown_, errno);
  file_ = descriptor(number);
}

/// False where the file system has no nameless files, or /proc, through which they get a name, is not there.
bool output_file::open_nameless() {
  int number = uninterrupted([&] { return ::open(target_.directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666); });
  if (number < 0) {
    if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL) return false;
    throw io_error("open", shown_, errno);
  }
  file_ = descriptor(number);
  if (::access(proc_path(number).c_str(), F_OK) == 0) return true;
  file_ = descriptor();
  return false;
}

void output_file::open_named() {
  for (int tries = 0; tries < k_most_names; ++tries) {
    temporary_ = named_temporary(random_name(target_));
    int number =
        uninterrupted([&] { return ::open(temporary_.path(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666); });
    if (number >= 0) {
      file_ = descriptor(number);
      return;
    }
    temporary_.forget();
    if (errno != EEXIST) break;
  }
  throw io_error("open", shown_, errno);
}

/// The owner first: changing it takes the set-user bits away. Where we may not, the file is ours, without
/// them.
void output_file::keep_attributes() {
  if (!target_.existing) return;
  const auto& old = *target_.existing;
  struct stat now {};
  if (::fstat(file_.number(), &now) != 0) fail("stat", errno);
  bool same_owner = now.st_uid == old.owner && now.st_gid == old.group;
  if (!same_owner) same_owner = ::fchown(file_.number(), old.owner, old.group) == 0;
  if (::fchmod(file_.number(), same_owner ? old.mode : old.mode & 0777U) != 0) fail("chmod", errno);
}

bool output_file::cached() const {
  struct stat now {};
  if (target_.in_place && (::fstat(file_.number(), &now) != 0 || !S_ISREG(now.st_mode))) return false;
  struct statfs where {};
  if (::fstatfs(file_.number(), &where) != 0) return false;
  constexpr unsigned k_local[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
                                  F2FS_SUPER_MAGIC, TMPFS_MAGIC,     OVERLAYFS_SUPER_MAGIC};
  return std::find(std::begin(k_local), std::end(k_local), static_cast<unsigned>(where.f_type)) != std::end(k_local);
}

void output_file::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    std::size_t taken = write_some(bytes);
    if (taken == 0) wait_writable(file_.number(), -1);
    bytes = bytes.subspan(taken);
  }
}

std::size_t output_file::write_some(std::span<const std::byte> bytes) {
  for (;;) {
    ssize_t written = ::write(file_.number(), bytes.data(), bytes.size());
    if (written >= 0) {
      size_ += static_cast<std::uint64_t>(written);
      return static_cast<std::size_t>(written);
    }
    if (errno == EAGAIN) return 0;
    if (errno != EINTR) fail("write", errno);
  }
}

void output_file::commit(bool durable) {
  // Pipes and terminals cannot be flushed, which is no fault of theirs.
  if (durable && uninterrupted([&] { return ::fsync(file_.number()); }) != 0 &&
      !(target_.in_place && (errno == EINVAL || errno == EROFS)))
    fail("fsync", errno);
  if (!target_.in_place && !temporary_) link_nameless();
  if (int code = file_.close(); code != 0) fail("close", code);
  if (target_.in_place) return;
  rename_to_target();
  if (durable) flush_directory();
}

/// A link cannot replace a file that is there, so the target's name comes by a rename.
void output_file::link_nameless() {
  std::string open_file = proc_path(file_.number());
  for (int tries = 0; tries < k_most_names; ++tries) {
    temporary_ = named_temporary(random_name(target_));
    if (::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, temporary_.path(), AT_SYMLINK_FOLLOW) == 0) return;
    temporary_.forget();
    if (errno != EEXIST) break;
  }
  fail("link", errno);
}

void output_file::rename_to_target() {
  if (::rename(temporary_.path(), target_.path.c_str()) != 0) {
    int code = errno;
    temporary_.unlink();
    fail("rename", code);
  }
  temporary_.forget();
}

void output_file::flush_directory() {
  descriptor directory(
      uninterrupted([&] { return ::open(target_.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!directory || (uninterrupted([&] { return ::fsync(directory.number()); }) != 0 && errno != EINVAL))
    fail("fsync", errno);
}

void output_file::fail(const char* operation, int code) const {
  if (code == EPIPE) throw broken_pipe(operation, shown_, size_, code);
  throw io_error(operation, shown_, size_, code);
}

} // namespace weir::stages
