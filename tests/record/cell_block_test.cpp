#include "stages/record/cell_block.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "stages/record/record_reader.hpp"
#include "tests/record/reader_support.hpp"

namespace weir::stages {
namespace {

using lines = std::vector<std::string>;

std::shared_ptr<const row_schema> columns(std::vector<std::string> names) {
  row_schema schema;
  schema.columns = std::move(names);
  return std::make_shared<const row_schema>(std::move(schema));
}

/// The wanted fields of JSON lines as one block of cells.
rows as_cells(block_maker& make, std::string_view json, const reader_options& options,
              std::shared_ptr<const row_schema> schema) {
  const auto reader = make_reader(row_format::json, nullptr, options);
  const rows in = json_rows(make(json, 1000));
  rows out;
  out.data = make("", 1000);
  out.format = row_format::cells;
  out.schema = std::move(schema);
  reader->begin(in);
  while (reader->next() != record_reader::found::end) {
    const auto place = static_cast<std::uint32_t>(reader->source_position() - 1000);
    const std::size_t size = write_cells(reader->cells(), place, out.data.space().subspan(out.data.size()));
    EXPECT_EQ(size, cell_record_size(reader->cells()));
    out.data.resize(out.data.size() + size);
  }
  return out;
}

constexpr std::string_view k_json = "{\"a\":1,\"b\":\"x\",\"c\":[1]}\n"
                                    "{\"a\":-0,\"b\":null,\"c\":true}\n"
                                    "{\"a\":1.50,\"b\":\"\",\"c\":false}\n"
                                    "{\"a\":18446744073709551615,\"c\":{}}\n";

TEST(CellBlock, GivesBackWhatWasWritten) {
  block_maker make;
  const auto schema = columns({"a", "b", "c"});
  const rows in = as_cells(make, k_json, wanting({"a", "b", "c"}), schema);
  const auto reader = make_reader(row_format::cells, schema.get(), wanting({"a", "b", "c"}));
  EXPECT_EQ(read_all(*reader, in),
            (lines{"i:1 s:x n:[1]", "i:0 null true", "r:1.50 s: false", "u:18446744073709551615 - n:{}"}));
}

TEST(CellBlock, SomeColumnsInAnotherOrderAndTwice) {
  block_maker make;
  const auto schema = columns({"a", "b.x", "c"});
  const rows in = as_cells(make, k_json, wanting({"a", "b", "c"}), schema);
  const auto reader = make_reader(row_format::cells, schema.get(), wanting({"b.x", "a", "b.x"}));
  EXPECT_EQ(read_all(*reader, in),
            (lines{"s:x i:1 s:x", "null i:0 null", "s: r:1.50 s:", "- u:18446744073709551615 -"}));
}

TEST(CellBlock, KnowsWhereEachRecordBeganInItsSource) {
  block_maker make;
  const auto schema = columns({"a"});
  const rows in = as_cells(make, k_json, wanting({"a"}), schema);
  const auto reader = make_reader(row_format::cells, schema.get(), wanting({}));
  reader->begin(in);
  std::size_t offset = 0;
  for (std::size_t at = 0; at < k_json.size(); at = k_json.find('\n', at) + 1) {
    ASSERT_EQ(reader->next(), record_reader::found::record);
    EXPECT_EQ(reader->source_position(), 1000 + at);
    EXPECT_EQ(reader->offset(), offset);
    offset += reader->size();
  }
  EXPECT_EQ(offset, in.data.size());
  EXPECT_EQ(reader->next(), record_reader::found::end);
}

TEST(CellBlock, AWantedFieldThatIsNoColumnIsRefusedWithTheColumnsThereAre) {
  const auto schema = columns({"a", "b"});
  try {
    (void)make_reader(row_format::cells, schema.get(), wanting({"a", "q"}));
    FAIL() << "not refused";
  } catch (const std::invalid_argument& refusal) {
    EXPECT_STREQ(refusal.what(), "there is no field 'q'; there are: a, b");
  }
  EXPECT_THROW((void)make_reader(row_format::cells, nullptr, wanting({"a"})), std::invalid_argument);
}

TEST(CellBlock, AValueInAnUnwantedColumnIsAnUnknownField) {
  block_maker make;
  const auto schema = columns({"a", "b"});
  const rows in = as_cells(make, "{\"a\":1}\n{\"a\":1,\"b\":null}\n{\"a\":2}\n", wanting({"a", "b"}), schema);
  const auto reader = make_reader(row_format::cells, schema.get(), wanting({"a"}, validation::touched, true));
  EXPECT_EQ(read_all(*reader, in), (lines{"i:1", "bad unknown field @0 b", "i:2"}));
}

TEST(CellBlock, WhatDoesNotFitIsNotWritten) {
  cell some[2];
  some[0].kind = cell_kind::string;
  some[0].text = "0123456789";
  const std::size_t size = cell_record_size(some);
  EXPECT_LE(size, cell_record_bound(2, 10));
  std::vector<std::byte> room(size, std::byte{0x55});
  EXPECT_EQ(write_cells(some, 0, std::span(room).first(size - 1)), 0U);
  EXPECT_EQ(room[0], std::byte{0x55});
  EXPECT_EQ(write_cells(some, 0, room), size);
}

TEST(CellBlock, ColumnsTellTheFirstKindThatIsNotNull) {
  block_maker make;
  const auto schema = columns({"a", "b", "z"});
  const rows in = as_cells(make, "{\"a\":null}\n{\"a\":\"x\",\"b\":1}\n{\"a\":1}\n", wanting({"a", "b", "z"}), schema);
  std::string all;
  for (const column_seen& one : columns_of(in)) { all += one.name + ":" + std::string(name_of(one.kind)) + " "; }
  EXPECT_EQ(all, "a:a string b:a number z:null ");
}

} // namespace
} // namespace weir::stages
