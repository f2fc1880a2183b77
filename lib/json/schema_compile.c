// schema_compile - from JSON to nodes, and from `$ref` to the node it means.
//
// References are resolved when every file of the set is compiled, so that files may refer
// to each other and to themselves.  What a reference points at and is no node yet becomes
// one. Identity is the JSON value itself: one JSON object is compiled once.

#include "lib/base/memory.h"
#include "lib/json/schema_tree.h"

#include <string.h>

void *schema_take(loader_t *loader, size_t size)
{
    return memset(arena_take(loader->set->arena, size), 0, size);
}

static schema_node_t *add_node(loader_t *loader, const value_t *json)
{
    struct schemas *set = loader->set;
    if (set->nodes == set->nodes_room) {
        set->nodes_room = set->nodes_room ? 2 * set->nodes_room : 64;
        set->node = memory_grow(set->node, set->nodes_room, sizeof *set->node);
    }
    schema_node_t *node = schema_take(loader, sizeof *node);
    node->json = json;
    node->acts = node;
    set->node[set->nodes++] = node;
    return node;
}

// true and false are never looked up.
static schema_node_t *node_of(const struct schemas *set, const value_t *json)
{
    for (size_t i = 0; i < set->nodes; i++)
        if (set->node[i]->json == json)
            return set->node[i];
    return NULL;
}

static const char *title_of(const value_t *schema)
{
    return value_text(value_get(schema, "title"));
}

// The promise of the profile: what is not understood is not loaded.
static int refuse_unknown(loader_t *loader, const value_t *schema)
{
    value_each(value, schema)
    {
        if (!keyword_find(value->key))
            return cause_set(loader->why, "%s: keyword \"%s\" is not in the profile",
                loader->file->name, value->key);
    }
    return 0;
}

static int fill_node(loader_t *loader, schema_node_t *node, const value_t *schema)
{
    if (refuse_unknown(loader, schema) != 0)
        return -1;
    // Pending references keep pointers to clauses: the array must not move.
    node->clause = schema_take(loader, value_count(schema) * sizeof(clause_t) + 1);
    site_t site = {loader, node, schema};
    for (const keyword_t *k = keyword_next(NULL); k; k = keyword_next(k)) {
        clause_t *clause = &node->clause[node->n];
        const value_t *value = value_get(schema, k->name);
        if (!value || !k->compile)
            continue;
        *clause = (clause_t){.keyword = k,
            .check = k->check,
            .applies = k->applies,
            .value = value,
            .file = loader->file->name,
            .title = title_of(schema),
            .schema = node};
        int made = k->compile(&site, clause);
        if (made < 0)
            return -1;
        node->n += (size_t)made;
    }
    return 0;
}

static schema_node_t *never_node(loader_t *loader)
{
    static const keyword_t never = {"false", T_ANY, NULL, check_never, NULL};
    schema_node_t *node = add_node(loader, NULL);
    node->clause = schema_take(loader, sizeof(clause_t));
    node->clause[0] = (clause_t){.keyword = &never,
        .check = never.check,
        .applies = never.applies,
        .file = loader->file->name};
    node->n = 1;
    return node;
}

schema_node_t *schema_node(loader_t *loader, const value_t *json)
{
    if (value_is(json, VALUE_TRUE))
        return add_node(loader, NULL);
    if (value_is(json, VALUE_FALSE))
        return never_node(loader);
    if (!value_is(json, VALUE_OBJECT)) {
        cause_set(
            loader->why, "%s: a schema is an object or a boolean", loader->file->name);
        return NULL;
    }
    schema_node_t *node = node_of(loader->set, json);
    if (node)
        return node;
    // Known before it is filled, so that a schema may contain a reference to itself.
    node = add_node(loader, json);
    return fill_node(loader, node, json) == 0 ? node : NULL;
}

schema_node_t *schema_beside(const site_t *site, const value_t *json)
{
    schema_node_t *to = schema_node(site->loader, json);
    if (to) {
        schema_edge_t *edge = schema_take(site->loader, sizeof *edge);
        *edge = (schema_edge_t){to, site->node->in_place};
        site->node->in_place = edge;
    }
    return to;
}

static int hex_value(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)((found - digits) % 16) : -1;
}

// A URI fragment without its percent-encoding; false when it is none or too long.
static bool decode_fragment(const char *text, char *out, size_t room)
{
    size_t n = 0;
    for (; *text; text++) {
        char c = *text;
        if (c == '%') {
            int high = hex_value(text[1]);
            int low = high < 0 ? -1 : hex_value(text[2]);
            if (high < 0 || low < 0 || high + low == 0)
                return false;
            c = (char)(high * 16 + low);
            text += 2;
        }
        if (n + 1 >= room)
            return false;
        out[n++] = c;
    }
    out[n] = 0;
    return true;
}

