// Stopping, timers and several threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "net/http_server.h"
#include "net/net_codes.h"
#include "net/raw_client.h"

namespace pm {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

HttpResponse Text(std::string body) {
  return {.status = 200, .content_type = {}, .headers = {}, .body = std::move(body)};
}

class HttpStopTest : public testing::Test {
 protected:
  HttpStopTest() {
    server_.Handle("GET", "/", [](const HttpRequest&, Responder to) { to.Send(Text("here")); });
    server_.Handle("GET", "/later",
                   [this](const HttpRequest&, Responder to) { later_.set_value(std::move(to)); });
    EXPECT_TRUE(server_.Start("127.0.0.1:0").has_value());
  }
  Responder Later(RawClient& client) {
    client.Connect(server_.port());
    client.Send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    return later_.get_future().get();
  }
  std::promise<Responder> later_;
  HttpServer server_;
};

TEST_F(HttpStopTest, LetsARunningRequestFinish) {
  RawClient client, idle;
  Responder responder = Later(client);
  idle.Connect(server_.port());
  idle.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  idle.ReadUntil("here");
  auto stopped = std::async(std::launch::async, [this] { server_.Stop(Seconds(60)); });
  EXPECT_EQ(idle.ReadToEnd(), "");  // closed at once, so the drain has begun
  EXPECT_FALSE(responder.gone());
  responder.Send(Text("in time"));
  EXPECT_THAT(client.ReadToEnd(),
              AllOf(HasSubstr("\r\nConnection: close\r\n"), EndsWith("in time")));
  stopped.wait();
}

TEST_F(HttpStopTest, CutsOffWhatRunsLongerThanTheDrain) {
  RawClient client;
  Responder responder = Later(client);
  server_.Stop(Milliseconds(10));
  EXPECT_TRUE(responder.gone());
  EXPECT_EQ(client.ReadToEnd(), "");
  responder.Send(Text("too late"));
}

TEST_F(HttpStopTest, AcceptsNobodyAfterIt) {
  const std::string address = server_.address();
  server_.Stop({});
  server_.Stop({});
  HttpServer next;
  EXPECT_TRUE(next.Start(address).has_value());
}

TEST_F(HttpStopTest, TheResponderMayOutliveTheServer) {
  std::optional<Responder> responder;
  {
    HttpServer server;
    std::promise<Responder> later;
    server.Handle("GET", "/",
                  [&](const HttpRequest&, Responder to) { later.set_value(std::move(to)); });
    ASSERT_TRUE(server.Start("127.0.0.1:0").has_value());
    RawClient client(server.port(), 0);
    client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    responder = later.get_future().get();
  }
  EXPECT_TRUE(responder->gone());
  Stream stream = responder->StartStream("text/plain");
  EXPECT_FALSE(stream.Write("x"));
}

TEST_F(HttpStopTest, TimersRunWhileRequestsDrain) {
  RawClient client;
  auto responder = std::make_shared<Responder>(Later(client));
  server_.After(Milliseconds(20), [responder] { responder->Send(Text("timed out")); });
  server_.Stop(Seconds(60));
  EXPECT_THAT(client.ReadToEnd(), EndsWith("timed out"));
}

TEST_F(HttpStopTest, TimersRingInTheOrderOfTheirTimes) {
  std::promise<std::string> rung;
  auto order = std::make_shared<std::string>();
  server_.After(Milliseconds(30), [&, order] { rung.set_value(*order + "b"); });
  server_.After(Milliseconds(10), [order] { *order += "a"; });
  EXPECT_EQ(rung.get_future().get(), "ab");
}

TEST_F(HttpStopTest, ACancelledTimerDoesNotRing) {
  std::promise<void> later;
  bool rung = false;
  Timer timer = server_.After(Milliseconds(10), [&] { rung = true; });
  timer.Cancel();
  timer.Cancel();
  server_.After(Milliseconds(30), [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_FALSE(rung);
}

TEST_F(HttpStopTest, StopDestroysTimersUncalled) {
  auto owned = std::make_shared<int>();
  bool rung = false;
  Timer timer = server_.After(Minutes(10), [owned, &rung] { rung = true; });
  server_.Stop({});
  EXPECT_EQ(owned.use_count(), 1);
  server_.After({}, [owned, &rung] { rung = true; });
  EXPECT_EQ(owned.use_count(), 1);
  EXPECT_FALSE(rung);
  timer.Cancel();
}

TEST_F(HttpStopTest, StoppingFromAHandlersThreadIsAMistake) {
  std::promise<bool> refused;
  server_.After({}, [&] {
    try {
      server_.Stop({});
      refused.set_value(false);
    } catch (const BrokenInvariant&) {
      refused.set_value(true);
    }
  });
  EXPECT_TRUE(refused.get_future().get());
}

// Threads answer, clients come and go, and the server stops in the middle: for the sanitizers.
TEST(HttpThreadsTest, ManyThreadsAnswerWhileClientsComeAndGo) {
  HttpServer server({.threads = 3});
  std::mutex mutex;
  std::vector<Responder> waiting;
  std::vector<Stream> streams;
  server.Handle("GET", "/", [&](const HttpRequest&, Responder to) {
    const std::lock_guard lock(mutex);
    waiting.push_back(std::move(to));
  });
  server.Handle("GET", "/stream", [&](const HttpRequest&, Responder to) {
    const std::lock_guard lock(mutex);
    streams.push_back(to.StartStream("text/plain"));
  });
  ASSERT_TRUE(server.Start("127.0.0.1:0").has_value());

  std::atomic<bool> done = false;
  std::thread answering([&] {
    while (!done) {
      std::vector<Responder> taken;
      {
        const std::lock_guard lock(mutex);
        taken.swap(waiting);
        for (Stream& stream : streams) stream.Write("tick");
      }
      for (Responder& responder : taken) {
        responder.OnGone([] {});
        responder.Send(Text("answer"));
      }
      std::this_thread::yield();
    }
  });
  std::atomic<int> answers = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&, i] {
      for (int round = 0; round < 50; ++round) {
        RawClient client(server.port(), 0);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        if (round % 5 == i) continue;  // leaves without waiting
        if (client.ReadUntil("answer").ends_with("answer")) ++answers;
        client.Send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
        client.ReadUntil("tick");
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answers, 4 * 40);
  RawClient last(server.port(), 0);
  last.Send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  last.ReadUntil("tick");
  server.Stop(Seconds(5));
  last.ReadToEnd();
  done = true;
  answering.join();
}

TEST(HttpServerBindTest, AnAddressIsTakenBeforeAnybodyIsLetIn) {
  HttpServer first, second;
  ASSERT_TRUE(first.Bind("127.0.0.1:0").has_value());
  EXPECT_NE(first.port(), 0);
  ASSERT_TRUE(second.Start(first.address()).has_value()) << "nobody listens there yet";
  const auto started = first.Start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, kAddressInUse);
  HttpServer third;
  EXPECT_EQ(third.Bind(second.address()).error().code, kAddressInUse);
}

}  // namespace
}  // namespace pm
