# For machines with glibc 2.28 (RHEL 8) and later: zig brings that library's interface and a C++
# library that is linked statically. RESML_ZIG names the program.
set(CMAKE_C_COMPILER "$ENV{RESML_ZIG};cc;-target;x86_64-linux-gnu.2.28")
set(CMAKE_CXX_COMPILER "$ENV{RESML_ZIG};c++;-target;x86_64-linux-gnu.2.28")
# The machine's own headers come last: those of Python and what they include.
set(CMAKE_C_FLAGS_INIT "-idirafter /usr/include")
set(CMAKE_CXX_FLAGS_INIT "-idirafter /usr/include")
# Debian's static zlib is compiled for programs: its own data must be found inside the library.
set(CMAKE_MODULE_LINKER_FLAGS_INIT "-Wl,-Bsymbolic")
set(OPENSSL_USE_STATIC_LIBS ON)
