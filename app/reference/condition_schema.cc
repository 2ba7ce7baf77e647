#include "app/reference/condition_schema.h"

#include "rules/condition_make.h"

namespace pm {
namespace {

constexpr int kBadOperator = 211;
constexpr Type kTypes[] = {Type::kBool,     Type::kInt,     Type::kDecimal, Type::kText,
                           Type::kTextList, Type::kInstant, Type::kDuration};

// A negative test of what may be missing says what that means.
constexpr std::string_view kNegativesSay =
    R"(,"allOf":[{"if":{"anyOf":[{"required":["ne"]},{"required":["not_in"]}]},)"
    R"("then":{"required":["missing"],"properties":{"missing":{"enum":["match","no_match"]}}}}])";

std::string_view MeaningOf(TestOp op) {
  switch (op) {
    case TestOp::kEq:
      return "It is this.";
    case TestOp::kNe:
      return "It is not this; say what a missing field means by `missing`.";
    case TestOp::kIn:
      return "It is one of these, or in lists.NAME.";
    case TestOp::kNotIn:
      return "It is none of these; say what a missing field means by `missing`.";
    case TestOp::kGt:
      return "It is more than this.";
    case TestOp::kGte:
      return "It is this or more.";
    case TestOp::kLt:
      return "It is less than this.";
    case TestOp::kLte:
      return "It is this or less.";
    case TestOp::kBetween:
      return "It lies between these two, or is one of them.";
    case TestOp::kStartsWith:
      return "It starts with this.";
    case TestOp::kEndsWith:
      return "It ends with this.";
    case TestOp::kContains:
      return "This is a part of it; of a list: an item.";
    case TestOp::kMatches:
      return "A part of it matches this regular expression (RE2); write it in single quotes.";
    case TestOp::kPresent:
      return "It is known.";
    case TestOp::kMissing:
      return "true: it is not known. match or no_match: what the tests beside say if it is not.";
  }
  return "";
}

size_t CountOfLiterals(TestOp op) {
  if (op == TestOp::kPresent || op == TestOp::kMissing) return 0;
  return op == TestOp::kBetween ? 2 : 1;
}

// Whether a test of that operator can be made at all, as the compiler itself sees it.
bool GoesWith(TestOp op, Type type) {
  FieldDecl field = kFields.front();
  field.type = type;
  field.normalise = Normaliser::kNone;
  Slots slots;
  const TestSpec spec{.field = &field,
                      .op = op,
                      .literals = std::vector<std::string>(CountOfLiterals(op), "1"),
                      .list = nullptr,
                      .on_missing = OnMissing::kMatch};
  const auto made = MakeTest(spec, &slots);
  return made.has_value() || made.error().error.code != kBadOperator;
}

std::string_view ValueSchema(Type type, bool lists_known) {
  switch (type) {
    case Type::kBool:
      return R"({"enum":[true,false,"true","false"]})";
    case Type::kInt:
      return R"({"anyOf":[{"type":"integer"},{"type":"string","pattern":"^-?[0-9]+$"}]})";
    case Type::kDecimal:
      return R"({"anyOf":[{"type":"number"},{"type":"string","pattern":"^-?[0-9]+([.][0-9]+)?$"}]})";
    case Type::kInstant:
    case Type::kDuration:
      return R"({"type":"string"})";
    case Type::kText:
    case Type::kTextList:
    case Type::kMissing:
      break;
  }
  return lists_known
             ? R"({"type":["string","number","boolean"],"not":{"type":"string","pattern":"^lists\\."}})"
             : yaml_detail::kAnyScalar;
}

// A scalar `lists.NAME`: one of those there are, where the names are known.
std::string ListSchema(const std::vector<std::string>* lists) {
  if (lists == nullptr) return R"({"type":"string","pattern":"^lists\\."})";
  std::string names;
  for (const std::string_view built_in : {"disposable", "free_mail"}) {
    names += fmt::format("{}\"lists.{}\"", names.empty() ? "" : ",", built_in);
  }
  for (const std::string& list : *lists) names += ',' + JsonString("lists." + list);
  return fmt::format(R"({{"enum":[{}]}})", names);
}

std::string ValuesSchema(TestOp op, Type type, const std::vector<std::string>* lists) {
  const std::string_view value = ValueSchema(type, lists != nullptr);
  if (op == TestOp::kPresent) return R"({"type":"boolean"})";
  if (op == TestOp::kMissing) return R"({"enum":[true,false,"match","no_match"]})";
  if (op == TestOp::kBetween) {
    return fmt::format(R"({{"type":"array","items":{},"minItems":2,"maxItems":2}})", value);
  }
  if (op != TestOp::kIn && op != TestOp::kNotIn) return std::string(value);
  return fmt::format(R"({{"anyOf":[{0},{{"type":"array","items":{0},"minItems":1}},{1}]}})", value,
                     ListSchema(lists));
}

// `always`: the field is never missing.
std::string TestSchema(Type type, bool always, const std::vector<std::string>* lists) {
  std::string operators;
  for (int i = 0; i < kTestOps; ++i) {
    const auto op = static_cast<TestOp>(i);
    if (!GoesWith(op, type)) continue;
    operators += fmt::format(
        "{}{}:{}", operators.empty() ? "" : ",", JsonString(OpName(op)),
        yaml_detail::DescribedSchema(ValuesSchema(op, type, lists), MeaningOf(op), "", ""));
  }
  const std::string_view value = ValueSchema(type, lists != nullptr);
  return fmt::format(
      R"({{"anyOf":[{0},{{"enum":["present","missing"]}},{1},{{"type":"array","items":{0},"minItems":1}},)"
      R"({{"type":"object","properties":{{{2}}},"minProperties":1,"additionalProperties":false{3}}}]}})",
      value, ListSchema(lists), operators, always ? std::string_view() : kNegativesSay);
}

std::string TestName(Type type, bool always) {
  return fmt::format("test of {}{}", TypeName(type), always ? " that is there" : "");
}

}  // namespace

void DefineConditions(const std::vector<RuleNames::Field>& fields,
                      const std::vector<std::string>* lists, YamlSchema* schema) {
  for (const Type type : kTypes) {
    for (const bool always : {false, true}) {
      schema->Define(TestName(type, always), TestSchema(type, always, lists));
    }
  }
  const std::string self = YamlSchema::Ref("condition");
  std::string keys = fmt::format(
      R"("all":{{"type":"array","minItems":1,"items":{0},"description":"All of these hold."}},)"
      R"("any":{{"type":"array","minItems":1,"items":{0},"description":"One of these holds."}},)"
      R"("not":{1},"cel":{{"type":["string","boolean"],"description":"And this expression (CEL) holds."}})",
      self, yaml_detail::DescribedSchema(self, "This does not hold.", "", ""));
  for (const RuleNames::Field& field : fields) {
    const std::string meaning = fmt::format("{}{}({})", field.meaning,
                                            field.meaning.empty() ? "" : " ", TypeName(field.type));
    keys += fmt::format(
        ",{}:{}", JsonString(field.name),
        yaml_detail::DescribedSchema(YamlSchema::Ref(TestName(field.type, field.always_present)),
                                     meaning, "", ""));
  }
  const std::string own =
      lists != nullptr
          ? ""
          : fmt::format(R"("patternProperties":{{"^(lead|account|submission|event)\\.":{}}},)",
                        R"({"description":"A field of your own (kind: fields)."})");
  schema->Define(
      "condition",
      fmt::format(
          R"({{"description":"A map of tests that all hold, or an expression (CEL).","anyOf":[)"
          R"({{"type":["string","boolean"]}},{{"type":"object","minProperties":1,"properties":{{{}}},)"
          R"({}"additionalProperties":false}}]}})",
          keys, own));
}

}  // namespace pm
