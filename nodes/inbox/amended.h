// amended - whether a message still stands, or was corrected or withdrawn since.
//
// A correction or withdrawal reaches whoever had the original.  When it is delivered, or
// an own one has its receipt, the daemon leaves a small file about the original, so that
// whoever shows that one need not read all that came after it:
//
//     state/withdrawn/AUTHOR.ID       cancels|supersedes AUTHOR ID NUMBER
//     state/began/AUTHOR.ID           AUTHOR ID
//
// The first is about what a chain of corrections began with, and names the newest of it,
// a withdrawal too, and its number in the inbox; the second leads there from each later
// one, so that nobody walks along a chain.

#ifndef NODES_INBOX_AMENDED_H
#define NODES_INBOX_AMENDED_H

#include "lib/base/cause.h"
#include "lib/message/document.h"

typedef enum { AMENDED_NOT, AMENDED_CORRECTED, AMENDED_WITHDRAWN } amended_as_t;

typedef struct {
    amended_as_t state;
    reference_t by;  // the last of the chain: the newest correction, or the withdrawal
    uint64_t number; // of that one in the inbox; 0: this node wrote it itself
} amended_t;

// What a delivery takes back or corrects; false when nothing of its author's.
bool amended_does(
    span_t document, reference_t *message, reference_t *original, amended_as_t *as);
// Note it, before the delivery itself is stored; an own one, by number 0, with its
// receipt.
int amended_note(const char *node, uint64_t number, span_t document, cause_t *why);
// What a message began as, as far as this node has heard.
reference_t amended_first(const char *node, const reference_t *message);
// How this message stands, at a node's folder, as far as that has heard of it.
void amended_of(const char *node, const reference_t *message, amended_t *out);

#endif
