// hub_erase - documents are taken out of the log, lawfully: what an operator is shown
// and orders, and the doing.
//
// The order is an entry of the type `erasure` beside the operator's act.  When that is
// durable the octets go, in the same turn: no snapshot is taken in between, so that a
// start reads every order that was not carried out, and carries it out.

#include "hub/erase_plan.h"
#include "lib/base/log.h"
#include "lib/blob/depot_names.h"
#include "lib/json/writer.h"
#include "lib/tlog/erasing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NAMED_MOST = 64 }; // messages that name it, as they are listed

static int erase_one(hub_t *self, uint64_t position, cause_t *why)
{
    const erasure_t one = {.n = 1, .position = {position}};
    if (erasing_run(self->options->journal, &one, why) != 0)
        return cause_prefix(why, "erasing entry %" PRIu64, position);
    if (self->stock)
        stock_forget(self->stock, position);
    log_line(LOG_WARNING, "document.erased", "position=%" PRIu64, position);
    return 0;
}

// Before anybody is served there is no thread that has the files.
static int remove_file(hub_t *self, const hash_t *digest, cause_t *why)
{
    depot_names_t names;
    if (self->attachment_server)
        return attachment_server_erase(self->attachment_server, digest, why);
    return depot_names_make(&names, self->options->attachments, why) == 0
               ? depot_names_erase(&names, digest, why)
               : -1;
}

static int erase_file(hub_t *self, const hash_t *digest, cause_t *why)
{
    char hex[HASH_HEX];
    int removed = remove_file(self, digest, why);
    hex_encode(digest->bytes, sizeof digest->bytes, hex);
    if (removed < 0)
        return cause_prefix(why, "erasing attachment %s", hex);
    if (removed > 0)
        log_line(LOG_WARNING, "attachment.erased", "digest=%s", hex);
    return 0;
}

int hub_erase_owed(hub_t *self, cause_t *why)
{
    erasures_t *erasures = &self->erasures;
    for (size_t i = 0; i < erasures->files; i++)
        if (erase_file(self, &erasures->file[i], why) != 0)
            return -1;
    erasures->files = 0;
    for (size_t i = 0; i < erasures->names; i++)
        if (erase_one(self, erasures->named[i], why) != 0)
            return -1;
    erasures->names = 0;
    return 0;
}

bool hub_erased(hub_t *self, uint64_t position)
{
    entry_t entry;
    cause_t ignored; // a plan says why it cannot be read
    return entries_read(self->entries, position, &entry, &ignored) == 0 &&
           erasure_of(entry.document);
}

// --------------------------------------------------------------------------------

static int find_all(erase_plan_t *self, const char *name, cause_t *why)
{
    return erase_plan_find(self, name, why) == 0 ? erase_plan_gather(self, why) : -1;
}

static void write_message(writer_t *to, const leaf_t *leaf)
{
    writer_object(to, NULL);
    writer_integer(to, "position", (int64_t)leaf->position);
    writer_text(to, "kind", leaf->kind);
    writer_text(to, "author", leaf->author);
    writer_text(to, "id", leaf->id);
    writer_end(to);
}

// Each of these is a message of its own, and stays: corrections, answers, reports.
static void write_named(erase_plan_t *self, writer_t *to)
{
    thread_walk_t walk = {0};
    leaf_t leaf;
    size_t n = 0;
    const reference_t name = message_name(&self->leaf);
    writer_array(to, "names");
    while (n < NAMED_MOST && self->log.refers(self->log.context, &name, THIS_VERSION,
                                 REFERS, "", &walk, &leaf)) {
        write_message(to, &leaf);
        n++;
    }
    writer_end(to);
}

// Who keeps it is named where it stays.
static void write_files(const erase_plan_t *self, writer_t *to)
{
    leaf_t leaf;
    char hex[HASH_HEX];
    writer_array(to, "attachments");
    for (size_t i = 0; i < self->files; i++) {
        const named_file_t *file = &self->file[i];
        hex_encode(&file->digest, sizeof file->digest, hex);
        writer_object(to, NULL);
        writer_text(to, "sha256", hex);
        writer_integer(to, "size", (int64_t)file->size);
        writer_bool(to, "goes", file->keeper == 0);
        if (file->keeper > 0 && history_leaf(self->hub->history, file->keeper, &leaf)) {
            writer_array(to, "kept_by");
            write_message(to, &leaf);
            writer_end(to);
        }
        writer_end(to);
    }
    writer_end(to);
}

int hub_erase_look(hub_t *self, const char *name, buf_t *answer, cause_t *why)
{
    erase_plan_t wanted;
    leaf_t leaf;
    erase_plan_begin(&wanted, self);
    if (find_all(&wanted, name, why) != 0)
        return -1;
    writer_t to = writer_to(answer);
    writer_object(&to, NULL);
    writer_bool(&to, "ok", true);
    writer_array(&to, "goes");
    for (size_t i = 0; i < wanted.goes.n; i++)
        if (history_leaf(self->history, wanted.goes.position[i], &leaf))
            write_message(&to, &leaf);
    writer_end(&to);
    write_files(&wanted, &to);
    write_named(&wanted, &to);
    writer_end(&to);
    return 0;
}

int hub_erase_go(hub_t *self, operation_t *operation, const erasure_t *goes,
    const control_asker_t *asker, cause_t *why)
{
    buf_t text = {0};
    erasure_print(goes, &text);
    const operations_beside_t beside = {"erasure", buf_text(&text)};
    int result = hub_operation(self, operation, &beside, asker, why);
    for (size_t i = 0; result == 0 && i < goes->n; i++)
        erasures_see(&self->ordered, goes->position[i]);
    buf_destroy(&text);
    return result;
}

int hub_erase_order(
    hub_t *self, operation_t *operation, const control_asker_t *asker, cause_t *why)
{
    erase_plan_t wanted;
    erase_plan_begin(&wanted, self);
    if (!operation->reason[0])
        return cause_set(why, "an erasure has a reason, which the log keeps");
    if (find_all(&wanted, operation->to, why) != 0)
        return -1;
    (void)snprintf(
        operation->to, sizeof operation->to, "%s %s", wanted.leaf.author, wanted.leaf.id);
    return hub_erase_go(self, operation, &wanted.goes, asker, why);
}
