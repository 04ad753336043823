#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace resml {

using Array = std::variant<std::vector<double>, std::vector<float>, std::vector<std::uint8_t>,
                           std::vector<std::uint16_t>, std::vector<std::int32_t>,
                           std::vector<std::uint32_t>, std::vector<std::uint64_t>>;

struct Tensor {
  std::vector<std::size_t> shape;  // product == number of values
  // Shared, so that the child of a bundle costs its names and not its arrays: opening a model file
  // would otherwise copy every array once for each level of nesting.
  std::shared_ptr<const Array> values;
};

// Named arrays and strings in memory: what a fitted part hands to the model file, and gets back.
// Reading believes nothing: a missing name, another type or another length is a ModelFileError
// that names the array.
class TensorBundle {
 public:
  // One-dimensional unless a shape is given. A name may be added once.
  template <class T>
  void add(std::string name, std::vector<T> values, std::vector<std::size_t> shape = {}) {
    add_tensor(std::move(name), Array(std::move(values)), std::move(shape));
  }
  void add_tensor(std::string name, Array values, std::vector<std::size_t> shape);
  // One-dimensional; not copied.
  void add_shared(std::string name, std::shared_ptr<const Array> values);
  void add_string(std::string name, std::string value);

  // The array of that name, if there is one.
  void erase(std::string_view name);

  // All of `child` under "prefix." (members of an ensemble, parts of a pipeline).
  void add_child(std::string_view prefix, TensorBundle child);
  TensorBundle child(std::string_view prefix) const;

  // Its length must be `length` if that is given.
  template <class T>
  const std::vector<T>& values(std::string_view name, std::optional<std::size_t> length = {}) const;
  const std::string& string(std::string_view name) const;

  const std::map<std::string, Tensor, std::less<>>& tensors() const { return tensors_; }
  const std::map<std::string, std::string, std::less<>>& strings() const { return strings_; }

 private:
  void insert(std::string name, Tensor tensor);

  std::map<std::string, Tensor, std::less<>> tensors_;
  std::map<std::string, std::string, std::less<>> strings_;
};

}  // namespace resml
