// The same bytes give the same table or the same error on every path and with every chunk size.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "../cpp/csv_outcome.hpp"

namespace {

void check(const std::string& text, const resml::CsvColumns& columns, std::size_t rows_at_once) {
  using resml::ScanPath;
  const auto read = [&](std::size_t chunk_bytes, ScanPath path) {
    return resml::csv_outcome(text, columns, {chunk_bytes, path, rows_at_once});
  };
  const std::string expected = read(1, ScanPath::Portable);
  for (const ScanPath path : resml::scan_paths()) {
    for (const std::size_t chunk_bytes : {3UL, 64UL, 100UL, 1000UL}) {
      if (read(chunk_bytes, path) != expected) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check(text, {}, static_cast<std::size_t>(-1));
  check(text, {.wanted = {"b"}, .if_present = {"a"}}, 2);
  return 0;
}
