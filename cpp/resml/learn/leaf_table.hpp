#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "resml/learn/model_shape.hpp"
#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

// The different answers of the leaves of many trees, each stored once. Leaf l has the classes
// class_of()[starts()[l]] .. A class's weight is kept as its distance from that of the leaf's
// likeliest class, in steps of a sixteenth of an octave: to 2.2 %, be it common or rare, in one
// byte. Below 2^-16 of the likeliest it is dropped.
class LeafTable {
 public:
  // The index of the leaf with these classes, ascending, and their weights > 0.
  std::uint32_t add(const std::vector<std::pair<std::uint32_t, double>>& class_weights);
  // Adds all leaves of `other`; their indices here.
  std::vector<std::uint32_t> add_all(const LeafTable& other);

  std::size_t size() const { return starts_.size() - 1; }
  const std::vector<std::uint32_t>& starts() const { return starts_; }
  const std::vector<std::uint32_t>& class_of() const { return class_of_; }
  // The probability that goes with each entry of class_of(); sums to 1 in a leaf.
  std::vector<double> shares() const;

  void add_to(TensorBundle& bundle) const;
  static LeafTable load(const TensorBundle& bundle, const ModelShape& shape);

 private:
  // Makes a leaf of the entries behind the last one, unless an equal one is there; its index.
  std::uint32_t close_leaf();
  std::size_t find_place(std::size_t begin, std::size_t end) const;

  std::vector<std::uint32_t> starts_{0};
  std::vector<std::uint32_t> class_of_;
  std::vector<std::uint8_t> steps_;
  std::vector<std::uint32_t> places_;  // hash table of the leaves: open addressing, half full
};

}  // namespace resml
