// commission - an officer of this node, on the way to a certificate.
//
// Key and request are made once and used again by whoever goes on after an interruption.
// What comes back is checked whole before anything of it is written.

#ifndef NODES_UPKEEP_COMMISSION_H
#define NODES_UPKEEP_COMMISSION_H

#include "lib/enrol/enrol.h"
#include "nodes/config/node_conf.h"

#include <jansson.h>
#include <limits.h>

// Borrowed, but for the folder.
typedef struct {
    const char *node; // its folder
    const node_conf_t *conf;
    char folder[PATH_MAX]; // of the officer's key; "": it is elsewhere, as in a browser
} commission_t;

// Who is named, as an officer of this node and, where no other code is given, of its
// organisation.
typedef struct {
    const char *name, *organisation, *office, *territory;
} commission_wish_t;

// The request: of a key in the folder, which is made where there is none
// (keys/seal.key), or (`file`) one that was made elsewhere, for this officer.
int commission_request(const commission_t *self, const commission_wish_t *wish,
    const char *file, enrol_t *request, cause_t *why);
// Check what a hub has handed out: for this key and officer, by a CA that is believed
// here, of the log that this node belongs to.  Then put it beside the key
// (certs/seal.pem), and where the node's console finds it.
int commission_take(
    const commission_t *self, const enrol_t *request, const json_t *said, cause_t *why);

#endif
