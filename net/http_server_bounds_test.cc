// Each bound of HttpServerSettings, made small and then crossed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <deque>
#include <future>

#include "net/http_server.h"
#include "net/raw_client.h"

namespace pm {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kGetLater = "GET /later HTTP/1.1\r\nHost: a\r\n\r\n";

HttpResponse Text(std::string body) {
  return {.status = 200, .content_type = {}, .headers = {}, .body = std::move(body)};
}

// "/" answers at once, POST "/" echoes, "/later" hands the test its responder, "/big" is more than
// any socket buffers.
struct Server {
  explicit Server(HttpServerSettings settings) : http(settings) {
    http.Handle("GET", "/", [](const HttpRequest&, Responder to) { to.Send(Text("here")); });
    http.Handle("POST", "/",
                [](const HttpRequest& request, Responder to) { to.Send(Text(request.body)); });
    http.Handle("GET", "/big", [](const HttpRequest&, Responder to) {
      to.Send(Text(std::string(64 << 20, 'x')));
    });
    http.Handle("GET", "/later",
                [this](const HttpRequest&, Responder to) { later.set_value(std::move(to)); });
    EXPECT_TRUE(http.Start("127.0.0.1:0").has_value());
  }
  Responder Later() {
    Responder responder = later.get_future().get();
    later = {};
    return responder;
  }
  std::promise<Responder> later;
  HttpServer http;
};

TEST(HttpServerBoundsTest, RefusesALongBodyBeforeReadingIt) {
  Server server({.max_body_bytes = 10});
  RawClient client(server.http.port(), 0);
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(),
              AllOf(StartsWith("HTTP/1.1 413 "), HasSubstr("\r\nConnection: close\r\n"),
                    HasSubstr("\"PM0604\""), HasSubstr("At most 10 bytes")));
  EXPECT_EQ(server.http.Counts().requests_refused, 1U);
}

