#include "tests/conformance/server/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace pilothouse::server {
namespace {

constexpr long kValidSeconds = 365L * 24 * 3600;
constexpr char kServerNames[] =
    "DNS:localhost,DNS:control-plane,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,"
    "DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:10.96.0.1,IP:172.18.0.2";

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

void check(bool worked) {
  if (!worked) throw std::runtime_error("OpenSSL could not make the cluster's certificates");
}

struct Wanted {
  const char* commonName;
  const char* organization;  ///< or null
  const char* keyUsage;
  const char* extendedKeyUsage;  ///< or null
  const char* names;             ///< or null
  bool authority = false;
};

void setName(X509_NAME* name, const Wanted& wanted) {
  const auto add = [name](const char* field, const char* text) {
    check(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text),
                                     -1, -1, 0) == 1);
  };
  if (wanted.organization != nullptr) add("O", wanted.organization);
  add("CN", wanted.commonName);
}

void addExtension(X509* certificate, X509* issuer, int nid, const char* text) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, text));
  check(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void setSerial(X509* certificate) {
  unsigned char bytes[8];
  check(RAND_bytes(bytes, sizeof bytes) == 1);
  bytes[0] &= 0x7F;
  const std::unique_ptr<BIGNUM, Freed<BN_free>> number(BN_bin2bn(bytes, sizeof bytes, nullptr));
  check(number != nullptr && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

struct Made {
  Key key;
  Certificate certificate;
};

Made make(const Wanted& wanted, const Made* issuer) {
  Made made{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  check(made.key != nullptr && made.certificate != nullptr);
  X509* certificate = made.certificate.get();
  X509* signer = issuer == nullptr ? certificate : issuer->certificate.get();
  check(X509_set_version(certificate, X509_VERSION_3) == 1);
  setSerial(certificate);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), kValidSeconds);
  check(X509_set_pubkey(certificate, made.key.get()) == 1);
  setName(X509_get_subject_name(certificate), wanted);
  check(X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1);
  addExtension(certificate, signer, NID_basic_constraints,
               wanted.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  addExtension(certificate, signer, NID_key_usage, wanted.keyUsage);
  addExtension(certificate, signer, NID_subject_key_identifier, "hash");
  if (wanted.extendedKeyUsage != nullptr) {
    addExtension(certificate, signer, NID_ext_key_usage, wanted.extendedKeyUsage);
  }
  if (wanted.names != nullptr) addExtension(certificate, signer, NID_subject_alt_name, wanted.names);
  EVP_PKEY* signingKey = issuer == nullptr ? made.key.get() : issuer->key.get();
  check(X509_sign(certificate, signingKey, EVP_sha256()) > 0);
  return made;
}

std::string textOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Certificates::Pair pem(const Made& made) {
  const Bio certificate(BIO_new(BIO_s_mem()));
  const Bio key(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_X509(certificate.get(), made.certificate.get()) == 1);
  check(PEM_write_bio_PrivateKey(key.get(), made.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {textOf(certificate.get()), textOf(key.get())};
}

}  // namespace

Certificates makeCertificates() {
  const Made authority = make({"kubernetes", nullptr, "critical,digitalSignature,keyEncipherment,keyCertSign",
                               nullptr, "DNS:kubernetes", true},
                              nullptr);
  const Made server = make(
      {"kube-apiserver", nullptr, "critical,digitalSignature,keyEncipherment", "serverAuth", kServerNames},
      &authority);
  const Made administrator = make({"kubernetes-admin", "kubeadm:cluster-admins",
                                   "critical,digitalSignature,keyEncipherment", "clientAuth", nullptr},
                                  &authority);
  return {pem(authority), pem(server), pem(administrator)};
}

}  // namespace pilothouse::server
