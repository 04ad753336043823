// Any bytes give settings that can be used, or none.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "resml/base/utf8.hpp"
#include "resml/pipeline/original_pickle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto settings = resml::read_original_pickle(bytes);
  if (!settings) return 0;
  if (settings->prediction.empty() || settings->features.empty()) std::abort();
  const auto command = resml::replacement_command(*settings, "incident.ml");
  if (resml::find_invalid_utf8(command) != std::string_view::npos) std::abort();
  for (const char c : command) {
    if (static_cast<unsigned char>(c) < 0x20) std::abort();
  }
  return 0;
}
