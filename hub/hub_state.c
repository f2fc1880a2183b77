// hub_state - the state at a start: as a snapshot has it and the entries behind that, or
// out of the whole journal; and snapshots, while the hub runs and at its end.
//
// A snapshot is never believed above the journal: anything about it that does not fit
// costs a line in the log and the reading of every entry.

#include "hub/hub_inside.h"
#include "hub/journal/published_checkpoint.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "lib/tlog/tiles.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void save(hub_t *self, buf_t *out)
{
    hash_t root;
    buf_t journal = {0};
    tree_root(self->tree, &root);
    snapshot_begin(out, self->options->origin, tree_size(self->tree), &root);
    journal_save(self->journal, &journal);
    buf_put_long(out, buf_span(&journal));
    buf_put_u64(out, publisher_made(self->publisher));
    buf_destroy(&journal);
    lookup_save(self->lookup, out);
    kin_save(self->kin, out);
    tree_save(self->tree, out);
    inboxes_save(self->inboxes, out);
    column_save(self->operations_done, out);
    column_save(self->erasures_done, out);
    fold_save(self->fold, out);
    retention_save(self->retain.found, out);
    duties_save(self->duties, out);
}

static void begin_snapshot(hub_t *self)
{
    cause_t why;
    buf_t bytes = {0};
    self->kept_tried = tree_size(self->tree);
    save(self, &bytes);
    if (snapshots_write(self->snapshots, &bytes, &why) != 0)
        log_line(LOG_WARNING, "state.unkept", "reason=\"%s\"", why.text);
}

// A disk that takes none is no trouble but for the next start.
static void end_snapshot(hub_t *self)
{
    cause_t why;
    int done = snapshots_done(self->snapshots, &why);
    if (done == 1) {
        self->kept = self->kept_tried;
        self->kept_ms = self->now.wall_ms;
        lookup_saved(self->lookup);
        log_line(LOG_DEBUG, "state.kept", "entries=%" PRIu64, self->kept);
    }
    if (done != 0)
        self->unkept = done < 0;
    if (done < 0)
        log_line(LOG_WARNING, "state.unkept",
            "reason=\"%s\" effect=\"the next start reads the journal from entry "
            "%" PRIu64 " on\"",
            why.text, self->kept);
}

// The hub waits for it, at its start and at its end: what is written depends on the
// journal and the key alone.
static void keep_now(hub_t *self)
{
    publisher_settle(self->publisher);
    lookup_settle(self->lookup);
    if (tree_size(self->tree) == 0 || !lookup_settled(self->lookup))
        return;
    begin_snapshot(self);
    snapshots_wait(self->snapshots);
    end_snapshot(self);
}

// What the log was owed when the hub ended holds from now on, too.
static int open_owed(hub_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->options->journal, "owed", why) != 0 ||
        !(self->owed = owed_open(path, why)))
        return -1;
    for (size_t i = 0; i < owed_count(self->owed); i++) {
        const owed_entry_t *entry = owed_at(self->owed, i);
        if (strcmp(entry->type, "clock") == 0)
            duties_hold(self->duties, strcmp(entry->text, fold_clock_accepted) != 0);
    }
    return 0;
}

static fold_t *new_fold(hub_t *self)
{
    return fold_new(&(fold_setup_t){.vkey = &self->identity.vkey,
        .readback = self->readback,
        .quarantine = &self->start->quarantine,
        .erasures = &self->erasures,
        .tree = self->tree,
        .inboxes = self->inboxes,
        .operations = self->operations_done,
        .erased = self->erasures_done,
        .publisher = self->publisher,
        .history = self->history,
        .duties = self->duties,
        .contacts = self->contacts,
        .plans = self->plans,
        .attachments = self->attachments});
}

// The newest checkpoint that the journal must contain: the public has it, or a mark.
static int find_published(hub_t *self, checkpoint_t *published, cause_t *why)
{
    const hub_options_t *options = self->options;
    const log_vkey_t *vkey = &self->identity.vkey;
    if (logmarks_open(&self->marks, options, vkey, self->start->new_log, why) != 0 ||
        published_checkpoint_read(published, options->journal, vkey, why) != 0)
        return -1;
    if (published->size < self->marks.newest.size)
        *published = self->marks.newest;
    return 0;
}

