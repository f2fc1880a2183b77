// dabyl hub backup - copy a hub that runs, into a folder that keeps one log.

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "nodes/backup/backup.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/upkeep/hub_ask.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct {
    const char *hub, *to;
    bool attachments;
} options_t;

static const option_t options[] = {
    {"to", OPTION_TEXT, offsetof(options_t, to), "FOLDER", NULL,
        "where the copy goes, best on another disk; the next one adds to it"},
    {"attachments", OPTION_FLAG, offsetof(options_t, attachments), NULL, NULL,
        "copy attachments too"},
    HUB_OPTION(offsetof(options_t, hub)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void print_report(const backup_report_t *r, const char *to)
{
    printf(say("backed up to %s: %" PRIu64 " entries, %" PRIu64 " of them new\n"), to,
        r->entries, r->entries - r->before);
    printf(say("  %" PRIu64 " segments, of which %" PRIu64 " were there; %" PRIu64
               " bytes written\n"),
        r->segments, r->kept, r->written);
    if (r->attachments > 0)
        printf(say("  %" PRIu64 " attachments, %" PRIu64 " of them new\n"),
            r->attachments, r->attachments_copied);
    if (r->erased > 0)
        printf(say("  documents that went from it, since they were erased at the hub: "
                   "%" PRIu64 "\n"),
            r->erased);
    printf(say("  private keys are not in it: keep copies of them offline\n"
               "  check it: dabyl verify --backup %s\n"),
        to);
}

static void print_json(const backup_report_t *r, const char *to)
{
    json_t *object = json_pack("{s:b, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "ok",
        1, "to", to, "entries", (json_int_t)r->entries, "before", (json_int_t)r->before,
        "segments", (json_int_t)r->segments, "kept", (json_int_t)r->kept, "written",
        (json_int_t)r->written, "attachments", (json_int_t)r->attachments,
        "attachments_copied", (json_int_t)r->attachments_copied, "erased",
        (json_int_t)r->erased);
    screen_json(stdout, object);
    json_decref(object);
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    hub_options_t conf;
    backup_report_t report;
    if (!o->to || call->operands > 1)
        return call_usage(call, "needs --to FOLDER");
    const char *hub = hub_folder(call->operands ? call->operand[0] : o->hub, &why);
    if (!hub)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (hub_conf_read(hub, &conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    progress_t progress;
    progress_begin(&progress, say("copying the journal"), PROGRESS_ITEMS);
    backup_wish_t wish = {
        hub, &conf, o->to, o->attachments, clock_now().wall_ms, &progress};
    int result = backup_make(&wish, &report, &why);
    progress_end(&progress);
    conf_free(hub_options_table, &conf);
    if (result != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (call->common.json)
        print_json(&report, o->to);
    else
        print_report(&report, o->to);
    return DONE_OK;
}

const command_t hub_backup = {
    .name = "backup",
    .operands = "[DIR] --to FOLDER",
    .summary = "copy a hub that runs; what is there already is not copied again",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes =
        "The hub goes on meanwhile.  The copy has what the newest checkpoint covers, "
        "and is\n"
        "checked as it is read.  Interrupted: say it again.  Private keys are never "
        "copied.\n"
        "In a timer, as the hub's user; dabyl-backup(8).\n",
};
