// check - one hash a document, one signature a seal and one a frame.

#include "tests/bench/floor/check.h"

void batch_add(batch_t *self, const sealed_t *sealed)
{
    hash_t *document = &self->document[self->n];
    sha256(sealed->document, document);
    merkle_leaf(span_of(document->bytes, sizeof document->bytes), &self->leaf[self->n]);
    self->index[self->n++] = sealed->index;
}

int batch_check(
    batch_t *self, const keys_t *keys, const sealed_head_t *head, cause_t *why)
{
    seal_head_t seal;
    if (seal_head_parse(&seal, head->text, why) != 0)
        return -1;
    self->author = keys_author(keys, seal.signature[0].key_id);
    if (self->author == KEYS_MANY)
        return cause_set(why, "a seal by nobody who is known");
    if (seal_check_signature(&seal, 0, keys->publisher[self->author].public_key, why) !=
        0)
        return -1;
    if (sealing_paths(head, self->index, self->leaf, self->n, NULL) != 0)
        return cause_set(why, "documents that are not under their seal");
    sha256(head->text, &self->seal);
    return 0;
}

void run_add(run_t *self, uint64_t position, span_t leaf)
{
    self->position[self->n] = position;
    merkle_leaf(leaf, &self->leaf[self->n++]);
}

int run_check(const run_t *self, const keys_t *keys, span_t checkpoint, span_t proof,
    hash_t *root, cause_t *why)
{
    checkpoint_t signed_one;
    if (checkpoint_open(&signed_one, checkpoint, &keys->vkey, why) != 0)
        return -1;
    if (merkle_run_root(self->position, self->leaf, self->n, signed_one.size, proof, root,
            NULL) != 0 ||
        !hash_equal(root, &signed_one.root))
        return cause_set(why, "entries that are not in the log");
    return 0;
}
