// Model files as accidents and attackers make them, one real model of every kind in the registry.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstring>
#include <limits>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "resml/pipeline/model_file.hpp"
#include "resml/tensor/tensor_file.hpp"
#include "small_source.hpp"

namespace resml {
namespace {

class HostileModel : public testing::TestWithParam<std::string> {
 protected:
  const Source source_ = source_of(kIncidentHeader + "\n" + join(random_incidents(60, 1), "\n"));
  const std::string file_ =
      encode_model(build_model(source_, incident_settings(GetParam()), "2024-05-01 12:00:00", {}));
};

// The file is refused by name; anything but a ModelFileError fails the test.
void expect_refused(const std::string& file) {
  try {
    decode_model(file, "x.ml");
    ADD_FAILURE() << "loaded";
  } catch (const ModelFileError& error) {
    EXPECT_TRUE(std::string_view(error.what()).starts_with("x.ml: ")) << error.what();
  }
}

TEST_P(HostileModel, EveryPrefixIsRefused) {
  for (std::size_t size = 0; size < file_.size(); ++size) expect_refused(file_.substr(0, size));
  expect_refused(file_ + '\0');
}

TEST_P(HostileModel, EveryFlippedBitIsRefused) {
  Rng rng(2);
  std::string file = file_;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t bit = rng.below(8 * file.size());
    const auto flip = [&] { file[bit / 8] ^= static_cast<char>(1 << bit % 8); };
    flip();
    expect_refused(file);
    flip();
  }
}

// A number that no honest model has there, or the old one with one bit flipped.
template <class T>
T damaged(T value, Rng& rng) {
  using Limits = std::numeric_limits<T>;
  const std::vector<T> extremes = {0,
                                   1,
                                   Limits::max(),
                                   Limits::lowest(),
                                   Limits::min(),
                                   Limits::infinity(),
                                   Limits::quiet_NaN(),
                                   static_cast<T>(Limits::max() / 2 + 1)};
  if (rng.below(2) == 0) return extremes[rng.below(extremes.size())];
  std::array<char, sizeof(T)> bytes;
  std::memcpy(bytes.data(), &value, sizeof(T));
  const std::uint64_t bit = rng.below(8 * sizeof(T));
  bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

template <class T>
void damage(std::vector<T>& values, Rng& rng) {
  const std::uint64_t how = rng.below(10);
  if (how == 0) {
    values.push_back(values.empty() ? T{} : values.back());
  } else if (!values.empty() && how == 1) {
    values.pop_back();
  } else if (!values.empty() && how == 2) {
    std::swap(values[rng.below(values.size())], values[rng.below(values.size())]);
  } else if (!values.empty()) {
    T& value = values[rng.below(values.size())];
    value = damaged(value, rng);
  }
}

// A token of the JSON (a number, a word, a text, a bracket) becomes another one.
void damage(std::string& json, Rng& rng) {
  const std::vector<std::string> tokens = {"0",      "-1",         "1e308", "1e-308",
                                           "-1e308", "4294967296", "1e999", "null",
                                           "true",   "\"\"",       "[]",    "{}"};
  const std::string_view ends = ",:[]{}";
  const std::size_t at = rng.below(json.size());
  const std::size_t begin = json.find_last_of(ends, at) + 1;  // npos + 1 = 0
  const std::size_t end = std::min(json.find_first_of(ends, at), json.size());
  if (begin >= end || rng.below(10) == 0) {
    json[at] = static_cast<char>(' ' + rng.below(95));
  } else {
    json.replace(begin, end - begin, tokens[rng.below(tokens.size())]);
  }
}

// `whole` with one of its parts damaged, sealed again with the right lengths and checksum.
std::string resealed(const TensorBundle& whole, Rng& rng, std::string& what) {
  const std::uint64_t chosen = rng.below(whole.tensors().size() + whole.strings().size());
  TensorBundle bundle;
  std::uint64_t n = 0;
  for (const auto& [name, tensor] : whole.tensors()) {
    const bool hit = n++ == chosen;
    if (hit) what = name;
    std::visit(
        [&, &name = name, &tensor = tensor](auto values) {
          if (hit) damage(values, rng);
          const bool same_size =
              values.size() == std::visit([](const auto& v) { return v.size(); }, *tensor.values);
          bundle.add(name, values, same_size ? tensor.shape : std::vector<std::size_t>{});
        },
        *tensor.values);
  }
  for (const auto& [name, text] : whole.strings()) {
    std::string value = text;
    if (n++ == chosen) {
      damage(value, rng);
      what = concat(name, ": ", value);
    }
    bundle.add_string(name, value);
  }
  return encode_tensor_file(bundle);
}

std::size_t peak_memory_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) / 1024;
}

