#include "resml/base/simd_level.hpp"

namespace resml {
namespace {

SimdLevel find_level() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("popcnt") == 0 || __builtin_cpu_supports("avx2") == 0) {
    return SimdLevel::Portable;
  }
  const bool has_avx512 =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
      __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vpopcntdq") != 0;
  return has_avx512 ? SimdLevel::Avx512 : SimdLevel::Avx2;
#else
  return SimdLevel::Portable;
#endif
}

}  // namespace

SimdLevel simd_level() {
  static const SimdLevel level = find_level();
  return level;
}

}  // namespace resml
