#include "resml/tensor/tensor_file.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <stdexcept>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "resml/base/rng.hpp"
#include "resml/tensor/tensor_header.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace resml {
namespace {

const std::string kStart = R"({"__metadata__":{"checksum":"0000000000000000")";

TensorBundle small_model() {
  TensorBundle bundle;
  bundle.add("tree.left", std::vector<std::uint32_t>{1, 3});
  bundle.add("tree.share", std::vector<double>{0.5, -1, 2, 3}, {2, 2});
  bundle.add("flags", std::vector<std::uint8_t>{7});
  bundle.add_string("kind", "tree");
  bundle.add_string("Notes", "\"a\\b\"\n\x01 \xc3\xa4");
  return bundle;
}

// A file with this header and this many bytes of arrays, its checksum right.
std::string make_file(std::string header, std::size_t n_array_bytes) {
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, sizeof length);
  file += header + std::string(n_array_bytes, '\1');
  char digits[17];
  const std::uint64_t hash = XXH3_64bits(file.data(), file.size());
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return file.replace(8 + kHeaderStart.size(), 16, digits);
}

std::string error_of_file(const std::string& file) {
  return error_of<ModelFileError>([&] { decode_tensor_file(file, "x.ml"); });
}

// Of a file whose header is the usual start, `strings`, then `arrays`.
std::string error_of_header(const std::string& strings, const std::string& arrays,
                            std::size_t n_array_bytes) {
  return error_of_file(make_file(kStart + strings + "}" + arrays + "}", n_array_bytes));
}

// The checksum is from the Python package xxhash, over the same bytes made with struct.pack.
TEST(TensorFile, IsWrittenAsTheSpecificationSays) {
  const std::string header = R"({"__metadata__":{"checksum":"2c9806ab720072a1",)"
                             R"("Notes":"\"a\\b\"\n\u0001 ä","kind":"tree"},)"
                             R"("tree.share":{"data_offsets":[0,32],"dtype":"F64","shape":[2,2]},)"
                             R"("tree.left":{"data_offsets":[32,40],"dtype":"U32","shape":[2]},)"
                             R"("flags":{"data_offsets":[40,41],"dtype":"U8","shape":[1]}}  )";
  const std::string file = encode_tensor_file(small_model());
  EXPECT_EQ(file.size(), 8 + 280 + 41U);
  EXPECT_EQ(file.substr(0, 8), std::string("\x18\x01\0\0\0\0\0\0", 8));
  EXPECT_EQ(file.substr(8, 280), header);
  EXPECT_EQ(file.substr(288), std::string("\0\0\0\0\0\0\xe0\x3f"
                                          "\0\0\0\0\0\0\xf0\xbf"
                                          "\0\0\0\0\0\0\0\x40"
                                          "\0\0\0\0\0\0\x08\x40"
                                          "\1\0\0\0\3\0\0\0"
                                          "\7",
                                          41));
}

TEST(TensorFile, IsWrittenInPartsAsItIsEncoded) {
  std::string file;
  std::size_t n_parts = 0;
  write_tensor_file(small_model(), [&](std::string_view part) {
    file += part;
    ++n_parts;
  });
  EXPECT_EQ(file, encode_tensor_file(small_model()));
  EXPECT_EQ(n_parts, 4);  // the head and three arrays
}

