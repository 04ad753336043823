#include "connection.hpp"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <new>
#include <string_view>

namespace resml::remote {
namespace {

constexpr int kPollMs = 50;  // how often a stop is looked for
constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;

std::string text_of(const char* given) { return given == nullptr ? "" : given; }

// One request on its way.
struct Exchange {
  const resml_remote_request& request;
  std::uint64_t max_body;
  std::uint64_t n_body = 0;
  std::size_t n_header = 0;
  bool too_large = false;
  bool stopped = false;
};

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t n = size * count;
  exchange.n_header += n;
  exchange.too_large = exchange.too_large || exchange.n_header > kMaxHeaderBytes;
  if (exchange.too_large) return 0;
  std::string_view line(bytes, n);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  exchange.request.on_header(exchange.request.user, line.data(), line.size());
  return n;
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t n = size * count;
  exchange.n_body += n;
  exchange.too_large =
      exchange.too_large || (exchange.max_body > 0 && exchange.n_body > exchange.max_body);
  if (exchange.too_large) return CURL_WRITEFUNC_ERROR;
  return exchange.request.on_body(exchange.request.user, bytes, n) == 0 ? n : CURL_WRITEFUNC_ERROR;
}

CURLcode watch_tls(CURL* /*easy*/, void* context, void* user) {
  static_cast<TlsReport*>(user)->listen(static_cast<SSL_CTX*>(context));
  return CURLE_OK;
}

// The context that libcurl hands out is OpenSSL's only where it was built with OpenSSL.
bool has_openssl() {
  const char* backend = curl_version_info(CURLVERSION_NOW)->ssl_version;
  return backend != nullptr && std::string_view(backend).starts_with("OpenSSL/");
}

class Headers {
 public:
  explicit Headers(const resml_remote_request& request) {
    for (std::size_t i = 0; i < request.n_headers; ++i) add(request.headers[i]);
    add("Expect:");  // no extra round trip before a body
  }
  ~Headers() { curl_slist_free_all(list_); }
  Headers(const Headers&) = delete;
  Headers& operator=(const Headers&) = delete;

  curl_slist* list() const { return list_; }

 private:
  void add(const char* line) {
    curl_slist* longer = curl_slist_append(list_, line);
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
  }
  curl_slist* list_ = nullptr;
};

void set_limits(CURL* easy, const Options& options) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for a name server
#endif
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, options.connect_timeout_ms);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (options.stall_timeout_ms + 999) / 1000);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, options.total_timeout_ms);
  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options.max_body));
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
}

// The file with the authorities that this machine trusts, where libcurl was not built for one
// distribution and so does not know it; else nullptr.
const char* system_authorities() {
  if (curl_version_info(CURLVERSION_NOW)->cainfo != nullptr) return nullptr;
  for (const char* path : {"/etc/pki/tls/certs/ca-bundle.crt",    // Red Hat
                           "/etc/ssl/certs/ca-certificates.crt",  // Debian
                           "/etc/ssl/ca-bundle.pem"}) {           // SUSE
    if (access(path, R_OK) == 0) return path;
  }
  return nullptr;
}

void set_tls(CURL* easy, const Options& options) {
  const long verify = options.verify ? 1L : 0L;
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTPS));
#endif
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2 * verify);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, verify);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, 2 * verify);
  if (!options.ca_file.empty()) {
    // Only what the file holds: without a folder of further authorities.
    curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, nullptr);
  } else if (const char* path = system_authorities()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, path);
    curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, path);
  }
  if (!options.client_certificate.empty()) {
    curl_easy_setopt(easy, CURLOPT_SSLCERT, options.client_certificate.c_str());
    if (!options.client_key.empty())
      curl_easy_setopt(easy, CURLOPT_SSLKEY, options.client_key.c_str());
  }
}

void set_proxy(CURL* easy, const Options& options) {
  if (options.proxy.empty()) return;
  curl_easy_setopt(easy, CURLOPT_PROXY, options.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  if (options.proxy_user.empty()) return;
  curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, options.proxy_user.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, options.proxy_password.c_str());
}

void set_request(CURL* easy, const Options& options, const resml_remote_request& request) {
  curl_easy_setopt(easy, CURLOPT_URL, (options.origin + request.target).c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!options.user_agent.empty())
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  if (request.body != nullptr && request.body_size > 0) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body_size));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body);
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method);
}

