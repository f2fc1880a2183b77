// carries - which older messages a rule hands over along with a message, to a receiver
// whom that brings in.
//
//     carries = { of = "incident"; kinds = [ "incident.notice", "incident.update" ]; };
//
// `of` says by which of its references the message names what began the thread, and by
// which the messages of the thread name it: incident or re.  Of the thread those of the
// named kinds go along.  `must = true`: a receiver who cannot have what began the thread
// must not be brought in, and the message is refused.

#ifndef LIB_RULES_CARRIES_H
#define LIB_RULES_CARRIES_H

#include "lib/config/settings.h"
#include "lib/message/routing.h"

enum { CARRIES_KINDS_MAX = 8 };

typedef struct {
    refer_t of;
    bool must;
    size_t kinds; // 0: the rule carries nothing
    char kind[CARRIES_KINDS_MAX][KIND_MAX];
    unsigned line; // of the file
} carries_t;

// Read the group at the key `carries`.
int carries_read(
    carries_t *self, const settings_t *file, const config_setting_t *at, cause_t *why);

// Whether they hand over the same, in whatever order it is written.
bool carries_same(const carries_t *a, const carries_t *b);

#endif
