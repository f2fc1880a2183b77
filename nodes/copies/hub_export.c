// dabyl hub export - entries of a log with everything that proves them, for a court.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "nodes/backup/court.h"
#include "nodes/cli/progress.h"
#include "nodes/commands/commands.h"
#include "nodes/upkeep/hub_ask.h"
#include "nodes/upkeep/hub_files.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

typedef struct {
    const char *hub, *backup, *to;
} options_t;

static const option_t options[] = {
    {"to", OPTION_TEXT, offsetof(options_t, to), "FOLDER", NULL,
        "a new folder for what is exported"},
    HUB_OPTION(offsetof(options_t, hub)),
    {"backup", OPTION_TEXT, offsetof(options_t, backup), "DIR", NULL,
        "take them from a backup or a standby's copy instead"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// Where the journal is, and whose.
static int find(
    const options_t *o, char journal[PATH_MAX], log_vkey_t *vkey, cause_t *why)
{
    char path[PATH_MAX], text[VKEY_MAX];
    hub_options_t conf;
    if (o->backup)
        return path_join(path, sizeof path, o->backup, "log", why) == 0 &&
                       path_join(journal, PATH_MAX, o->backup, "journal", why) == 0
                   ? log_vkey_read(vkey, path, why)
                   : -1;
    const char *hub = hub_folder(o->hub, why);
    if (!hub || hub_conf_read(hub, &conf, why) != 0)
        return -1;
    int result = hub_files_vkey(conf.log_key, conf.origin, text, why);
    if (result == 0)
        result = log_vkey_parse(vkey, span_text(text), why);
    (void)snprintf(journal, PATH_MAX, "%s", conf.journal);
    conf_free(hub_options_table, &conf);
    return result;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    char journal[PATH_MAX];
    log_vkey_t vkey;
    court_report_t report;
    progress_t progress;
    court_wish_t wish = {.journal = journal, .vkey = &vkey, .to = o->to};
    if (call->operands != 2 || !o->to ||
        !decimal_decode(span_text(call->operand[0]), &wish.first) ||
        !decimal_decode(span_text(call->operand[1]), &wish.last))
        return call_usage(call, "needs the first and the last position, and --to FOLDER");
    if (find(o, journal, &vkey, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    progress_begin(&progress, say("reading the journal"), PROGRESS_ITEMS);
    wish.progress = &progress;
    int result = court_export(&wish, &report, &why);
    progress_end(&progress);
    if (result != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    printf(say("exported to %s: %" PRIu64 " entries, %" PRIu64
               " of them messages, proven in the checkpoint of %" PRIu64 " entries\n"
               "  README says in kk, ru and en what it is and how it is checked\n"),
        o->to, report.entries, report.messages, report.checkpoint.size);
    return DONE_OK;
}

const command_t hub_export = {
    .name = "export",
    .operands = "FROM TO --to FOLDER",
    .summary = "entries of the log with all that proves them, for a court",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes =
        "FROM and TO are positions, as dabyl verify and receipts name them.  "
        "Everything is\n"
        "checked on the way, and dabyl verify checks it offline.  The hub may run.\n",
};
