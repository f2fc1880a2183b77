// template - documents to start from, one per kind of message a person writes.

#ifndef NODES_ROLES_TEMPLATE_H
#define NODES_ROLES_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>

// A new document of this kind, owned by the caller; NULL when there is no template for
// it. Every place to fill in begins with the same words, which template_leftover finds.
json_t *template_new(const char *kind);
// The kinds there are templates for, NULL after the last.
extern const char *const template_kinds[];
// Whether `role` writes this kind (what the rules say in the end, the hub knows).
bool template_for(const char *kind, const char *role);
// Whether a text of the document still is the template's; where, as a JSON pointer.
bool template_leftover(const json_t *document, char *pointer, size_t room);

#endif
