// roster_aside - certificates that leave a hub's roster: their files are kept in removed/
// in the hub's folder.

#ifndef NODES_UPKEEP_ROSTER_ASIDE_H
#define NODES_UPKEEP_ROSTER_ASIDE_H

#include "lib/pki/cert_list.h"
#include "nodes/upkeep/hub_change.h"

// All is borrowed.
typedef struct {
    const char *hub; // its folder
    const cert_list_t *roster;
    hub_change_t *change; // what they are put into
    int64_t now_ms;
} roster_aside_t;

// Whether this certificate is to go.
typedef bool roster_goes_t(const void *context, const cert_t *cert);

// Each file of which all certificates go.  -1 where one has others as well: it is left to
// a person.
int roster_aside(
    const roster_aside_t *self, roster_goes_t *goes, const void *context, cause_t *why);

#endif
