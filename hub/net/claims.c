// claims - only what the log signed counts: a node's mere word must not be able to stop
// the hub.

#include "hub/net/claims.h"

#include <inttypes.h>

static bool open_seen(const claims_t *self, span_t note, checkpoint_t *seen)
{
    cause_t why;
    return note.size > 0 && checkpoint_open(seen, note, self->vkey, &why) == 0;
}

bool claims_fork(const claims_t *self, span_t checkpoint)
{
    checkpoint_t seen;
    cause_t why;
    hash_t root;
    if (!open_seen(self, checkpoint, &seen))
        return false;
    return seen.size > tree_size(self->tree) ||
           (tree_root_at(self->tree, seen.size, &root, &why) == 0 &&
               !hash_equal(&root, &seen.root));
}

void claims_prove_growth(const claims_t *self, span_t checkpoint, buf_t *proof)
{
    checkpoint_t seen;
    cause_t why;
    uint64_t size = tree_size(self->tree);
    if (open_seen(self, checkpoint, &seen) && seen.size > 0 && seen.size < size &&
        tree_prove_consistency(self->tree, seen.size, size, proof, &why) != 0)
        buf_clear(proof);
}

// A node that counts otherwise has another log's deliveries, or state that somebody
// changed: some would be passed over in silence.
int claims_check_stored(
    const claims_t *self, int inbox, const hello_t *hello, cause_t *why)
{
    uint64_t last = inboxes_last(self->inboxes, inbox), position;
    if (hello->stored == 0)
        return 0;
    if (hello->stored > last)
        return cause_set(why,
            "the node says that it has %" PRIu64 " deliveries, and this log has %" PRIu64
            " for it",
            hello->stored, last);
    if (inboxes_get(self->inboxes, inbox, hello->stored, &position, why) != 0)
        return -1;
    if (position == hello->position)
        return 0;
    return cause_set(why,
        "the node says that its delivery %" PRIu64 " is of position %" PRIu64
        ", and in this log it is of position %" PRIu64,
        hello->stored, hello->position, position);
}
