// ids - a position is looked up as one more than it is: values are above 0.

#include "hub/state/ids.h"

void ids_add(lookup_t *lookup, lookup_kind_t kind, const char *author, const char *id,
    uint64_t position)
{
    lookup_tag_t tag = lookup_tag(lookup, kind, author, id, "");
    lookup_add(lookup, &tag, position + 1);
}

bool ids_find(lookup_t *lookup, lookup_kind_t kind, const char *author, const char *id,
    size_t *cursor, uint64_t *position)
{
    uint64_t value;
    lookup_tag_t tag = lookup_tag(lookup, kind, author, id, "");
    if (!lookup_find(lookup, &tag, cursor, &value))
        return false;
    *position = value - 1;
    return true;
}
