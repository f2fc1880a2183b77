// derived - the digest of what names it, at the incident's own moment, so that it sorts
// beside its cause.

#include "hub/state/derived.h"

#include "lib/base/times.h"

#include <stdlib.h>
#include <string.h>

void derived_id(const derived_name_t *name, size_t number, char id[MESSAGE_ID_MAX])
{
    buf_t text = {0};
    hash_t hash;
    buf_printf(&text, "dabyl-derived/v1\n%s\n%s\n%s\n%s\n%s\n%zu\n",
        name->incident.author, name->incident.id, name->kind, name->author, name->stage,
        number);
    sha256(buf_span(&text), &hash);
    buf_destroy(&text);
    uuid7_from(uuid7_time_ms(name->incident.id), hash.bytes, id);
}
