// precedence - which of the files that wait to be sent goes next.
//
// The most urgent first; among equals, who came first.  But none before one that it
// refers to: that one then goes before it, however little urgent it is itself.

#ifndef NODES_OUTBOX_PRECEDENCE_H
#define NODES_OUTBOX_PRECEDENCE_H

#include "lib/json/value.h"

enum { PRECEDENCE_CLASSES = 14 };

// What is known of a file before it is sent.
typedef struct {
    unsigned urgency; // below PRECEDENCE_CLASSES
    bool has_id;
    uint8_t id[16];
    buf_t refers; // 16 bytes for each id, owned
} precedence_facts_t;

// Of a document as it was written; `root` NULL: it could not be read, so that its author
// is told at once.
void precedence_facts_of(precedence_facts_t *self, const value_t *root);
void precedence_facts_close(precedence_facts_t *self);

typedef struct precedence precedence_t;

precedence_t *precedence_new(void);
void precedence_destroy(precedence_t **self_p);

// `name` is copied; what `facts` owns is taken over.
void precedence_add(precedence_t *self, const char *name, precedence_facts_t *facts);
// Whose turn it is; NULL when nobody's is.  Borrowed until it is dropped or held.
const char *precedence_next(precedence_t *self);
void precedence_drop(precedence_t *self); // that one is done with
// It could not be sent: it and all that refer to it have to wait, others need not.
void precedence_hold(precedence_t *self);
void precedence_release(precedence_t *self); // of all that are held
void precedence_each(const precedence_t *self,
    void (*visit)(void *context, const char *name),
    void *context); // what is urgent first
size_t precedence_count(const precedence_t *self);
// Whether precedence_next has anybody, as far as can be told without looking.
bool precedence_ready(const precedence_t *self);

#endif
