// answered - what this node has answered to which message: state/answered/AUTHOR.ID, a
// line for each word ("read", "accepted"), with the id of the answer.

#ifndef NODES_INBOX_ANSWERED_H
#define NODES_INBOX_ANSWERED_H

#include "lib/base/cause.h"
#include "lib/message/document.h"

// A message of ours is in the log; when it is an answer by a person it is noted.
int answered_note(const char *node, span_t document, cause_t *why);
// Whether this word was answered to it before: it is in the log, or on its way there.
bool answered_before(const char *node, const reference_t *message, const char *word);

#endif
