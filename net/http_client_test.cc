#include "net/http_client.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <future>

#include "net/http_server.h"
#include "net/net_codes.h"
#include "net/raw_server.h"

namespace pm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

HttpResponse Text(std::string body) {
  return {.status = 200,
          .content_type = "text/plain",
          .headers = {{"X-A", "1"}},
          .body = std::move(body)};
}

// Against the real server.
class HttpClientTest : public testing::Test {
 protected:
  explicit HttpClientTest(HttpServerSettings settings = {.max_body_bytes = 100'000})
      : server_(settings) {
    server_.Handle("GET", "/hello", [](const HttpRequest& request, Responder to) {
      to.Send(Text("hello " + std::string(request.headers.Find("x-name").value_or("nobody"))));
    });
    server_.Handle("POST", "/echo", [](HttpRequest request, Responder to) {
      to.Send(Text(std::move(request.body)));
    });
    server_.Handle("GET", "/big",
                   [](const HttpRequest&, Responder to) { to.Send(Text(std::string(5000, 'x'))); });
    server_.Handle("GET", "/later", [this](const HttpRequest&, Responder to) {
      later_ = std::make_unique<Responder>(std::move(to));
    });
    server_.Handle("GET", "/drip", [this](const HttpRequest&, Responder to) {
      Drip(std::make_shared<Stream>(to.StartStream("text/plain")));
    });
    EXPECT_TRUE(server_.Start("127.0.0.1:0").has_value());
  }
  void Drip(const std::shared_ptr<Stream>& stream) {
    if (stream->Write("x")) server_.After(Milliseconds(2), [this, stream] { Drip(stream); });
  }
  std::string Url(std::string_view target) {
    return "http://" + server_.address() + std::string(target);
  }

  std::unique_ptr<Responder> later_;
  HttpServer server_;
};

TEST_F(HttpClientTest, GetsWithHeaders) {
  HttpClient client;
  const auto response = client.Send("GET", Url("/hello"), {{"X-Name", "Ada"}});
  ASSERT_TRUE(response.has_value()) << response.error().text;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->content_type, "text/plain");
  EXPECT_EQ(response->headers.Find("x-a"), "1");
  EXPECT_EQ(response->body, "hello Ada");
}

TEST_F(HttpClientTest, PostsABodyOfSeveralPieces) {
  HttpClient client;
  const std::string body(90'000, 'y');
  EXPECT_EQ(client.Send("POST", Url("/echo"), {}, body)->body, body);
  EXPECT_EQ(client.Send("POST", Url("/echo"))->body, "");
}

TEST_F(HttpClientTest, AnErrorStatusIsAnAnswer) {
  HttpClient client;
  const auto response = client.Send("GET", Url("/nothing"));
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->content_type, "application/problem+json");
}

TEST_F(HttpClientTest, ReadsNoBodyAfterHead) {
  HttpClient client;
  EXPECT_EQ(client.Send("HEAD", Url("/hello"))->headers.Find("content-length"), "12");
  EXPECT_EQ(client.Send("GET", Url("/hello"))->body, "hello nobody");
  EXPECT_EQ(server_.Counts().connections_accepted, 1U);
}

TEST_F(HttpClientTest, ReusesItsConnection) {
  HttpClient client;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.Send("GET", Url("/hello")).has_value());
  EXPECT_EQ(server_.Counts().connections_accepted, 1U);
}

TEST_F(HttpClientTest, KeepsNoMoreConnectionsThanAllowed) {
  HttpClient client({.max_idle_connections = 0});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.Send("GET", Url("/hello")).has_value());
  EXPECT_EQ(server_.Counts().connections_accepted, 3U);
}

TEST_F(HttpClientTest, SeesWhyALongBodyIsRefused) {
  HttpClient client;
  const auto response = client.Send("POST", Url("/echo"), {}, std::string(3'000'000, 'x'));
  ASSERT_TRUE(response.has_value()) << response.error().text;
  EXPECT_EQ(response->status, 413);
}

TEST_F(HttpClientTest, GivesUpOnASilentServer) {
  HttpClient client({.read_timeout = Milliseconds(20)});
  const auto response = client.Send("GET", Url("/later"));
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, kTimedOut);
  EXPECT_EQ(client.Send("GET", Url("/hello"))->body, "hello nobody");
}

TEST_F(HttpClientTest, GivesUpOnAnAnswerThatDripsTooLong) {
  HttpClient client({.read_timeout = Minutes(1), .total_timeout = Milliseconds(40)});
  const auto response = client.Send("GET", Url("/drip"));
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, kTimedOut);
}

TEST_F(HttpClientTest, RefusesAnAnswerThatIsTooLarge) {
  HttpClient client({.max_response_bytes = 4999});
  EXPECT_EQ(client.Send("GET", Url("/big")).error().code, kResponseTooLarge);
  HttpClient smaller({.max_response_bytes = 9});
  EXPECT_EQ(smaller.Send("GET", Url("/drip")).error().code, kResponseTooLarge);
  HttpClient larger({.max_response_bytes = 5000});
  EXPECT_TRUE(larger.Send("GET", Url("/big")).has_value());
}

TEST_F(HttpClientTest, RefusesWhatHttpCannotCarry) {
  HttpClient client;
  EXPECT_EQ(client.Send("GET", "ftp://a/").error().code, kUrlInvalid);
  EXPECT_EQ(client.Send("G T", Url("/hello")).error().code, kUrlInvalid);
  EXPECT_EQ(client.Send("GET", Url("/hello"), {{"X-A", "1\r\nX-B: 2"}}).error().code, kUrlInvalid);
  EXPECT_EQ(server_.Counts().connections_accepted, 0U);
}

