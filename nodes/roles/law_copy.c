// law_copy - each entry's leaf must be in the tree and have the hash of the words beside
// it; then the words are read by the readers that the hub has.

#include "nodes/roles/law_copy.h"

#include "lib/base/file.h"
#include "lib/json/value.h"
#include "lib/json/writer.h"
#include "lib/tlog/merkle.h"

#include <limits.h>
#include <string.h>

static const char KEPT[] = "state/law.json";

static value_t *parse(span_t answer)
{
    const value_limits_t limits = {.depth = 8, .values = 1024};
    value_fault_t fault;
    return value_parse(answer, &limits, &fault);
}

static span_t span_at(const value_t *object, const char *key)
{
    const value_t *value = value_get(object, key);
    return span_of(value_text(value), value_length(value));
}

// All entries under one proof: who takes one away has to change it.
static int check_tree(const law_copy_t *self, const value_t *answer, const hash_t *hashes,
    const log_vkey_t *vkey, cause_t *why)
{
    buf_t proof = {0};
    checkpoint_t checkpoint;
    hash_t root;
    uint64_t positions[LAW_COPY_PARTS];
    for (size_t i = 0; i < self->parts; i++)
        positions[i] = self->part[i].position;
    int result = checkpoint_open(&checkpoint, span_at(answer, "checkpoint"), vkey, why);
    if (result == 0 && (!base64_decode(span_at(answer, "proof"), &proof) ||
                           merkle_run_root(positions, hashes, self->parts,
                               checkpoint.size, buf_span(&proof), &root, NULL) != 0 ||
                           !hash_equal(&root, &checkpoint.root)))
        result = cause_set(why, "it is not proven to be in the hub's log");
    buf_destroy(&proof);
    return result;
}

static int take_words(law_copy_t *self, const leaf_t *leaf, span_t words, cause_t *why)
{
    hash_t hash;
    sha256(words, &hash);
    if (!leaf->has_document || !hash_equal(&hash, &leaf->document))
        return cause_set(why, "the words are not those that the log recorded");
    if (strcmp(leaf->type, "rules") == 0 && !self->rules)
        self->rules = rules_recall(words, why);
    else if (strcmp(leaf->type, "schemas") == 0 && !self->schemas)
        self->schemas = schemas_parse(words, why);
    else
        return cause_set(why, "an entry of the type %s is not asked for", leaf->type);
    return (strcmp(leaf->type, "rules") == 0 ? (void *)self->rules
                                             : (void *)self->schemas)
               ? 0
               : -1;
}

static int take_leaf(leaf_t *leaf, span_t base64, hash_t *hash, cause_t *why)
{
    buf_t bytes = {0};
    int result = base64_decode(base64, &bytes) ? leaf_take(leaf, buf_span(&bytes), why)
                                               : cause_set(why, "a leaf is not base64");
    merkle_leaf(buf_span(&bytes), hash);
    buf_destroy(&bytes);
    return result;
}

static int take_leaves(
    law_copy_t *self, const value_t *entries, hash_t *hashes, cause_t *why)
{
    value_each(entry, entries)
    {
        if (self->parts == LAW_COPY_PARTS)
            return cause_set(why, "it has more parts than a law has");
        if (take_leaf(&self->part[self->parts], span_at(entry, "leaf"),
                &hashes[self->parts], why) != 0)
            return -1;
        self->parts++;
    }
    return self->parts ? 0 : cause_set(why, "there is no law in it");
}

static int read_all(
    law_copy_t *self, const value_t *answer, const log_vkey_t *vkey, cause_t *why)
{
    hash_t hashes[LAW_COPY_PARTS];
    const value_t *entries = value_get(answer, "entries");
    size_t i = 0;
    if (take_leaves(self, entries, hashes, why) != 0 ||
        check_tree(self, answer, hashes, vkey, why) != 0)
        return -1;
    value_each(entry, entries)
    {
        if (take_words(self, &self->part[i++], span_at(entry, "document"), why) != 0)
            return -1;
    }
    return self->rules && self->schemas ? 0 : cause_set(why, "a part of it is missing");
}

int law_copy_read(law_copy_t *self, span_t answer, const log_vkey_t *vkey, cause_t *why)
{
    *self = (law_copy_t){0};
    value_t *root = parse(answer);
    int result =
        root ? read_all(self, root, vkey, why) : cause_set(why, "it cannot be read");
    value_free(&root);
    if (result == 0)
        return 0;
    law_copy_close(self);
    return cause_prefix(why, "the hub's law");
}

void law_copy_close(law_copy_t *self)
{
    rules_close(&self->rules);
    schemas_close(&self->schemas);
    *self = (law_copy_t){0};
}

uint64_t law_copy_newest(const law_copy_t *self)
{
    return self->parts ? self->part[self->parts - 1].position : 0;
}

void law_copy_ask(const law_copy_t *self, buf_t *arguments)
{
    writer_t to = writer_to(arguments);
    writer_object(&to, NULL);
    writer_array(&to, "known");
    for (size_t i = 0; self && i < self->parts; i++)
        writer_integer(&to, NULL, (int64_t)self->part[i].position);
    writer_end(&to);
    writer_end(&to);
}

bool law_copy_same(span_t answer)
{
    value_t *root = parse(answer);
    bool same = value_is(value_get(root, "same"), VALUE_TRUE);
    value_free(&root);
    return same;
}

int law_copy_load(
    law_copy_t *self, const char *node, const log_vkey_t *vkey, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    *self = (law_copy_t){0};
    int result = path_join(path, sizeof path, node, KEPT, why);
    if (result == 0)
        result = file_read_plain(path, LAW_COPY_MAX, &text, why);
    if (result == 0 && law_copy_read(self, buf_span(&text), vkey, why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    return result;
}

int law_copy_keep(const char *node, span_t answer, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, node, KEPT, why) != 0)
        return -1;
    return file_replace(path, answer, 0600, why);
}
