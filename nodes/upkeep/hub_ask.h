// hub_ask - a command's way to a hub on this machine: its folder, its configuration, and
// questions to the daemon that runs there.
//
// Messages of failures are printed by the functions that return done_t.

#ifndef NODES_UPKEEP_HUB_ASK_H
#define NODES_UPKEEP_HUB_ASK_H

#include "lib/base/bytes.h"
#include "lib/config/hub_options.h"
#include "nodes/cli/command.h"

#include <jansson.h>

enum {
    HUB_WAIT_MS = 5000,     // for an answer that needs no work
    HUB_RELOAD_MS = 120000, // a reload reads and verifies the certificates of all nodes
};

// The options that name the hub's folder and whoever runs a command, for a table of
// options.
#define HUB_OPTION(offset)                                                               \
    {                                                                                    \
        "hub", OPTION_TEXT, offset, "DIR", NULL,                                         \
            "the hub's folder (else DABYL_HUB, else here)"                               \
    }
#define HUB_AS_OPTION(offset)                                                            \
    {                                                                                    \
        "as", OPTION_TEXT, offset, "NAME", NULL,                                         \
            "who does it, for the hub's log (else DABYL_OPERATOR, else the login name)"  \
    }

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

// What changes the hub is done in an operator's name: the hub's log says who did what, to
// whom and why.
typedef struct {
    const char *line;        // of the request: "reload"
    const char *as;          // --as, or NULL
    const char *act;         // what the log calls it; NULL: as the request
    const char *to, *reason; // or NULL
    const char *rest;        // further lines of the request, or NULL
} hub_act_t;

// The request as text; -1 when the name, or what it is done to, is no line.
int hub_act_print(const hub_act_t *self, buf_t *out, cause_t *why);
// What the hub has answered to an act: -1 with its reason when it was not done.
int hub_answered(span_t text, cause_t *why);
// hub_order for an act.
done_t hub_act(const call_t *call, const char *named, const hub_act_t *act,
    int64_t wait_ms, const char *refused, const char *done);

#endif
