#include "core/training/minimize.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace aifx::training {
namespace {

using Vector = std::vector<double>;

constexpr size_t kPairs = 10;

double Dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void AddScaled(Vector& a, double scale, const Vector& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] += scale * b[i];
}

struct Pair {
  Vector step, change;  // of the point and of the gradient
  double curvature;     // their product, > 0
};

// -H * gradient with the inverse Hessian H that the pairs imply (the two-loop recursion).
Vector Direction(const std::deque<Pair>& pairs, const Vector& gradient) {
  Vector direction = gradient;
  Vector alpha(pairs.size());
  for (size_t i = pairs.size(); i-- > 0;) {
    alpha[i] = Dot(pairs[i].step, direction) / pairs[i].curvature;
    AddScaled(direction, -alpha[i], pairs[i].change);
  }
  double scale = 1;
  if (!pairs.empty()) {
    scale = pairs.back().curvature / Dot(pairs.back().change, pairs.back().change);
  }
  for (double& d : direction) d *= -scale;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const double beta = Dot(pairs[i].change, direction) / pairs[i].curvature;
    AddScaled(direction, -alpha[i] - beta, pairs[i].step);
  }
  return direction;
}

}  // namespace

Vector Minimize(const Objective& objective, Vector x, double tolerance, int max_iterations) {
  Vector gradient(x.size());
  double value = objective(x, absl::MakeSpan(gradient));
  std::deque<Pair> pairs;
  for (int iteration = 0; iteration < max_iterations; ++iteration) {
    const bool done = std::all_of(gradient.begin(), gradient.end(),
                                  [tolerance](double g) { return std::abs(g) <= tolerance; });
    if (done) break;
    Vector direction = Direction(pairs, gradient);
    const double descent = Dot(direction, gradient);
    double step = pairs.empty() ? 1 / std::max(1.0, std::sqrt(Dot(gradient, gradient))) : 1;
    Vector next, next_gradient(x.size());
    double next_value = value;
    for (;; step /= 2) {
      next = x;
      AddScaled(next, step, direction);
      next_value = objective(next, absl::MakeSpan(next_gradient));
      if (next_value <= value + 1e-4 * step * descent) break;
      if (step < 1e-9) return x;
    }
    Pair pair{next, next_gradient, 0};
    AddScaled(pair.step, -1, x);
    AddScaled(pair.change, -1, gradient);
    pair.curvature = Dot(pair.step, pair.change);
    if (pair.curvature > 1e-300) pairs.push_back(std::move(pair));
    if (pairs.size() > kPairs) pairs.pop_front();
    const bool stalled = value - next_value <= 1e-13 * std::max(1.0, std::abs(value));
    x = std::move(next);
    gradient = std::move(next_gradient);
    value = next_value;
    if (stalled) break;  // what is left is rounding
  }
  return x;
}

}  // namespace aifx::training
