#include "net/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "net/net_codes.h"
#include "net/raw_client.h"

namespace pm {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

HttpResponse Text(std::string body) {
  return {.status = 200, .content_type = "text/plain", .headers = {}, .body = std::move(body)};
}

// A server with the routes that the tests below talk to.
class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    server_.Handle("GET", "/hello",
                   [](const HttpRequest&, Responder to) { to.Send(Text("hello")); });
    server_.Handle("POST", "/echo", [](HttpRequest request, Responder to) {
      to.Send(Text(std::move(request.body)));
    });
    server_.Handle("GET", "/v1/leads/{id}/explain", [](const HttpRequest& request, Responder to) {
      to.Send(Text(fmt::format("id={} after={} path={}", request.Part("id"),
                               request.Query("after").value_or("none"), request.path)));
    });
    server_.Handle("GET", "/header/{name}", [](const HttpRequest& request, Responder to) {
      std::string all;
      for (const auto value : request.headers.FindAll(request.Part("name"))) {
        all += std::string(value) + ";";
      }
      to.Send(Text(all));
    });
    server_.Handle("GET", "/empty", [](const HttpRequest&, Responder to) {
      to.Send({.status = 204, .content_type = {}, .headers = {}, .body = {}});
    });
    server_.Handle("GET", "/drop", [](const HttpRequest&, Responder) {});
    server_.Handle("GET", "/inject", [](const HttpRequest&, Responder to) {
      to.Send({.status = 200, .content_type = {}, .headers = {{"X-A", "1\r\nX-B: 2"}}, .body = {}});
    });
    server_.Handle("GET", "/later",
                   [this](const HttpRequest&, Responder to) { later_.set_value(std::move(to)); });
    EXPECT_TRUE(server_.Start("127.0.0.1:0").has_value());
  }

  // One request on a connection of its own, until the server closes it.
  std::string Ask(std::string_view request) {
    RawClient client(server_.port(), 0);
    client.Send(request);
    return client.ReadToEnd();
  }
  std::string Get(std::string_view target, std::string_view headers = "") {
    return Ask(
        fmt::format("GET {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{}\r\n", target, headers));
  }

  HttpServer server_;
  std::promise<Responder> later_;
};

TEST_F(HttpServerTest, AnswersWithLengthTypeAndDate) {
  EXPECT_THAT(Get("/hello"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("\r\nContent-Length: 5\r\n"),
                    HasSubstr("\r\nContent-Type: text/plain\r\n"), HasSubstr("\r\nDate: "),
                    HasSubstr(" GMT\r\n"), EndsWith("\r\n\r\nhello")));
}

TEST_F(HttpServerTest, DecodesPathPartsAndQueryAfterSplitting) {
  EXPECT_THAT(Get("/v1/leads/a%2Fb%20c/explain?after=x%26y+z&q"),
              EndsWith("\r\n\r\nid=a/b c after=x&y z path=/v1/leads/a/b c/explain"));
}

TEST_F(HttpServerTest, UnderstandsAnAbsoluteTarget) {
  EXPECT_THAT(Get("http://a/hello"), EndsWith("\r\n\r\nhello"));
}

TEST_F(HttpServerTest, FindsHeadersWithoutCaseAndKeepsRepeatedOnes) {
  EXPECT_THAT(Get("/header/x-two", "X-Two: a\r\nX-TWO: b\r\n"), EndsWith("\r\n\r\na;b;"));
}

TEST_F(HttpServerTest, NamesAnUnknownPathAsProblem) {
  EXPECT_THAT(
      Get("/nothing"),
      AllOf(StartsWith("HTTP/1.1 404 Not Found\r\n"),
            HasSubstr("\r\nContent-Type: application/problem+json\r\n"),
            EndsWith("{\"type\":\"urn:pointsman:PM0601\",\"title\":\"Not Found\",\"status\":404,"
                     "\"detail\":\"There is nothing at /nothing.\",\"code\":\"PM0601\"}")));
}

