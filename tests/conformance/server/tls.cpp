#include "tests/conformance/server/tls.hpp"

#include <memory>

namespace pilothouse::server {
namespace {

std::string textOf(X509_NAME_ENTRY* entry) {
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry));
  if (size < 0) return {};
  std::string text(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return text;
}

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

}  // namespace

asio::ssl::context makeTls(const Certificates& certificates) {
  asio::ssl::context tls(asio::ssl::context::tls_server);
  tls.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                  asio::ssl::context::no_tlsv1_1);
  tls.use_certificate_chain(asio::buffer(certificates.server.certificate));
  tls.use_private_key(asio::buffer(certificates.server.key), asio::ssl::context::pem);
  tls.add_certificate_authority(asio::buffer(certificates.authority.certificate));
  tls.set_verify_mode(asio::ssl::verify_peer);
  // The handshake goes on whatever the certificate is; OpenSSL remembers its verdict.
  SSL_CTX_set_cert_verify_callback(
      tls.native_handle(),
      [](X509_STORE_CTX* store, void*) {
        X509_verify_cert(store);
        return 1;
      },
      nullptr);
  SSL_CTX_set_session_cache_mode(tls.native_handle(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(tls.native_handle(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(tls.native_handle(), 0);
  return tls;
}

http::Peer peerOf(SSL* connection) {
  http::Peer peer;
  const std::unique_ptr<X509, FreeCertificate> certificate(SSL_get1_peer_certificate(connection));
  if (certificate == nullptr) return peer;
  if (SSL_get_verify_result(connection) != X509_V_OK) {
    peer.badCertificate = true;
    return peer;
  }
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  for (int i = 0; i < X509_NAME_entry_count(subject); ++i) {
    X509_NAME_ENTRY* entry = X509_NAME_get_entry(subject, i);
    const int field = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    if (field == NID_commonName) peer.commonName = textOf(entry);
    if (field == NID_organizationName) peer.organizations.push_back(textOf(entry));
  }
  return peer;
}

}  // namespace pilothouse::server
