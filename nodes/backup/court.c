// court - one walk over the journal: what is wanted is written on the way, and proofs
// when the tree is known.

#include "nodes/backup/court.h"

#include "lib/base/file.h"
#include "lib/pki/seal.h"
#include "lib/tlog/grown.h"
#include "lib/tlog/leaf.h"
#include "nodes/backup/court_words.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEVELS = 64, NAME = 128 };

typedef struct {
    const court_wish_t *wish;
    court_report_t *report;
    merkle_t tree;
    buf_t level[LEVELS]; // of each, the hashes of its complete subtrees
    buf_t note;
    buf_t roster; // the newest before what is wanted
    buf_t names;  // of the entries that were written: their stems, each with its zero
    buf_t leaves; // u16 and octets of each
} court_t;

// The hash of the entries from `low` to before `high`.
static void range_hash(const court_t *self, uint64_t low, uint64_t high, hash_t *out)
{
    uint64_t n = high - low;
    if ((n & (n - 1)) == 0 && low % n == 0) {
        int level = __builtin_ctzll(n);
        memcpy(out, self->level[level].data + (low >> level) * sizeof *out, sizeof *out);
        return;
    }
    hash_t left, right;
    uint64_t half = UINT64_C(1) << (63 - __builtin_clzll(n - 1));
    range_hash(self, low, low + half, &left);
    range_hash(self, low + half, high, &right);
    merkle_node(&left, &right, out);
}

// RFC 6962's audit path, the sibling beside the leaf first.
static void put_path(
    const court_t *self, uint64_t low, uint64_t high, uint64_t at, buf_t *out)
{
    hash_t other;
    if (high - low == 1)
        return;
    uint64_t half = UINT64_C(1) << (63 - __builtin_clzll(high - low - 1));
    bool left = at < low + half;
    put_path(self, left ? low : low + half, left ? low + half : high, at, out);
    range_hash(self, left ? low + half : low, left ? high : low + half, &other);
    buf_put(out, &other, sizeof other);
}

static int put_file(
    const court_t *self, const char *stem, const char *ending, span_t bytes, cause_t *why)
{
    char name[NAME + 32], path[PATH_MAX];
    (void)snprintf(name, sizeof name, "entries/%s%s", stem, ending);
    if (path_join(path, sizeof path, self->wish->to, name, why) != 0)
        return -1;
    return file_create(path, bytes, 0600, why);
}

// Its parts, as the log has them; the proof comes later.
static int put_entry(
    court_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    char stem[NAME];
    bool message = entry->placed;
    buf_t seal = {0};
    (void)snprintf(stem, sizeof stem, "%012" PRIu64 "-%s", leaf->position,
        message ? leaf->id : leaf->type);
    if (message)
        seal_place_print(&(seal_place_t){entry->seal, entry->index, entry->path}, &seal);
    else
        buf_put_span(&seal, entry->seal);
    int result = 0;
    if (entry->document.size > 0)
        result =
            put_file(self, stem, message ? ".json" : ".document", entry->document, why);
    if (result == 0 && seal.size > 0)
        result = put_file(self, stem, ".seal", buf_span(&seal), why);
    if (result == 0 && entry->record.size > 0)
        result = put_file(self, stem, ".record", entry->record, why);
    buf_destroy(&seal);
    buf_put(&self->names, stem, strlen(stem) + 1);
    buf_put_short(&self->leaves, entry->leaf);
    self->report->entries++;
    self->report->messages += message;
    return result;
}

// Each certificate of a roster by itself, under a name that is its own.
static int put_certificates(court_t *self, span_t pem, cause_t *why)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    static const char end[] = "-----END CERTIFICATE-----\n";
    const uint8_t *at = pem.data, *stop = pem.data + pem.size;
    for (bool first = true; at < stop; first = false) {
        char hex[HASH_HEX], name[96], path[PATH_MAX];
        hash_t digest;
        const uint8_t *from = memmem(at, (size_t)(stop - at), begin, sizeof begin - 1);
        const uint8_t *to =
            from ? memmem(from, (size_t)(stop - from), end, sizeof end - 1) : NULL;
        if (!to)
            break;
        at = to + sizeof end - 1;
        span_t one = span_of(from, (size_t)(at - from));
        sha256(one, &digest);
        hex_encode(&digest, 8, hex);
        if (first) // the CA's own
            (void)snprintf(name, sizeof name, "ca.pem");
        else
            (void)snprintf(name, sizeof name, "certs/%s.pem", hex);
        if (path_join(path, sizeof path, self->wish->to, name, why) != 0)
            return -1;
        if (access(path, F_OK) == 0)
            continue;
        if (file_create(path, one, 0644, why) != 0)
            return -1;
        self->report->certificates += !first;
    }
    return 0;
}

static int look(court_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    const court_wish_t *wish = self->wish;
    bool roster = strcmp(leaf->type, "roster") == 0;
    bool wanted = leaf->position >= wish->first && leaf->position <= wish->last;
    if (roster && leaf->position <= wish->first) {
        buf_clear(&self->roster);
        buf_put_span(&self->roster, entry->document);
    } else if (roster && wanted && put_certificates(self, entry->document, why) != 0)
        return -1;
    return wanted ? put_entry(self, leaf, entry, why) : 0;
}

