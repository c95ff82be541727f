#pragma once

namespace hone {

/// How far counts on gold lie from what was expected of them before.
class Surprise {
 public:
  /// `variance` is that of the difference, were the expectation right.
  void add(double difference, double variance) { statistic_ += difference * difference / variance; }

  /// The share of the differences that chance does not explain (Higgins and Thompson 2002: I squared, from Cochran's Q), which is how far
  /// an estimate has to follow such counts (the positive part of Stein's: Efron and Morris 1973). 0 where chance explains all.
  double beyond_chance(double degrees_of_freedom) const {
    return statistic_ > degrees_of_freedom ? 1.0 - degrees_of_freedom / statistic_ : 0.0;
  }

 private:
  double statistic_ = 0.0;
};

}  // namespace hone
