// The C boundary: what is thrown inside becomes a fault.

#include <curl/curl.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "connection.hpp"
#include "resml/plugin/remote_abi.h"

using resml::remote::Connection;
using resml::remote::Options;

struct resml_remote_pool {
  explicit resml_remote_pool(const resml_remote_options& given) : options(given) {}

  std::unique_ptr<Connection> take() {
    const std::lock_guard lock(mutex);
    if (idle.empty()) return std::make_unique<Connection>(options);
    std::unique_ptr<Connection> connection = std::move(idle.back());
    idle.pop_back();
    return connection;
  }
  void give_back(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(connection));
  }

  const Options options;
  std::mutex mutex;
  std::vector<std::unique_ptr<Connection>> idle;  // the warmest last
};

namespace {

resml_remote_pool* open_pool(const resml_remote_options* options) {
  try {
    return std::make_unique<resml_remote_pool>(*options).release();
  } catch (const std::exception&) {
    return nullptr;
  }
}

void send_request(resml_remote_pool* pool, const resml_remote_request* request,
                  resml_remote_result* result) {
  *result = resml_remote_result{};
  try {
    std::unique_ptr<Connection> connection = pool->take();
    connection->send(*request, *result);
    pool->give_back(std::move(connection));
  } catch (const std::exception& error) {
    result->fault = RESML_REMOTE_OTHER;
    std::snprintf(result->text, sizeof result->text, "%s", error.what());
  }
}

void close_pool(resml_remote_pool* pool) { const std::unique_ptr<resml_remote_pool> owned(pool); }

}  // namespace

extern "C" __attribute__((visibility("default"))) const resml_remote_api* resml_remote_entry();

const resml_remote_api* resml_remote_entry() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  static const resml_remote_api api = {RESML_REMOTE_ABI, curl_version(), &open_pool, &send_request,
                                       &close_pool};
  return ready == CURLE_OK ? &api : nullptr;
}
