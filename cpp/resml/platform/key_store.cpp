#include "resml/platform/key_store.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <system_error>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/base/fit_context.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kLongest{60};
constexpr int kPollMs = 50;
constexpr std::size_t kMaxAnswerBytes = std::size_t{1} << 20;
constexpr const char* kWayOut =
    "; write $NAME instead and set the environment variable of that name";

// A child that does not outlive this object.
class Child {
 public:
  Child(const std::vector<std::string>& command, std::vector<std::string> environment, int stream);
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

 private:
  pid_t pid_ = 0;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Child::Child(const std::vector<std::string>& command, std::vector<std::string> environment,
             int stream) {
  std::vector<std::string> words = command;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, stream, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, stream, STDOUT_FILENO);
  // What goes wrong is told in the answer; a traceback might hold more than that.
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const int error = ::posix_spawnp(&pid_, words.front().c_str(), &actions, nullptr,
                                   pointers(words).data(), pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid_ = 0;
    throw InputError("the key store cannot be asked: ", words.front(), ": ", system_reason(error),
                     kWayOut);
  }
}

// Of "$NAME" and every "${NAME}".
void add_variables(std::string_view value, std::set<std::string, std::less<>>& names) {
  if (value.starts_with('$')) names.emplace(value.substr(1));
  for (std::size_t at = value.find("${"); at != std::string_view::npos; at = value.find("${", at)) {
    at += 2;
    names.emplace(value.substr(at, value.find('}', at) - at));
  }
}

// This process's, without the variables that the section takes its values from.
std::vector<std::string> clean_environment(const IniSection& section) {
  std::set<std::string, std::less<>> secrets;
  for (const IniEntry& entry : section.entries) add_variables(entry.value, secrets);
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (secrets.find(text.substr(0, text.find('='))) == secrets.end()) out.emplace_back(text);
  }
  return out;
}

void send_all(int stream, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(stream, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // the child has ended: what it answered says why
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string receive_all(int stream, const std::stop_token& stop) {
  const auto deadline = std::chrono::steady_clock::now() + kLongest;
  std::string answer;
  std::array<char, 4096> bytes{};
  while (answer.size() < kMaxAnswerBytes) {
    throw_if_stopped(stop);
    if (std::chrono::steady_clock::now() > deadline)
      throw InputError("the key store did not answer in ", kLongest.count(), " s", kWayOut);
    pollfd waiting{stream, POLLIN, 0};
    if (::poll(&waiting, 1, kPollMs) <= 0) continue;
    const ssize_t n = ::recv(stream, bytes.data(), bytes.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    answer.append(bytes.data(), static_cast<std::size_t>(n));
  }
  return answer;
}

std::map<std::string, std::string> values_of(const std::string& answer) {
  const json told = json::parse(answer, nullptr, /*allow_exceptions=*/false);
  if (told.is_object() && told.contains("error") && told["error"].is_string())
    throw InputError("the key store cannot be asked: ", quoted(told["error"].get<std::string>()),
                     kWayOut);
  if (!told.is_object() || !told.contains("values") || !told["values"].is_object())
    throw InputError(
        "the key store cannot be asked: no Python with this program's package was found", kWayOut);
  std::map<std::string, std::string> values;
  for (const auto& [key, value] : told["values"].items()) {
    if (value.is_string()) values[key] = value.get<std::string>();
  }
  return values;
}

// Of the same installation if there is one.
std::string python() {
  std::error_code ignored;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  const auto beside = own / "python3";
  return is_there(beside) ? beside.string() : "python3";
}

}  // namespace

KeyStore command_key_store(std::vector<std::string> command, std::stop_token stop) {
  return [command = std::move(command), stop = std::move(stop)](
             const IniSection& section, const std::map<std::string, std::string>& values) {
    const IniEntry* type = section.find("pam_type");
    json question = {{"section", section.name}, {"values", values}};
    if (type != nullptr) question["pam_type"] = type->value;
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
      throw InputError("the key store cannot be asked: ", system_reason(errno), kWayOut);
    FileDescriptor ours(ends[0]);
    FileDescriptor theirs(ends[1]);
    const Child child(command, clean_environment(section), theirs.get());
    theirs.close();
    send_all(ours.get(), question.dump() + "\n");
    ::shutdown(ours.get(), SHUT_WR);
    return values_of(receive_all(ours.get(), stop));
  };
}

KeyStore python_key_store(std::stop_token stop) {
  return command_key_store({python(), "-m", "resml.key_store"}, std::move(stop));
}

}  // namespace resml
