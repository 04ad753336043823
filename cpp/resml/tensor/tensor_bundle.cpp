#include "resml/tensor/tensor_bundle.hpp"

#include <stdexcept>
#include <type_traits>
#include <utility>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

template <class T>
constexpr std::string_view type_name() {
  if constexpr (std::is_same_v<T, double>) return "float64";
  if constexpr (std::is_same_v<T, float>) return "float32";
  if constexpr (std::is_same_v<T, std::uint8_t>) return "uint8";
  if constexpr (std::is_same_v<T, std::uint16_t>) return "uint16";
  if constexpr (std::is_same_v<T, std::int32_t>) return "int32";
  if constexpr (std::is_same_v<T, std::uint32_t>) return "uint32";
  if constexpr (std::is_same_v<T, std::uint64_t>) return "uint64";
}

std::size_t count_of(const Array& values) {
  return std::visit([](const auto& vector) { return vector.size(); }, values);
}

std::string_view type_of(const Array& values) {
  return std::visit(
      []<class T>(const std::vector<T>&) -> std::string_view { return type_name<T>(); }, values);
}

// Our own mistake.
[[noreturn]] void throw_repeated(std::string_view name) {
  throw std::logic_error(concat("the bundle has ", quoted(name), " already"));
}

// Moves the entries of `from` under "prefix.".
template <class Map>
void move_under(std::string_view prefix, Map from, Map& into) {
  while (!from.empty()) {
    auto node = from.extract(from.begin());
    node.key() = concat(prefix, '.', node.key());
    if (auto result = into.insert(std::move(node)); !result.inserted)
      throw_repeated(result.node.key());
  }
}

template <class Map>
void copy_below(const std::string& start, const Map& from, Map& into) {
  for (auto it = from.lower_bound(start); it != from.end() && it->first.starts_with(start); ++it)
    into.emplace_hint(into.end(), it->first.substr(start.size()), it->second);
}

}  // namespace

void TensorBundle::add_tensor(std::string name, Array values, std::vector<std::size_t> shape) {
  const std::size_t count = count_of(values);
  if (shape.empty()) shape = {count};
  std::size_t product = 1;
  for (const std::size_t length : shape) product *= length;
  if (product != count)
    throw std::logic_error(
        concat("array ", quoted(name), ": shape says ", product, " values, got ", count));
  insert(std::move(name), {std::move(shape), std::make_shared<const Array>(std::move(values))});
}

void TensorBundle::add_shared(std::string name, std::shared_ptr<const Array> values) {
  std::vector<std::size_t> shape = {count_of(*values)};
  insert(std::move(name), {std::move(shape), std::move(values)});
}

void TensorBundle::insert(std::string name, Tensor tensor) {
  const auto [place, is_new] = tensors_.try_emplace(std::move(name));
  if (!is_new) throw_repeated(place->first);
  place->second = std::move(tensor);
}

void TensorBundle::add_string(std::string name, std::string value) {
  if (!strings_.try_emplace(name, std::move(value)).second) throw_repeated(name);
}

void TensorBundle::erase(std::string_view name) {
  if (const auto found = tensors_.find(name); found != tensors_.end()) tensors_.erase(found);
}

void TensorBundle::add_child(std::string_view prefix, TensorBundle child) {
  move_under(prefix, std::move(child.tensors_), tensors_);
  move_under(prefix, std::move(child.strings_), strings_);
}

TensorBundle TensorBundle::child(std::string_view prefix) const {
  const std::string start = concat(prefix, '.');
  TensorBundle result;
  copy_below(start, tensors_, result.tensors_);
  copy_below(start, strings_, result.strings_);
  return result;
}

template <class T>
const std::vector<T>& TensorBundle::values(std::string_view name,
                                           std::optional<std::size_t> length) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) throw ModelFileError("array ", quoted(name), ": missing");
  const auto* values = std::get_if<std::vector<T>>(found->second.values.get());
  if (values == nullptr)
    throw ModelFileError("array ", quoted(name), ": expected ", type_name<T>(), ", got ",
                         type_of(*found->second.values));
  if (length && values->size() != *length)
    throw ModelFileError("array ", quoted(name), ": expected ", *length, " values, got ",
                         values->size());
  return *values;
}

const std::string& TensorBundle::string(std::string_view name) const {
  const auto found = strings_.find(name);
  if (found == strings_.end()) throw ModelFileError("string ", quoted(name), ": missing");
  return found->second;
}

using Length = std::optional<std::size_t>;
template const std::vector<double>& TensorBundle::values(std::string_view, Length) const;
template const std::vector<float>& TensorBundle::values(std::string_view, Length) const;
template const std::vector<std::uint8_t>& TensorBundle::values(std::string_view, Length) const;
template const std::vector<std::uint16_t>& TensorBundle::values(std::string_view, Length) const;
template const std::vector<std::int32_t>& TensorBundle::values(std::string_view, Length) const;
template const std::vector<std::uint32_t>& TensorBundle::values(std::string_view, Length) const;
template const std::vector<std::uint64_t>& TensorBundle::values(std::string_view, Length) const;

}  // namespace resml
