// story - a small log in memory, to ask precedents of.

#ifndef TESTS_LIB_STORY_H
#define TESTS_LIB_STORY_H

#include "lib/message/lineage.h"
#include "lib/rules/require.h"
#include "tests/lib/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORY_MAX = 12 };

// One message of the log: its id is its place, its marking TLP:AMBER.
typedef struct {
    const char *kind;
    refer_t field; // REFERS: refers to none
    int to;        // place of the one it refers to
    const char *body;
} story_row_t;

typedef struct {
    size_t n;
    story_row_t row[STORY_MAX];
    const char *author[STORY_MAX]; // NULL: "a"
    const char *to[STORY_MAX];     // whom it is addressed and delivered to, or NULL
    const char *members;           // "m1 m2", of the set that the first message began
    buf_t record;
} story_t;

static inline void story_name(size_t place, char id[MESSAGE_ID_MAX])
{
    (void)snprintf(id, MESSAGE_ID_MAX, "%zu", place);
}

static inline const char *story_author(const story_t *story, size_t place)
{
    const char *author = story->author[place];
    return author ? author : "a";
}

static inline bool story_find(
    void *context, const char *author, const char *id, leaf_t *leaf)
{
    const story_t *story = context;
    size_t place = (size_t)(id[0] - '0');
    if (place >= story->n || strcmp(author, story_author(story, place)) != 0)
        return false;
    *leaf = (leaf_t){.position = place};
    (void)snprintf(leaf->author, sizeof leaf->author, "%s", author);
    story_name(place, leaf->id);
    (void)snprintf(leaf->kind, sizeof leaf->kind, "%s", story->row[place].kind);
    return true;
}

static inline int story_record(
    void *context, const leaf_t *leaf, span_t *text, cause_t *why)
{
    story_t *story = context;
    const story_row_t *row = &story->row[leaf->position];
    routing_t routing = {0};
    route_t route = {.type = ROUTE_REFER, .refer = row->field};
    (void)why;
    if (story->to[leaf->position]) {
        route_t deliver = {
            .type = ROUTE_DELIVER, .rule = "r", .cites = "8", .tell = TELL_NONE};
        (void)snprintf(
            deliver.node, sizeof deliver.node, "%s", story->to[leaf->position]);
        routing_add(&routing, &deliver);
    }
    if (row->field != REFERS) {
        (void)snprintf(
            route.node, sizeof route.node, "%s", story_author(story, (size_t)row->to));
        story_name((size_t)row->to, route.id);
        routing_add(&routing, &route);
    }
    buf_clear(&story->record);
    routing_print(&routing, &story->record);
    routing_close(&routing);
    *text = buf_span(&story->record);
    return 0;
}

// As the hub has it, of all that the story tells.
static inline lineage_t *story_lineage(story_t *story)
{
    lineage_t *lineage = lineage_new();
    for (size_t place = 0; place < story->n; place++) {
        leaf_t leaf = {.position = place};
        span_t text;
        cause_t why;
        routing_t routing;
        story_name(place, leaf.id);
        if (story_record(story, &leaf, &text, &why) != 0 ||
            routing_parse(&routing, text, &why) != 0)
            abort();
        lineage_add(lineage, story_author(story, place), leaf.id, &routing);
        routing_close(&routing);
    }
    return lineage;
}

static inline void story_first(
    void *context, const reference_t *message, reference_t *first)
{
    lineage_t *lineage = story_lineage(context);
    lineage_first(lineage, message, first);
    lineage_destroy(&lineage);
}

static inline bool story_stands(void *context, const reference_t *message)
{
    lineage_t *lineage = story_lineage(context);
    bool stands = lineage_stands(lineage, message);
    lineage_destroy(&lineage);
    return stands;
}

static inline bool story_same(
    story_t *story, const reference_t *a, const reference_t *b, version_t version)
{
    reference_t one = *a, other = *b;
    if (version == ANY_VERSION) {
        story_first(story, a, &one);
        story_first(story, b, &other);
    }
    return reference_same(&one, &other);
}

static inline bool story_refers(void *context, const reference_t *to, version_t version,
    refer_t field, const char *kind, thread_walk_t *walk, leaf_t *leaf)
{
    story_t *story = context;
    while (walk->past < story->n) {
        size_t place = story->n - ++walk->past;
        const story_row_t *row = &story->row[place];
        char id[MESSAGE_ID_MAX];
        reference_t name = {0};
        (void)snprintf(
            name.author, sizeof name.author, "%s", story_author(story, (size_t)row->to));
        story_name((size_t)row->to, name.id);
        if (row->field != REFERS && (field == REFERS || row->field == field) &&
            (kind[0] == 0 || strcmp(kind, row->kind) == 0) &&
            story_same(story, &name, to, version)) {
            story_name(place, id);
            return story_find(context, story_author(story, place), id, leaf);
        }
    }
    return false;
}

// Nothing is brought along for anybody.
static inline bool story_carried(void *context, const reference_t *message,
    version_t version, const char *node, thread_walk_t *walk, leaf_t *leaf)
{
    (void)context;
    (void)message;
    (void)version;
    (void)node;
    (void)walk;
    (void)leaf;
    return false;
}

static inline value_t *story_document(void *context, const leaf_t *leaf)
{
    const story_t *story = context;
    const story_row_t *row = &story->row[leaf->position];
    const char *to = story->to[leaf->position];
    const char *body = row->body;
    char text[512];
    (void)snprintf(text, sizeof text,
        "{\"marking\": \"TLP:AMBER\", \"to\": [\"%s\"], \"body\": {%s}}", to ? to : "",
        body ? body : "");
    return body ? value_read(text) : NULL; // NULL: it was erased
}

// The role is the name's beginning; who has left has none.
static inline const char *story_role(void *context, const char *node)
{
    (void)context;
    return strcmp(node, "gone") == 0 ? NULL : node[0] == 'm' ? "foreign-affairs" : "isoc";
}

static inline bool story_belongs(
    void *context, const reference_t *first, const char *node)
{
    const story_t *story = context;
    char word[NODE_ID_MAX + 2], all[256];
    (void)snprintf(word, sizeof word, " %s ", node);
    (void)snprintf(all, sizeof all, " %s ", story->members ? story->members : "");
    return strcmp(first->id, "0") == 0 && strstr(all, word) != NULL;
}

static inline precedents_t story_precedents(story_t *story)
{
    return (precedents_t){.find = story_find,
        .record = story_record,
        .refers = story_refers,
        .carried = story_carried,
        .first = story_first,
        .stands = story_stands,
        .role = story_role,
        .belongs = story_belongs,
        .document = story_document,
        .context = story};
}

#endif