// RFC 3986, 5.2, as far as file names beside each other need it: no dot segments.
static void resolve_uri(
    const char *base, const char *ref, size_t ref_length, char *out, size_t room)
{
    size_t keep = 0;
    const char *authority = strstr(base, "://");
    if (memchr(ref, ':', ref_length) == NULL) {
        const char *slash = strrchr(base, '/');
        const char *path = authority ? strchr(authority + 3, '/') : NULL;
        if (ref[0] == '/')
            keep = path ? (size_t)(path - base) : strlen(base);
        else
            keep = slash ? (size_t)(slash - base) + 1 : 0;
    }
    out[0] = 0;
    if (keep + ref_length < room) {
        memcpy(out, base, keep);
        memcpy(out + keep, ref, ref_length);
        out[keep + ref_length] = 0;
    }
}

static const schema_file_t *file_of(
    const struct schemas *set, const schema_file_t *from, const char *ref)
{
    char uri[512];
    size_t length = strcspn(ref, "#");
    if (length == 0)
        return from;
    resolve_uri(from->id, ref, length, uri, sizeof uri);
    for (size_t i = 0; i < set->files; i++)
        if (set->file[i].id[0] && strcmp(set->file[i].id, uri) == 0)
            return &set->file[i];
    return NULL;
}

static schema_node_t *anchored(
    const struct schemas *set, const schema_file_t *file, const char *anchor)
{
    for (size_t i = file->first_node; i < file->end_node; i++)
        if (set->node[i]->anchor && strcmp(set->node[i]->anchor, anchor) == 0)
            return set->node[i];
    return NULL;
}

// The node that `ref`, found in `from`, means; NULL with the cause.
static schema_node_t *resolve(
    struct schemas *set, const schema_file_t *from, const char *ref, cause_t *why)
{
    char fragment[512] = "";
    const char *hash = strchr(ref, '#');
    const schema_file_t *file = file_of(set, from, ref);
    schema_node_t *node = NULL;
    if (file && (!hash || decode_fragment(hash + 1, fragment, sizeof fragment))) {
        if (fragment[0] && fragment[0] != '/') {
            node = anchored(set, file, fragment);
        } else {
            const value_t *target = value_at(file->json, fragment);
            loader_t loader = {set, (schema_file_t *)file, why};
            if (target)
                return schema_node(&loader, target);
        }
    }
    if (!node)
        cause_set(why, "%s: nothing is at $ref \"%s\"", from->name, ref);
    return node;
}

// Depth first along the schemas that are applied to the same value.
static int find_loop(schema_node_t *node)
{
    if (node->colour != 0)
        return node->colour == 1 ? -1 : 0;
    node->colour = 1;
    for (const schema_edge_t *edge = node->in_place; edge; edge = edge->next)
        if (find_loop(edge->to) != 0)
            return -1;
    node->colour = 2;
    return 0;
}

// What checking need not find out each time.
static void prepare(schema_node_t *node)
{
    while (node->acts->n == 1 && node->acts->clause[0].check == check_ref)
        node->acts = node->acts->clause[0].as.node;
    if (node->n > 0 && node->clause[0].check == check_type)
        node->surely = node->clause[0].as.types;
    for (size_t i = 0; i < node->n; i++) {
        if (node->clause[i].check == check_ref)
            node->refers = node->clause[i].as.node;
        if (node->clause[i].check == check_members)
            node->named = &node->clause[i].as.members->fields;
    }
}

int schema_link(struct schemas *set, cause_t *why)
{
    // Resolving may compile new nodes, and they may bring references of their own.
    while (set->pending) {
        unresolved_t *pending = set->pending;
        set->pending = pending->next;
        const char *ref = value_text(pending->clause->value);
        schema_node_t *to = resolve(set, pending->file, ref, why);
        if (!to)
            return -1;
        pending->clause->as.node = to;
        schema_edge_t *edge = arena_take(set->arena, sizeof *edge);
        *edge = (schema_edge_t){to, pending->from->in_place};
        pending->from->in_place = edge;
    }
    for (size_t i = 0; i < set->nodes; i++)
        if (find_loop(set->node[i]) != 0)
            return cause_set(
                why, "a $ref leads back to itself without going down a level");
    for (size_t i = 0; i < set->nodes; i++)
        prepare(set->node[i]);
    return 0;
}
