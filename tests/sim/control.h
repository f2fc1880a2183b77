// control - people ask a daemon, as `dabyl` does over its socket.

#ifndef TESTS_SIM_CONTROL_H
#define TESTS_SIM_CONTROL_H

#include "lib/base/bytes.h"
#include "tests/sim/fibers.h"

// The answer into `answer`; false: the daemon is not there, or ended before it answered,
// or said nothing for a simulated minute.
bool control_ask(machine_t *machine, const char *line, span_t rest, buf_t *answer);
void controls_machine_ended(const machine_t *machine);

#endif
