// derived - the digest of what names it, at the incident's own moment, so that it sorts
// beside its cause.

#include "lib/derived.h"

#include "lib/times.h"

#include <stdlib.h>
#include <string.h>

void derived_id(const reference_t *incident, const char *kind, const char *stage,
    char id[MESSAGE_ID_MAX])
{
    buf_t name = {0};
    hash_t hash;
    buf_printf(&name, "dabyl-derived/v1\n%s\n%s\n%s\n%s\n", incident->author,
        incident->id, kind, stage);
    sha256(buf_span(&name), &hash);
    buf_destroy(&name);
    uuid7_from(uuid7_time_ms(incident->id), hash.bytes, id);
}
