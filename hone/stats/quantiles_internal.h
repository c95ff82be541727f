#pragma once

namespace hone {

inline constexpr double kPower = 0.8;  // Of every "smallest detectable" and "items needed", unless said otherwise.

/// REQUIRES: probability in (0, 1), as below.
double normal_quantile(double probability);
double normal_cdf(double z);

/// Student's t; any positive degrees of freedom.
double t_quantile(double probability, double degrees);
/// Of a two-sided interval of 1 - alpha.
double two_sided_t(double alpha, double degrees);
double two_sided_p(double t, double degrees);

/// Where the distribution Beta(a, b) has `probability` below it. REQUIRES: a, b > 0, probability in [0, 1].
double beta_quantile(double probability, double a, double b);

}  // namespace hone
