// roster_held - what a roster holds: shared by roster.c (look-ups), roster_group.c
// (of whom there are many) and roster_load.c (reading and checking), nobody else.

#ifndef LIB_PKI_ROSTER_HELD_H
#define LIB_PKI_ROSTER_HELD_H

#include "lib/pki/revocations.h"
#include "lib/pki/roster.h"

enum { NONE = -1 };

typedef struct {
    cert_t cert;
    char *source; // the file, for complaints
    bool revoked;
    int next;   // another certificate for the same key, or NONE
    int member; // whose it is; NONE for an officer, or when all of a node's are revoked
} roster_item_t;

struct roster {
    authority_t *authority; // CA and CRL
    size_t n;
    roster_item_t *held; // by name, use, beginning, serial
    size_t members;
    member_t *member; // by id
    const member_t **by_role, **by_organisation;
    revocations_t revocations;
    size_t slots; // a power of two, at most half full
    int *slot;    // the first certificate for a key, or NONE
    size_t verified;
};

// The first certificate whose name is not before this one; and the next of this very
// name, from there on, NULL after the last.
size_t roster_first_of(const roster_t *self, const char *name);
const roster_item_t *roster_named(const roster_t *self, const char *name, size_t i);
// Neither revoked nor expired.
bool roster_in_use(const roster_item_t *held, int64_t now_ms);
bool roster_stale(const authority_t *authority, int64_t now_ms); // past nextUpdate
// What a certificate is looked up by: a channel by its key, a seal by the hex of its
// key's id.  And the slot with the certificates of such a name, or the free one where
// they would go.
const void *roster_key_name(const cert_t *cert);
int *roster_slot(const roster_t *self, cert_use_t use, const void *name);
void roster_group_members(roster_t *self); // once, when all members are there
void roster_drop(roster_item_t *held);     // frees what it owns

#endif
