// answered - what this node has answered to which message: state/answered/AUTHOR.ID, a
// line for each word ("read", "accepted") and for each message of another kind that names
// it in `re` ("response.report"), with the id of the answer.

#ifndef NODES_INBOX_ANSWERED_H
#define NODES_INBOX_ANSWERED_H

#include "lib/base/cause.h"
#include "lib/message/document.h"

// A message of ours is in the log; when it is an answer it is noted.
int answered_note(const char *node, span_t document, cause_t *why);
typedef struct {
    char word[KIND_MAX]; // or the kind
    char id[MESSAGE_ID_MAX];
} answer_note_t;
// What it was answered, the oldest first; how many.
size_t answered_with(
    const char *node, const reference_t *message, answer_note_t *out, size_t room);
// Whether this word was answered to it before: it is in the log, or on its way there.
bool answered_before(const char *node, const reference_t *message, const char *word);

#endif
