#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace resml {

enum class FileMode { Private = 0600, Shared = 0644 };

// Whole file; InputError with the system's reason if it cannot be read or is not a regular file.
std::string read_file(const std::filesystem::path& path);

// Leaves either the old file or the new one, whole, whatever happens (full disk, kill -9): writes
// to a temporary file in the same folder, syncs it, renames it over `path`, syncs the folder. A
// temporary file is removed on failure. A symbolic link is followed: its target is replaced.
// InputError names `path` and the system's reason.
void write_file_atomically(const std::filesystem::path& path, std::string_view content,
                           FileMode mode);

// A readable sentence for errno.
std::string system_reason(int error_number);

}  // namespace resml
