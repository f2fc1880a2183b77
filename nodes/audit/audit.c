// audit - one walk from the first batch to the last.  lib/tlog/segments.c judges the
// framing; here the tree is grown and every entry is compared with its leaf, then
// audit_entry.c judges what it says.
//
// A hub may write meanwhile.  The checkpoint is read first, then segments, then tiles:
// so what the checkpoint covers is whole in what is read after it.  Beyond it a copy of
// files that grew may have holes, which --torn allows.
//
// What has to be known of every entry before is put aside (spill.h): a log of years is
// read in the memory that one of a day takes.

#include "nodes/audit/audit.h"

#include "lib/base/catalogue.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "nodes/audit/audit_walk.h"
#include "nodes/audit/leaves.h"
#include "nodes/cli/screen.h"

#include <stdlib.h>
#include <string.h>

static void add_leaf(audit_walk_t *self, span_t text)
{
    hash_t leaf;
    merkle_leaf(text, &leaf);
    buf_put(&self->fresh, &leaf, sizeof leaf);
    merkle_add(&self->tree, &leaf);
}

static int match_part(
    bool has, const hash_t *recorded, span_t part, const char *what, cause_t *why)
{
    hash_t hash;
    if (!has && part.size > 0)
        return cause_set(why, "holds a %s that its leaf does not name", what);
    if (has && part.size == 0)
        return cause_set(why, "has not the %s that its leaf names", what);
    if (!has)
        return 0;
    sha256(part, &hash);
    return hash_equal(&hash, recorded)
               ? 0
               : cause_set(why, "its %s is not the one its leaf names", what);
}

static int match_leaf(leaf_t *leaf, const entry_t *entry, uint64_t position, cause_t *why)
{
    if (leaf_take(leaf, entry->leaf, why) != 0)
        return -1;
    if (leaf->position != position)
        return cause_set(
            why, "its leaf says position %llu", (unsigned long long)leaf->position);
    return 0;
}

static int check_time(const audit_walk_t *self, const leaf_t *leaf, cause_t *why)
{
    if (leaf->position > 0 && !leaf_is_former(leaf) &&
        leaf->time_ms < self->found->last_ms)
        return cause_set(why, "its time is earlier than that of the entry before");
    return 0;
}

static int match_parts(const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    if (entry->placed && !leaf_is_message(leaf))
        return cause_set(why, "is under a head of its batch, and no message");
    bool erased =
        leaf->has_document && leaf_is_message(leaf) && erasure_of(entry->document);
    if ((!erased && match_part(leaf->has_document, &leaf->document, entry->document,
                        "document", why) != 0) ||
        match_part(leaf->has_seal, &leaf->seal, entry->seal, "seal", why) != 0)
        return -1;
    return match_part(
        leaf->has_record, &leaf->record, entry->record, "routing record", why);
}

// An entry that cannot be read, as opposed to one that is wrong, is no fault if a later
// entry of the log sets it aside.
static int set_aside(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    if (!self->unreadable || quarantine_fail(&self->aside, leaf->position, why) != 0)
        return -1;
    if (leaf_is_message(leaf))
        audit_aside(self, leaf, entry->record);
    return 0;
}

// A leaf that says nothing: that there is one is all that counts.
static int walk_unread(
    audit_walk_t *self, uint64_t position, const entry_t *entry, cause_t *why)
{
    if (position == 0 || quarantine_fail(&self->aside, position, why) != 0)
        return -1;
    add_leaf(self, entry->leaf);
    self->found->entries++;
    return 0;
}