TEST_F(HttpServerTest, AllowsTheMethodsOfAKnownPath) {
  EXPECT_THAT(Ask("DELETE /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("\r\nAllow: GET, HEAD\r\n"),
                    HasSubstr("\"PM0602\"")));
}

TEST_F(HttpServerTest, AnswersHeadLikeGetWithoutBody) {
  EXPECT_THAT(Ask("HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\r\nContent-Length: 5\r\n"),
                    EndsWith("\r\n\r\n")));
}

TEST_F(HttpServerTest, SendsNoLengthWithNoContent) {
  EXPECT_THAT(Get("/empty"), AllOf(StartsWith("HTTP/1.1 204 "), Not(HasSubstr("Content-Length")),
                                   EndsWith("\r\n\r\n")));
}

TEST_F(HttpServerTest, KeepsTheConnectionForAnotherRequest) {
  RawClient client(server_.port(), 0);
  for (int i = 0; i < 3; ++i) {
    client.Send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(client.ReadUntil("hello"), Not(HasSubstr("Connection:")));
  }
  EXPECT_EQ(server_.Counts().connections_accepted, 1U);
  EXPECT_EQ(server_.Counts().requests, 3U);
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  RawClient client(server_.port(), 0);
  client.Send(
      "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /echo HTTP/1.1\r\nHost:a\r\nContent-Length:3\r\n\r\none\r\n"
      "POST /echo HTTP/1.1\r\nHost:a\r\nContent-Length:3\r\nConnection: close\r\n\r\ntwo");
  later_.get_future().get().Send(Text("zero"));
  EXPECT_THAT(
      client.ReadToEnd(),
      testing::ContainsRegex("zeroHTTP/1.1 200[^$]*\r\n\r\noneHTTP/1.1 200[^$]*\r\n\r\ntwo"));
}

TEST_F(HttpServerTest, JoinsAChunkedBody) {
  EXPECT_THAT(Ask("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: "
                  "chunked\r\n\r\n"
                  "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"),
              EndsWith("\r\n\r\nabcde"));
}

TEST_F(HttpServerTest, ReadsARequestThatComesByteByByte) {
  RawClient client(server_.port(), 0);
  for (const char c :
       std::string_view("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")) {
    client.Send({&c, 1});
  }
  EXPECT_THAT(client.ReadUntil("hi"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, TellsTheClientToContinue) {
  RawClient client(server_.port(), 0);
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n"
      "Connection: close\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("body");
  EXPECT_THAT(client.ReadToEnd(), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("\r\n\r\nbody")));
}

TEST_F(HttpServerTest, DoesNotSayContinueWhenTheBodyIsAlreadyThere) {
  EXPECT_THAT(Ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n"
                  "Connection: close\r\n\r\nbody"),
              StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, RefusesAnUnknownExpectation) {
  EXPECT_THAT(Get("/hello", "Expect: tea\r\n"),
              AllOf(StartsWith("HTTP/1.1 417 "), HasSubstr("\"PM0605\"")));
}

TEST_F(HttpServerTest, ClosesAfterHttp10) {
  EXPECT_THAT(Ask("GET /hello HTTP/1.0\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.0 200 "), EndsWith("hello")));
}

TEST_F(HttpServerTest, RefusesMalformedRequests) {
  for (const char* request : {
           "nonsense\r\n\r\n",
           "GET /hello HTTP/9.9\r\nHost: a\r\n\r\n",
           "GET /hello HTTP/1.1\r\n\r\n",                        // no Host
           "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",  // two
           "GET /hello HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n",
           "GET /a%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",     // no percent-encoding
           "GET /%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",      // no UTF-8
           "GET /a?b=%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",  // NUL
           "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
           "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
           "POST /echo HTTP/1.1\r\nHost:a\r\nContent-Length:3\r\nTransfer-Encoding:chunked\r\n\r\n",
           "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
           "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
       }) {
    EXPECT_THAT(Ask(request), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("\"PM0600\"")))
        << request;
  }
}

