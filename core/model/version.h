#ifndef AIFX_CORE_MODEL_VERSION_H_
#define AIFX_CORE_MODEL_VERSION_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace aifx::model {

// A version is its moment of birth as YYYYMMDDhhmmss in UTC: an int64 that sorts by age.

// REQUIRES: a time in the years 1970 to 9999; parts of a second are dropped.
int64_t VersionFromTime(absl::Time time);

// True for the fourteen digits of a moment that exists (no February 30th) from 1970 on.
bool IsVersion(int64_t version);

// Model names: [a-z0-9][a-z0-9._-]{0,63}. Such a name cannot lead out of the store.
bool IsModelName(absl::string_view name);

// Names of a version's files: [A-Za-z0-9][A-Za-z0-9._-]{0,127}.
bool IsModelFileName(absl::string_view name);

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_VERSION_H_
