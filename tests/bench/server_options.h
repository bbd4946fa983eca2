#ifndef AIFX_TESTS_BENCH_SERVER_OPTIONS_H_
#define AIFX_TESTS_BENCH_SERVER_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace aifx::bench {

// Which server a benchmark measures, and what it is told beside what the benchmark needs.
struct ServerOptions {
  std::string program = "build/release/bin/aifx-server";
  std::vector<std::string> arguments;
};

// Adds --server and --server-option.
inline void AddServerOptions(CLI::App& app, ServerOptions& options) {
  app.add_option("--server", options.program, "The aifx-server program")->capture_default_str();
  app.add_option("--server-option", options.arguments,
                 "Another argument of the server, such as --server-option=--executors=1");
}

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_SERVER_OPTIONS_H_
