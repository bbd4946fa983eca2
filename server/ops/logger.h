#ifndef AIFX_SERVER_OPS_LOGGER_H_
#define AIFX_SERVER_OPS_LOGGER_H_

#include <memory>
#include <ostream>

#include "core/base/clock.h"
#include "core/base/log.h"

namespace aifx::ops {

enum class LogForm {
  kJson,  // {"time":"...Z","level":"info","message":"...", field: "..."}, one object a line
  kText,  // 2018-06-12T10:00:00.000Z INFO  message field=value
};

// A logger that writes lines of `minimum` and above to `out`, each whole and at once. Control
// characters never reach a line unescaped, so that a caller cannot forge one. Thread-safe; `out`
// and `clock` outlive it.
std::unique_ptr<base::Logger> MakeLogger(std::ostream& out, LogForm form, base::LogLevel minimum,
                                         base::Clock& clock);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_LOGGER_H_
