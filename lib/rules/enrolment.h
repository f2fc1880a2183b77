// enrolment - whom a message has join a set, or leave it, as rules state it:
//
//     joins = ( { of = "self"; nodes = "/body/members"; } );
//     leaves = ( { of = "re"; nodes = "/body/removed"; } );
//
// A set is begun by a message: by this one ("self"), or by the one that a reference of
// it names.  `nodes` is a JSON pointer to a node id, or an array of them.

#ifndef LIB_RULES_ENROLMENT_H
#define LIB_RULES_ENROLMENT_H

#include "lib/config/settings.h"
#include "lib/message/routing.h"
#include "lib/rules/condition.h"

typedef struct {
    bool leaves;
    refer_t of; // REFERS: the message itself
    char pointer[POINTER_MAX];
    unsigned line; // of the file
} enrolment_t;

const char *enrolment_key(const enrolment_t *self); // "joins"
const char *enrolment_of(const enrolment_t *self);  // "self", "re"
// Read one element of `joins` or `leaves`.  Nothing to close.
int enrolment_read(enrolment_t *self, bool leaves, const settings_t *file,
    const config_setting_t *group, cause_t *why);

#endif
