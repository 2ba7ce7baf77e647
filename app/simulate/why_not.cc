#include "app/simulate/why_not.h"

#include <fmt/ranges.h>

#include <deque>
#include <map>
#include <set>

#include "app/simulate/change_ideas.h"
#include "app/simulate/change_search.h"
#include "app/simulate/derived_facts.h"
#include "app/simulate/lead_trial.h"
#include "app/views/explain_conditions.h"
#include "app/views/explain_decision.h"
#include "base/text/diagnostic.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr int kNoSuchName = 721;
constexpr size_t kMostRoutes = 16;  // that may lead to a rep
constexpr std::string_view kEngagement = "score.engagement";

class Asker {
 public:
  Asker(const std::shared_ptr<const RuleBook>& book, const LeadFile& lead, Instant at)
      : book_(book), lead_(lead), at_(at), paths_(PathsOf(*book)) {}

  Result<WhyNot> Ask(const std::string& name) {
    const LeadTrial first(book_, lead_, at_);
    PM_CHECK(first.rows() != nullptr);
    WhyNot answer;
    PM_TRY(const std::vector<Wish> wishes, WishesFor(name, &answer));
    for (const Wish& wish : wishes) {
      if (!Granted(wish, first)) continue;
      answer.taken = wish.rep.empty() || first.rows()->assignment->rep == wish.rep;
      answer.then = Outcome(first, wish.rep);
      return answer;
    }
    for (const Wish& wish : wishes) Tell(wish, first, &answer);
    Search(wishes, first, &answer);
    return answer;
  }

 private:
  Result<std::vector<Wish>> WishesFor(const std::string& name, WhyNot* answer) const {
    std::vector<Wish> wishes;
    std::vector<std::string_view> names;
    for (const RoutePath& path : paths_) {
      names.push_back(path.leaf().name);
      if (path.leaf().name != name) continue;
      answer->asked = "route " + name;
      wishes.push_back({&path, ""});
      return wishes;
    }
    const RosterRep* rep = book_->FindRepBy(name);
    if (rep == nullptr && book_->FindPool(name) != nullptr) {
      std::vector<std::string_view> leading;
      for (const RoutePath& path : paths_) {
        if (path.leaf().to.name == name) leading.push_back(path.leaf().name);
      }
      return Fail(
          kNoSuchName,
          fmt::format("'{}' is a pool: ask for a route{} or for one of its members", name,
                      leading.empty() ? "" : fmt::format(" ('{}' leads there)", leading.front())));
    }
    if (rep == nullptr) {
      for (const RosterRep& one : book_->roster) names.push_back(one.id);
      const std::string hint = DidYouMean(name, names);
      return Fail(kNoSuchName, fmt::format("no route and no rep is called '{}'{}{}", name,
                                           hint.empty() ? "" : "; ", hint));
    }
    answer->asked = "rep " + rep->id;
    for (const RoutePath& path : paths_) {
      if (MayLeadTo(*book_, path, rep->id) && wishes.size() < kMostRoutes)
        wishes.push_back({&path, rep->id});
    }
    if (wishes.empty()) answer->kept.push_back(fmt::format("no route leads to {}", rep->id));
    return wishes;
  }

  bool Granted(const Wish& wish, const LeadTrial& trial) const {
    if (trial.route() != wish.path->leaf().name) return false;
    const AssignmentRow& row = *trial.rows()->assignment;
    const Pool* pool = book_->FindPool(row.pool);
    return wish.rep.empty() || row.rep == wish.rep ||
           (pool != nullptr && pool->HasMember(wish.rep));
  }

  // Who has it, and what is said of the rep if that is somebody else.
  std::string Outcome(const LeadTrial& trial, const std::string& rep) const {
    const AssignmentRow& row = *trial.rows()->assignment;
    std::string text = fmt::format("route '{}' ({}) takes it", row.route, row.origin);
    if (!row.pool.empty()) text += fmt::format(", pool {}", row.pool);
    text += row.rep.empty() ? ", where it waits" : fmt::format(": {} gets it", row.rep);
    if (rep.empty() || row.rep == rep) return text;
    const std::string why = WhyPassedOver(trial, rep);
    return fmt::format("{}; {} {}", text, rep, why.empty() ? "is of that pool" : why);
  }

