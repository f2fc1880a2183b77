// aside - every check here is one that the receiver makes; there are few such entries, so
// none is remembered.

#include "hub/send/aside.h"

#include "lib/message/document.h"
#include "lib/message/routing.h"
#include "lib/pki/seal.h"

#include <string.h>

static bool is_part(bool there, const hash_t *named, span_t part)
{
    hash_t hash;
    sha256(part, &hash);
    return there && hash_equal(&hash, named);
}

static bool is_signed(const seal_head_t *head, const leaf_t *leaf, const roster_t *roster)
{
    cause_t ignored;
    for (size_t i = 0; i < head->signatures; i++) {
        const cert_t *cert = roster_any_seal(roster, head->signature[i].key_id);
        if (!cert || (strcmp(cert->role, "officer") == 0) != (i > 0) ||
            strcmp(cert->node, leaf->author) != 0 ||
            leaf->time_ms < cert->not_before_ms || leaf->time_ms > cert->not_after_ms ||
            seal_check_signature(head, i, cert->key, &ignored) != 0)
            return false;
    }
    return true;
}

bool aside_is_whole(const entry_t *entry, const roster_t *roster, const char *origin)
{
    leaf_t leaf;
    seal_head_t head;
    cause_t ignored;
    return entry->proven && leaf_take(&leaf, entry->leaf, &ignored) == 0 &&
           is_part(leaf.has_document, &leaf.document, entry->document) &&
           is_part(leaf.has_seal, &leaf.seal, entry->seal) &&
           document_fits(entry->document, &leaf, &ignored) == 0 &&
           seal_head_parse(&head, entry->seal, &ignored) == 0 &&
           (leaf_is_former(&leaf) || strcmp(head.origin, origin) == 0) &&
           is_signed(&head, &leaf, roster);
}

span_t aside_line(span_t record, const char *node, arena_t *arena)
{
    routing_t routing = {0};
    span_t line = {0};
    routing_salvage(&routing, record);
    const route_t *route = routing_find(&routing, node);
    if (route) {
        buf_t text = {0};
        route_print(route, &text);
        line = arena_copy(arena, span_of(text.data, text.size - 1));
        buf_destroy(&text);
    }
    routing_close(&routing);
    return line;
}
