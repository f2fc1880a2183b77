// operator - by which name the log knows who runs a command on this machine.

#ifndef LIB_TLOG_OPERATOR_H
#define LIB_TLOG_OPERATOR_H

#include "lib/tlog/operation.h"

// `said` (--as), else DABYL_OPERATOR, else the login name of the process's user, else
// "uid 1000".  -1 when what was said is no name.
int operator_name(const char *said, char out[OPERATION_BY_MAX], cause_t *why);

#endif
