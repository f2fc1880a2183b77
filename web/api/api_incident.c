// api_incident - what happened about an incident: as the hub's log has it and as far as
// this node was party to it, and what of it is here.  Without the hub, what is here
// alone.

#include "nodes/tools/incident_state.h"
#include "web/api/api.h"
#include "web/api/find.h"
#include "web/api/row.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 500 }; // messages that are here, without the hub

static void add_row(const web_t *web, find_t *find, json_t *message)
{
    mail_t mail;
    const char *box;
    cause_t ignored;
    json_t *row = json_null();
    if (find_mail(find, mail_text(message, "author"), mail_text(message, "id"), &mail,
            &box, &ignored) == FOUND) {
        row = row_json(web, &mail, box);
        mail_close(&mail);
    }
    json_t *number = json_object_get(row, "number");
    json_object_set_new(message, "number", number ? json_incref(number) : json_null());
    json_object_set_new(message, "row", row);
}

// The hub's answer is shared, so that what is added goes into a copy.
static json_t *by_hub(const web_t *web, find_t *find, json_t *timeline)
{
    size_t i;
    json_t *one, *incident = json_copy(timeline), *messages = json_array();
    json_array_foreach(json_object_get(timeline, "messages"), i, one)
    {
        json_t *message = json_copy(one);
        add_row(web, find, message);
        json_array_append_new(messages, message);
    }
    json_object_set_new(incident, "messages", messages);
    json_object_set_new(incident, "from_hub", json_true());
    return incident;
}

typedef struct {
    const web_t *web;
    json_t *messages;
} here_t;

// As the hub would have it: what a row knows of it.
static bool add_here(void *context, const mail_t *mail, const char *box)
{
    static const char *const fields[] = {"id", "kind", "time", "summary", "level",
        "status", "re", "cancels", "supersedes", "number"};
    here_t *self = context;
    json_t *row = row_json(self->web, mail, box), *message = json_object();
    const json_t *body = json_object_get(mail->root, "body");
    json_object_set(message, "author", json_object_get(row, "from"));
    if (mail->has_leaf)
        json_object_set_new(
            message, "position", json_integer((json_int_t)mail->leaf.position));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        json_t *value = json_object_get(row, fields[i]);
        if (!json_is_null(value))
            json_object_set(message, fields[i], value);
    }
    if (!json_object_get(message, "number"))
        json_object_set_new(message, "number", json_null());
    const json_t *amended = json_object_get(row, "amended");
    if (json_is_object(amended))
        json_object_set(message,
            strcmp(mail_text(amended, "state"), "withdrawn") == 0 ? "cancelled_by"
                                                                  : "superseded_by",
            (json_t *)amended);
    if (json_object_get(body, "course"))
        json_object_set(message, "course", json_object_get(body, "course"));
    if (json_object_get(body, "answer"))
        json_object_set(message, "answer", json_object_get(body, "answer"));
    json_object_set_new(message, "receivers", json_array());
    json_object_set_new(message, "row", row);
    json_array_append_new(self->messages, message);
    return true;
}

// By the log; what has no place in it yet, by its time.
static int by_time(const void *a, const void *b)
{
    const json_t *const *x = a, *const *y = b;
    json_int_t p = json_integer_value(json_object_get(*x, "position"));
    json_int_t q = json_integer_value(json_object_get(*y, "position"));
    if (p && q && p != q)
        return p < q ? -1 : 1;
    int order = strcmp(mail_text(*x, "time"), mail_text(*y, "time"));
    return order ? order : strcmp(mail_text(*x, "id"), mail_text(*y, "id"));
}

static json_t *sorted(json_t *messages)
{
    size_t n = json_array_size(messages);
    json_t *list = json_array();
    const json_t **all = calloc(n ? n : 1, sizeof *all);
    if (!all)
        abort();
    for (size_t i = 0; i < n; i++)
        all[i] = json_array_get(messages, i);
    qsort(all, n, sizeof *all, by_time);
    for (size_t i = 0; i < n; i++)
        json_array_append(list, (json_t *)all[i]);
    free(all);
    json_decref(messages);
    return list;
}

// The incident that a message which is here belongs to; else the message.
static reference_t root_of(find_t *find, const reference_t *message)
{
    mail_t mail;
    const char *box;
    cause_t ignored;
    reference_t root;
    if (find_mail(find, message->author, message->id, &mail, &box, &ignored) != FOUND)
        return *message;
    bool has = row_reference(json_object_get(mail.root, "incident"), &root);
    mail_close(&mail);
    return has ? root : *message;
}

// NULL: nothing of it is here.
static json_t *by_itself(const web_t *web, find_t *find, const reference_t *message)
{
    reference_t root = root_of(find, message);
    here_t here = {web, json_array()};
    const find_query_t query = {.thread = &root, .most = MOST};
    find_each(find, &query, add_here, &here);
    if (json_array_size(here.messages) == 0) {
        json_decref(here.messages);
        return NULL;
    }
    bool more = json_array_size(here.messages) == MOST;
    return json_pack("{s:{s:s, s:s}, s:o, s:[], s:b, s:b}", "incident", "author",
        root.author, "id", root.id, "messages", sorted(here.messages), "duties", "more",
        more, "from_hub", false);
}

static void answer_incident(web_t *web, const request_t *request, reply_t *reply)
{
    cause_t why = {""};
    reference_t message;
    json_t *name = json_pack(
        "{s:s, s:s}", "author", request_step(request, 0), "id", request_step(request, 1));
    bool good = row_reference(name, &message);
    json_t *timeline = good ? api_ask(web, "incident", json_incref(name), &why) : NULL;
    find_t *find = find_open(web);
    json_t *incident = timeline ? by_hub(web, find, timeline)
                       : good   ? by_itself(web, find, &message)
                                : NULL;
    find_close(&find);
    if (incident) {
        json_object_set_new(incident, "state",
            json_string(incident_state(json_object_get(incident, "messages"))));
        reply_json(reply, incident);
    } else
        reply_error(reply, 404, "absent", "%s",
            why.text[0] ? why.text : "there is no such incident here");
    json_decref(timeline);
    json_decref(name);
}

const web_route_t api_incident[] = {
    {METHOD_GET, "/api/incidents/*/*", BODY_NONE, answer_incident},
    {0, NULL, BODY_NONE, NULL},
};
