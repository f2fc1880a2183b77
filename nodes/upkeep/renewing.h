// renewing - a node asks for its next certificates, for the keys that it has.
//
// The request is kept until all is in place, so that whoever goes on after an
// interruption hands in the same one.  What comes back is checked whole before anything
// of it is written; because the keys stay, older and newer certificates hold side by
// side, and a node that is cut short between two files is one that works.

#ifndef NODES_UPKEEP_RENEWING_H
#define NODES_UPKEEP_RENEWING_H

#include "lib/enrol/enrol.h"
#include "lib/pki/answer.h"
#include "nodes/config/node_conf.h"

#include <jansson.h>

// The request, made anew or found as it was.
int renewing_request(const node_conf_t *conf, enrol_t *request, cause_t *why);
// Check what a hub has handed out for it: by the CA that is believed here, for these keys
// and this holder, of this log, in force, and not older than what is there.  `answer` is
// to be closed.
int renewing_check(const node_conf_t *conf, const enrol_t *request, const json_t *said,
    answer_t *answer, cause_t *why);
// And then put it in place.
int renewing_take(
    const node_conf_t *conf, const enrol_t *request, const json_t *said, cause_t *why);
// Whether whoever answers has the log that this node belongs to: what is not this log's
// is not this hub's.
int renewing_same_log(const node_conf_t *conf, const json_t *said, cause_t *why);
// It is done with: all is in place, or it was refused.
void renewing_forget(const node_conf_t *conf);

#endif
