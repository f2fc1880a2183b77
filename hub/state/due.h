// due - what comes next: numbers by the moment each is due at, the soonest first and, of
// those of one moment, in the order that the caller gave them.

#ifndef HUB_STATE_DUE_H
#define HUB_STATE_DUE_H

#include "lib/base/moment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DUE_NEVER MOMENT_NEVER

typedef struct due due_t;

due_t *due_new(void);
void due_destroy(due_t **self_p);
// The number is due then, whatever was said of it before; DUE_NEVER: not any more.
void due_set(due_t *self, size_t number, int64_t at_ms, uint64_t order);
// False when nothing is due ever.
bool due_first(const due_t *self, size_t *number, int64_t *at_ms);

#endif
