// recent - the newest of many duties: room for so many, and each more replaces the
// oldest.

#ifndef LIB_RECENT_H
#define LIB_RECENT_H

#include "lib/duty.h"

typedef struct recent recent_t;

recent_t *recent_new(size_t room);
void recent_destroy(recent_t **self_p);
void recent_add(recent_t *self, const duty_t *duty); // a copy
// The newest for 0, the one before it for 1; NULL when there are no more.
const duty_t *recent_at(const recent_t *self, size_t back);

#endif
