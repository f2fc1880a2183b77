// derived - the id of a message that the hub derives: once for an incident, a kind and a
// level, however often it is derived (PROTOCOL.md).

#ifndef LIB_DERIVED_H
#define LIB_DERIVED_H

#include "lib/document.h"

// `stage`: the incident's level as a number, or "" where it has none.
void derived_id(const reference_t *incident, const char *kind, const char *stage,
    char id[MESSAGE_ID_MAX]);

#endif
