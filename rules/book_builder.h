// Puts a rule book together: the last pass of the compiler, and how tests make a book directly.
//
//   RuleBookBuilder builder;
//   builder->pools.push_back({.name = "inbound", .members = {{"ana", 1}}});
//   builder->routing.otherwise.to = {.name = "inbound"};
//   builder->lifecycle.thresholds.push_back({.to = "mql", .when = builder.When("score.fit",
//   TestOp::kGte, {"30"})}); builder.AddSla({.name = "hot"}); std::shared_ptr<const RuleBook> book
//   = builder.Build();
//
// Nothing is checked here but programmer mistakes (PM_CHECK). One thread.
#pragma once
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/book.h"
#include "rules/condition_make.h"
#include "rules/hours.h"
#include "rules/text_list.h"

namespace pm {

class RuleBookBuilder {
 public:
  RuleBookBuilder();
  ~RuleBookBuilder();

  RuleBook* operator->() { return book_.get(); }  // its public members, to be filled
  FieldTable& fields() { return *book_->fields_; }
  const FieldTable& fields() const { return *book_->fields_; }
  Slots& slots() { return book_->slots_; }

  // One test: When("account.country", TestOp::kIn, {"DE", "AT"}). The field must exist.
  Condition When(std::string_view field, TestOp op, std::vector<std::string> literals = {},
                 OnMissing on_missing = OnMissing::kUnknown);

  // A hash of zero is replaced by one of the name.
  void AddSla(SlaPolicy policy);
  void AddCadence(Cadence cadence);
  // `free_mail` and `disposable` are there from the start; a list of the same name replaces them.
  void AddList(std::string name, const std::vector<std::string>& items);
  // Null when there is none of that name.
  std::shared_ptr<const TextList> FindList(std::string_view name) const;
  std::vector<std::shared_ptr<const TextList>> Lists() const;  // by name
  void AddCalendar(std::string name, CalendarSpec spec);
  void AddDaysOff(std::string file, std::string text);  // iCalendar
  const HoursTable& hours() const;
  void SetSources(std::vector<RuleFile> sources) { book_->sources_ = std::move(sources); }

  // Policies and cadences of `previous` that this book lacks stay to be found by their hash, over
  // this book's slots and with the calendars they had. Null: none.
  void InheritPinned(const RuleBook* previous);

  // Sorts, indexes (also the rules, see RuleIndex), adds to card_fields what every card needs. A
  // version of zero is replaced by a hash of the sources. The builder is used up.
  std::shared_ptr<const RuleBook> Build(ContentHash version = {});

 private:
  void CollectCardFields();
  void AssignDesks();
  void IndexReps();
  void IndexRules();

  std::shared_ptr<RuleBook> book_;
};

}  // namespace pm
