// dabyl hub follow - keep a copy of a hub's journal that is seconds old, on another
// machine.

#include "lib/base/log.h"
#include "nodes/backup/standby.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"

#include <limits.h>
#include <string.h>

typedef struct {
    const char *to;
} options_t;

static const option_t options[] = {
    {"to", OPTION_TEXT, offsetof(options_t, to), "FOLDER", NULL,
        "where the copy is kept; it has one log for ever"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static int follow(const node_conf_t *conf, const char *to, cause_t *why)
{
    credentials_t credentials;
    if (credentials_open(&credentials, conf, why) != 0)
        return -1;
    standby_copy_t *copy = standby_copy_open(to, &credentials.vkey, why);
    int result = copy ? standby_run(copy, conf, &credentials, why) : -1;
    standby_copy_close(&copy);
    credentials_close(&credentials);
    return result;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    char path[PATH_MAX];
    node_conf_t conf;
    if (call->operands != 1 || !o->to)
        return call_usage(call, "needs the standby's folder, and --to FOLDER");
    if (node_conf_path(call->operand[0], path, &why) != 0 ||
        conf_read(node_conf_table, path, &conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    log_open();
    int result = follow(&conf, o->to, &why);
    conf_free(node_conf_table, &conf);
    return result == 0 ? DONE_OK : call_fail(call, DONE_NO, "%s", why.text);
}

const command_t hub_follow = {
    .name = "follow",
    .operands = "DIR --to FOLDER",
    .summary = "keep a copy of a hub's journal that is seconds old",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "DIR is a node's folder whose certificates have the role standby.  It runs "
             "until it is\n"
             "ended, checks whatever comes, and goes on where it was.  Attachments are "
             "not followed.\n"
             "dabyl hub restore makes a hub of it; see dabyl-backup(8).\n",
};
