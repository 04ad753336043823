// resml_launch COMMAND [ARGUMENT...]: runs it, then prints one line of JSON about the whole
// process. A process of its own because Linux counts the memory of whoever starts a command into
// the command's peak: this one is small.

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstring>

extern char** environ;

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: resml_launch COMMAND [ARGUMENT...]\n", stderr);
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, argv[1], nullptr, nullptr, argv + 1, environ);
  if (error != 0) {
    std::fprintf(stderr, "resml_launch: %s: %s\n", argv[1], std::strerror(error));
    return 2;
  }
  int status = 0;
  rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child) {
    std::perror("resml_launch: wait4");
    return 2;
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  std::printf("\n{\"seconds\": %.6f, \"cpu_seconds\": %.6f, \"peak_bytes\": %lld}\n", taken.count(),
              seconds(usage.ru_utime) + seconds(usage.ru_stime), 1024LL * usage.ru_maxrss);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
