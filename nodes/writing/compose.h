// compose - a message that is put together blank by blank, from what people type.

#ifndef NODES_WRITING_COMPOSE_H
#define NODES_WRITING_COMPOSE_H

#include "nodes/writing/form.h"

#include <jansson.h>

typedef struct {
    const form_t *form; // borrowed, as is `node`
    const char *node;   // its folder: where numbers of messages are looked up; or NULL
    int64_t now_ms;
    json_t *document; // owned
} compose_t;

void compose_begin(compose_t *self, const form_t *form, const char *node, int64_t now_ms);
void compose_end(compose_t *self);
// Write into a blank.  `item`: of its list, from 0 on; -1: the next one.  What is meant
// by "yes", "+2 h", "7" (a number of the inbox) is worked out.  -1 with the cause, and
// nothing has changed.
int compose_set(
    compose_t *self, const blank_t *blank, long item, const char *text, cause_t *why);
void compose_clear(compose_t *self, const blank_t *blank); // all that was written there
// Whether something is written there; of a text in several languages, in any of them.
bool compose_has(const compose_t *self, const blank_t *blank);
// Whether somebody said yes, in any of the languages.
bool compose_yes(const char *text);
// What follows from the message that this one answers, where nothing else was said: it is
// as real, marked as that is and in the same thread, and says the same where a rule wants
// it so.  Where it answers none, what began its thread says how real it is.
void compose_follow(compose_t *self);
// And what goes without saying: it is actual, its marking is the kind's usual one.
void compose_usual(compose_t *self);
// Whether schemas take it, with what the node adds.  -1 with the refusal.
int compose_check(const compose_t *self, refusal_t *refusal);

#endif
