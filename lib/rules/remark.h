// remark - what a rule remarks of a message, to its author and in the incident's course,
// when something is so that a precondition could ask for:
//
//     remarks = ( {
//         code = "incident.reopened";
//         met = { of = "incident"; some = "incident.closure"; refers = "incident"; };
//     } );

#ifndef LIB_RULES_REMARK_H
#define LIB_RULES_REMARK_H

#include "lib/rules/require.h"

typedef struct {
    char code[CODE_MAX]; // one of refusal_codes
    require_t met;
} remark_t;

// Read one element of `remarks`.  After a failure there is nothing to close.
int remark_read(
    remark_t *self, const settings_t *file, const config_setting_t *group, cause_t *why);
void remark_close(remark_t *self);

#endif
