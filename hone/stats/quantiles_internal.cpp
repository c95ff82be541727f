#include "hone/stats/quantiles_internal.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace hone {

double normal_quantile(double probability) { return boost::math::quantile(boost::math::normal(), probability); }

double normal_cdf(double z) { return boost::math::cdf(boost::math::normal(), z); }

double t_quantile(double probability, double degrees) { return boost::math::quantile(boost::math::students_t(degrees), probability); }

double two_sided_t(double alpha, double degrees) {
  return boost::math::quantile(boost::math::complement(boost::math::students_t(degrees), alpha / 2.0));
}

double two_sided_p(double t, double degrees) {
  return 2.0 * boost::math::cdf(boost::math::complement(boost::math::students_t(degrees), std::abs(t)));
}

double beta_quantile(double probability, double a, double b) {
  return boost::math::quantile(boost::math::beta_distribution<>(a, b), probability);
}

}  // namespace hone
