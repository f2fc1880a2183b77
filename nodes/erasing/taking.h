// taking - the text of a message that was erased by law goes from this node as well: the
// document, the files beside it that were fetched, and its words in the catalogue.
//
// Seal, proof and record stay, and a small file says when it went and by whom.
//
// That file is written first, the document goes last but for what says that it waits:
// whoever is killed in between does all of it again, and nothing says that it is done
// before it is.

#ifndef NODES_ERASING_TAKING_H
#define NODES_ERASING_TAKING_H

#include "lib/base/cause.h"
#include "lib/message/document.h"

// Whether its text lies in one of the node's folders, those of logs that were left, too;
// or may, since one of them cannot be looked at.
bool taking_text_here(const char *node, const reference_t *message);

typedef enum {
    TAKEN,       // it is not here any more
    TAKEN_LATER, // somebody is at the catalogue at this moment; nothing is lost by that
    TAKEN_NOT,   // with the cause
} taken_how_t;

// `by`: a word for who wants it, as it is shown to people.
taken_how_t taking_run(
    const char *node, const reference_t *message, const char *by, cause_t *why);

#endif
