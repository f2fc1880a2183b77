// exercises - which exercises there are, and who has joined them.
//
// Few: nccis and the Headquarters open them.  What nobody opened has no state, whatever
// joined or closed it.

#ifndef LIB_MESSAGE_EXERCISES_H
#define LIB_MESSAGE_EXERCISES_H

#include "lib/message/routing.h"

typedef struct exercises exercises_t;

exercises_t *exercises_new(void);
void exercises_destroy(exercises_t **self_p);
// The node does this to the exercise of this name; to be within it changes nothing.
void exercises_add(
    exercises_t *self, exercise_act_t act, const char *name, const char *node);
// Whether anybody did this to it (opens, closes), or this node (joins: who opened it
// has).
bool exercises_has(
    const exercises_t *self, exercise_act_t act, const char *name, const char *node);
void exercises_clear(exercises_t *self);
// As bytes, and from them into none; false: there are too few of them.
void exercises_save(const exercises_t *self, buf_t *out);
bool exercises_load(exercises_t *self, reader_t *from);

#endif