  // Empty: nothing is told of the rep.
  static std::string WhyPassedOver(const LeadTrial& trial, const std::string& rep) {
    if (rep.empty()) return {};
    for (const std::string& passed : trial.rows()->assignment->passed_over) {
      if (passed.starts_with(rep + ": ")) return PassedOverInWords(passed.substr(rep.size() + 2));
    }
    return {};
  }

  void Tell(const Wish& wish, const LeadTrial& trial, WhyNot* answer) const {
    const FactsInWords facts(*book_, FieldBlock(trial.facts()));
    const Route& leaf = wish.path->leaf();
    const std::string name = fmt::format("route {} ({})", leaf.name, leaf.origin.Text());
    const auto say = [answer](std::string line) { answer->kept.push_back(std::move(line)); };
    const auto say_all = [&say](const std::vector<std::string>& lines) {
      for (const std::string& line : lines) say("    " + line);
    };
    for (const Route* route : wish.path->routes) {
      if (facts.Holds(route->when)) continue;
      say(route == &leaf ? name + " did not match"
                         : fmt::format("{} lies in {}, which did not match", name, route->name));
      return say_all(facts.Obstacles(route->when));
    }
    std::string why_not;
    if (leaf.table != nullptr && !LookUp(*leaf.table, facts.facts(), &why_not)) {
      say(name + " did not match");
      return say_all(
          {why_not.empty() ? fmt::format("no row of {} matches", leaf.table->file()) : why_not});
    }
    if (trial.route().empty()) {
      say(name + " matches, but the lead was not routed");
      return say_all(trial.Explain().now);
    }
    const RoutePath* taken = FindPath(paths_, trial.route());
    const std::string why = WhyPassedOver(trial, wish.rep);
    if (taken == wish.path && !why.empty())
      return say(fmt::format("{} took it, but {} {}", name, wish.rep, why));
    if (taken == wish.path)
      return say(fmt::format("{} took it, but does not lead there for this lead", name));
    if (taken != nullptr && taken < wish.path) {
      say(fmt::format("{} matches, but {} ({}) comes before it and took it", name,
                      taken->leaf().name, taken->leaf().origin.Text()));
      for (const Route* route : taken->routes) say_all(facts.Reasons(route->when));
      return;
    }
    say(name + " matches, but nobody it names could take the lead");
    if (!why.empty()) say(fmt::format("    {} {}", wish.rep, why));
  }

  // By what the rules say first, from the fewest changes on. What they do not say, such as who is
  // away, may leave a smaller way open, or the only one: then by trying out.
  void Search(const std::vector<Wish>& wishes, const LeadTrial& first, WhyNot* answer) {
    const std::optional<Changes> solved = Solve(wishes, first, answer);
    const size_t most = solved ? solved->size() - 1 : kMostChanges;
    if (most > 0) TryOut(wishes, first, most, answer);
    if (solved && !answer->found) Try(wishes, *solved, first, answer);
  }

  std::optional<Changes> Solve(const std::vector<Wish>& wishes, const LeadTrial& first,
                               WhyNot* answer) {
    std::deque<ChangeSearch> searches;
    for (const Wish& wish : wishes) {
      auto question = std::make_unique<LeadQuestion>(*book_, paths_, first, wish);
      searches.emplace_back(std::move(question), [&](const Changes& changes) {
        if (changes.empty() || answer->tries == kMostTries || LosesIdentity(changes)) return false;
        ++answer->tries;
        const LeadTrial trial(RulesFor(changes), Changed(changes), at_);
        return trial.rows() != nullptr && Granted(wish, trial);
      });
    }
    for (size_t count = 0; count <= kMostChanges; ++count) {
      for (ChangeSearch& search : searches) {
        if (auto changes = search.Find(count)) return changes;
      }
    }
    return std::nullopt;
  }