bool mentions(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

// A handshake that ends without a word may succeed later; one that was refused will not.
int fault_of_handshake(std::string_view text) {
  return mentions(text, "SYSCALL") || mentions(text, "reset") || mentions(text, "unexpected eof")
             ? RESML_REMOTE_BROKEN
             : RESML_REMOTE_TLS;
}

int fault_of(CURLcode code, std::string_view text) {
  switch (code) {
    case CURLE_OK:
      return RESML_REMOTE_OK;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return RESML_REMOTE_RESOLVE;
    case CURLE_COULDNT_CONNECT:
      return RESML_REMOTE_CONNECT;
    case CURLE_PROXY:
      return RESML_REMOTE_PROXY;
    case CURLE_SSL_CONNECT_ERROR:
      return fault_of_handshake(text);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
      return RESML_REMOTE_TLS;
    case CURLE_OPERATION_TIMEDOUT:
      return RESML_REMOTE_TIMEOUT;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return RESML_REMOTE_BROKEN;
    case CURLE_FILESIZE_EXCEEDED:
      return RESML_REMOTE_TOO_LARGE;
    default:
      return RESML_REMOTE_OTHER;
  }
}

template <std::size_t N>
void copy_text(char (&target)[N], const std::string& text) {
  std::snprintf(target, N, "%s", text.c_str());
}

std::string host_of(const std::string& origin) {
  std::string_view rest = origin;
  rest.remove_prefix(std::min(rest.find("//") + 2, rest.size()));
  return std::string(rest.substr(0, rest.rfind(':')));
}

// Which certificate was refused, if one was; what libcurl says otherwise.
std::string fault_text(int fault, const std::string& told, const TlsReport& report,
                       const Options& options) {
  if (fault == RESML_REMOTE_TOO_LARGE) {
    return "the answer is larger than " + std::to_string(options.max_body >> 20) + " MB";
  }
  if (fault != RESML_REMOTE_TLS) return told;
  if (!report.refusal.empty()) return report.refusal;
  if (mentions(told, "subject name") || mentions(told, "subjectAltName")) {
    return "certificate " + report.certificate + " is for " +
           (report.names.empty() ? "no host name" : report.names) + ", not for " +
           host_of(options.origin);
  }
  return told;
}

}  // namespace

Options::Options(const resml_remote_options& given)
    : origin(text_of(given.origin)),
      verify(given.verify != 0),
      ca_file(text_of(given.ca_file)),
      client_certificate(text_of(given.client_certificate)),
      client_key(text_of(given.client_key)),
      proxy(text_of(given.proxy)),
      proxy_user(text_of(given.proxy_user)),
      proxy_password(text_of(given.proxy_password)),
      connect_timeout_ms(given.connect_timeout_ms),
      stall_timeout_ms(given.stall_timeout_ms),
      total_timeout_ms(given.total_timeout_ms),
      max_body(given.max_body),
      user_agent(text_of(given.user_agent)) {}

struct Connection::Handles {
  Handles() {
    if (multi == nullptr || easy == nullptr) throw std::bad_alloc();
  }
  ~Handles() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;

  CURLcode run(Exchange& exchange);

  // The multi handle holds the connection; and unlike easy_perform it can be asked to stop soon.
  CURLM* multi = curl_multi_init();
  CURL* easy = curl_easy_init();
};

CURLcode Connection::Handles::run(Exchange& exchange) {
  if (curl_multi_add_handle(multi, easy) != CURLM_OK) return CURLE_OUT_OF_MEMORY;
  CURLcode code = CURLE_ABORTED_BY_CALLBACK;
  int n_running = 1;
  while (n_running > 0 && !exchange.stopped) {
    if (curl_multi_perform(multi, &n_running) != CURLM_OK) break;
    exchange.stopped = exchange.request.should_stop(exchange.request.user) != 0;
    if (n_running > 0 && !exchange.stopped) curl_multi_poll(multi, nullptr, 0, kPollMs, nullptr);
  }
  int n_left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &n_left)) {
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  }
  curl_multi_remove_handle(multi, easy);
  return code;
}

Connection::Connection(const Options& options)
    : options_(options), handles_(std::make_unique<Handles>()) {}

Connection::~Connection() = default;

void Connection::send(const resml_remote_request& request, resml_remote_result& result) {
  CURL* easy = handles_->easy;
  const Headers headers(request);
  Exchange exchange{.request = request, .max_body = options_.max_body};
  std::array<char, CURL_ERROR_SIZE> told{};
  report_.refusal.clear();

  curl_easy_reset(easy);
  set_limits(easy, options_);
  set_tls(easy, options_);
  set_proxy(easy, options_);
  set_request(easy, options_, request);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.list());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, told.data());
  if (has_openssl()) {
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &watch_tls);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &report_);
  }

  const CURLcode code = handles_->run(exchange);
  const std::string text = told[0] != '\0' ? told.data() : curl_easy_strerror(code);
  long status = 0;
  long proxy_status = 0;
  curl_off_t connected = 0;
  const char* address = nullptr;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected);
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);

  result.fault = fault_of(code, text);
  if (result.fault == RESML_REMOTE_TIMEOUT && connected == 0) result.fault = RESML_REMOTE_CONNECT;
  if (code != CURLE_OK && proxy_status >= 300) result.fault = RESML_REMOTE_PROXY;
  if (exchange.too_large) result.fault = RESML_REMOTE_TOO_LARGE;
  if (exchange.stopped) result.fault = RESML_REMOTE_STOPPED;
  result.status = static_cast<int>(status);
  if (result.fault != RESML_REMOTE_OK)
    copy_text(result.text, fault_text(result.fault, text, report_, options_));
  copy_text(result.address, text_of(address));
  copy_text(result.tls_version, report_.version);
  if (!report_.certificate.empty())
    copy_text(result.certificate, report_.certificate + ", ends " + report_.ends_text);
  result.certificate_ends = report_.ends;
}

}  // namespace resml::remote
