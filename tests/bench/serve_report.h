#ifndef AIFX_TESTS_BENCH_SERVE_REPORT_H_
#define AIFX_TESTS_BENCH_SERVE_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/server_process.h"

namespace aifx::bench {

// One figure of each round; the median is what counts.
class Series {
 public:
  void Add(double value) { values_.push_back(value); }
  double Median() const { return Quantile(0.5); }
  double Quantile(double q) const;  // 0 where it is empty

 private:
  std::vector<double> values_;
};

// One point of load, measured in every round.
struct Point {
  Series p50, p99, p999;  // microseconds
  Series per_second;      // answered
  Series refused_a_second;
  Series refused_p99;             // microseconds
  Series server_cpu, client_cpu;  // microseconds an answered call
  Series resident;                // MiB of the server at the end of the point
  int64_t errors = 0;
};

// What one run has measured.
struct Figures {
  std::map<size_t, Series> forward;        // microseconds a row, by batch
  std::map<size_t, Series> libtorch;       // the same network computed by LibTorch
  Series features;                         // microseconds of one window
  std::map<std::string, Series> stages;    // microseconds within the server at concurrency 1
  std::map<int, Point> empty, cold, warm;  // by concurrency
  std::map<int, Point> infer;              // ModelInfer with a raw window
  Point half_load, overload;               // open loop
  Series half_rate, overload_rate;         // calls a second that were started
};

// Takes one measurement into a point; the CPU times are those it took altogether.
void AddTo(Point& point, const Latencies& latencies, absl::Duration server_cpu,
           absl::Duration client_cpu, double resident_mib);

// Tables, and the ratios that the design asks for.
void Print(const Figures& figures, const ServerProcess& server, int rounds);

}  // namespace aifx::bench

#endif  // AIFX_TESTS_BENCH_SERVE_REPORT_H_
