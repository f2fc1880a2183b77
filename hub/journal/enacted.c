// enacted - of each part the newest counts: entries come in the log's order.

#include "hub/journal/enacted.h"

#include <string.h>

bool enacted_add(enacted_t *self, const leaf_t *leaf)
{
    if (strcmp(leaf->type, "rules") == 0) {
        self->rules_position = leaf->position;
        self->rules = leaf->document;
        self->rules_seal = leaf->seal;
    } else if (strcmp(leaf->type, "roster") == 0) {
        self->roster = leaf->document;
        self->roster_position = leaf->position;
    } else if (strcmp(leaf->type, "registry") == 0) {
        self->registry = leaf->document;
        self->registry_position = leaf->position;
    } else if (strcmp(leaf->type, "schemas") == 0) {
        self->schemas = leaf->document;
        self->schemas_position = leaf->position;
    } else {
        return false;
    }
    return true;
}
