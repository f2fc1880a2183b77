// placeholder - what stands in a document where a person has yet to write, and how it is
// found again before it is sent.

#ifndef NODES_ROLES_PLACEHOLDER_H
#define NODES_ROLES_PLACEHOLDER_H

#include <jansson.h>
#include <stdbool.h>

// Every place to fill in begins with these words, in any language.
#define PLACEHOLDER "FILL IN: "

// Whether one is left in the document; where, as a JSON pointer.
bool placeholder_left(const json_t *document, char *pointer, size_t room);

#endif
