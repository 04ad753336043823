#include "resml/platform/page_rows.hpp"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "resml/base/text.hpp"
#include "resml/platform/json_answer.hpp"

namespace resml {
namespace {

using nlohmann::json;

// Builds the page, and one row after the other beside it; of the rows only what is wanted.
class PageReader final : public nlohmann::json_sax<json> {
 public:
  PageReader(const MemberNames& only, const std::function<void(const json& row)>& use)
      : only_(only), use_(use) {}

  bool null() override { return put_value(nullptr); }
  bool boolean(bool value) override { return put_value(value); }
  bool number_integer(number_integer_t value) override { return put_value(value); }
  bool number_unsigned(number_unsigned_t value) override { return put_value(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override {
    return put_value(value);
  }
  bool string(string_t& value) override { return put_value(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }  // is not in a text
  bool start_object(std::size_t /*size*/) override { return open(json::value_t::object); }
  bool start_array(std::size_t /*size*/) override { return open(json::value_t::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (n_skipped_ > 0) return true;
    if (open_.size() == 1) is_data_ = name == "data";
    const bool is_of_row = is_data_ && open_.size() == kInRow && open_[1]->is_array();
    is_wanted_ = !is_of_row || only_.empty() || only_.contains(name);
    if (is_wanted_) member_ = &(*open_.back())[std::move(name)];
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const json::exception& /*error*/) override {
    fault = no_json_from(position);
    return false;
  }

  json page;
  std::string fault;

 private:
  static constexpr std::size_t kInData = 2;  // open: the page and the list "data"
  static constexpr std::size_t kInRow = 3;

  // Whether the next value is a row, which stays outside of the page.
  bool is_row() const { return is_data_ && open_.size() == kInData && open_.back()->is_array(); }

  template <class Value>
  json* put(Value&& value) {
    if (open_.empty()) return &(page = std::forward<Value>(value));
    if (is_row()) return &(row_ = std::forward<Value>(value));
    json& into = *open_.back();
    if (into.is_array()) return &into.emplace_back(std::forward<Value>(value));
    return &(*member_ = std::forward<Value>(value));
  }

  template <class Value>
  bool put_value(Value&& value) {
    if (n_skipped_ > 0) return true;
    if (!std::exchange(is_wanted_, true)) return true;
    const bool is_whole_row = is_row();
    put(std::forward<Value>(value));
    if (is_whole_row) use_(row_);
    return true;
  }

  bool open(json::value_t type) {
    if (open_.size() + n_skipped_ >= kMaxJsonDepth) {
      fault = nested_too_deep();
      return false;
    }
    if (n_skipped_ > 0 || !std::exchange(is_wanted_, true)) {
      ++n_skipped_;
    } else {
      open_.push_back(put(json(type)));
    }
    return true;
  }

  bool close() {
    if (n_skipped_ > 0) {
      --n_skipped_;
      return true;
    }
    open_.pop_back();
    if (is_row()) use_(row_);
    return true;
  }

  const MemberNames& only_;
  const std::function<void(const json& row)>& use_;
  json row_;
  std::vector<json*> open_;    // from the page inwards
  std::size_t n_skipped_ = 0;  // open within what is not wanted
  bool is_data_ = false;       // of the page's members it is that one
  bool is_wanted_ = true;      // the value that comes next
  json* member_ = nullptr;     // where it goes in an object
};

}  // namespace

json read_rows(std::string_view text, const MemberNames& only,
               const std::function<void(const json& row)>& use) {
  if (trimmed(text).empty()) throw JsonFault(empty_json());
  PageReader reader(only, use);
  if (!json::sax_parse(text, &reader)) throw JsonFault(reader.fault);
  return std::move(reader.page);
}

}  // namespace resml
