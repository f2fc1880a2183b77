// audience - the members whom a rule's target names, for one message.

#ifndef HUB_DECIDE_AUDIENCE_H
#define HUB_DECIDE_AUDIENCE_H

#include "hub/decide/marking.h"
#include "hub/state/recipients.h"
#include "lib/lawcheck/registry.h"
#include "lib/pki/roster.h"
#include "lib/rules/target.h"

typedef struct {
    const member_t *member;
    reach_t reach; // whether the member is named, or one of all
} listener_t;

enum { OBJECTS_MAX = 17 }; // that one message names

// Which of them count for a target.
typedef enum {
    OBJECTS_ALL,
    OBJECTS_OWN,   // those that the author speaks for
    OBJECTS_OTHERS // the rest
} objects_t;

typedef struct {
    // All is borrowed.
    const roster_t *roster;
    const recipients_t *recipients;
    const member_t *author;
    const document_t *document;
    const object_t *const *object; // those that it names and the registry knows
    size_t objects;
    objects_t which;
    const routing_t *routing; // its record, as far as it is decided
    // Whom the target asked for last names; the memory is used again.
    size_t n, room;
    listener_t *listener;
} audience_t;

// Whether the author may bring in who is concerned with the object: its owner, the centre
// that serves it, and the coordination centre.
bool audience_speaks_for(const member_t *author, const object_t *object);
// Nobody is sent what they wrote, and the hub needs no delivery.
bool audience_may_receive(const member_t *author, const member_t *member);
// Whether the target is a role that no member has.
bool audience_absent(const audience_t *self, const target_t *target);
// Each member that the target names, some perhaps twice.
void audience_find(audience_t *self, const target_t *target);
void audience_close(audience_t *self);

#endif
