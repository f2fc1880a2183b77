// hub_succeed - a log that goes on from another begins with what it takes over of it.
//
// It is read from the predecessor's copy and written in batches before anybody can
// connect; a start that was interrupted goes on where it ended.

#include "hub/hub_inside.h"
#include "hub/succession.h"
#include "lib/base/log.h"
#include "lib/tlog/successor.h"

#include <inttypes.h>
#include <string.h>

enum {
    FORMERS_A_BATCH = 1024, // of what is taken over from the log before
};

// What is drafted of the take-over goes to the disk; nothing but it is in this log yet.
static int settle_formers(hub_t *self, cause_t *why)
{
    uint64_t before = journal_next(self->journal);
    size_t n = draft_count(self->draft);
    if (!readback_draft(self->readback, self->draft, 0))
        return cause_set(why, "an entry of the predecessor cannot be read again");
    if (hub_commit_turn(self, DEFERRED_DUE, why) != 0)
        return -1;
    if (journal_next(self->journal) != before + n)
        return cause_set(why, "there is no room on the disk");
    hub_begin_turn(self);
    self->started = self->recorded = false;
    return 0;
}

typedef struct {
    hub_t *hub;
    succession_t *from;
    uint64_t next; // position of the entry that comes
    size_t bytes;  // that are drafted
} taking_t;

// One that an interrupted start has written must be the very same.
static int check_former(
    hub_t *self, uint64_t position, const former_t *former, cause_t *why)
{
    leaf_t leaf;
    hash_t hash = former->leaf.document;
    if (entries_leaf(self->entries, position, &leaf, why) != 0)
        return -1;
    if (!leaf_is_message(&former->leaf)) // whose document may be gone
        sha256(former->document, &hash);
    if (strcmp(leaf.type, former->leaf.type) == 0 && leaf.former == former->leaf.former &&
        leaf.has_document && hash_equal(&leaf.document, &hash))
        return 0;
    return cause_set(why,
        "entry %" PRIu64 " of an interrupted take-over is another than the predecessor's "
        "copy yields: nobody was served from this log; empty %s and start again",
        position, self->options->journal);
}

static int take_former(taking_t *taking, const former_t *former, cause_t *why)
{
    hub_t *self = taking->hub;
    uint64_t position = taking->next++;
    if (position < draft_first(self->draft))
        return check_former(self, position, former, why);
    const leaf_t *leaf = &former->leaf;
    arena_t *arena = draft_arena(self->draft);
    draft_item_t *item =
        draft_add(self->draft, leaf->type, leaf->kind, leaf->author, leaf->id);
    item->leaf.time_ms = leaf->time_ms;
    item->leaf.former = leaf->former;
    draft_set_document(item, arena_copy(arena, former->document),
        leaf_is_message(leaf) ? &leaf->document : NULL);
    if (former->placed)
        draft_set_place(item,
            &(seal_place_t){arena_copy(arena, former->seal.head), former->seal.index,
                arena_copy(arena, former->seal.path)},
            NULL);
    else
        draft_set_seal(item, arena_copy(arena, former->seal.head));
    draft_set_record(self->draft, item, former->record);
    taking->bytes += draft_bytes(item);
    if (taking->bytes < DRAFT_BYTES && draft_count(self->draft) < FORMERS_A_BATCH)
        return 0;
    taking->bytes = 0;
    return settle_formers(self, why);
}

// As it stood at the end, at the place that its message has here.
static int take_duty(taking_t *taking, const duty_t *duty, cause_t *why)
{
    former_t former;
    leaf_t message;
    if (!history_find(
            taking->hub->history, duty->message.author, duty->message.id, &message))
        return cause_set(
            why, "a duty of %s is of a message that there is not", duty->debtor);
    succession_duty_entry(taking->from, message.position, &former);
    return take_former(taking, &former, why);
}

