#pragma once

#include "hone/core/progress.h"

namespace hone::cli {

/// Thrown through everything when somebody asked the program to end. It is no Error: nothing has failed.
struct Interrupted {};

/// From now on Ctrl-C (SIGINT), SIGTERM and SIGHUP end the program within a second. At first it is asked to: the next call of an
/// interruptible() progress throws, so that half-made files are removed and hone-train ends too. Work that does not come to such a call in
/// 0.7 s, and any second signal, ends the program where it stands, as a kill does; the next run sweeps away what that leaves. Signals that
/// are ignored, as nohup and a shell's background jobs do, stay so. Call once, before any thread is started.
void watch_interrupts();

/// The same progress, that throws Interrupted once a signal has come.
Progress interruptible(Progress progress);

/// Ends the program by the signal that has come, so that shells and scripts see why it ended: status 130 for Ctrl-C, 143 for SIGTERM. Does
/// nothing where none has come.
void end_if_interrupted();

}  // namespace hone::cli
