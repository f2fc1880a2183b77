#include "nodes/audit/leaves.h"

void leaves_add(spill_t *self, span_t hashes)
{
    (void)spill_add(self, hashes.data, hashes.size);
}

void leaves_read(spill_t *self, uint64_t first, size_t n, hash_t *out)
{
    spill_read(self, first * sizeof *out, out, n * sizeof *out);
}

void leaves_root(spill_t *self, uint64_t first, uint64_t n, hash_t *out)
{
    hash_t leaf[LEAVES_AT_ONCE];
    merkle_t tree = {0};
    while (tree.size < n) {
        uint64_t left = n - tree.size;
        size_t now = left < LEAVES_AT_ONCE ? (size_t)left : LEAVES_AT_ONCE;
        leaves_read(self, first + tree.size, now, leaf);
        for (size_t i = 0; i < now; i++)
            merkle_add(&tree, &leaf[i]);
    }
    merkle_root(&tree, out);
}
