// status - names are promised to scripts: add, never rename.

#include "hub/status.h"
#include "lib/version.h"

#include <stdlib.h>

json_t *status_new(const hub_status_t *status)
{
    char root[HASH_HEX];
    hex_encode(status->root.bytes, sizeof status->root.bytes, root);
    json_t *self = json_pack(
        "{s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b, s:b, s:[]}",
        "hub", status->hub, "version", DABYL_VERSION, "origin", status->origin, "entries",
        (json_int_t)status->entries, "root", root, "rules_position",
        (json_int_t)status->rules_position, "rules", (json_int_t)status->rules,
        "sessions", (json_int_t)status->sessions, "refused_since_start",
        (json_int_t)status->refused, "duties", (json_int_t)status->duties, "clock_held",
        status->clock_held, "disk_full", status->disk_full, "rolled_back",
        status->rolled_back, "crl_stale", status->crl_stale, "nodes");
    if (!self)
        abort();
    return self;
}

void status_add_node(json_t *self, const node_status_t *node)
{
    (void)json_array_append_new(json_object_get(self, "nodes"),
        json_pack("{s:s, s:s, s:s, s:b, s:I, s:I}", "node", node->node, "role",
            node->role, "organisation", node->organisation, "connected", node->connected,
            "delivered", (json_int_t)node->delivered, "acknowledged",
            (json_int_t)node->acknowledged));
}

void status_print(const json_t *self, buf_t *out)
{
    char *text = json_dumps(self, JSON_COMPACT);
    if (!text)
        abort();
    buf_put_text(out, text);
    free(text);
}
