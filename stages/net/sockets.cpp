#include "stages/net/sockets.hpp"

#include <asio.hpp>

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include "stages/file/io_error.hpp"
#include "stages/file/temporaries.hpp"

namespace weir::stages {

using asio::error_code;
using any_stream = asio::generic::stream_protocol;
using asio::ip::tcp;
using asio::local::stream_protocol;

namespace {

std::string shown_of(const any_stream::endpoint& of_tcp) {
  tcp::endpoint at;
  at.resize(of_tcp.size());
  std::memcpy(at.data(), of_tcp.data(), of_tcp.size());
  return net_address{.host = at.address().to_string(), .port = std::to_string(at.port()), .path = {}}.shown();
}

/// The addresses of a name, or of every interface; a Unix socket has one.
std::vector<any_stream::endpoint> addresses_of(asio::io_context& context, const net_address& of, bool to_listen,
                                               error_code& failed) {
  std::vector<any_stream::endpoint> all;
  if (of.local()) {
    all.emplace_back(stream_protocol::endpoint(of.path));
    return all;
  }
  tcp::resolver resolver(context);
  const auto flags = to_listen ? tcp::resolver::passive : tcp::resolver::flags();
  for (const auto& each : resolver.resolve(of.host, of.port, flags, failed)) all.emplace_back(each.endpoint());
  return all;
}

bool is_tcp(const any_stream::endpoint& at) { return at.protocol().family() != AF_UNIX; }
bool is_v6(const any_stream::endpoint& at) { return at.protocol().family() == AF_INET6; }

error_code last_error() { return {errno, asio::error::get_system_category()}; }

/// What has happened to the connection since the last call on it.
error_code pending_error(any_stream::socket& socket) {
  int code = 0;
  socklen_t size = sizeof code;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &code, &size) != 0) return last_error();
  return {code, asio::error::get_system_category()};
}

/// A peer whose machine has gone is noticed after about two minutes: it holds a place that another could have.
void keep_asking(int socket) {
  constexpr int k_idle = 60;
  constexpr int k_between = 15;
  constexpr int k_times = 4;
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &k_idle, sizeof k_idle);
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &k_between, sizeof k_between);
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &k_times, sizeof k_times);
}

/// Each record leaves when it is written.
void set_up(any_stream::socket& socket, bool over_tcp, error_code& failed) {
  if (!failed) socket.non_blocking(true, failed);
  if (!failed && over_tcp) socket.set_option(tcp::no_delay(true), failed);
  if (!failed && over_tcp) socket.set_option(asio::socket_base::keep_alive(true), failed);
  if (!failed && over_tcp) keep_asking(socket.native_handle());
}

} // namespace

struct stream_socket::parts {
  explicit parts(std::shared_ptr<asio::io_context> shared) : context(std::move(shared)), socket(*context) {}

  std::shared_ptr<asio::io_context> context; ///< one for a listener and all it let in: each costs three descriptors
  any_stream::socket socket;
  std::string peer;

  [[noreturn]] void fail(const error_code& why) const { throw server_gone(peer, why.message()); }
};

