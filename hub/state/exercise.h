// exercise - what a message does to an exercise, and whether it may.
//
// What is exercised and what is real do not touch: who has not joined sends nothing in an
// exercise, and references stay within one world.

#ifndef HUB_STATE_EXERCISE_H
#define HUB_STATE_EXERCISE_H

#include "hub/state/history.h"
#include "lib/message/document.h"
#include "lib/message/routing.h"
#include "lib/pki/roster.h"

// The exercise that the message is sent within; NULL: none.
const char *exercise_within(const document_t *document);
// Whether the message does something to an exercise, and what to which.
bool exercise_act(const document_t *document, exercise_act_t *act, const char **name);
// 0, or -1 and a refusal.
int exercise_check(const history_t *log, const document_t *document,
    const member_t *author, refusal_t *refusal);
// Whether the message may refer to the one with this record.
bool exercise_may_refer(const document_t *document, const routing_t *subject);

#endif
