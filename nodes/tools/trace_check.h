// trace_check - whether the files of a manifest are still what it says.

#ifndef NODES_TOOLS_TRACE_CHECK_H
#define NODES_TOOLS_TRACE_CHECK_H

#include "nodes/cli/command.h"

#include <jansson.h>

// Hash each file again where the manifest says it lies (a relative path: below `base`)
// and say what became of it.  DONE_NO unless all are what they were.
done_t trace_check(const call_t *call, const json_t *manifest, const char *base);

#endif