stream_socket::stream_socket(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
stream_socket::stream_socket(stream_socket&&) noexcept = default;
stream_socket& stream_socket::operator=(stream_socket&&) noexcept = default;
stream_socket::~stream_socket() = default;

int stream_socket::number() const { return parts_->socket.native_handle(); }
const std::string& stream_socket::peer() const { return parts_->peer; }

stream_socket::result stream_socket::try_read(std::span<std::byte> room) {
  error_code failed;
  const std::size_t got = parts_->socket.receive(asio::buffer(room.data(), room.size()), 0, failed);
  if (!failed) return {outcome::bytes, got};
  if (failed == asio::error::eof) return {outcome::end, 0};
  if (failed == asio::error::would_block) return {outcome::would_block, 0};
  parts_->fail(failed);
}

std::size_t stream_socket::try_write(std::span<const std::byte> bytes) {
  error_code failed;
  const std::size_t taken = parts_->socket.send(asio::buffer(bytes.data(), bytes.size()), 0, failed);
  if (failed && failed != asio::error::would_block) parts_->fail(failed);
  return failed ? 0 : taken;
}

void stream_socket::end_output() {
  error_code failed;
  parts_->socket.shutdown(asio::socket_base::shutdown_send, failed);
  if (!failed) return;
  check(); // says why it is not connected any more
  parts_->fail(failed);
}

std::size_t stream_socket::untaken() const {
  int bytes = 0;
  return ::ioctl(number(), SIOCOUTQ, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

void stream_socket::check() {
  const error_code broken = pending_error(parts_->socket);
  if (broken) parts_->fail(broken);
}

void stream_socket::reset() noexcept {
  error_code ignored; // nobody is left to tell
  parts_->socket.set_option(asio::socket_base::linger(true, 0), ignored);
  parts_->socket.close(ignored);
}

namespace {

/// Begins to connect. Asio's own connect() would wait, whatever the socket is set to.
error_code begin_connect(any_stream::socket& socket, const any_stream::endpoint& to) {
  error_code failed;
  error_code ignored;
  socket.close(ignored);
  socket.open(to.protocol(), failed);
  set_up(socket, is_tcp(to), failed);
  if (failed) return failed;
  return ::connect(socket.native_handle(), to.data(), static_cast<socklen_t>(to.size())) == 0 ? failed : last_error();
}

} // namespace

connected try_connect(const net_address& to, const answer_wait& wait) {
  auto made = std::make_unique<stream_socket::parts>(std::make_shared<asio::io_context>(1));
  made->peer = to.shown();
  error_code failed;
  const auto all = addresses_of(*made->context, to, false, failed);
  if (failed)
    return {{}, failed.message(), failed == asio::error::host_not_found || failed == asio::error::service_not_found};
  for (std::size_t i = 0; i < all.size(); ++i) {
    failed = begin_connect(made->socket, all[i]);
    if (failed == asio::error::in_progress) {
      const answer how = wait(made->socket.native_handle(), i + 1 < all.size());
      if (how == answer::stopped) return {};
      failed = how == answer::came ? pending_error(made->socket) : error_code(asio::error::timed_out);
    }
    if (!failed) return {stream_socket(std::move(made)), {}, false};
  }
  return {{}, failed == asio::error::timed_out ? "no answer" : failed.message(), false};
}

struct listening_socket::parts {
  std::shared_ptr<asio::io_context> context = std::make_shared<asio::io_context>(1);
  asio::basic_socket_acceptor<any_stream> socket{*context};
  named_temporary file; ///< of a Unix socket
  std::string shown;
  bool over_tcp = true;
};

namespace {

/// Removes the file that a listener left behind when it was killed. A socket of another type is refused by one that is
/// alive, for its type, and so is not taken for somebody who connects.
void remove_dead_socket(asio::io_context& context, const std::string& path) {
  struct stat now {};
  if (::stat(path.c_str(), &now) != 0 || !S_ISSOCK(now.st_mode)) return;
  asio::local::datagram_protocol::socket probe(context);
  error_code failed;
  probe.connect(asio::local::datagram_protocol::endpoint(path), failed);
  if (failed == asio::error::connection_refused) ::unlink(path.c_str());
}

/// `every`: of all interfaces, over IPv4 too where the endpoint is IPv6's.
template <class Acceptor>
error_code listen_at(Acceptor& socket, const any_stream::endpoint& at, bool every) {
  error_code failed;
  error_code ignored;
  socket.close(ignored);
  socket.open(at.protocol(), failed);
  if (!failed && is_tcp(at)) socket.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed && every && is_v6(at)) socket.set_option(asio::ip::v6_only(false), failed);
  if (!failed) socket.bind(at, failed);
  if (!failed) socket.listen(asio::socket_base::max_listen_connections, failed);
  if (!failed) socket.non_blocking(true, failed);
  // Else Asio waits for the next one when somebody goes before he is let in.
  if (!failed) socket.set_option(asio::socket_base::enable_connection_aborted(true), failed);
  return failed;
}

bool is_shortage(const error_code& failed) {
  return failed == asio::error::no_descriptors || failed == std::errc::too_many_files_open_in_system ||
         failed == std::errc::no_buffer_space || failed == std::errc::not_enough_memory;
}

} // namespace

listening_socket::listening_socket(const net_address& at) : parts_(std::make_unique<parts>()) {
  if (at.local()) remove_dead_socket(*parts_->context, at.path);
  error_code failed;
  std::vector<any_stream::endpoint> all = addresses_of(*parts_->context, at, true, failed);
  const bool every = !at.local() && at.host.empty();
  if (every) std::stable_partition(all.begin(), all.end(), is_v6);
  for (const any_stream::endpoint& each : all) {
    failed = listen_at(parts_->socket, each, every);
    // Who has the port on one interface only is not to get half of what was asked for here.
    if (!failed || (every && failed == asio::error::address_in_use)) break;
  }
  if (failed) throw std::runtime_error("listen: " + at.shown() + ": " + failed.message());
  parts_->shown = at.shown();
  parts_->over_tcp = !at.local();
  if (at.local()) {
    parts_->file = named_temporary(at.path);
    return;
  }
  parts_->shown = shown_of(parts_->socket.local_endpoint());
}

listening_socket::listening_socket(listening_socket&&) noexcept = default;
listening_socket& listening_socket::operator=(listening_socket&&) noexcept = default;
listening_socket::~listening_socket() = default;

int listening_socket::number() const { return parts_->socket.native_handle(); }
const std::string& listening_socket::shown() const { return parts_->shown; }

std::optional<stream_socket> listening_socket::try_accept() {
  auto made = std::make_unique<stream_socket::parts>(parts_->context);
  error_code failed;
  any_stream::endpoint from;
  parts_->socket.accept(made->socket, from, failed);
  if (is_shortage(failed)) throw no_room("accept: " + parts_->shown + ": " + failed.message());
  set_up(made->socket, parts_->over_tcp, failed);
  if (failed) return {}; // whoever it was has gone already
  made->peer = parts_->shown;
  if (parts_->over_tcp) made->peer = shown_of(from);
  return stream_socket(std::move(made));
}

} // namespace weir::stages
