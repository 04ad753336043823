#include "tls_report.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

namespace resml::remote {
namespace {

constexpr std::size_t kMaxTextBytes = 300;  // of what a foreign certificate says of itself

int report_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// What a certificate holds comes from outside: bounded, and nothing that moves a terminal's cursor.
std::string read_all(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, size > 0 ? static_cast<std::size_t>(size) : 0);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (text.size() > kMaxTextBytes) text = text.substr(0, kMaxTextBytes) + "...";
  return text;
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string name_text(const X509_NAME* name) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  return '"' + read_all(bio.get()) + '"';
}

std::string time_text(const ASN1_TIME* time) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  ASN1_TIME_print_ex(bio.get(), time, ASN1_DTFLGS_ISO8601);
  return read_all(bio.get());
}

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? timegm(&parts) : 0;
}

std::string describe(X509* certificate) {
  return name_text(X509_get_subject_name(certificate)) + " issued by " +
         name_text(X509_get_issuer_name(certificate));
}

std::string names_of(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  const int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
  if (at < 0) return "";
  X509V3_EXT_print(bio.get(), X509_get_ext(certificate, at), 0, 0);
  return read_all(bio.get());
}

std::string reason(int error, X509* certificate) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return " expired on " + time_text(X509_get0_notAfter(certificate));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return " is not valid before " + time_text(X509_get0_notBefore(certificate)) +
             "; is this machine's clock right?";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return " is self-signed and not trusted here; if it is the right one, name it with cafile";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return " comes from an authority that is not trusted here; name the right one's certificate "
             "with cafile";
    default:
      return std::string(" was not accepted: ") + X509_verify_cert_error_string(error);
  }
}

int on_certificate(int accepted, X509_STORE_CTX* store) {
  const auto* ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  X509* certificate = X509_STORE_CTX_get_current_cert(store);
  if (ssl == nullptr || certificate == nullptr) return accepted;
  auto* report = static_cast<TlsReport*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), report_index()));
  if (report == nullptr) return accepted;
  if (accepted == 0 && report->refusal.empty()) {
    report->refusal = "certificate " + describe(certificate) +
                      reason(X509_STORE_CTX_get_error(store), certificate);
  }
  if (X509_STORE_CTX_get_error_depth(store) == 0) {
    const ASN1_TIME* end = X509_get0_notAfter(certificate);
    report->version = SSL_get_version(ssl);
    report->certificate = describe(certificate);
    report->ends_text = time_text(end);
    report->names = names_of(certificate);
    report->ends = seconds_of(end);
  }
  return accepted;
}

}  // namespace

void TlsReport::listen(SSL_CTX* context) {
  SSL_CTX_set_ex_data(context, report_index(), this);
  SSL_CTX_set_verify(context, SSL_CTX_get_verify_mode(context), &on_certificate);
}

}  // namespace resml::remote
