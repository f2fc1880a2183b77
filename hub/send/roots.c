// roots - a ring, searched from the newest: what nodes acknowledge is almost always that.

#include "hub/send/roots.h"

#include "lib/base/memory.h"

#include <stdlib.h>

// Half a minute of a busy hub.  Who acknowledges later than that is told, says hello
// again, and has a new checkpoint with the welcome.
enum { ROOTS = 1 << 15 };

struct roots {
    size_t n; // ever added
    struct {
        hash_t root;
        uint64_t size;
    } item[ROOTS];
};

roots_t *roots_new(void)
{
    roots_t *self = memory_new(1, sizeof *self);
    return self;
}

void roots_destroy(roots_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

void roots_add(roots_t *self, const hash_t *root, uint64_t size)
{
    self->item[self->n % ROOTS].root = *root;
    self->item[self->n % ROOTS].size = size;
    self->n++;
}

bool roots_find(const roots_t *self, const hash_t *root, uint64_t *size)
{
    size_t kept = self->n < ROOTS ? self->n : ROOTS;
    for (size_t i = 1; i <= kept; i++) {
        size_t at = (self->n - i) % ROOTS;
        if (!hash_equal(&self->item[at].root, root))
            continue;
        *size = self->item[at].size;
        return true;
    }
    return false;
}