typedef struct {
    hub_t *hub;
    reader_t *from; // the snapshot's body; NULL: there is none
    uint64_t made;  // leaves whose tiles are there
    uint64_t of;    // entries that the newest checkpoint covers
    int64_t say_ms; // when to say next how far it is
} opening_t;

// Positions of entries of one type.
static column_t *open_positions(
    const hub_t *self, const char *name, reader_t *from, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->options->state, name, why) != 0)
        return NULL;
    return from ? column_again(path, sizeof(uint64_t), from, why)
                : column_open(path, sizeof(uint64_t), why);
}

static int open_operations(hub_t *self, reader_t *from, cause_t *why)
{
    self->operations_done = open_positions(self, "acts", from, why);
    if (!self->operations_done)
        return -1;
    self->erasures_done = open_positions(self, "erasures", from, why);
    return self->erasures_done ? 0 : -1;
}

// Files and tables, empty or as the snapshot has them.
static int open_tables(opening_t *opening, cause_t *why)
{
    hub_t *self = opening->hub;
    const char *state = self->options->state;
    reader_t *from = opening->from;
    size_t cache = (size_t)self->options->state_cache, room = lookup_room(cache);
    self->lookup = from ? lookup_again(state, room, cache, from, why)
                        : lookup_open(state, room, cache, why);
    if (!self->lookup || !(self->kin = from ? kin_again(state, self->lookup, from, why)
                                            : kin_open(state, self->lookup, why)))
        return -1;
    self->tree = from ? tree_again(state, from, why) : tree_open(state, why);
    if (!self->tree)
        return -1;
    self->inboxes = from ? inboxes_again(state, from, why) : inboxes_open(state, why);
    return self->inboxes ? open_operations(self, from, why) : -1;
}

static void new_memory(hub_t *self)
{
    const history_store_t store = {self->lookup, self->kin};
    self->history = history_new(self->entries, &store);
    self->duties = duties_new(self->lookup);
    self->contacts = contacts_new();
    self->plans = contacts_new();
    self->attachments = attachments_new();
}

static int fetch_subtree(void *context, unsigned level, uint64_t index, hash_t *out)
{
    cause_t ignored; // tree_check knows it
    return tree_subtree(context, level, index, out, &ignored);
}

static int open_publisher(opening_t *opening, cause_t *why)
{
    hub_t *self = opening->hub;
    const publisher_setup_t setup = {.folder = self->options->journal,
        .interval_ms = self->options->publish_interval_ms,
        .marks = &self->marks,
        .made = opening->made,
        .fetch = fetch_subtree,
        .context = self->tree};
    self->publisher = publisher_open(&setup, why);
    return self->publisher ? 0 : -1;
}

// The publisher has not made tiles of all that the snapshot knows.
static int publish_again(const opening_t *opening, const journal_t *journal, cause_t *why)
{
    hub_t *self = opening->hub;
    buf_t memory = {0};
    int result = 0;
    for (uint64_t at = opening->made; at < tree_size(self->tree) && result == 0; at++) {
        span_t leaf;
        hash_t hash;
        result = journal_read_leaf(journal, at, &memory, &leaf, why);
        if (result == 0)
            result = tree_subtree(self->tree, 0, at, &hash, why);
        if (result == 0)
            publisher_leaf(self->publisher, leaf, &hash);
    }
    buf_destroy(&memory);
    return result;
}

typedef struct {
    const journal_t *journal;
    buf_t memory;
} source_t;

static int read_duty(void *context, uint64_t position, duty_t *duty, cause_t *why)
{
    source_t *self = context;
    entry_t entry;
    if (journal_read(self->journal, position, &self->memory, &entry, why) != 0)
        return -1;
    return duty_parse(duty, entry.document, why);
}

// What is read of entries that are known: the journal has just turned out to be that of
// the snapshot.
static int resumed(void *context, const journal_t *journal, cause_t *why)
{
    const opening_t *opening = context;
    hub_t *self = opening->hub;
    source_t source = {.journal = journal};
    entry_t first;
    int result = journal_read(journal, 0, &source.memory, &first, why);
    if (result == 0)
        result = fold_load_origin(self->fold, first.document, why);
    if (result == 0)
        result = duties_load(self->duties, opening->from, read_duty, &source, why);
    buf_destroy(&source.memory);
    if (result == 0 && !reader_done(opening->from))
        result = cause_set(why, "there is more in it than is known");
    return result == 0 ? publish_again(opening, journal, why) : -1;
}

