// admission - what the CA has answered to a newcomer, or an officer, taken into a hub.

#ifndef NODES_UPKEEP_ADMISSION_H
#define NODES_UPKEEP_ADMISSION_H

#include "lib/config/hub_options.h"
#include "lib/enrol/enrol.h"
#include "lib/pki/answer.h"
#include "nodes/upkeep/hub_change.h"

// Add the hub's part (its channel certificate and the log's key) and check the whole: for
// the keys of this request, by the hub's own CA, nothing revoked.
int admission_complete(
    const hub_options_t *conf, const enrol_t *request, answer_t *answer, cause_t *why);
// Into the folder of the roster, beside what is there of the same node: older
// certificates hold until they end.
int admission_put(const hub_options_t *conf, hub_change_t *change, const answer_t *answer,
    cause_t *why);

#endif
