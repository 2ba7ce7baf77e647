#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "net/http_server.h"
#include "net/raw_client.h"

namespace pm {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";

class HttpStreamTest : public testing::Test {
 protected:
  explicit HttpStreamTest(HttpServerSettings settings = {.max_stream_buffer_bytes = 100'000})
      : server_(settings) {
    server_.Handle("GET", "/stream", [this](const HttpRequest&, Responder to) {
      stream_.set_value(to.StartStream("text/event-stream"));
    });
    EXPECT_TRUE(server_.Start("127.0.0.1:0").has_value());
  }

  Stream Open(RawClient& client, std::string_view request = kGet) {
    client.Connect(server_.port());
    client.Send(request);
    Stream stream = stream_.get_future().get();
    stream_ = {};
    return stream;
  }
  // A promise kept when the stream ends otherwise than by Close.
  static std::future<void> Gone(Stream& stream) {
    auto gone = std::make_shared<std::promise<void>>();
    stream.OnGone([gone] { gone->set_value(); });
    return gone->get_future();
  }

  std::promise<Stream> stream_;
  HttpServer server_;
};

TEST_F(HttpStreamTest, SendsEachPieceWhenItIsWrittenAndKeepsTheConnection) {
  RawClient client;
  Stream stream = Open(client);
  EXPECT_THAT(
      client.ReadUntil("\r\n\r\n"),
      AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\r\nContent-Type: text/event-stream\r\n"),
            HasSubstr("\r\nCache-Control: no-store\r\n"),
            HasSubstr("\r\nTransfer-Encoding: chunked\r\n")));
  EXPECT_TRUE(stream.Write(ServerSentEvent("7", "lead", "a\nb")));
  EXPECT_EQ(client.ReadUntil("\n\n\r\n"), "23\r\nid: 7\nevent: lead\ndata: a\ndata: b\n\n\r\n");
  EXPECT_TRUE(stream.Write(""));
  EXPECT_TRUE(stream.Write("x"));
  EXPECT_EQ(client.ReadUntil("x\r\n"), "1\r\nx\r\n");
  stream.Close();
  EXPECT_EQ(client.ReadUntil("0\r\n\r\n"), "0\r\n\r\n");
  EXPECT_FALSE(stream.Write("late"));
  EXPECT_FALSE(stream.gone());

  client.Send(kGet);
  stream_.get_future().get().Write("again");  // and closes by dying
  EXPECT_THAT(client.ReadUntil("\r\n0\r\n\r\n"), HasSubstr("5\r\nagain\r\n"));
}

TEST_F(HttpStreamTest, WhatWasWrittenBeforeCloseStillGoesOut) {
  RawClient client;
  {
    Stream stream = Open(client);
    stream.Write("one");
    stream.Write("two");
  }
  const std::string all = client.ReadUntil("\r\n0\r\n\r\n");
  EXPECT_THAT(all, AllOf(HasSubstr("one"), HasSubstr("two")));
}

TEST_F(HttpStreamTest, StreamsToHttp10UntilItCloses) {
  RawClient client;
  Stream stream = Open(client, "GET /stream HTTP/1.0\r\n\r\n");
  stream.Write("plain");
  stream.Close();
  EXPECT_THAT(client.ReadToEnd(), AllOf(StartsWith("HTTP/1.0 200 "), Not(HasSubstr("chunked")),
                                        EndsWith("\r\n\r\nplain")));
}

TEST_F(HttpStreamTest, HeadOfAStreamIsAllHead) {
  RawClient client;
  Stream stream = Open(client, "HEAD /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("\r\n\r\n")));
  EXPECT_TRUE(stream.gone());
  EXPECT_FALSE(stream.Write("x"));
}

TEST_F(HttpStreamTest, EndsWhenTheClientLeaves) {
  RawClient client;
  Stream stream = Open(client);
  auto gone = Gone(stream);
  client.Leave();
  gone.wait();
  EXPECT_TRUE(stream.gone());
  EXPECT_FALSE(stream.Write("x"));
}

TEST_F(HttpStreamTest, EndsForAReaderThatIsTooSlow) {
  RawClient client(4096);
  Stream stream = Open(client);
  auto gone = Gone(stream);
  size_t written = 0;
  while (stream.Write(std::string(10'000, 'x')) && written < (size_t{1} << 30)) written += 10'000;
  gone.wait();
  EXPECT_LT(written, size_t{1} << 30);
  EXPECT_TRUE(stream.gone());
  EXPECT_THAT(client.ReadToEnd(), Not(EndsWith("0\r\n\r\n")));
}

TEST_F(HttpStreamTest, TakesNoPieceLargerThanTheBuffer) {
  RawClient client;
  Stream stream = Open(client);
  auto gone = Gone(stream);
  EXPECT_FALSE(stream.Write(std::string(100'001, 'x')));
  gone.wait();
}

TEST_F(HttpStreamTest, TellsWhenAllHasBeenSentSoThatAWriterCanKeepTheReadersPace) {
  RawClient client(4096);
  Stream stream = Open(client);
  int left = 50;  // fifty times as much as the buffer holds
  std::function<void()> go = [&] {
    if (left-- == 0) return stream.Close();
    EXPECT_TRUE(stream.Write(std::string(100'000, 'x')));
    stream.OnSent([&go] { go(); });
  };
  go();
  const std::string all = client.ReadUntil("\r\n0\r\n\r\n");
  EXPECT_EQ(std::ranges::count(all, 'x'), 50 * 100'000 + 1);  // one in text/event-stream's head
}

TEST_F(HttpStreamTest, ForgetsWhoWaitsForSentBytesWhenTheClientLeaves) {
  RawClient client(4096);
  Stream stream = Open(client);
  auto held = std::make_shared<int>();
  EXPECT_TRUE(stream.Write(std::string(100'000, 'x')));
  stream.OnSent([held] {});
  auto gone = Gone(stream);
  client.Leave();
  gone.wait();
  stream.OnSent([held] {});
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(HttpStreamTest, EndsInOrderWhenTheServerStops) {
  RawClient client;
  Stream stream = Open(client);
  auto gone = Gone(stream);
  stream.Write("last words");
  server_.Stop(Seconds(10));
  gone.wait();
  EXPECT_FALSE(stream.Write("x"));
  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\na\r\nlast words\r\n0\r\n\r\n"));
}

TEST_F(HttpStreamTest, TheGoneCallbackMayDestroyTheStream) {
  RawClient client;
  auto stream = std::make_shared<std::optional<Stream>>(Open(client));
  std::promise<void> destroyed;
  (*stream)->OnGone([&, stream] {
    stream->reset();
    destroyed.set_value();
  });
  client.Leave();
  destroyed.get_future().wait();
}

struct BriefWriteTimeout : HttpStreamTest {
  BriefWriteTimeout()
      : HttpStreamTest({.max_stream_buffer_bytes = 64 << 20, .write_timeout = Milliseconds(30)}) {}
};

TEST_F(BriefWriteTimeout, EndsForAReaderThatStandsStill) {
  RawClient client(4096);
  Stream stream = Open(client);
  auto gone = Gone(stream);
  EXPECT_TRUE(stream.Write(std::string(32 << 20, 'x')));
  gone.wait();
}

TEST_F(BriefWriteTimeout, ASilentStreamStaysOpen) {
  RawClient client;
  Stream stream = Open(client);
  std::promise<void> later;
  server_.After(Milliseconds(80), [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_TRUE(stream.Write("still here"));
  client.ReadUntil("still here");
}

}  // namespace
}  // namespace pm
