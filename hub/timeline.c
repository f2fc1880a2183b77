// timeline - collect the thread breadth first from what it began with, sort it by
// position, show what may be shown.  A message and its corrections are one: who refers to
// any of them is of the thread.

#include "hub/timeline.h"

#include "lib/memory.h"
#include "lib/times.h"
#include "lib/value_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    size_t n;
    bool more;
    leaf_t *leaf;       // TIMELINE_MESSAGES
    reference_t *first; // of each: what it began as
} thread_t;

static bool read_record(const timeline_t *self, const leaf_t *leaf, routing_t *routing)
{
    span_t record;
    cause_t why;
    return self->log->record(self->log->context, leaf, &record, &why) == 0 &&
           routing_parse(routing, record, &why) == 0;
}

static bool find(const timeline_t *self, const reference_t *name, leaf_t *leaf)
{
    return self->log->find(self->log->context, name->author, name->id, leaf);
}

static void add(thread_t *thread, const leaf_t *leaf)
{
    for (size_t i = 0; i < thread->n; i++)
        if (thread->leaf[i].position == leaf->position)
            return;
    if (thread->n < TIMELINE_MESSAGES)
        thread->leaf[thread->n++] = *leaf;
    else
        thread->more = true;
}

static int by_position(const void *a, const void *b)
{
    const leaf_t *x = a, *y = b;
    return (x->position > y->position) - (x->position < y->position);
}

static reference_t first_of(const timeline_t *self, const leaf_t *leaf)
{
    reference_t name = message_name(leaf);
    self->log->first(self->log->context, &name, &name);
    return name;
}

// Whether those who refer to this message were collected, with an earlier one of its
// chain of corrections.
static bool collected(const thread_t *thread, size_t n, const reference_t *first)
{
    for (size_t i = 0; i < n; i++)
        if (reference_same(&thread->first[i], first))
            return true;
    return false;
}

static void collect(const timeline_t *self, thread_t *thread)
{
    for (size_t i = 0; i < thread->n && !thread->more; i++) {
        thread_walk_t walk = {0};
        leaf_t leaf;
        thread->first[i] = first_of(self, &thread->leaf[i]);
        if (collected(thread, i, &thread->first[i]))
            continue;
        while (!thread->more && self->log->refers(self->log->context, &thread->first[i],
                                    ANY_VERSION, REFERS, "", &walk, &leaf))
            add(thread, &leaf);
    }
    qsort(thread->leaf, thread->n, sizeof *thread->leaf, by_position);
}

static void set(json_t *object, const char *key, json_t *value)
{
    if (!value || json_object_set_new(object, key, value) != 0)
        abort();
}

static json_t *receiver(const timeline_t *self, const route_t *route, uint64_t position)
{
    return json_pack("{s:s, s:s, s:s, s:b}", "node", route->node, "rule", route->rule,
        "cites", route->cites, "stored",
        self->stored(self->context, route->node, position));
}

static void add_route(const timeline_t *self, json_t *item, const leaf_t *leaf,
    const route_t *route, bool all)
{
    bool told = all && route->tell == TELL_SENDER;
    switch (route->type) {
    case ROUTE_DELIVER:
        if (told || strcmp(route->node, self->asker) == 0)
            (void)json_array_append_new(json_object_get(item, "receivers"),
                receiver(self, route, leaf->position));
        break;
    case ROUTE_REMARK:
        if (told)
            (void)json_array_append_new(
                json_object_get(item, "remarks"), json_string(route->code));
        break;
    case ROUTE_REFER:
        set(item, refer_name(route->refer),
            json_pack("{s:s, s:s}", "author", route->node, "id", route->id));
        break;
    default:
        break;
    }
}

static void add_contents(const timeline_t *self, json_t *item, const leaf_t *leaf)
{
    static const char *const pointers[][2] = {{"summary", "/summary"},
        {"level", "/body/level"}, {"answer", "/body/answer"}, {"status", "/status"}};
    value_t *document = self->log->document(self->log->context, leaf);
    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++) {
        const value_t *value = value_at(document, pointers[i][1]);
        if (value)
            set(item, pointers[i][0], value_json(value));
    }
    value_free(&document);
}

// NULL when it is not the asker's to know.
static json_t *show(const timeline_t *self, const leaf_t *leaf)
{
    char time[TIME_TEXT];
    routing_t routing = {0};
    bool own = strcmp(leaf->author, self->asker) == 0;
    if (!read_record(self, leaf, &routing))
        return NULL;
    if (!own && !routing_find(&routing, self->asker)) {
        routing_close(&routing);
        return NULL;
    }
    time_print(leaf->time_ms, time);
    json_t *item = json_pack("{s:I, s:s, s:s, s:s, s:s, s:[], s:[]}", "position",
        (json_int_t)leaf->position, "time", time, "kind", leaf->kind, "author",
        leaf->author, "id", leaf->id, "receivers", "remarks");
    for (size_t i = 0; i < routing.n; i++)
        add_route(self, item, leaf, &routing.route[i], own || self->nccis);
    routing_close(&routing);
    add_contents(self, item, leaf);
    return item;
}

static json_t *show_thread(
    const timeline_t *self, thread_t *thread, const reference_t *root)
{
    json_t *messages = json_array();
    size_t bytes = 0;
    for (size_t i = 0; i < thread->n; i++) {
        json_t *item = show(self, &thread->leaf[i]);
        if (!item)
            continue;
        bytes += json_dumpb(item, NULL, 0, JSON_COMPACT);
        if (bytes <= TIMELINE_BYTES)
            (void)json_array_append_new(messages, item);
        else
            json_decref(item);
    }
    return json_pack("{s:{s:s, s:s}, s:b, s:o}", "incident", "author", root->author, "id",
        root->id, "more", thread->more || bytes > TIMELINE_BYTES, "messages", messages);
}

json_t *timeline_of(
    const timeline_t *self, const reference_t *message, refusal_t *refusal)
{
    leaf_t root;
    reference_t name;
    json_t *answer = NULL;
    self->log->root(self->log->context, message, &name);
    if (find(self, message, &root) && find(self, &name, &root)) {
        thread_t thread = {0};
        thread.leaf = memory_new(TIMELINE_MESSAGES, sizeof *thread.leaf);
        thread.first = memory_new(TIMELINE_MESSAGES, sizeof *thread.first);
        add(&thread, &root);
        collect(self, &thread);
        answer = show_thread(self, &thread, &name);
        free(thread.leaf);
        free(thread.first);
    }
    if (json_array_size(json_object_get(answer, "messages")) > 0)
        return answer;
    json_decref(answer);
    (void)refuse(refusal, "reference.unknown", "/id", "",
        "there is no message %s of %s that %s was party to", message->id, message->author,
        self->asker);
    return NULL;
}
