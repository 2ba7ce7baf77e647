// From the acknowledgement over HTTP to the assignment in the topic, while publishers send at half
// of what they can.
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <thread>

#include "app/api/api.h"
#include "app/server/metrics.h"
#include "app/server/rule_publisher.h"
#include "base/time/text.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "net/http_client.h"
#include "tests/benchmark/figures.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {

namespace {

using Moment = std::chrono::steady_clock::time_point;
constexpr int kPublishers = 4;
constexpr int64_t kCompanies = 200;

double Between(Moment from, Moment to) {
  return std::max(0.0, std::chrono::duration<double>(to - from).count());
}

// A running engine behind its HTTP API, in this process.
class Served {
 public:
  explicit Served(const std::string& directory) {
    WriteRules(directory + "/rules");
    auto rules = library_.Load(directory + "/rules", {});
    PM_CHECK(rules.has_value());
    auto store = RocksStore::Open({.directory = directory + "/served"});
    PM_CHECK(store.has_value());
    store_ = *std::move(store);
    engine_ = std::make_unique<Embedded>(
        *store_, EngineSettings(), RealStages(),
        [this](ContentHash hash) { return library_.Find(hash); }, clock_, rules->book->version(),
        rules->document);
    engine_->Start();
    server_ = std::make_unique<HttpServer>(HttpServerSettings{});
    keeper_.emplace(*engine_);
    publisher_ = std::make_unique<RulePublisher>(*keeper_, library_);
    metrics_.emplace(*engine_, library_, clock_);
    context_.emplace(ApiContext{*engine_,
                                *server_,
                                library_,
                                [book = rules->book] { return book; },
                                clock_,
                                *metrics_,
                                [] { return true; },
                                {*server_, *keeper_, *publisher_}});
    AddApi(*context_);
    PM_CHECK(server_->Start("127.0.0.1:0").has_value());
  }
  ~Served() {
    server_->Stop(Seconds(5));
    publisher_->Stop();
    engine_->Stop();
  }
  std::string Url(std::string_view path) const {
    return fmt::format("http://{}{}", server_->address(), path);
  }
  Instant now() const { return clock_.Now(); }

 private:
  const SystemClock clock_;
  RuleLibrary library_;
  std::unique_ptr<RocksStore> store_;
  std::unique_ptr<Embedded> engine_;
  std::optional<EmbeddedRules> keeper_;
  std::unique_ptr<RulePublisher> publisher_;
  std::optional<EngineMetrics> metrics_;
  std::optional<ApiContext> context_;
  std::unique_ptr<HttpServer> server_;
};

void Post(HttpClient& client, const Served& served, const std::string& body) {
  const auto answer =
      client.Send("POST", served.Url("/v1/events"), {{"Content-Type", "application/json"}}, body);
  PM_CHECK(answer.has_value());
  PM_CHECK(answer->status == 202);
}

// A lead of a known company, so that it waits for nothing. The number stands in the name, as q12q.
std::string LeadJson(int64_t n, Instant now) {
  return fmt::format(
      R"({{"specversion":"1.0","id":"l{0}","source":"latency","type":"lead.submitted",)"
      R"("time":"{1}","data":{{"email":"person{0}@known{2}.example","first_name":"q{0}q",)"
      R"("last_name":"Lee","title":"Head of Operations","country":"US","form":"demo",)"
      R"("hand_raise":"demo"}}}})",
      n, FormatInstant(now), n % kCompanies);
}

void MakeCompanies(HttpClient& client, const Served& served) {
  for (int64_t n = 0; n < kCompanies; ++n) {
    Post(client, served,
         fmt::format(R"({{"specversion":"1.0","id":"c{0}","source":"latency",)"
                     R"("type":"account.upserted","data":{{"domain":"known{0}.example",)"
                     R"("name":"Known {0}","industry":"retail","employees":80}}}})",
                     n));
  }
}

// What was sent, with its moments; each publisher and the reader write their own members.
struct Sent {
  Moment planned, acknowledged, readable;
};

// Runs `publish(client, n)` for n = from, from + 1, ... in all publishers until `end`; how many.
template <class F>
int64_t WithPublishers(int64_t from, int64_t end, F publish) {
  std::atomic<int64_t> next = from;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kPublishers; ++i) {
    threads.emplace_back([&] {
      HttpClient client;
      for (int64_t n = next++; n < end && publish(client, n); n = next++) {
      }
    });
  }
  threads.clear();
  return std::min(next.load(), end) - from;
}