TEST_F(HttpServerTest, RefusesARequestCutShort) {
  RawClient client(server_.port(), 0);
  client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
  client.EndSending();
  EXPECT_THAT(client.ReadToEnd(),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("ended before its end")));
}

TEST_F(HttpServerTest, AnswersAClientThatHasEndedItsOwnDirection) {
  RawClient client(server_.port(), 0);
  client.Send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  Responder responder = later_.get_future().get();
  std::promise<void> gone;
  responder.OnGone([&] { gone.set_value(); });
  client.EndSending();
  gone.get_future().wait();
  responder.Send(Text("late"));
  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\n\r\nlate"));
}

TEST_F(HttpServerTest, AnswersForAHandlerThatDoesNot) {
  EXPECT_THAT(Get("/drop"), AllOf(StartsWith("HTTP/1.1 500 "), HasSubstr("\"PM0607\"")));
}

TEST_F(HttpServerTest, SendsNoHeaderWithALineBreak) {
  EXPECT_THAT(Get("/inject"),
              AllOf(StartsWith("HTTP/1.1 500 "), HasSubstr("\"PM0609\""), Not(HasSubstr("X-B"))));
}

TEST_F(HttpServerTest, TakesTheAnswerFromAnotherThread) {
  RawClient client(server_.port(), 0);
  client.Send("GET /later HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  std::thread([this] { later_.get_future().get().Send(Text("from elsewhere")); }).join();
  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\n\r\nfrom elsewhere"));
}

TEST_F(HttpServerTest, TellsTheHandlerThatTheClientHasGone) {
  RawClient client(server_.port(), 0);
  client.Send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  Responder responder = later_.get_future().get();
  EXPECT_FALSE(responder.gone());
  std::promise<void> gone;
  responder.OnGone([&] { gone.set_value(); });
  client.Leave();
  gone.get_future().wait();
  EXPECT_TRUE(responder.gone());
  bool called = false;
  responder.OnGone([&] { called = true; });
  EXPECT_TRUE(called);
  responder.Send(Text("nobody listens"));
}

TEST_F(HttpServerTest, AnsweringTwiceIsAMistake) {
  RawClient client(server_.port(), 0);
  client.Send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  Responder responder = later_.get_future().get();
  responder.Send(Text("once"));
  EXPECT_THROW(responder.Send(Text("twice")), BrokenInvariant);
}

TEST(HttpServerStartTest, RefusesWhatIsNoAddress) {
  for (const char* listen :
       {"", "8080", "localhost:80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:8x",
        "::1:80", "[127.0.0.1]:80", "[::1]", "1.2.3:80"}) {
    HttpServer server;
    const auto started = server.Start(listen);
    ASSERT_FALSE(started.has_value()) << listen;
    EXPECT_EQ(started.error().code, kListenAddressInvalid) << listen;
  }
}

TEST(HttpServerStartTest, RefusesAnAddressInUse) {
  HttpServer first, second;
  ASSERT_TRUE(first.Start("127.0.0.1:0").has_value());
  const auto started = second.Start(first.address());
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, kAddressInUse);
  EXPECT_THAT(started.error().text, HasSubstr(first.address()));
}

TEST(HttpServerStartTest, RefusesAnAddressOfAnotherMachine) {
  HttpServer server;
  const auto started = server.Start("192.0.2.1:0");
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, kListenFailed);
}

TEST(HttpServerStartTest, CanTryAnotherAddressAfterAFailure) {
  HttpServer server;
  EXPECT_FALSE(server.Start("nowhere").has_value());
  EXPECT_TRUE(server.Start("127.0.0.1:0").has_value());
  EXPECT_NE(server.port(), 0);
}

TEST(HttpServerStartTest, ListensOnIPv6) {
  HttpServer server;
  ASSERT_TRUE(server.Start("[::1]:0").has_value());
  EXPECT_EQ(server.address(), fmt::format("[::1]:{}", server.port()));
}

}  // namespace
}  // namespace pm
