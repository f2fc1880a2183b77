// template - one row per kind: what its body looks like.  The envelope is the same for
// all; id, from, sent and nonce are the node's to add; who writes what, the profiles
// know.

#include "nodes/roles/template.h"

#include "nodes/roles/profile.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MARK "FILL IN: "

typedef struct {
    const char *kind;
    const char *marking;
    const char *envelope; // further envelope fields, as JSON
    const char *body;     // as JSON
} row_t;

#define INCIDENT                                                                         \
    "{\"incident\": {\"author\": \"" MARK "node that sent the notice\","                 \
    " \"id\": \"" MARK "id of the notice\"}}"

static const row_t rows[] = {
    {"incident.notice", "TLP:AMBER", "{}",
        "{\"level\": 2, \"determination\": \"confirmed\", \"sector\": \"" MARK
        "one of heat-supply power-supply gas-supply water-supply industry healthcare"
        " communications banking transport hydraulic-structures law-enforcement"
        " e-government other\", \"object\": \"" MARK "object id, or remove this line\","
        " \"cross_border\": false, \"detected_at\": \"" MARK "2026-11-22T11:39:30Z\","
        " \"measures\": [\"" MARK "what was done so far\"],"
        " \"description\": \"" MARK "what happened, in full\"}"},
    {"incident.update", "TLP:AMBER", INCIDENT,
        "{\"level\": 2, \"description\": \"" MARK "what is new\"}"},
    {"incident.closure", "TLP:AMBER", INCIDENT,
        "{\"cause\": \"" MARK "what caused it\","
        " \"elimination\": \"" MARK "how the cause was removed\","
        " \"recovery\": \"" MARK "how the object was restored\"}"},
    {"crossborder.item", "TLP:AMBER", "{}",
        "{\"cause\": {\"author\": \"" MARK "node that sent the notice\", \"id\": \"" MARK
        "id of the notice\"}, \"countries\": [\"" MARK "name or ISO code\"],"
        " \"description\": \"" MARK "what has a side abroad\"}"},
    {"advisory", "TLP:GREEN", "{}",
        "{\"description\": \"" MARK "what is vulnerable or threatened\","
        " \"actions\": [\"" MARK "what to do, one step each\"]}"},
};

enum { ROWS = sizeof rows / sizeof *rows };

const char *const template_kinds[ROWS + 1] = {"incident.notice", "incident.update",
    "incident.closure", "crossborder.item", "advisory", NULL};

static const row_t *find(const char *kind)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].kind, kind) == 0)
            return &rows[i];
    return NULL;
}

static json_t *parse(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    assert(value); // a row is written wrongly
    return value;
}

json_t *template_new(const char *kind)
{
    const row_t *row = find(kind);
    if (!row)
        return NULL;
    json_t *document = json_pack("{s:i, s:s, s:s, s:s, s:{s:s}}", "dabyl", 1, "kind",
        kind, "status", "actual", "marking", row->marking, "summary", "en",
        MARK "one or two sentences (kk, ru or en, or all three)");
    json_t *more = parse(row->envelope);
    json_object_update(document, more);
    json_decref(more);
    json_object_set_new(document, "body", parse(row->body));
    return document;
}

bool template_for(const char *kind, const char *role)
{
    return find(kind) && profile_publishes(profile_of(role), kind);
}

static bool is_left(const json_t *value, char *pointer, size_t room)
{
    const char *text = json_string_value(value);
    if (text)
        return strncmp(text, MARK, strlen(MARK)) == 0;
    size_t used = strlen(pointer), i;
    const char *key;
    json_t *inner;
    json_array_foreach(value, i, inner)
    {
        snprintf(pointer + used, room - used, "/%zu", i);
        if (is_left(inner, pointer, room))
            return true;
    }
    json_object_foreach((json_t *)value, key, inner)
    {
        snprintf(pointer + used, room - used, "/%s", key);
        if (is_left(inner, pointer, room))
            return true;
    }
    pointer[used] = '\0';
    return false;
}

bool template_leftover(const json_t *document, char *pointer, size_t room)
{
    pointer[0] = '\0';
    return is_left(document, pointer, room);
}