// Notes when each assignment can be read. Ends after `count` of them.
void Follow(const Served& served, int64_t first, int64_t count, std::vector<Sent>* sent) {
  HttpClient client;
  int64_t after = -1;
  for (int64_t found = 0; found < count;) {
    const auto page = client.Send(
        "GET", served.Url(fmt::format("/v1/topics/assignments?after={}&limit=1000&wait=5", after)));
    PM_CHECK(page.has_value());
    const Moment now = std::chrono::steady_clock::now();
    const std::string_view body = page->body;
    for (size_t at = body.find(R"("name":"q)"); at != std::string_view::npos;
         at = body.find(R"("name":"q)", at + 1)) {
      const int64_t n = std::strtoll(body.data() + at + 9, nullptr, 10) - first;
      if (n < 0 || (*sent)[static_cast<size_t>(n)].readable != Moment{}) continue;
      (*sent)[static_cast<size_t>(n)].readable = now;
      ++found;
    }
    const size_t next = body.rfind(R"("next":)");
    PM_CHECK(next != std::string_view::npos);
    after = std::strtoll(body.data() + next + 7, nullptr, 10);
  }
}

// Leads a second when each publisher sends the next as soon as the last is acknowledged.
double FullRate(const Served& served, int64_t leads) {
  const Stopwatch watch;
  WithPublishers(0, leads, [&](HttpClient& client, int64_t n) {
    Post(client, served, LeadJson(n, served.now()));
    return true;
  });
  return static_cast<double>(leads) / watch.wall();
}

std::vector<Sent> SendAt(const Served& served, double rate, int64_t first, int64_t count) {
  std::vector<Sent> sent(static_cast<size_t>(count));
  std::jthread reader([&] { Follow(served, first, count, &sent); });
  const Moment begin = std::chrono::steady_clock::now();
  WithPublishers(first, first + count, [&](HttpClient& client, int64_t n) {
    Sent& one = sent[static_cast<size_t>(n - first)];
    one.planned = begin + std::chrono::nanoseconds(
                              static_cast<int64_t>(static_cast<double>(n - first) * 1e9 / rate));
    std::this_thread::sleep_until(one.planned);
    Post(client, served, LeadJson(n, served.now()));
    one.acknowledged = std::chrono::steady_clock::now();
    return true;
  });
  return sent;
}

}  // namespace

void MeasureLatency(const Plan& plan, Figures* figures) {
  const std::string directory = plan.directory + "/latency";
  std::filesystem::create_directories(directory);
  const int64_t count = plan.quick ? 200 : 6'000;
  std::vector<double> after_ack, in_all, syncs = SyncTimes(directory, 200);
  double half = 0;
  {
    const Served served(directory);
    HttpClient client;
    MakeCompanies(client, served);
    half = FullRate(served, count) / 2;
    for (const Sent& one : SendAt(served, half, count, count)) {
      after_ack.push_back(Between(one.acknowledged, one.readable) * 1e3);
      in_all.push_back(Between(one.planned, one.readable) * 1e3);
    }
  }
  for (const double seconds : SyncTimes(directory, 200)) syncs.push_back(seconds);
  std::filesystem::remove_all(directory);
  const double sync_ms = Median(syncs) * 1e3;
  const std::string bound = fmt::format("one sync ({:.2f} ms) + 5 ms", sync_ms);
  const auto ratio = [&](double ms) { return (sync_ms + 5) / std::max(ms, 1e-3); };
  const double ack99 = Quantile(after_ack, 0.99), all99 = Quantile(in_all, 0.99);
  figures->Add({"half load over HTTP", half, "leads/s", "", {}, {}});
  figures->Add({"sync of 4 KiB, p50", sync_ms, "ms", "", {}, {}});
  figures->Add({"sync of 4 KiB, p99", Quantile(syncs, 0.99) * 1e3, "ms", "", {}, {}});
  figures->Add({"acknowledged to readable, p50", Median(after_ack), "ms", "", {}, {}});
  figures->Add({"acknowledged to readable, p99", ack99, "ms", bound, ratio(ack99), 1.0});
  figures->Add({"sent to readable, p50", Median(in_all), "ms", "", {}, {}});
  figures->Add({"sent to readable, p99", all99, "ms", bound, ratio(all99), {}});
}

}  // namespace pm::bench