// Reading the journal of years takes minutes, in which nobody is answered.
static void say_progress(opening_t *opening, uint64_t position)
{
    enum { SAY_EACH_MS = 10000 };
    int64_t now_ms = clock_now().monotonic_ms;
    if (opening->say_ms == 0)
        opening->say_ms = moment_after(now_ms, SAY_EACH_MS);
    if (!moment_due(opening->say_ms, now_ms))
        return;
    opening->say_ms = moment_after(now_ms, SAY_EACH_MS);
    log_line(LOG_INFO, "state.reading", "entries=%" PRIu64 " of=%" PRIu64, position,
        opening->of > position ? opening->of : position);
}

static int replay_entry(
    void *context, uint64_t position, const entry_t *entry, cause_t *why)
{
    opening_t *opening = context;
    say_progress(opening, position);
    return fold_replay(opening->hub->fold, position, entry, why);
}

static void replay_root(void *context, hash_t *root)
{
    fold_root(((opening_t *)context)->hub->fold, root);
}

static int known_root(void *context, uint64_t size, hash_t *root, cause_t *why)
{
    return fold_root_at(((opening_t *)context)->hub->fold, size, root, why);
}

static int known_entry(
    void *context, uint64_t position, const entry_t *entry, cause_t *why)
{
    return fold_knows(((opening_t *)context)->hub->fold, position, entry, why);
}

// All entries are folded, and they are those that somebody has seen.
static int open_journal(
    opening_t *opening, reader_t *from, const checkpoint_t *published, cause_t *why)
{
    hub_t *self = opening->hub;
    const char *folder = self->options->journal;
    opening->of = published->size;
    journal_options_t options = journal_options_of(self->options, published->size);
    const journal_saved_t known = {from, known_root, known_entry, resumed, opening};
    options.saved = from ? &known : NULL;
    const journal_replay_t replay = {replay_entry, replay_root, opening};
    if (!(self->journal = journal_open(&options, &replay, why)))
        return -1;
    entries_set_journal(self->entries, self->journal);
    if (fold_check_published(self->fold, published, why) != 0 ||
        quarantine_check(&self->start->quarantine, journal_next(self->journal), why) !=
            0 ||
        erasures_check(&self->erasures, why) != 0)
        return cause_prefix(why, "%s", folder);
    if (journal_cut_bytes(self->journal) > 0)
        log_line(LOG_WARNING, "journal.cut", "bytes=%" PRIu64,
            journal_cut_bytes(self->journal));
    return 0;
}

// In the order of the body.
static int open_from(
    hub_t *self, snapshot_t *snapshot, const checkpoint_t *published, cause_t *why)
{
    opening_t opening = {.hub = self, .from = snapshot ? &snapshot->body : NULL};
    span_t journal = {0};
    if (snapshot) {
        journal = take_long(&snapshot->body);
        opening.made = take_u64(&snapshot->body);
    }
    reader_t saved = reader_of(journal);
    if (open_tables(&opening, why) != 0)
        return -1;
    if (snapshot) {
        hash_t root;
        tree_root(self->tree, &root);
        if (tree_size(self->tree) != snapshot->size ||
            !hash_equal(&root, &snapshot->root) || opening.made > snapshot->size ||
            opening.made % TILE_WIDTH != 0)
            return cause_set(why, "the tree is not the one that it was made of");
    }
    new_memory(self);
    if (open_publisher(&opening, why) != 0)
        return -1;
    self->readback = readback_new(&self->identity.vkey);
    self->fold = new_fold(self);
    if (snapshot && fold_load(self->fold, &snapshot->body, why) != 0)
        return -1;
    self->retain.found = retention_new(self->entries);
    if (snapshot && !retention_load(self->retain.found, &snapshot->body, snapshot->size))
        return cause_set(why, "what is past its age is missing");
    return open_journal(&opening, snapshot ? &saved : NULL, published, why);
}

void hub_close_state(hub_t *self)
{
    publisher_close(&self->publisher);
    erasures_close(&self->erasures);
    erasures_close(&self->ordered);
    journal_close(&self->journal);
    tree_close(&self->tree);
    inboxes_close(&self->inboxes);
    column_close(&self->operations_done);
    column_close(&self->erasures_done);
    history_destroy(&self->history);
    duties_destroy(&self->duties);
    contacts_destroy(&self->contacts);
    contacts_destroy(&self->plans);
    attachments_destroy(&self->attachments);
    retention_destroy(&self->retain.found);
    fold_destroy(&self->fold);
    readback_destroy(&self->readback);
    kin_close(&self->kin);
    lookup_destroy(&self->lookup);
    if (self->entries)
        entries_set_journal(self->entries, NULL);
}