// Duties come last: where a message is, is known when its entry is durable.
static int take_all(hub_t *self, succession_t *from, cause_t *why)
{
    taking_t taking = {.hub = self, .from = from, .next = 1};
    former_t former;
    const duty_t *duty;
    int got;
    if (settle_formers(self, why) != 0)
        return -1;
    while ((got = succession_next(from, &former, why)) == 1)
        if (take_former(&taking, &former, why) != 0)
            return -1;
    if (got != 0 || settle_formers(self, why) != 0)
        return -1;
    while ((duty = succession_duty(from)) != NULL)
        if (take_duty(&taking, duty, why) != 0)
            return -1;
    return settle_formers(self, why);
}

static int take_over(hub_t *self, succession_t *from, cause_t *why)
{
    const origin_t *origin = succession_origin(from);
    hub_begin_turn(self);
    if (journal_next(self->journal) == 0) {
        buf_clear(&self->scratch);
        origin_print(origin, &self->scratch);
        draft_add_text(self->draft, "origin", "", buf_span(&self->scratch));
    } else if (fold_origin(self->fold)->formers != origin->formers ||
               fold_origin(self->fold)->taken != origin->taken) {
        return cause_set(why,
            "%s: an interrupted take-over was of another copy: nobody was served from "
            "this "
            "log; empty the folder and start again",
            self->options->journal);
    }
    // First, so that it is there whenever the take-over is whole.
    if (successor_write(self->options->journal, &self->identity.vkey,
            succession_hashes(from), why) != 0)
        return -1;
    if (take_all(self, from, why) != 0)
        return cause_prefix(why, "the predecessor's log");
    log_line(LOG_WARNING, "log.taken-over",
        "predecessor=%s checkpoint=%" PRIu64 " taken=%" PRIu64 " entries=%" PRIu64
        " unreadable=%" PRIu64,
        origin->predecessor.origin, origin->checkpoint.size, origin->taken,
        origin->formers, succession_unreadable(from));
    return 0;
}

// A log that goes on from another begins with what it takes over of it.
int hub_succeed(hub_t *self, cause_t *why)
{
    const hub_options_t *options = self->options;
    const origin_t *origin = fold_origin(self->fold);
    uint64_t next = journal_next(self->journal);
    bool whole = next > 0 && (!origin->succeeds || next > origin->formers);
    succession_setup_t setup = {.options = options,
        .vkey = &self->identity.vkey,
        .hub = self->identity.member.id,
        .settled = DUTIES_SETTLED,
        .loses = self->start->loses,
        .keeps = self->start->keeps};
    if (!options->predecessor_vkey[0])
        return next == 0 || whole
                   ? 0
                   : cause_set(why,
                         "%s: the take-over was interrupted, and hub.conf names "
                         "no predecessor",
                         options->journal);
    if (whole && !origin->succeeds)
        return cause_set(why,
            "%s: this log has begun without the predecessor that hub.conf names",
            options->journal);
    if (whole)
        return 0;
    succession_t *from = succession_open(&setup, why);
    int result = from ? take_over(self, from, why) : -1;
    succession_close(&from);
    return result;
}

// For nodes that go over: what the first entry says, and the proof that it is the first.
int hub_prove_origin(hub_t *self, cause_t *why)
{
    const uint64_t first = 0, size = head_checkpoint(self->head)->size;
    buf_t proof = {0}, path = {0}, text = {0};
    entry_t entry;
    hash_t leaf, root;
    if (!fold_origin(self->fold)->succeeds || successor_proven(self->options->journal))
        return 0;
    int result = tree_prove_run(self->tree, &first, 1, size, &proof, why);
    if (result == 0)
        result = entries_read(self->entries, 0, &entry, why);
    if (result == 0) {
        merkle_leaf(entry.leaf, &leaf);
        result = merkle_run_root(&first, &leaf, 1, size, buf_span(&proof), &root, &path);
    }
    if (result == 0) {
        tlog_proof_write(&text, entry.leaf, 0, buf_span(&path), head_note(self->head));
        result =
            successor_prove(self->options->journal, entry.document, buf_span(&text), why);
    }
    buf_destroy(&proof);
    buf_destroy(&path);
    buf_destroy(&text);
    return result;
}