static int walk_entry(
    audit_walk_t *self, uint64_t position, const entry_t *entry, cause_t *why)
{
    leaf_t leaf;
    if (match_leaf(&leaf, entry, position, why) != 0)
        return walk_unread(self, position, entry, why);
    if (check_time(self, &leaf, why) != 0)
        return -1;
    self->unreadable = match_parts(&leaf, entry, why) != 0;
    if ((self->unreadable || audit_entry(self, &leaf, entry, why) != 0) &&
        set_aside(self, &leaf, entry, why) != 0)
        return -1;
    add_leaf(self, entry->leaf);
    if (position == 0)
        self->found->first_ms = leaf.time_ms;
    if (!leaf_is_former(&leaf)) // that bears the time that it had in the log before
        self->found->last_ms = leaf.time_ms;
    self->found->entries++;
    return 0;
}

static int walk_entries(audit_walk_t *self, const batch_t *batch, cause_t *why)
{
    batch_entries_t entries = batch_entries(batch);
    entry_t entry;
    for (;;) {
        uint64_t position = entries.position, offset = entries.offset;
        if (!batch_next(&entries, &entry))
            return 0;
        if (walk_entry(self, position, &entry, why) != 0) {
            cause_prefix(why, "entry %llu", (unsigned long long)position);
            return batch_blame(batch, offset, why);
        }
    }
}

static int walk_batch(audit_walk_t *self, batch_t *batch, cause_t *why)
{
    hash_t root;
    merkle_root(&self->tree, &root);
    batch_prove(batch);
    self->batch = batch;
    if (!hash_equal(&root, &batch->header.root_before)) {
        cause_set(why, "the root before this batch is not that of the entries before it");
        return batch_blame(batch, batch->offset, why);
    }
    if (walk_entries(self, batch, why) != 0)
        return -1;
    leaves_add(self->leaves, buf_span(&self->fresh));
    buf_clear(&self->fresh);
    if (self->open > 0) {
        cause_set(
            why, "a record announces a derived message that this batch does not hold");
        return batch_blame(batch, batch->offset, why);
    }
    merkle_root(&self->tree, &root);
    marks_put(self->roots, &root, self->tree.size);
    self->found->batches++;
    return spill_check(&self->health, why);
}

static int check_aside(audit_walk_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->aside.n; i++) {
        const aside_t *aside = &self->aside.item[i];
        if (!aside->entered)
            return cause_set(why, "entry %llu: %s; no later entry sets it aside",
                (unsigned long long)aside->position, aside->reason);
    }
    self->found->quarantined = self->aside.n;
    self->found->erased = self->erasures.erased;
    self->found->unerased = self->erasures.names;
    return erasures_check(&self->erasures, why);
}

static int check_tail(audit_walk_t *self, const segments_tail_t *tail, cause_t *why)
{
    self->found->torn = tail->torn;
    if (tail->torn > 0 && !self->options->torn)
        return cause_set(why,
            "segments/%s: offset %llu: an unfinished batch of %llu bytes; if the hub is "
            "running "
            "or was killed, use --torn",
            tail->file, (unsigned long long)tail->offset, (unsigned long long)tail->torn);
    if (self->found->entries == 0)
        return cause_set(why, "there is no entry in it");
    return check_aside(self, why);
}

// What nobody can read comes first: the fault behind it may be of its making.
static int fail(audit_walk_t *self, cause_t *why)
{
    cause_t unread;
    if (spill_check(&self->health, why) != 0)
        return -1; // what seems wrong may not be
    if (check_aside(self, &unread) == 0)
        return -1;
    cause_t behind = *why;
    return cause_set(why, "%.240s; and behind it: %.240s", unread.text, behind.text);
}

// Whether a fault of the framing is what a copy of growing files may have: nothing that
// was written so.
static bool may_break_off(const audit_walk_t *self, const segments_tail_t *tail)
{
    return self->options->torn && !tail->written && !self->no_checkpoint.text[0] &&
           self->tree.size >= self->published.size;
}

static void tell_progress(const audit_walk_t *self)
{
    uint64_t done = self->tree.size;
    if (self->options->progress)
        (void)self->options->progress(self->options->context, done,
            done <= self->published.size ? self->published.size : 0);
}

