#ifndef RESML_PLUGIN_REMOTE_ABI_H
#define RESML_PLUGIN_REMOTE_ABI_H

// The C interface of the plugin "resml_remote", the only code that knows libcurl. No exception and
// no C++ type crosses it; texts are UTF-8 and end with NUL; what is passed in is copied or used
// during the call only. Another layout or meaning is another RESML_REMOTE_ABI.

#include <stddef.h>  // NOLINT(modernize-deprecated-headers): C reads this too
#include <stdint.h>  // NOLINT(modernize-deprecated-headers)

#ifdef __cplusplus
extern "C" {
#endif

#define RESML_REMOTE_ABI 1

enum resml_remote_fault {
  RESML_REMOTE_OK = 0,
  RESML_REMOTE_STOPPED,  // should_stop said so
  RESML_REMOTE_RESOLVE,  // no address for the server's or the proxy's name
  RESML_REMOTE_CONNECT,  // no connection to that address
  RESML_REMOTE_PROXY,    // the proxy refused
  RESML_REMOTE_TLS,      // the certificate or the TLS version was not accepted; not to be repeated
  RESML_REMOTE_TIMEOUT,  // connecting, waiting or the whole request took too long
  RESML_REMOTE_BROKEN,   // the connection ended or the answer was damaged on its way
  RESML_REMOTE_TOO_LARGE,  // more than max_body bytes
  RESML_REMOTE_OTHER
};

// NULL or 0 means "not given". Times in milliseconds.
struct resml_remote_options {
  const char* origin;   // "https://soar.example.com:443", before every target
  int verify;           // certificate chain and host name
  const char* ca_file;  // PEM; otherwise the system's
  const char* client_certificate;
  const char* client_key;
  const char* proxy;  // "https://host:port"; otherwise what the environment names
  const char* proxy_user;
  const char* proxy_password;
  long connect_timeout_ms;
  long stall_timeout_ms;  // without one byte; rounded up to seconds
  long total_timeout_ms;
  uint64_t max_body;  // decompressed bytes of one answer
  const char* user_agent;
};

// The callbacks are called by the thread that called send(). `user` is theirs.
struct resml_remote_request {
  const char* method;
  const char* target;          // "/rest/session"
  const char* const* headers;  // "Name: value"
  size_t n_headers;
  const char* body;
  size_t body_size;
  void* user;
  void (*on_header)(void* user, const char* line, size_t size);  // status lines too, no line end
  int (*on_body)(void* user, const char* bytes, size_t size);    // 0 goes on
  int (*should_stop)(void* user);                                // asked at least every 0.1 s
};

struct resml_remote_result {
  int fault;                 // resml_remote_fault
  int status;                // of the answer, if one began
  char text[1024];           // what went wrong, and with which certificate
  char address[64];          // of the server, once connected
  char tls_version[16];      // "TLSv1.3"
  char certificate[1024];    // the server's: subject, issuer, end; once TLS is up
  int64_t certificate_ends;  // seconds since 1970; 0 = not known
};

struct resml_remote_pool;

struct resml_remote_api {
  uint32_t abi;
  const char* library;  // "libcurl/7.88.1 OpenSSL/3.0.15 ..."
  // A pool of connections to one server, each kept alive and used by one thread at a time. NULL if
  // memory ran out.
  struct resml_remote_pool* (*open)(const struct resml_remote_options* options);
  // One request, on a connection that is free or on a new one; redirects are answers like others.
  // Several threads may send at once.
  void (*send)(struct resml_remote_pool* pool, const struct resml_remote_request* request,
               struct resml_remote_result* result);
  void (*close)(struct resml_remote_pool* pool);
};

// The one symbol of the library.
#define RESML_REMOTE_ENTRY "resml_remote_entry"
typedef const struct resml_remote_api* (*resml_remote_entry_function)(void);

#ifdef __cplusplus
}
#endif

#endif