struct BriefIdle : HttpClientTest {
  BriefIdle() : HttpClientTest({.idle_timeout = Milliseconds(10)}) {}
};

TEST_F(BriefIdle, DoesNotUseAConnectionThatTheServerHasClosed) {
  HttpClient client;
  ASSERT_TRUE(client.Send("POST", Url("/echo"), {}, "one").has_value());
  std::promise<void> closed;
  std::function<void()> look = [&] {
    if (server_.Counts().connections_open == 0) return closed.set_value();
    server_.After(Milliseconds(2), look);
  };
  server_.After({}, look);
  closed.get_future().wait();
  EXPECT_EQ(client.Send("POST", Url("/echo"), {}, "two")->body, "two");
  EXPECT_EQ(server_.Counts().connections_accepted, 2U);
}

// Against servers that misbehave.
Result<HttpResponse> AnswerWith(std::string_view bytes, HttpClientSettings settings = {}) {
  RawServer server([bytes](RawPeer& peer) {
    peer.ReadHead();
    peer.Send(bytes);
  });
  return HttpClient(std::move(settings)).Send("GET", server.url());
}

TEST(HttpClientFaultsTest, SendsHostAndRequestLine) {
  std::promise<std::string> head;
  RawServer server([&](RawPeer& peer) {
    head.set_value(peer.ReadHead());
    peer.Send(kOk);
  });
  ASSERT_TRUE(HttpClient().Send("GET", server.url() + "a?b=c").has_value());
  EXPECT_THAT(head.get_future().get(),
              AllOf(StartsWith("GET /a?b=c HTTP/1.1\r\n"),
                    HasSubstr("\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"),
                    Not(HasSubstr("Content-Length"))));
}

TEST(HttpClientFaultsTest, ReadsABodyThatEndsWithTheConnection) {
  EXPECT_EQ(AnswerWith("HTTP/1.0 200 OK\r\n\r\nall of it")->body, "all of it");
}

TEST(HttpClientFaultsTest, PassesOverInterimAnswers) {
  const auto response = AnswerWith(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "ok");
}

TEST(HttpClientFaultsTest, NamesAnAnswerCutShort) {
  for (const char* bytes : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
    const auto response = AnswerWith(bytes);
    ASSERT_FALSE(response.has_value()) << bytes;
    EXPECT_EQ(response.error().code, kConnectionFailed) << bytes;
  }
}

TEST(HttpClientFaultsTest, NamesAnAnswerThatIsNone) {
  EXPECT_EQ(AnswerWith("SSH-2.0-OpenSSH\r\n\r\n").error().code, kResponseMalformed);
}

TEST(HttpClientFaultsTest, RefusesLongHeaders) {
  const HttpClientSettings settings{.max_header_bytes = 100};
  const std::string x(200, 'x');
  EXPECT_EQ(AnswerWith("HTTP/1.1 200 OK\r\nX: " + x + "\r\n\r\n", settings).error().code,
            kResponseTooLarge);
  EXPECT_EQ(AnswerWith("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + x, settings)
                .error()
                .code,
            kResponseTooLarge);
}

// Answers the first request, then closes on the second one without a word.
void AnswerOnceThenDie(RawPeer& peer) {
  peer.ReadHead();
  peer.Send(kOk);
  peer.ReadHead();
}

TEST(HttpClientFaultsTest, RepeatsWhatMayBeRepeatedOnADeadConnection) {
  RawServer server(AnswerOnceThenDie, 2);
  HttpClient client;
  ASSERT_TRUE(client.Send("GET", server.url()).has_value());
  EXPECT_EQ(client.Send("GET", server.url())->body, "ok");
}

TEST(HttpClientFaultsTest, DoesNotRepeatAPost) {
  RawServer server(AnswerOnceThenDie, 2);
  HttpClient client;
  ASSERT_TRUE(client.Send("GET", server.url()).has_value());
  EXPECT_EQ(client.Send("POST", server.url(), {}, "x").error().code, kConnectionFailed);
}

TEST(HttpClientFaultsTest, NamesARefusedConnection) {
  std::string url;
  {
    RawServer closed;
    url = closed.url();
  }
  EXPECT_EQ(HttpClient().Send("GET", url).error().code, kConnectionRefused);
}

TEST(HttpClientFaultsTest, NamesAHostWithoutAddress) {
  EXPECT_EQ(HttpClient().Send("GET", "http://nobody.invalid/").error().code, kHostNotFound);
}

TEST(HttpClientFaultsTest, GivesUpOnAHostThatDoesNotTakeTheConnection) {
  RawServer full;  // its queue holds one; the rest of the handshakes are dropped
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(full.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::deque<RawPeer> fillers;
  for (int i = 0; i < 4; ++i) {
    RawPeer& filler = fillers.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    const int connected =
        ::connect(filler.socket(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    EXPECT_TRUE(connected == 0 || errno == EINPROGRESS);
  }
  const auto response = HttpClient({.connect_timeout = Milliseconds(30)}).Send("GET", full.url());
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, kTimedOut);
  EXPECT_THAT(response.error().text, StartsWith("connecting to"));
}

}  // namespace
}  // namespace pm