TEST(HttpServerBoundsTest, TakesABodyOfExactlyTheLimit) {
  Server server({.max_body_bytes = 10});
  RawClient client(server.http.port(), 0);
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789");
  EXPECT_THAT(client.ReadUntil("0123456789"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerBoundsTest, RefusesALongChunkedBodyAndTheClientSeesWhy) {
  Server server({.max_body_bytes = 1000});
  RawClient client(server.http.port(), 0);
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 1000; ++i) client.Send("3e8\r\n" + std::string(1000, 'x') + "\r\n");
  client.EndSending();
  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServerBoundsTest, RefusesLongHeaders) {
  Server server({.max_header_bytes = 300});
  for (const std::string& request : {
           "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(400, 'x') + "\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100'000, 'x'),
           "GET /" + std::string(400, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
               std::string(400, 'x'),
           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " +
               std::string(400, 'x'),
       }) {
    RawClient client(server.http.port(), 0);
    client.Send(request);
    EXPECT_THAT(client.ReadToEnd(), AllOf(StartsWith("HTTP/1.1 431 "), HasSubstr("\"PM0606\"")))
        << request.substr(0, 100);
  }
}

TEST(HttpServerBoundsTest, RefusesConnectionsOverTheLimitUntilOneLeaves) {
  Server server({.max_connections = 1, .retry_after = Milliseconds(1500)});
  RawClient first(server.http.port(), 0);
  first.Send(kGetLater);
  Responder responder = server.Later();
  RawClient second(server.http.port(), 0);
  EXPECT_THAT(second.ReadToEnd(),
              AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("\r\nRetry-After: 2\r\n"),
                    HasSubstr("\"PM0608\"")));
  EXPECT_EQ(server.http.Counts().connections_refused, 1U);
  EXPECT_EQ(server.http.Counts().connections_open, 1U);

  std::promise<void> gone;
  responder.OnGone([&] { gone.set_value(); });
  first.EndSending();
  gone.get_future().wait();
  responder.Send(Text("bye"));
  EXPECT_THAT(first.ReadToEnd(), EndsWith("bye"));
  RawClient third(server.http.port(), 0);
  third.Send(kGet);
  EXPECT_THAT(third.ReadUntil("here"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerBoundsTest, ClosesWithoutAWordWhenTooManyAreBeingRefused) {
  Server server({.max_connections = 0});
  std::deque<RawClient> clients;
  for (int i = 0; i < 70; ++i) clients.emplace_back(server.http.port(), 0);
  int told = 0, closed = 0;
  for (RawClient& client : clients) (client.ReadToEnd().empty() ? closed : told)++;
  EXPECT_GE(told, 64);
  EXPECT_GE(closed, 1);
}

TEST(HttpServerBoundsTest, RefusesRequestsOverTheLimitAndKeepsTheirConnection) {
  Server server({.max_running_requests = 1});
  RawClient first(server.http.port(), 0), second(server.http.port(), 0);
  first.Send(kGetLater);
  Responder responder = server.Later();
  EXPECT_EQ(server.http.Counts().requests_running, 1U);
  second.Send(kGet);
  EXPECT_THAT(second.ReadUntil("}"),
              AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("\r\nRetry-After: 1\r\n")));
  responder.Send(Text("done"));
  first.ReadUntil("done");
  second.Send(kGet);
  EXPECT_THAT(second.ReadUntil("here"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerBoundsTest, GivesUpOnARequestThatComesTooSlowly) {
  Server server({.read_timeout = Milliseconds(20)});
  for (const char* start : {"G", "GET / HTTP/1.1\r\nHost: a\r\n",
                            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhal"}) {
    RawClient client(server.http.port(), 0);
    client.Send(start);
    EXPECT_THAT(client.ReadToEnd(), AllOf(StartsWith("HTTP/1.1 408 "), HasSubstr("\"PM0603\"")));
  }
}

TEST(HttpServerBoundsTest, TheReadTimeOutDoesNotCountWhileAHandlerWorks) {
  Server server({.read_timeout = Milliseconds(1)});
  RawClient client(server.http.port(), 0);
  client.Send(kGetLater);
  Responder responder = server.Later();
  std::promise<void> later;
  server.http.After(Milliseconds(30), [&] { later.set_value(); });
  later.get_future().wait();
  responder.Send(Text("still here"));
  client.ReadUntil("still here");
}

TEST(HttpServerBoundsTest, ClosesIdleConnections) {
  Server server({.idle_timeout = Milliseconds(20)});
  RawClient fresh(server.http.port(), 0), used(server.http.port(), 0);
  used.Send(kGet);
  EXPECT_EQ(fresh.ReadToEnd(), "");
  EXPECT_THAT(used.ReadToEnd(), EndsWith("\r\n\r\nhere"));
}

TEST(HttpServerBoundsTest, ClosesOnAClientThatDoesNotReadItsAnswer) {
  Server server({.write_timeout = Milliseconds(50)});
  RawClient client(server.http.port(), 4096);
  client.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  client.ReadUntil("\r\n\r\n");
  std::promise<void> closed;
  std::function<void()> look = [&] {
    if (server.http.Counts().connections_open == 0) return closed.set_value();
    server.http.After(Milliseconds(5), look);
  };
  server.http.After(Milliseconds(5), look);
  closed.get_future().wait();
  EXPECT_LT(client.ReadToEnd().size(), size_t{64} << 20);
}

TEST(HttpServerBoundsTest, LeavesPipelinedBytesInTheKernelWhileARequestRuns) {
  Server server({.max_pipelined_bytes = 1000});
  RawClient client(server.http.port(), 0);
  client.Send(kGetLater);
  Responder responder = server.Later();
  const std::string request(kGet);
  client.Send(request + request + request);
  const size_t taken = client.SendWhileTaken(std::string(1 << 16, '\n'), size_t{256} << 20);
  EXPECT_LT(taken, size_t{64} << 20);
  responder.Send(Text("done"));
  client.ReadUntil("done");
  for (int i = 0; i < 3; ++i) client.ReadUntil("here");
}

TEST(HttpServerBoundsTest, WaitsWhenTheSystemIsOutOfDescriptors) {
  Server server({});
  RawClient client;  // has its descriptor already
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  client.Connect(server.http.port());
  client.Send(kGet);
  std::promise<void> tried;
  server.http.After(Milliseconds(20), [&] { tried.set_value(); });
  tried.get_future().wait();
  EXPECT_EQ(server.http.Counts().connections_accepted, 0U);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_THAT(client.ReadUntil("here"), StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace pm
