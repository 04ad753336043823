// A library of the right name for another version of this program.

#include "resml/plugin/remote_abi.h"

extern "C" __attribute__((visibility("default"))) const resml_remote_api* resml_remote_entry();

const resml_remote_api* resml_remote_entry() {
  static const resml_remote_api api = {RESML_REMOTE_ABI + 1, "", nullptr, nullptr, nullptr};
  return &api;
}
