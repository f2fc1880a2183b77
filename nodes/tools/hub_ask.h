// hub_ask - a command's way to a hub on this machine: its folder, its configuration, and
// questions to the daemon that runs there.
//
// Messages of failures are printed by the functions that return done_t.

#ifndef NODES_TOOLS_HUB_ASK_H
#define NODES_TOOLS_HUB_ASK_H

#include "lib/base/bytes.h"
#include "lib/config/hub_options.h"
#include "nodes/cli/command.h"

#include <jansson.h>

enum { HUB_WAIT_MS = 5000 }; // for an answer that needs no work

// The hub's folder: `named` (an operand or --hub), else DABYL_HUB, else the current
// folder if it has a hub.conf.  NULL with the cause when there is none.
const char *hub_folder(const char *named, cause_t *why);
// The hub.conf of this folder; to be freed with conf_free(hub_options_table, conf).
int hub_conf_read(const char *hub, hub_options_t *conf, cause_t *why);
// Ask the hub of this folder, which may be NULL (as above).  `*answer` is the caller's.
done_t hub_ask(const call_t *call, const char *named, const char *request,
    int64_t wait_ms, json_t **answer);
// The same of an answer that is no JSON, as it is: what is behind `answer` is its end.
done_t hub_ask_text(const call_t *call, const char *named, const char *request,
    int64_t wait_ms, buf_t *answer);
// The same for what is done or is not: DONE_NO with the hub's reason on standard error
// behind `refused` (or alone, when that is NULL); else `done` on standard output, or the
// answer with --json.
done_t hub_order(const call_t *call, const char *named, const char *request,
    int64_t wait_ms, const char *refused, const char *done);

#endif