static int take(court_t *self, batch_t *batch, cause_t *why)
{
    merkle_t before = self->tree;
    if (grown_take(&before, batch, why) != 0)
        return -1;
    batch_prove(batch);
    batch_entries_t entries = batch_entries(batch);
    entry_t entry;
    while (batch_next(&entries, &entry)) {
        leaf_t leaf;
        buf_t complete = {0};
        merkle_grow(&self->tree, &entry.hashes->leaf, &complete);
        for (size_t i = 0; i * sizeof(hash_t) < complete.size; i++)
            buf_put(&self->level[i], complete.data + i * sizeof(hash_t), sizeof(hash_t));
        buf_destroy(&complete);
        if (leaf_take(&leaf, entry.leaf, why) != 0 || look(self, &leaf, &entry, why) != 0)
            return -1;
    }
    return 0;
}

static int walk(court_t *self, segments_t *from, cause_t *why)
{
    batch_t batch = {0};
    const checkpoint_t *end = &self->report->checkpoint;
    int result = 0;
    while (result == 0 && self->tree.size < end->size) {
        int got = segments_next(from, &batch, why);
        if (got == 0)
            result = cause_set(why, "the segments end before the checkpoint");
        else
            result = got == 1 ? take(self, &batch, why) : -1;
        if (self->wish->progress)
            (void)progress_show(self->wish->progress, self->tree.size, end->size);
    }
    batch_close(&batch);
    if (result != 0)
        return -1;
    return grown_is(&self->tree, end->size, &end->root, "the checkpoint", why);
}

static int put_proofs(const court_t *self, cause_t *why)
{
    const char *stem = (const char *)self->names.data;
    reader_t leaves = reader_of(buf_span(&self->leaves));
    for (uint64_t i = 0; i < self->report->entries; i++, stem += strlen(stem) + 1) {
        uint64_t at = self->wish->first + i;
        buf_t path = {0}, text = {0};
        put_path(self, 0, self->tree.size, at, &path);
        tlog_proof_write(
            &text, take_short(&leaves), at, buf_span(&path), buf_span(&self->note));
        int result = put_file(self, stem, ".tlog-proof", buf_span(&text), why);
        buf_destroy(&path);
        buf_destroy(&text);
        if (result != 0)
            return -1;
    }
    return 0;
}

static int put_top(const court_t *self, const char *name, span_t bytes, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->wish->to, name, why) != 0)
        return -1;
    return file_create(path, bytes, 0644, why);
}

static int put_public(const court_t *self, cause_t *why)
{
    char vkey[VKEY_MAX];
    buf_t line = {0};
    log_vkey_print(self->wish->vkey, vkey);
    buf_printf(&line, "%s\n", vkey);
    int result = put_top(self, "vkey", buf_span(&line), why);
    buf_destroy(&line);
    if (result == 0)
        result = put_top(self, "checkpoint", buf_span(&self->note), why);
    for (size_t i = 0; court_words[i].name && result == 0; i++)
        result = put_top(self, court_words[i].name, span_text(court_words[i].text), why);
    return result;
}

static int begin(court_t *self, cause_t *why)
{
    char path[PATH_MAX];
    const court_wish_t *wish = self->wish;
    if (access(wish->to, F_OK) == 0)
        return cause_set(why, "%s is there already: name a new folder", wish->to);
    if (path_join(path, sizeof path, wish->journal, "checkpoint", why) != 0 ||
        file_read(path, NOTE_LIMIT, &self->note, why) != 0)
        return -1;
    if (checkpoint_open(
            &self->report->checkpoint, buf_span(&self->note), wish->vkey, why) != 0)
        return cause_prefix(why, "%s", path);
    if (wish->first > wish->last || wish->last >= self->report->checkpoint.size)
        return cause_set(why,
            "there are no entries %" PRIu64 " to %" PRIu64
            ": the newest checkpoint covers %" PRIu64 ", from 0 on",
            wish->first, wish->last, self->report->checkpoint.size);
    if (path_join(path, sizeof path, wish->to, "entries", why) != 0 ||
        folder_make(path, 0700, why) != 0 ||
        path_join(path, sizeof path, wish->to, "certs", why) != 0)
        return -1;
    return folder_make(path, 0755, why);
}

static int export(court_t *self, cause_t *why)
{
    if (begin(self, why) != 0)
        return -1;
    segments_t *from =
        segments_open(self->wish->journal, self->wish->vkey->origin, 0, why);
    int result = from ? walk(self, from, why) : -1;
    segments_close(&from);
    if (result == 0 && (put_certificates(self, buf_span(&self->roster), why) != 0 ||
                           put_proofs(self, why) != 0 || put_public(self, why) != 0))
        result = -1;
    return result;
}

int court_export(const court_wish_t *wish, court_report_t *report, cause_t *why)
{
    court_t self = {.wish = wish, .report = report};
    *report = (court_report_t){0};
    int result = export(&self, why);
    for (size_t i = 0; i < LEVELS; i++)
        buf_destroy(&self.level[i]);
    buf_destroy(&self.note);
    buf_destroy(&self.roster);
    buf_destroy(&self.names);
    buf_destroy(&self.leaves);
    return result;
}
