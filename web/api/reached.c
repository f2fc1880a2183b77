// reached - a node that two rules reach stands there once, with the first of them.

#include "web/api/reached.h"

#include "nodes/inbox/mail.h"
#include "web/api/row.h"

#include <string.h>

static json_t *find(json_t *list, const char *node)
{
    size_t i;
    json_t *one;
    json_array_foreach(
        list, i, one) if (strcmp(mail_text(one, "node"), node) == 0) return one;
    return NULL;
}

static json_t *add(json_t *list, const json_t *route)
{
    json_t *one = find(list, mail_text(route, "node"));
    if (one)
        return one;
    one = json_pack("{s:s, s:s, s:s, s:b, s:n, s:n}", "node", mail_text(route, "node"),
        "rule", mail_text(route, "rule"), "cites", mail_text(route, "cites"), "told",
        true, "stored", "answer");
    json_array_append_new(list, one);
    return one;
}

static void add_routes(json_t *list, const json_t *routes, const char *name)
{
    size_t i;
    json_t *route;
    json_array_foreach(json_object_get(routes, name), i, route) add(list, route);
}

const json_t *reached_entry(const json_t *timeline, const reference_t *message)
{
    size_t i;
    json_t *one;
    reference_t name;
    json_array_foreach(json_object_get(timeline, "messages"), i,
        one) if (row_reference(one, &name) && reference_same(&name, message)) return one;
    return NULL;
}

static void add_stored(json_t *list, const json_t *entry)
{
    size_t i;
    json_t *receiver;
    json_array_foreach(json_object_get(entry, "receivers"), i, receiver) json_object_set(
        add(list, receiver), "stored", json_object_get(receiver, "stored"));
}

static bool answers(const json_t *one, const reference_t *message)
{
    reference_t re;
    return row_reference(json_object_get(one, "re"), &re) &&
           reference_same(&re, message) && !json_object_get(one, "cancelled_by") &&
           !json_object_get(one, "superseded_by") && !json_object_get(one, "cancels");
}

// Those of the timeline are in the order of the log: a later one takes its place.
static void add_answers(json_t *list, const json_t *timeline, const reference_t *message)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(timeline, "messages"), i, one)
    {
        json_t *receiver = find(list, mail_text(one, "author"));
        const char *word = mail_text(one, "answer");
        if (!receiver || !answers(one, message))
            continue;
        json_object_set_new(receiver, "answer",
            json_pack("{s:s, s:s, s:s}", word[0] ? "word" : "kind",
                word[0] ? word : mail_text(one, "kind"), "id", mail_text(one, "id"), "at",
                mail_text(one, "time")));
    }
}

json_t *reached_json(
    const json_t *routes, const json_t *timeline, const reference_t *message)
{
    json_t *list = json_array();
    add_routes(list, routes, "receivers");
    add_routes(list, routes, "by_subscription");
    add_stored(list, reached_entry(timeline, message));
    add_answers(list, timeline, message);
    return list;
}
