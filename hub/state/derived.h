// derived - the id of a message that the hub derives: of an incident, of a kind, for each
// level and whoever reported it, and counted on when it has to go out once more
// (PROTOCOL.md).

#ifndef HUB_STATE_DERIVED_H
#define HUB_STATE_DERIVED_H

#include "lib/message/document.h"

enum { STAGE_MAX = 32 };

typedef struct {
    reference_t incident;     // as it began
    char kind[KIND_MAX];      // of what is derived
    char author[NODE_ID_MAX]; // who wrote what it comes from
    char stage[STAGE_MAX];    // the level as a number, or "" where there is none
} derived_name_t;

// Of the first of this name, 0, or of one that followed it.
void derived_id(const derived_name_t *name, size_t number, char id[MESSAGE_ID_MAX]);

#endif
