#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>

namespace resml {

using MemberNames = std::set<std::string, std::less<>>;

// Parses a page of rows, {"data": [{...}, ...], ...}, one row at a time, and of each only the
// members named (all if none is). Returns the page without its rows, "data" being an empty list;
// what is no object or has no such list is returned as it is. JsonFault for a text that is no JSON
// or nested too deep, which may show after rows were used.
nlohmann::json read_rows(std::string_view text, const MemberNames& only,
                         const std::function<void(const nlohmann::json& row)>& use);

}  // namespace resml