// Behind a right checksum every part checks itself: a file is refused, or its answers are sound.
TEST_P(HostileModel, ADamagedPartIsRefusedOrHarmless) {
  const TensorBundle whole = decode_tensor_file(file_, "x.ml");
  const Source asked = source_of(kIncidentHeader + "\n" + join(random_incidents(20, 3), "\n") +
                                 "\nnew,[9],maybe,1e300,-1e300,1e300,x");
  const std::size_t peak_before = peak_memory_mib();
  Rng rng(4);
  int n_refused = 0;
  int n_loaded = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string what;
    const std::string file = resealed(whole, rng, what);
    SCOPED_TRACE(what);
    try {
      const Model model = decode_model(file, "x.ml");
      const Predictions answers = model.pipeline.predict(asked.table);
      ASSERT_TRUE(answers.probabilities.allFinite());
      ASSERT_GE(answers.probabilities.minCoeff(), 0);
      ASSERT_LT((answers.probabilities.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-9);
      for (const std::uint32_t decision : answers.decisions)
        ASSERT_LT(decision, model.pipeline.classes().size());
      decode_model(encode_model(model), "x.ml");
      ++n_loaded;
    } catch (const ModelFileError& error) {
      EXPECT_TRUE(std::string_view(error.what()).starts_with("x.ml: ")) << error.what();
      ++n_refused;
    }
  }
  EXPECT_GT(n_refused, 250);
  EXPECT_GT(n_loaded, 50);
  EXPECT_LT(peak_memory_mib() - peak_before, 512U);
}

// Each bracket of a text this deep would take some eighty times its size in memory.
TEST(ModelFile, NestedBracketsTakeLittleMemory) {
  const std::size_t peak_before = peak_memory_mib();
  TensorBundle nested;
  nested.add_string("resml", std::string(16 << 20, '['));
  EXPECT_EQ(error_of<ModelFileError>([&] { decode_model(encode_tensor_file(nested), "x.ml"); }),
            "x.ml: string \"resml\": nested deeper than 64 levels");
  EXPECT_LT(peak_memory_mib() - peak_before, 512U);
}

// What is said of a model with `later` in the place of `now` in one of its texts.
std::string refusal_of(std::string_view key, std::string_view now, std::string_view later) {
  const Source source = source_of(kIncidentHeader + "\n" + join(random_incidents(20, 8), "\n"));
  const std::string file =
      encode_model(build_model(source, incident_settings("decision_tree"), "", {}));
  const TensorBundle whole = decode_tensor_file(file, "x.ml");
  TensorBundle changed;
  for (auto [name, text] : whole.strings()) {
    if (name == key) text.replace(text.find(now), now.size(), later);
    changed.add_string(name, text);
  }
  for (const auto& [name, tensor] : whole.tensors()) {
    changed.add_tensor(name, *tensor.values, tensor.shape);
  }
  return error_of<ModelFileError>([&] { decode_model(encode_tensor_file(changed), "x.ml"); });
}

TEST(ModelFile, OfANewerFormatSaysSo) {
  EXPECT_EQ(refusal_of("resml", "\"format\":1", "\"format\":2"),
            "x.ml: written by format 2, this program reads up to 1; upgrade it");
}

TEST(ModelFile, AChoiceThatIsNotKnownIsNotTakenForAnother) {
  EXPECT_EQ(refusal_of("resml", "\"rare_values\":\"keep\"", "\"rare_values\":\"merge\""),
            "x.ml: settings: expected keep, drop or error, got \"merge\"");
  EXPECT_EQ(refusal_of("pipeline.encoder.encoder", "\"code\":\"number\"", "\"code\":\"text\""),
            "x.ml: encoder: unknown code \"text\"");
}

TEST(ModelFile, ItsPartsMustBelongTogether) {
  EXPECT_EQ(refusal_of("resml", "", ""), "(nothing was thrown)");
  EXPECT_EQ(refusal_of("pipeline.classes", "[", "[\"another\","),
            "x.ml: classifier, encoder and classes do not belong together");
}

INSTANTIATE_TEST_SUITE_P(Registry, HostileModel, testing::ValuesIn(all_kinds_and_methods()),
                         [](const auto& of) { return of.param; });

}  // namespace
}  // namespace resml
