// delegations - who acts in which office of a node, from when until when: folded from the
// `delegates` lines of routing records alone.
//
// What has ended by the time of a later message is forgotten, so that few are kept.
// Whether a delegation was corrected or taken back since, lineage knows.

#ifndef LIB_MESSAGE_DELEGATIONS_H
#define LIB_MESSAGE_DELEGATIONS_H

#include "lib/message/document.h"
#include "lib/message/routing.h"

typedef struct delegations delegations_t;

// Who would act, and when.
typedef struct {
    const char *node, *person, *office;
    const char *territory; // "": of none; NULL: of whichever
    const char *exercise;  // that the question is asked within, or ""
    int64_t at_ms;
} acting_t;

delegations_t *delegations_new(void);
void delegations_destroy(delegations_t **self_p);
// A `delegates` line of the message with this leaf, which is sent within an exercise or
// "".
void delegations_add(
    delegations_t *self, const leaf_t *leaf, const route_t *route, const char *exercise);
// The next delegation by which that person acts then, from *cursor 0 on, as the message
// that says so; false: there is no more.  One of an exercise counts within it alone.
bool delegations_next(const delegations_t *self, const acting_t *acting, size_t *cursor,
    reference_t *message);
void delegations_clear(delegations_t *self);
// As bytes, and from them into none; false: there are too few of them.
void delegations_save(const delegations_t *self, buf_t *out);
bool delegations_load(delegations_t *self, reader_t *from);

#endif
