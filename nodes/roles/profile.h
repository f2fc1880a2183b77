// profile - what a role does in the exchange: what it may publish, and what it receives
// that a person has to answer.
//
// The hub's rules are the law; a profile only keeps a node from sending what would be
// refused, and its people from overlooking what waits for them.

#ifndef NODES_ROLES_PROFILE_H
#define NODES_ROLES_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A kind that asks for an answer of a person.
typedef struct {
    const char *kind;
    const char *cites;  // paragraph of the plan, or "default"
    const char *answer; // kind of the answer: acknowledgement, information.reply, ...
} profile_duty_t;

typedef struct {
    const char *role;
    unsigned roles; // as the tables name it
} profile_t;

// The profile of a certified role; of the roles without one of their own, one that leaves
// what may be published to the hub.
const profile_t *profile_of(const char *role);
bool profile_judges(const profile_t *self); // it is one of its own
// Also true of a kind that is not in the plan's catalogue: the hub knows.
bool profile_publishes(const profile_t *self, const char *kind);
// The duty that comes with a kind, or NULL.
const profile_duty_t *profile_duty(const profile_t *self, const char *kind);
// Each duty from number *i on, which must begin as 0; NULL: there are no more.
const profile_duty_t *profile_next_duty(const profile_t *self, size_t *i);

#endif
