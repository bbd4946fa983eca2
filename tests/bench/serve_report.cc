#include "tests/bench/serve_report.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "tests/bench/machine.h"

namespace aifx::bench {
namespace {

constexpr size_t kBestBatch = 16;

void PrintRow(const std::string& name, const Point& point) {
  std::printf("| %s | %.0f (%.0f..%.0f) | %.0f | %.0f | %.0f (%.0f..%.0f) | %.0f | %.0f | %d |\n",
              name.c_str(), point.p50.Median(), point.p50.Quantile(0), point.p50.Quantile(1),
              point.p99.Median(), point.p999.Median(), point.per_second.Median(),
              point.per_second.Quantile(0), point.per_second.Quantile(1), point.server_cpu.Median(),
              point.client_cpu.Median(), static_cast<int>(point.errors));
}

void PrintPoints(const std::string& name, const std::map<int, Point>& points) {
  for (const auto& [concurrency, point] : points) {
    PrintRow(name + ", " + std::to_string(concurrency), point);
  }
}

double At(const std::map<int, Point>& points, int concurrency, const Series Point::*series) {
  const auto found = points.find(concurrency);
  return found == points.end() ? 0 : (found->second.*series).Median();
}

void PrintForward(const std::string& name, const std::map<size_t, Series>& forward) {
  for (const auto& [batch, series] : forward) {
    std::printf("| %s, %zu rows, a row | %.0f us (%.0f..%.0f) |\n", name.c_str(), batch,
                series.Median(), series.Quantile(0), series.Quantile(1));
  }
}

void PrintRatios(const Figures& figures) {
  const double forward = figures.forward.at(1).Median();
  const double best = figures.forward.at(kBestBatch).Median();
  const double empty = At(figures.empty, 1, &Point::p50);
  const double p50 = At(figures.cold, 1, &Point::p50);
  const double allowed = forward + figures.features.Median() + 1.5 * empty;
  std::printf("p50 at 1 / (forward + features + 1.5 empty RPCs): %.0f / %.0f us = %.2f\n", p50,
              allowed, p50 / allowed);
  const double rpc =
      At(figures.warm, 64, &Point::server_cpu) + At(figures.warm, 64, &Point::client_cpu);
  const double cores = std::max(1u, std::thread::hardware_concurrency());
  const double possible = cores * 1e6 / (best + rpc);
  const double reached = At(figures.cold, 64, &Point::per_second);
  std::printf("saturation at 64 / (cores / (%.0f us a row + %.0f us an RPC)): %.0f / %.0f = %.2f\n",
              best, rpc, reached, possible, reached / possible);
  std::printf("goodput at 256 / at 64: %.2f\n",
              At(figures.cold, 256, &Point::per_second) / reached);
  std::printf("ModelInfer / Predict: p50 at 1 %.2f, a second at 64 %.2f\n",
              At(figures.infer, 1, &Point::p50) / p50,
              At(figures.infer, 64, &Point::per_second) / reached);
  std::printf("half load (%.0f a second): p99 / p50 = %.1f, p99.9 / p50 = %.1f\n",
              figures.half_rate.Median(),
              figures.half_load.p99.Median() / figures.half_load.p50.Median(),
              figures.half_load.p999.Median() / figures.half_load.p50.Median());
  std::printf(
      "overload (%.0f a second): goodput %.0f = %.2f of the rate at 64; %.0f refused a "
      "second, their p99 %.1f ms\n",
      figures.overload_rate.Median(), figures.overload.per_second.Median(),
      figures.overload.per_second.Median() / reached, figures.overload.refused_a_second.Median(),
      figures.overload.refused_p99.Median() / 1e3);
}

}  // namespace

double Series::Quantile(double q) const {
  if (values_.empty()) return 0;
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
}

void AddTo(Point& point, const Latencies& latencies, absl::Duration server_cpu,
           absl::Duration client_cpu, double resident_mib) {
  const double calls = std::max<double>(1, static_cast<double>(latencies.nanoseconds.size()));
  point.p50.Add(latencies.Microseconds(0.5));
  point.p99.Add(latencies.Microseconds(0.99));
  point.p999.Add(latencies.Microseconds(0.999));
  point.per_second.Add(latencies.PerSecond());
  point.refused_a_second.Add(static_cast<double>(latencies.refused.size()) /
                             absl::ToDoubleSeconds(latencies.elapsed));
  point.refused_p99.Add(latencies.RefusedMicroseconds(0.99));
  point.server_cpu.Add(absl::ToDoubleMicroseconds(server_cpu) / calls);
  point.client_cpu.Add(absl::ToDoubleMicroseconds(client_cpu) / calls);
  point.resident.Add(resident_mib);
  point.errors += latencies.errors;
}

void Print(const Figures& figures, const ServerProcess& server, int rounds) {
  std::printf(
      "%s, %u cores, client and server on the same, %d rounds by turns, median "
      "(least..most)\n\n",
      ProcessorName().c_str(), std::thread::hardware_concurrency(), rounds);
  std::printf(
      "| what, concurrency | p50 us | p99 | p99.9 | a second | CPU us a call: server | "
      "client | errors |\n|---|---|---|---|---|---|---|---|\n");
  PrintPoints("empty RPC", figures.empty);
  PrintPoints("Predict, each window new", figures.cold);
  PrintPoints("Predict, one window", figures.warm);
  PrintPoints("ModelInfer, one raw window", figures.infer);
  PrintRow("open loop at half of 64's rate", figures.half_load);
  PrintRow("open loop at twice 64's rate", figures.overload);
  std::printf("\n| without a server | |\n|---|---|\n");
  PrintForward("forward", figures.forward);
  PrintForward("LibTorch", figures.libtorch);
  std::printf("| features of one window | %.1f us |\n", figures.features.Median());
  for (const auto& [stage, series] : figures.stages) {
    std::printf("| within a call at concurrency 1: %s | %.0f us |\n", stage.c_str(),
                series.Median());
  }
  std::printf("\n");
  PrintRatios(figures);
  std::printf("start to READY: %.0f ms; resident after the load: %.0f MiB\n",
              absl::ToDoubleMilliseconds(server.start_to_ready()), server.ResidentMiB());
}

}  // namespace aifx::bench
