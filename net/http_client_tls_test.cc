// https: whom the client trusts. Certificates are made here, so that none of them ever expires.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <filesystem>

#include "net/http_client.h"
#include "net/net_codes.h"
#include "net/raw_server.h"

namespace pm {
namespace {

using testing::HasSubstr;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Deleter<SSL_free>>;

// Self-signed for the name "localhost", valid for `seconds` from now.
Certificate SelfSigned(EVP_PKEY* key, long seconds) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const auto* text = reinterpret_cast<const unsigned char*>("localhost");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                              const_cast<char*>("DNS:localhost"));
  X509_add_ext(certificate.get(), names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

class HttpClientTlsTest : public testing::Test {
 protected:
  explicit HttpClientTlsTest(long seconds = 3600)
      : key_(EVP_EC_gen("P-256")),
        certificate_(SelfSigned(key_.get(), seconds)),
        file_(std::filesystem::temp_directory_path() / fmt::format("pm_tls_{}.pem", ::getpid())) {
    const std::unique_ptr<BIO, Deleter<BIO_free>> file(BIO_new_file(file_.c_str(), "w"));
    EXPECT_EQ(PEM_write_bio_X509(file.get(), certificate_.get()), 1);
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context_.get(), certificate_.get());
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
  }
  ~HttpClientTlsTest() override { std::filesystem::remove(file_); }

  // Answers two requests, if the client gets so far.
  void Serve(RawPeer& peer) {
    const Session session(SSL_new(context_.get()));
    SSL_set_fd(session.get(), peer.socket());
    if (SSL_accept(session.get()) != 1) return;
    for (int i = 0; i < 2; ++i) {
      std::string head;
      char byte;
      while (!head.ends_with("\r\n\r\n") && SSL_read(session.get(), &byte, 1) == 1) head += byte;
      constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
      if (head.empty() || SSL_write(session.get(), kOk.data(), int(kOk.size())) <= 0) return;
    }
  }
  Result<HttpResponse> Get(std::string_view host, HttpClientSettings settings) {
    RawServer server([this](RawPeer& peer) { Serve(peer); });
    HttpClient client(std::move(settings));
    const std::string url = fmt::format("https://{}:{}/", host, server.port());
    const auto first = client.Send("GET", url);
    return first.has_value() ? client.Send("GET", url) : first;
  }
  void ExpectTlsFailure(const Result<HttpResponse>& response, std::string_view why) {
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().code, kTlsFailed);
    EXPECT_THAT(response.error().text, HasSubstr(why));
  }

  const Key key_;
  const Certificate certificate_;
  const std::filesystem::path file_;
  Context context_;
};

TEST_F(HttpClientTlsTest, TalksToATrustedServerAndKeepsTheConnection) {
  const auto response = Get("localhost", {.authorities_file = file_});
  ASSERT_TRUE(response.has_value()) << response.error().text;
  EXPECT_EQ(response->body, "ok");
}

TEST_F(HttpClientTlsTest, RefusesAnAuthorityItDoesNotKnow) {
  ExpectTlsFailure(Get("localhost", {}), "self-signed certificate");
}

TEST_F(HttpClientTlsTest, RefusesACertificateForAnotherName) {
  ExpectTlsFailure(Get("127.0.0.1", {.authorities_file = file_}), "mismatch");
}

TEST_F(HttpClientTlsTest, RefusesAnOldProtocol) {
  SSL_CTX_set_security_level(context_.get(), 0);
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_1_VERSION);
  SSL_CTX_set_max_proto_version(context_.get(), TLS1_1_VERSION);
  ExpectTlsFailure(Get("localhost", {.authorities_file = file_}), "TLS handshake with localhost");
}

TEST_F(HttpClientTlsTest, NamesAFileOfAuthoritiesItCannotRead) {
  ExpectTlsFailure(Get("localhost", {.authorities_file = "/nowhere.pem"}), "/nowhere.pem");
}

TEST_F(HttpClientTlsTest, RefusesAServerThatSpeaksPlainly) {
  RawServer server([](RawPeer& peer) { peer.Send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  ExpectTlsFailure(HttpClient().Send("GET", fmt::format("https://127.0.0.1:{}/", server.port())),
                   "TLS handshake with 127.0.0.1");
}

TEST_F(HttpClientTlsTest, GivesUpOnASilentHandshake) {
  RawServer server([](RawPeer& peer) { peer.ReadToEnd(); });
  const auto response = HttpClient({.connect_timeout = Milliseconds(30)})
                            .Send("GET", fmt::format("https://127.0.0.1:{}/", server.port()));
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, kTimedOut);
}

struct Expired : HttpClientTlsTest {
  Expired() : HttpClientTlsTest(-60) {}
};

TEST_F(Expired, RefusesAnExpiredCertificate) {
  ExpectTlsFailure(Get("localhost", {.authorities_file = file_}), "expired");
}

}  // namespace
}  // namespace pm
