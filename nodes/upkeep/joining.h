// joining - a node's folder on its way from empty to enrolled.
//
// Keys and request are made once and used again by whoever goes on after an interruption;
// everything that comes back is checked before anything of it is written, and node.conf
// is written last: with it the node is one.

#ifndef NODES_UPKEEP_JOINING_H
#define NODES_UPKEEP_JOINING_H

#include "lib/enrol/enrol.h"
#include "lib/net/tcp.h"

#include <jansson.h>

typedef struct {
    const char *folder;
    tcp_address_t hub; // where it was asked
    const char *share; // where schemas are; NULL: beside the program
} joining_t;

// Make keys and request in the folder for who is named in `wish`; an id of "" is that of
// the request that is there already.  `made`, when not NULL, is told which keys were new.
int joining_request(
    const joining_t *self, enrol_t *wish, enrol_made_t *made, cause_t *why);
// That what a hub has handed out fits: certificates for the keys of this request and by
// the CA, the hub's own likewise, with the role of a hub, and none of them revoked; and
// that the folder knows no other log.
int joining_check(
    const joining_t *self, const enrol_t *request, const json_t *said, cause_t *why);
// Write what was checked.
int joining_write(
    const joining_t *self, const enrol_t *request, const json_t *said, cause_t *why);

#endif
