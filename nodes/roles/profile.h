// profile - what a role does in the exchange: what it may publish, and what it receives
// that a person has to answer.
//
// One file per role.  The hub's rules are the law; a profile only keeps a node from
// sending what would be refused, and its people from overlooking what waits for them.

#ifndef NODES_ROLES_PROFILE_H
#define NODES_ROLES_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

// A kind that asks for an answer of a person.
typedef struct {
    const char *kind;
    const char *cites;  // paragraph of the plan, or "default"
    const char *answer; // kind of the answer: acknowledgement, information.reply, ...
} profile_duty_t;

typedef struct {
    const char *role;
    // Kinds, NULL after the last; NULL itself: the hub decides.
    const char *const *publishes;
    const profile_duty_t *duties; // kind NULL after the last
} profile_t;

extern const profile_t profile_isoc;
extern const profile_t profile_nccis;
extern const profile_t profile_liaison;
extern const profile_t profile_national_security;
extern const profile_t profile_owner;

// The profile of a certified role; of the roles without a file of their own, one that
// leaves what may be published to the hub.
const profile_t *profile_of(const char *role);
// Also true of a kind that is not in the plan's catalogue: the hub knows.
bool profile_publishes(const profile_t *self, const char *kind);
// The duty that comes with a kind, or NULL.
const profile_duty_t *profile_duty(const profile_t *self, const char *kind);

#endif
