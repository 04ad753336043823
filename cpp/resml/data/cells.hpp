#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace resml {

// What the text of one cell means. The same rules serve training and prediction, whichever door a
// value came by: the CSV reader, a JSON document and a Python dict all end in these texts.

// The CSV reader skips blanks before a cell; a cell that came quoted, or by another door, may still
// have them. To a feature they mean nothing.
std::string_view without_leading_blanks(std::string_view text);

// Empty, or one of the spellings that readers of the original took for "no value" (N/A, NaN, NULL
// ... see cells.cpp). "None" is not among them.
bool is_empty_cell(std::string_view text);

// is_empty_cell, or "None": no value, as a feature sees it.
bool is_missing(std::string_view text);

// True/False in any case.
std::optional<bool> parse_boolean(std::string_view text);

// Milliseconds since 1970; nothing for what is no number or more than 100 million days away from
// 1970, where calendars of 64 bits end.
std::optional<double> parse_date(std::string_view text);
constexpr double kMillisecondsPerDay = 86'400'000;

// The members of a list in Python's or JSON's notation, each as the text that str() gives:
// [1, 2] -> "1" "2"; ['a', "b"] -> "a" "b"; [true, null] and [True, None] -> "True" "None".
// Nested lists and objects are members as written. Nothing if the text is not a whole list.
std::optional<std::vector<std::string>> parse_list(std::string_view text);

// A list in the notation that the original's CSV has: [1, 2] for numbers, ['a', 'b'] for texts.
std::string list_text(std::span<const std::string> members);

// The text under which a category is known: leading blanks are skipped as in a CSV cell, a list is
// rewritten in one notation, missing becomes "None".
std::string category_text(std::string_view text);

}  // namespace resml
