// grown - of the leaves only their hashes are needed, which reading a batch has found.

#include "lib/tlog/grown.h"

#include <inttypes.h>
#include <string.h>

int grown_take(merkle_t *tree, const batch_t *batch, cause_t *why)
{
    hash_t root;
    merkle_root(tree, &root);
    if (batch->header.first != tree->size ||
        !hash_equal(&root, &batch->header.root_before)) {
        (void)cause_set(
            why, "the batch was written behind other entries than those before it");
        return batch_blame(batch, batch->offset, why);
    }
    const entry_hashes_t *hashes =
        (const entry_hashes_t *)(const void *)batch->hashes.data;
    for (uint32_t i = 0; i < batch->header.count; i++)
        merkle_add(tree, &hashes[i].leaf);
    return 0;
}

int grown_is(const merkle_t *tree, uint64_t size, const hash_t *root, const char *what,
    cause_t *why)
{
    hash_t own;
    merkle_root(tree, &own);
    if (tree->size == size && hash_equal(&own, root))
        return 0;
    return cause_set(why,
        "the first %" PRIu64 " entries have another root than %s has for %" PRIu64
        ": these are two histories",
        tree->size, what, size);
}

void grown_put(const merkle_t *tree, buf_t *out)
{
    for (int level = 63; level >= 0; level--)
        if (tree->size >> level & 1)
            buf_put(out, &tree->peak[level], sizeof(hash_t));
}

bool grown_from(merkle_t *tree, uint64_t size, span_t hashes)
{
    reader_t from = reader_of(hashes);
    *tree = (merkle_t){.size = size};
    for (int level = 63; level >= 0; level--)
        if (size >> level & 1)
            (void)take_into(&from, &tree->peak[level], sizeof(hash_t));
    return reader_done(&from);
}
