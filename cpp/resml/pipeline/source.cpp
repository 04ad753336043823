#include "resml/pipeline/source.hpp"

#include "resml/data/csv_reader.hpp"
#include "resml/pipeline/samples.hpp"
#include "resml/platform/field_file.hpp"

namespace resml {

Source read_source(const std::string& path, const MachineLearningSettings& settings,
                   const FitContext& context) {
  std::vector<FieldDefinition> fields = read_fields_beside(path);
  CsvReader reader(open_file(path), {.wanted = columns_to_read(settings),
                                     .if_present = columns_if_present(settings, fields)});
  Table table = reader.read(context);
  return {std::move(table), path, reader.sha256(), std::move(fields)};
}

}  // namespace resml
