// exercises - those that this node was told of or has opened, and whether it takes part.

#ifndef NODES_SENDING_EXERCISES_H
#define NODES_SENDING_EXERCISES_H

#include "nodes/inbox/mail.h"

typedef struct {
    mail_t opening; // owned
    bool closed;    // or its opening was taken back
    bool joined;    // this node has sent that it takes part
} exercise_t;

typedef struct {
    size_t n;
    exercise_t *item; // the oldest first
} exercises_t;

// From the node's folders, by the catalogue of its messages.  -1 with the cause;
// exercises_close in any case.
int exercises_read(exercises_t *self, const char *node, cause_t *why);
// The one of this name that is open; NULL: there is none.
const exercise_t *exercises_find(const exercises_t *self, const char *name);
const char *exercise_name(const exercise_t *self);
void exercises_close(exercises_t *self);

#endif
