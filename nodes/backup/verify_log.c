// verify_log - the work is done by nodes/audit and backup_verify; here it is shown, and
// told.

#include "nodes/backup/verify_log.h"

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "nodes/backup/backup.h"
#include "nodes/cli/progress.h"
#include "nodes/cli/screen.h"
#include "nodes/tools/verdict.h"

#include <inttypes.h>

// The newest of them, in full.
static void print_acts(const audit_t *audit)
{
    uint64_t first = audit->acts > AUDIT_ACTS ? audit->acts - AUDIT_ACTS : 0;
    for (uint64_t i = first; i < audit->acts; i++) {
        const audit_act_t *act = &audit->act[i % AUDIT_ACTS];
        fputs("    ", stdout);
        screen_time_ms(stdout, act->time_ms);
        fputs("  ", stdout);
        screen_text(stdout, act->operation.by);
        fputs(": ", stdout);
        screen_text(stdout, act->operation.act);
        fputs(act->operation.to[0] ? " " : "", stdout);
        screen_text(stdout, act->operation.to);
        putchar('\n');
    }
}

static void print_audit(const audit_t *audit, const char *folder)
{
    verdict_good(folder);
    buf_t text = {0};
    audit_print(audit, &text);
    fputs(buf_text(&text), stdout);
    buf_destroy(&text);
    print_acts(audit);
}

done_t verify_log_journal(const call_t *call, const audit_options_t *wish)
{
    cause_t why;
    audit_t audit;
    progress_t progress;
    audit_options_t what = *wish;
    progress_begin(&progress, say("verifying the journal's entries"), PROGRESS_ITEMS);
    what.progress = progress_show;
    what.context = &progress;
    int result = audit_journal(&audit, &what, &why);
    progress_end(&progress);
    if (result != 0)
        return verdict_fault(call, wish->folder, &why);
    if (call->common.json) {
        json_t *object = audit_json(&audit);
        screen_json(stdout, object);
        json_decref(object);
    } else
        print_audit(&audit, wish->folder);
    return DONE_OK;
}

static void print_backup(const backup_check_t *check, const char *folder)
{
    verdict_good(folder);
    printf(say("  the log %s up to entry %" PRIu64 ", backed up "), check->vkey.origin,
        check->checkpoint.size);
    screen_time_ms(stdout, check->made_ms);
    printf(say("\n  %" PRIu64 " segments, %" PRIu64 " files, %" PRIu64
               " attachments: each has its digest, the entries have the checkpoint's "
               "root\n"),
        check->segments, check->files, check->attachments);
    if (check->erased > 0)
        printf(say("  documents that were erased by law, and the log says so: %" PRIu64
                   "\n"),
            check->erased);
    if (check->beyond > 0)
        printf(say("  %" PRIu64 " bytes behind it are of a backup that was interrupted: "
                   "say it again\n"),
            check->beyond);
}

static void print_backup_json(const backup_check_t *check, const char *folder)
{
    char made[TIME_TEXT];
    time_print(check->made_ms, made);
    json_t *object = json_pack("{s:s, s:b, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I}",
        "backup", folder, "good", 1, "origin", check->vkey.origin, "size",
        (json_int_t)check->checkpoint.size, "made", made, "segments",
        (json_int_t)check->segments, "files", (json_int_t)check->files, "attachments",
        (json_int_t)check->attachments, "beyond", (json_int_t)check->beyond, "erased",
        (json_int_t)check->erased);
    screen_json(stdout, object);
    json_decref(object);
}

done_t verify_log_backup(const call_t *call, const char *folder, const log_vkey_t *vkey)
{
    cause_t why;
    backup_check_t check;
    progress_t progress;
    progress_begin(&progress, say("verifying the backup"), PROGRESS_ITEMS);
    int result = backup_verify(folder, vkey, &progress, &check, &why);
    progress_end(&progress);
    if (result != 0)
        return verdict_fault(call, folder, &why);
    if (call->common.json)
        print_backup_json(&check, folder);
    else
        print_backup(&check, folder);
    return DONE_OK;
}