// With the snapshot there is; -1: without it, whatever is wrong with it.
static int open_kept(hub_t *self, const checkpoint_t *published)
{
    cause_t why;
    snapshot_t snapshot;
    const quarantine_t before = self->start->quarantine;
    int got = self->start->rebuild ? 0
                                   : snapshot_read(&snapshot, self->options->state,
                                         self->options->origin, &why);
    if (got == 0)
        return -1;
    if (got == 1 && open_from(self, &snapshot, published, &why) == 0) {
        self->kept = self->kept_tried = snapshot.size;
        self->kept_ms = snapshot.made_ms;
        snapshot_close(&snapshot);
        return 0;
    }
    if (got == 1)
        snapshot_close(&snapshot);
    log_line(LOG_WARNING, "state.unused",
        "reason=\"%s\" action=\"the whole journal is read\"", why.text);
    hub_close_state(self);
    self->start->quarantine = before;
    return -1;
}

// Without a snapshot nothing in the folder is known to be anything.
static int open_whole(hub_t *self, const checkpoint_t *published, cause_t *why)
{
    return snapshot_forget(self->options->state, why) == 0
               ? open_from(self, NULL, published, why)
               : -1;
}

int hub_open_state(hub_t *self, cause_t *why)
{
    checkpoint_t published;
    const hub_options_t *options = self->options;
    if (find_published(self, &published, why) != 0 ||
        folder_make(options->journal, 0700, why) != 0 ||
        folder_make(options->state, 0700, why) != 0 ||
        !(self->snapshots = snapshots_new(options->state, options->journal, why)))
        return -1;
    if (open_kept(self, &published) != 0 && open_whole(self, &published, why) != 0)
        return -1;
    if (hub_erase_owed(self, why) != 0) // before it is told that there is none left
        return -1;
    log_line(LOG_INFO, "state.ready", "entries=%" PRIu64 " kept=%" PRIu64,
        tree_size(self->tree), self->kept);
    if (self->kept == 0)
        keep_now(self); // it took long enough
    self->head = head_new(
        &self->identity.vkey, self->identity.log.secret_key, tree_peaks(self->tree));
    return open_owed(self, why);
}

// --------------------------------------------------------------------------------

// Whether all was read that decisions and deliveries asked for: of what is cached, too.
int hub_check_state(const hub_t *self, cause_t *why)
{
    return history_check(self->history, why) != 0 || tree_check(self->tree, why) != 0 ||
                   inboxes_check(self->inboxes, why) != 0 ||
                   column_check(self->operations_done, why) != 0 ||
                   column_check(self->erasures_done, why) != 0 ||
                   journal_check(self->journal, why) != 0
               ? -1
               : 0;
}

// What could not be read of the state folder is made again by the next start.
void hub_forget_damage(hub_t *self)
{
    cause_t why, ignored;
    if (!self->journal || hub_check_state(self, &why) == 0)
        return;
    log_line(LOG_ERROR, "state.damaged",
        "reason=\"%s\" action=\"the next start reads the whole journal\"", why.text);
    self->start->rebuild = true;
    snapshots_wait(self->snapshots); // or the one on its way would be found
    if (snapshot_forget(self->options->state, &ignored) != 0)
        log_line(LOG_ERROR, "state.damaged", "reason=\"%s\"", ignored.text);
}

void hub_keep_turn(hub_t *self)
{
    uint64_t size = tree_size(self->tree);
    cause_t ignored; // the next turn says it
    if (hub_check_state(self, &ignored) != 0)
        return;
    lookup_turn(self->lookup);
    if (snapshots_busy(self->snapshots))
        end_snapshot(self);
    if (!snapshots_busy(self->snapshots) && lookup_settled(self->lookup) &&
        size - self->kept_tried >= (uint64_t)self->options->snapshot_entries)
        begin_snapshot(self);
}

void hub_keep_last(hub_t *self)
{
    snapshots_wait(self->snapshots);
    end_snapshot(self);
    keep_now(self);
}
