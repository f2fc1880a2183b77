// rekeying - a node goes over to new keys, which it makes itself.
//
// Keys, request and then certificates lie in next/ in the node's folder until all are
// there; then each takes the place of the one before.  Whoever was interrupted says it
// again: what had begun to change places ends doing so before anything else.

#ifndef NODES_UPKEEP_REKEYING_H
#define NODES_UPKEEP_REKEYING_H

#include "lib/enrol/enrol.h"
#include "nodes/config/node_conf.h"

#include <jansson.h>

// The request for keys that are made, or were before, for the holder of the certificate
// that is there.  Refused to another user than the one whose keys they are.
int rekeying_request(const node_conf_t *conf, enrol_t *request, cause_t *why);
// Check what a hub has handed out for it as renewing_take does, and put it in place.
int rekeying_take(
    const node_conf_t *conf, const enrol_t *request, const json_t *said, cause_t *why);
// End what had begun to change places.  1: it had, and is done; 0: nothing had.
int rekeying_finish(const node_conf_t *conf, cause_t *why);
// It was refused: keys and request go.
void rekeying_forget(const node_conf_t *conf);

#endif