static int walk(audit_walk_t *self, segments_t *segments, cause_t *why)
{
    batch_t batch = {0};
    char file[SEGMENT_NAME] = "";
    int more;
    while ((more = segments_next(segments, &batch, why)) == 1) {
        if (strcmp(file, batch.file) != 0)
            self->found->segments++;
        memcpy(file, batch.file, sizeof file);
        if (walk_batch(self, &batch, why) != 0) {
            batch_close(&batch);
            return fail(self, why);
        }
        tell_progress(self);
    }
    batch_close(&batch);
    if (more < 0 && may_break_off(self, segments_tail(segments))) {
        self->found->broken_off = *why;
        return 0;
    }
    return more == 0 ? check_tail(self, segments_tail(segments), why) : -1;
}

void audit_walk_close(audit_walk_t *self)
{
    audit_duties_destroy(&self->duties);
    spill_destroy(&self->leaves);
    marks_destroy(&self->roots);
    marks_destroy(&self->messages);
    marks_destroy(&self->named);
    marks_destroy(&self->handed_in);
    marks_destroy(&self->gone);
    marks_destroy(&self->carried);
    marks_destroy(&self->announced);
    marks_destroy(&self->rules);
    erasures_close(&self->erasures);
    keyring_destroy(&self->keys);
    buf_destroy(&self->fresh);
    buf_destroy(&self->seal);
    buf_destroy(&self->packs);
    buf_destroy(&self->seals);
    for (size_t i = 0; i < self->inboxes; i++)
        buf_destroy(&self->inbox[i].positions);
    free(self->inbox);
}

static audit_walk_t *new_walk(audit_t *found, const audit_options_t *options)
{
    audit_walk_t *self = memory_new(1, sizeof *self);
    spill_health_t *health = &self->health;
    self->options = options;
    self->found = found;
    self->leaves = spill_new(health);
    self->roots = marks_new(health);
    self->messages = marks_new(health);
    self->duties = audit_duties_new(self->messages, health);
    self->named = marks_new(health);
    self->handed_in = marks_new(health);
    self->gone = marks_new(health);
    self->carried = marks_new(health);
    self->announced = marks_new(health);
    self->rules = marks_new(health);
    return self;
}

int audit_journal(audit_t *self, const audit_options_t *options, cause_t *why)
{
    *self = (audit_t){.ca_given = options->ca_paths > 0};
    audit_walk_t *walked = new_walk(self, options);
    audit_checkpoint(walked);
    segments_t *segments = segments_open(options->folder, options->vkey->origin, 0, why);
    int result = segments ? walk(walked, segments, why) : -1;
    if (result == 0)
        result = audit_published(walked, why);
    if (spill_check(&walked->health, why) != 0)
        result = -1;
    self->duties = audit_duties_count(walked->duties);
    segments_close(&segments);
    audit_walk_close(walked);
    free(walked);
    return result;
}

static void print_messages(const audit_t *self, buf_t *out)
{
    buf_put_text(out, "  ");
    say_count(out, "%llu message", "%llu messages", self->messages);
    buf_printf(
        out, say(" (%llu by the hub for nccis), "), (unsigned long long)self->derived);
    say_count(out, "%llu signature", "%llu signatures", self->signatures);
    buf_put_text(out, say(", all good\n"));
    buf_put_text(out, "  ");
    say_count(out, "%llu signed acknowledgement", "%llu signed acknowledgements",
        self->acknowledgements);
    say_count(out, " of %llu delivery; ", " of %llu deliveries; ", self->acknowledged);
    say_count(out, "%llu attachment", "%llu attachments", self->attachments);
    say_count(out, "; %llu older message carried along",
        "; %llu older messages carried along", self->carried);
    buf_put_text(out, "\n");
}

