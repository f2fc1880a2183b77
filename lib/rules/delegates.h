// delegates - what a rule says of a message by which somebody is to act in an office.
//
//     delegates = { office = "/body/office"; territory = "/body/territory";
//                   person = "/body/person"; from = "/body/from"; until = "/body/until";
//                   };
//
// Each is a JSON pointer to where the message says it; only `territory` may be left out.
// The rule's `seals` must want that office, held: who acts in it delegates it no further.

#ifndef LIB_RULES_DELEGATES_H
#define LIB_RULES_DELEGATES_H

#include "lib/rules/seals.h"

typedef struct {
    char office[POINTER_MAX];
    char territory[POINTER_MAX]; // or ""
    char person[POINTER_MAX];    // the officer's name in the certificate
    char from[POINTER_MAX], until[POINTER_MAX];
    unsigned line; // of the file; 0: the rule delegates nothing
} delegates_t;

int delegates_read(delegates_t *self, const settings_t *file,
    const config_setting_t *group, cause_t *why);
// Whether these seals are those that it takes.
bool delegates_sealed(const delegates_t *self, const seals_t *seals);
bool delegates_same(const delegates_t *a, const delegates_t *b);

#endif
