// registry_edit - the text of a hub's registry, changed entry by entry: what stands
// around an entry, comments too, stays as it is.

#ifndef NODES_UPKEEP_REGISTRY_EDIT_H
#define NODES_UPKEEP_REGISTRY_EDIT_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

typedef enum { REGISTRY_ORGANISATION, REGISTRY_OBJECT } registry_kind_t;

enum { REGISTRY_FIELDS = 5, REGISTRY_TEXT = 512 };

// What an entry says.  Fields that it lacks are "".
typedef struct {
    registry_kind_t kind;
    char key[64 + 2];                     // code, or id
    char name[3][REGISTRY_TEXT];          // of an organisation: kk, ru, en
    char sector[32], owner[64], isoc[64]; // of an object
    bool outside;                         // of an object: the plan does not apply to it
} registry_entry_t;

// The entry at this place of its list; 1, 0 when there are no more, -1 when the text is
// no registry.
int registry_entry_at(
    registry_entry_t *out, span_t text, registry_kind_t kind, size_t i, cause_t *why);
// The one of this key, at `*at`; 0 when there is none.
int registry_entry_find(registry_entry_t *out, span_t text, registry_kind_t kind,
    const char *key, size_t *at, cause_t *why);

// The text with one more, behind the others; with another in its place; without it.
// `*comments`: it had comments, which went with it.  -1 where the text is written in a
// way that only a person can change.
int registry_edit_add(
    span_t text, const registry_entry_t *entry, buf_t *out, cause_t *why);
int registry_edit_change(span_t text, size_t at, const registry_entry_t *entry,
    bool *comments, buf_t *out, cause_t *why);
int registry_edit_remove(span_t text, registry_kind_t kind, size_t at, bool *comments,
    buf_t *out, cause_t *why);

#endif