static void print_contents(const audit_t *self, buf_t *out)
{
    print_messages(self, out);
    buf_put_text(out, "  ");
    say_count(out, "%llu duty, held to the messages that brought and changed it",
        "%llu duties, held to the messages that brought and changed them", self->duties);
    buf_put_text(out, "\n  ");
    say_count(out, "%llu roster", "%llu rosters", self->rosters);
    buf_put_text(out, "; ");
    say_count(out, "rules loaded %llu time, each sealed by an officer of nccis",
        "rules loaded %llu times, each sealed by an officer of nccis", self->rules);
    buf_put_text(out, "\n");
    if (self->acts > 0)
        say_count(out, "  %llu act of an operator\n",
            "  %llu acts of operators (dabyl hub acts)\n", self->acts);
}

// "1200 entries in 40 batches, 1 segment; 2026-11-22 11:39:30 UTC to ..."
static void print_extent(const audit_t *self, buf_t *out)
{
    buf_put_text(out, "  ");
    say_count(out, "%llu entry", "%llu entries", self->entries);
    say_count(out, " in %llu batch, ", " in %llu batches, ", self->batches);
    say_count(out, "%llu segment", "%llu segments", self->segments);
    buf_put_text(out, "; ");
    screen_put_time(out, self->first_ms);
    buf_put_text(out, say(" to "));
    screen_put_time(out, self->last_ms);
    buf_put_text(out, "\n");
}

void audit_print(const audit_t *self, buf_t *out)
{
    print_extent(self, out);
    buf_put_text(out, say("  every leaf, batch and root re-computed\n"));
    print_contents(self, out);
    say_count(out, "  checkpoint of %llu entry; ", "  checkpoint of %llu entries; ",
        self->checkpoint);
    say_count(out, "%llu tile or bundle re-computed",
        "%llu tiles and bundles re-computed", self->tiles);
    buf_put_text(out, "\n");
    if (self->torn > 0)
        buf_printf(out, say("  %llu bytes of an unfinished batch left aside\n"),
            (unsigned long long)self->torn);
    if (self->broken_off.text[0])
        buf_printf(out,
            say("  nothing was read from there on, beyond the checkpoint: %s\n"),
            self->broken_off.text);
    if (self->quarantined > 0)
        say_count(out,
            "  %llu entry set aside by the log, since its hub could not read what it "
            "says\n",
            "  %llu entries set aside by the log, since its hub could not read what they "
            "say\n",
            self->quarantined);
    if (self->erased > 0)
        say_count(out, "  %llu document erased by the hub's operator (dabyl hub acts)\n",
            "  %llu documents erased by the hub's operator (dabyl hub acts)\n",
            self->erased);
    if (self->unerased > 0)
        say_count(out,
            "  %llu document that the hub has erased, and this copy has still\n",
            "  %llu documents that the hub has erased, and this copy has still\n",
            self->unerased);
    if (!self->ca_given)
        buf_put_text(out,
            say("  NOT checked: that the CA in the journal is the right one (--ca)\n"));
}

json_t *audit_json(const audit_t *self)
{
    return json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
                     "s:I, s:I, s:I, "
                     "s:I, s:I, s:s, s:I, s:I, s:I, s:b}",
        "good", 1, "entries", (json_int_t)self->entries, "batches",
        (json_int_t)self->batches, "segments", (json_int_t)self->segments, "messages",
        (json_int_t)self->messages, "signatures", (json_int_t)self->signatures, "derived",
        (json_int_t)self->derived, "acknowledgements", (json_int_t)self->acknowledgements,
        "acknowledged", (json_int_t)self->acknowledged, "duties",
        (json_int_t)self->duties, "attachments", (json_int_t)self->attachments, "carried",
        (json_int_t)self->carried, "rosters", (json_int_t)self->rosters, "rules",
        (json_int_t)self->rules, "acts", (json_int_t)self->acts, "checkpoint",
        (json_int_t)self->checkpoint, "tiles", (json_int_t)self->tiles, "torn",
        (json_int_t)self->torn, "broken_off", self->broken_off.text, "quarantined",
        (json_int_t)self->quarantined, "erased", (json_int_t)self->erased, "unerased",
        (json_int_t)self->unerased, "ca", (int)self->ca_given);
}