TEST(TensorFile, GivesBackTheBundle) {
  TensorBundle bundle = small_model();
  bundle.add("empty", std::vector<std::uint64_t>{}, {0, 3});
  bundle.add("float", std::vector<float>(5000, 1.5F));
  bundle.add("short", std::vector<std::uint16_t>{65535});
  bundle.add("signed", std::vector<std::int32_t>{-7});
  const std::string file = encode_tensor_file(bundle);
  const TensorBundle read = decode_tensor_file(file, "x.ml");
  EXPECT_EQ(read.values<double>("tree.share"), (std::vector<double>{0.5, -1, 2, 3}));
  EXPECT_EQ(read.values<float>("float"), std::vector<float>(5000, 1.5F));
  EXPECT_EQ(read.values<std::uint8_t>("flags"), std::vector<std::uint8_t>{7});
  EXPECT_EQ(read.values<std::uint16_t>("short"), std::vector<std::uint16_t>{65535});
  EXPECT_EQ(read.values<std::int32_t>("signed"), std::vector<std::int32_t>{-7});
  EXPECT_EQ(read.values<std::uint32_t>("tree.left"), (std::vector<std::uint32_t>{1, 3}));
  EXPECT_EQ(read.tensors().at("empty").shape, (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(read.strings(), bundle.strings());
  EXPECT_EQ(encode_tensor_file(read), file);
  const std::string nothing = encode_tensor_file(TensorBundle());
  EXPECT_EQ(encode_tensor_file(decode_tensor_file(nothing, "x.ml")), nothing);
}

TEST(TensorFile, RefusesEveryPrefix) {
  const std::string file = encode_tensor_file(small_model());
  for (std::size_t size = 0; size < file.size(); ++size)
    EXPECT_THROW(decode_tensor_file(std::string_view(file).substr(0, size), "x.ml"), ModelFileError)
        << size;
  EXPECT_THROW(decode_tensor_file(file + '\0', "x.ml"), ModelFileError);
}

TEST(TensorFile, RefusesEveryFlippedBit) {
  std::string file = encode_tensor_file(small_model());
  const auto flip = [&](std::uint64_t bit) { file[bit / 8] ^= static_cast<char>(1 << bit % 8); };
  Rng rng(1);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t n_bits = 8 * file.size();
    const std::uint64_t first = rng.below(n_bits);
    // Alone, or with a second one.
    const std::uint64_t second =
        rng.below(2) == 0 ? (first + 1 + rng.below(n_bits - 1)) % n_bits : n_bits;
    flip(first);
    if (second < n_bits) flip(second);
    EXPECT_THROW(decode_tensor_file(file, "x.ml"), ModelFileError) << first << ' ' << second;
    flip(first);
    if (second < n_bits) flip(second);
  }
}

TEST(TensorFile, NamesWhatIsWrongWithTheLength) {
  EXPECT_EQ(error_of_file("PK"), "x.ml: too short for a model file, got 2 bytes");
  EXPECT_EQ(error_of_file(std::string(100, 'x')),
            "x.ml: not a model file of this program; res-ml build makes one");
  std::string file = encode_tensor_file(small_model());
  const auto with_length = [&](std::uint64_t length) {
    std::memcpy(file.data(), &length, sizeof length);
    return error_of_file(file);
  };
  EXPECT_EQ(with_length(~0ULL), "x.ml: header claims 18446744073709551615 bytes, the file has 321");
  EXPECT_EQ(with_length(328), "x.ml: header claims 328 bytes, the file has 321");
  EXPECT_EQ(with_length(279), "x.ml: header claims 279 bytes, expected a multiple of 8");
  EXPECT_EQ(with_length(0), "x.ml: header is damaged at byte 8: expected \"{\", got its end");
  file.append(70 << 20, ' ');
  EXPECT_EQ(with_length(65 << 20), "x.ml: header claims 68157440 bytes, expected up to 67108864");
}

TEST(TensorFile, NamesTheChecksum) {
  std::string file = encode_tensor_file(small_model());
  file.back() ^= 1;
  EXPECT_EQ(error_of_file(file),
            "x.ml: damaged: expected checksum \"8707ccf30e4089c8\", got \"2c9806ab720072a1\"");
}

TEST(TensorFile, ReadsOneSpellingOfTheHeaderOnly) {
  const auto damaged = [](std::size_t at, const std::string& what) {
    return concat("x.ml: header is damaged at byte ", at, ": expected ", what);
  };
  // The usual start ends at byte 54.
  EXPECT_EQ(error_of_header(" ", "", 0), damaged(54, R"("}", got " ")"));
  EXPECT_EQ(error_of_header(R"(,"a":1)", "", 0), damaged(59, R"(""", got "1")"));
  EXPECT_EQ(error_of_header(R"(,"a":{"b":{)", "", 0), damaged(59, R"(""", got "{")"));
  EXPECT_EQ(error_of_header(R"(,"a":"b\/")", "", 0), damaged(62, R"("u", got "/")"));
  EXPECT_EQ(error_of_header(R"(,"a":"\u000a")", "", 0),
            damaged(64, R"(the number of a control character, got "0")"));
  EXPECT_EQ(error_of_header(R"(,"a":"\u0041")", "", 0),
            damaged(64, R"(the number of a control character, got "4")"));
  EXPECT_EQ(error_of_header(",\"a\":\"\n\"", "", 0), damaged(60, R"(a text, got "\n")"));
  EXPECT_EQ(error_of_header(",\"a\":\"\xff\"", "", 0), damaged(60, "UTF-8, got byte 255"));
  EXPECT_EQ(error_of_header("", R"(,"a":{"data_offsets":[00,8])", 8),
            damaged(77, R"(a number, got "0")"));
  EXPECT_EQ(error_of_header("", R"(,"a":{"data_offsets":[-1,8])", 8),
            damaged(77, R"(a number, got "-")"));
  EXPECT_EQ(error_of_header("", R"(,"a":{"data_offsets":[0,99999999999999999999])", 8),
            damaged(79, R"(a number, got "9")"));
  EXPECT_EQ(error_of_header("", R"(,"a":{"data_offsets":[0,8],"dtype":"F64","shape":[])", 8),
            damaged(105, R"(a number, got "]")"));
  EXPECT_EQ(error_of_header("", "}x", 0), damaged(56, R"(its end, got "x")"));
  EXPECT_EQ(error_of_file(make_file(kStart + R"(,"a":"b)", 0)), damaged(64, "a text, got its end"));
  EXPECT_EQ(error_of_file(make_file(kStart + "}}          ", 0)),
            damaged(64, R"(its end, got " ")"));
}

TEST(TensorFile, NamesTheStringThatIsWrong) {
  EXPECT_EQ(error_of_header(R"(,"a":"","a":"")", "", 0), R"(x.ml: string "a": appears twice)");
  EXPECT_EQ(error_of_header(R"(,"checksum":"")", "", 0),
            R"(x.ml: string "checksum": appears twice)");
  EXPECT_EQ(error_of_header(R"(,"b":"","a":"")", "", 0),
            R"(x.ml: string "a": stands in the wrong order, after "b")");
}

std::string array_json(const std::string& name, const std::string& offsets, const std::string& type,
                       const std::string& shape) {
  return concat(",\"", name, "\":{\"data_offsets\":[", offsets, "],\"dtype\":\"", type,
                "\",\"shape\":[", shape, "]}");
}

TEST(TensorFile, NamesTheArrayThatIsWrong) {
  const std::string first = array_json("a", "0,8", "U32", "2");
  EXPECT_EQ(error_of_header("", first + array_json("a", "8,9", "U8", "1"), 9),
            R"(x.ml: array "a": appears twice)");
  EXPECT_EQ(error_of_header("", array_json("__metadata__", "0,8", "U32", "2"), 8),
            R"(x.ml: array "__metadata__": appears twice)");
  EXPECT_EQ(error_of_header("", array_json("b", "0,8", "U32", "2") + first, 16),
            R"(x.ml: array "a": stands in the wrong order, after "b")");
  EXPECT_EQ(error_of_header("", first + array_json("b", "8,16", "F64", "1"), 16),
            R"(x.ml: array "b": stands in the wrong order, after "a")");
  EXPECT_EQ(error_of_header("", array_json("a", "0,8", "F16", "4"), 8),
            R"(x.ml: array "a": unknown type "F16")");
  EXPECT_EQ(error_of_header("", first + array_json("b", "4,12", "U32", "2"), 12),
            R"(x.ml: array "b": starts at byte 4, expected 8)");
  EXPECT_EQ(error_of_header("", first + array_json("b", "12,16", "U32", "1"), 16),
            R"(x.ml: array "b": starts at byte 12, expected 8)");
  EXPECT_EQ(error_of_header("", first + array_json("b", "8,4", "U32", "1"), 8),
            R"(x.ml: array "b": ends at byte 4, before its start at 8)");
  EXPECT_EQ(error_of_header("", array_json("a", "0,16", "U32", "4"), 8),
            R"(x.ml: array "a": ends at byte 16, the file has 8 bytes of arrays)");
  EXPECT_EQ(error_of_header("", array_json("a", "0,8", "U32", "4294967296,4294967296,2"), 8),
            R"(x.ml: array "a": its shape is larger than the file)");
  EXPECT_EQ(error_of_header("", array_json("a", "0,8", "U32", "1"), 8),
            R"(x.ml: array "a": its shape needs 4 bytes, got 8)");
  EXPECT_EQ(error_of_header("", first, 12), "x.ml: arrays end at byte 8, the file has 12");
}

TEST(TensorFile, AHeaderMayNotBeTooLong) {
  TensorBundle bundle;
  bundle.add_string("labels", std::string(64 << 20, 'x'));
  EXPECT_EQ(error_of<InputError>([&] { encode_tensor_file(bundle); }),
            "model: its names and values take 67108928 bytes, a model file holds up to 67108864; "
            "leave out features with that many values");
}

TEST(TensorFile, RefusesOurOwnMistakes) {
  const auto encode = [](const std::string& array, const std::string& string,
                         const std::string& value) {
    TensorBundle bundle;
    bundle.add(array, std::vector<double>{1});
    bundle.add_string(string, value);
    encode_tensor_file(bundle);
  };
  EXPECT_THROW(encode("__metadata__", "a", ""), std::logic_error);
  EXPECT_THROW(encode("a\xff", "a", ""), std::logic_error);
  EXPECT_THROW(encode("a", "checksum", ""), std::logic_error);
  EXPECT_THROW(encode("a", "a", "\xff"), std::logic_error);
}

}  // namespace
}  // namespace resml
