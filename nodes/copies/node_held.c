// dabyl node held - what this node has of a log from a position on, with its proofs: for
// the hub's operator, where a copy of the log is older.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "nodes/backup/holding.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_conf.h"
#include "nodes/config/node_paths.h"
#include "nodes/inbox/former.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *log;
} options_t;

static const option_t options[] = {
    {"log", OPTION_TEXT, offsetof(options_t, log), "NAME", NULL,
        "of a log that the node has left"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// Where what the node has of the log lies, and the log's key.
static int find(const options_t *o, const char *node, const node_conf_t *conf,
    char home[PATH_MAX], log_vkey_t *vkey, cause_t *why)
{
    char path[PATH_MAX];
    (void)snprintf(home, PATH_MAX, "%s", node);
    if (!o->log)
        return log_vkey_read(vkey, conf->vkey, why);
    return former_find(node, o->log, home, why) == 0 &&
                   path_join(path, sizeof path, home, "hub.vkey", why) == 0
               ? log_vkey_read(vkey, path, why)
               : -1;
}

static int print(const options_t *o, const char *node, uint64_t from,
    holding_report_t *report, cause_t *why)
{
    char path[PATH_MAX], home[PATH_MAX];
    log_vkey_t vkey;
    node_conf_t conf;
    if (node_conf_path(node, path, why) != 0 ||
        conf_read(node_conf_table, path, &conf, why) != 0)
        return -1;
    int result = find(o, node, &conf, home, &vkey, why);
    if (result == 0)
        result = holding_print(stdout, home, conf.node, &vkey, from, report, why);
    conf_free(node_conf_table, &conf);
    return result;
}

static done_t run(const call_t *call)
{
    uint64_t from;
    cause_t why;
    holding_report_t report;
    if (call->operands != 1 || !decimal_decode(span_text(call->operand[0]), &from))
        return call_usage(call, "needs the first position that the copy has not");
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (print(call->options, node, from, &report, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (report.others > 0)
        return call_fail(call, DONE_NO,
            say("%" PRIu64 " files are no proofs of this log and are left out: see "
                "dabyl verify"),
            report.others);
    return DONE_OK;
}

const command_t node_held = {
    .name = "held",
    .operands = "FROM",
    .summary = "print what the node has of the log from a position on, with proofs",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "For the hub's operator (dabyl hub missing): positions, kinds, authors and "
             "ids, and\n"
             "nothing of what messages say.  The daemon may run.\n",
};
