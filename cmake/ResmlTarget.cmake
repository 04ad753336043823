# How everything here is compiled.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

add_library(resml_flags INTERFACE)
# Results must not depend on whether the compiler fuses a multiplication with an addition.
target_compile_options(resml_flags INTERFACE -ffp-contract=off)
target_compile_definitions(resml_flags INTERFACE RESML_VERSION="${PROJECT_VERSION}"
                                                 EIGEN_DONT_PARALLELIZE)
if(RESML_SANITIZE)
  target_compile_options(resml_flags INTERFACE -fsanitize=${RESML_SANITIZE}
                                               -fno-omit-frame-pointer
                                               -fno-sanitize-recover=all)
  target_link_options(resml_flags INTERFACE -fsanitize=${RESML_SANITIZE})
endif()

add_library(resml_warnings INTERFACE)
# Errors in our own builds (CMakePresets.json); a compiler we have not met must not fail for one.
target_compile_options(resml_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
