#pragma once

namespace resml {

// What this processor has of the instructions that work on several numbers at once. A loop compiled
// for each level gives the same bits on all of them: nothing is fused (-ffp-contract=off).
enum class SimdLevel {
  Portable,
  Avx2,    // with popcnt
  Avx512,  // F, DQ, VL and VPOPCNTDQ
};
SimdLevel simd_level();

}  // namespace resml

#if defined(__x86_64__)
#define RESML_TARGET_AVX2 [[gnu::target("avx2,popcnt")]]
#define RESML_TARGET_AVX512 [[gnu::target("avx512f,avx512dq,avx512vl,avx512vpopcntdq,popcnt")]]
#else
#define RESML_TARGET_AVX2
#define RESML_TARGET_AVX512
#endif