  // Values that the rules name, breadth first.
  void TryOut(const std::vector<Wish>& wishes, const LeadTrial& first, size_t most,
              WhyNot* answer) {
    std::deque<Changes> todo = {{}};
    std::set<Changes> known;
    while (!todo.empty()) {
      const Changes base = std::move(todo.front());
      todo.pop_front();
      const LeadFile lead = Changed(base);
      const LeadTrial at_base(book_, lead, at_);
      if (at_base.rows() == nullptr) continue;
      for (const Wish& wish : wishes) {
        for (const ValueIdea& idea : IdeasFor(*book_, paths_, at_base, *wish.path, wish.rep)) {
          Changes next = base;
          if (!next.emplace(idea.field, idea.json).second || !known.insert(next).second) continue;
          if (LosesIdentity(next)) continue;
          if (answer->tries == kMostTries) return;
          ++answer->tries;
          if (Try(wishes, next, first, answer)) return;
          if (next.size() < most) todo.push_back(std::move(next));
        }
      }
    }
  }

  bool Try(const std::vector<Wish>& wishes, const Changes& changes, const LeadTrial& first,
           WhyNot* answer) const {
    const LeadTrial trial(RulesFor(changes), Changed(changes), at_);
    if (trial.rows() == nullptr) return false;
    for (const Wish& wish : wishes) {
      if (!Granted(wish, trial)) continue;
      answer->found = true;
      answer->then = Outcome(trial, wish.rep);
      const FactsInWords facts(*book_, FieldBlock(first.facts()));
      for (const auto& [field, json] : changes) {
        const FieldDecl* decl = book_->fields().Find(field);
        answer->changes.push_back({field, decl == nullptr ? "" : facts.Saw({decl->number}), json});
      }
      return true;
    }
    return false;
  }

  // Nobody would know whose lead it is, and the engine refuses such a one.
  bool LosesIdentity(const Changes& changes) const {
    return lead_.NamesSomebody() && !Changed(changes).NamesSomebody();
  }

  LeadFile Changed(const Changes& changes) const {
    LeadFile lead = lead_;
    for (const auto& [field, json] : changes) {
      if (field != kEngagement) lead.Set(book_->fields(), field, json);
    }
    return lead;
  }

  // What a lead has done before is no part of its file.
  std::shared_ptr<const RuleBook> RulesFor(const Changes& changes) const {
    const auto engagement = changes.find(std::string(kEngagement));
    if (engagement == changes.end()) return book_;
    auto& rules = with_engagement_[engagement->second];
    if (rules == nullptr) rules = WithEngagement(*book_, std::stoll(engagement->second));
    return rules;
  }

  const std::shared_ptr<const RuleBook> book_;
  const LeadFile& lead_;
  const Instant at_;
  const std::vector<RoutePath> paths_;
  mutable std::map<std::string, std::shared_ptr<const RuleBook>> with_engagement_;
};

}  // namespace

Result<WhyNot> AskWhyNot(const std::shared_ptr<const RuleBook>& book, const LeadFile& lead,
                         Instant at, const std::string& name) {
  return Asker(book, lead, at).Ask(name);
}

std::string ToText(const WhyNot& answer) {
  std::string text = fmt::format("why not {}?\n", answer.asked);
  if (answer.taken) return text + fmt::format("  it did: {}\n", answer.then);
  // It came as far as a pool of the rep, where somebody else got it.
  if (!answer.found && !answer.then.empty()) return text + fmt::format("  {}\n", answer.then);
  for (const std::string& line : answer.kept) text += fmt::format("  {}\n", line);
  if (!answer.found) {
    return text + fmt::format(
                      "  no change of up to {} fields was found that would send it there "
                      "({} leads tried); that proves nothing\n",
                      kMostChanges, answer.tries);
  }
  text += "it would with\n";
  for (const FieldChange& change : answer.changes) {
    text += change.to.empty()
                ? fmt::format("  {} left out (it is {})\n", change.field, change.from)
                : fmt::format("  {}: {} (it is {})\n", change.field, change.to, change.from);
  }
  return text + fmt::format("  then {}\n", answer.then);
}

}  // namespace pm
