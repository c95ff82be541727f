#pragma once

namespace hone {

/// What one bin adds to the calibration errors, per item.
struct GapError {
  double plain = 0.0;
  double debiased = 0.0;  // May fall below 0.
  double squared = 0.0;
};

/// Of a bin of n items with that mean probability, of which that share came true. A bin of one shows no variance.
GapError error_of_gap(double n, double confidence, double rate);

}  // namespace hone
