// api_lists - what the hub lists, and what stands by the messages that are here.

#include "nodes/inbox/opened.h"
#include "web/api/api.h"
#include "web/api/find.h"
#include "web/api/row.h"
#include "web/api/standing.h"

#include <string.h>

enum { UNOPENED_MOST = 1000 }; // messages of a feed that are looked at

// Empty, and answered, where the hub says nothing.
static json_t *ask(web_t *web, const char *topic, reply_t *reply)
{
    cause_t why;
    json_t *answer = api_ask(web, topic, json_object(), &why);
    if (!answer)
        api_unanswered(reply, &why);
    return answer;
}

static void pass_on(web_t *web, const char *topic, reply_t *reply)
{
    json_t *answer = ask(web, topic, reply);
    if (answer)
        reply_json(reply, answer);
}

typedef struct {
    const web_t *web;
    json_int_t unopened;
} count_t;

static bool count(void *context, const mail_t *mail, const char *box)
{
    count_t *self = context;
    reference_t name;
    (void)box;
    if (row_name(mail->root, &name)) {
        json_t *opened = opened_json(self->web->node, &name);
        self->unopened += json_array_size(opened) == 0;
        json_decref(opened);
    }
    return true;
}

static json_t *feed_json(const web_t *web, find_t *find, const json_t *feed)
{
    count_t found = {web, 0};
    const find_query_t query = {
        .feed = mail_text(feed, "feed"), .inbox_only = true, .most = UNOPENED_MOST};
    json_t *copy = json_copy((json_t *)feed);
    find_each(find, &query, count, &found);
    json_object_set_new(copy, "unopened", json_integer(found.unopened));
    return copy;
}

static void answer_feeds(web_t *web, const request_t *request, reply_t *reply)
{
    size_t i;
    json_t *feed, *answer = ask(web, "feeds", reply);
    (void)request;
    if (!answer)
        return;
    find_t *find = find_open(web);
    json_t *taken = json_array(), *feeds = json_copy(answer);
    json_array_foreach(json_object_get(answer, "taken"), i, feed)
        json_array_append_new(taken, feed_json(web, find, feed));
    find_close(&find);
    json_object_set_new(feeds, "taken", taken);
    json_decref(answer);
    reply_json(reply, feeds);
}

static void answer_contacts(web_t *web, const request_t *request, reply_t *reply)
{
    (void)request;
    pass_on(web, "contacts", reply);
}

static void answer_plans(web_t *web, const request_t *request, reply_t *reply)
{
    (void)request;
    pass_on(web, "plans", reply);
}

static void answer_nodes(web_t *web, const request_t *request, reply_t *reply)
{
    (void)request;
    if (strcmp(web->role, "nccis") == 0)
        pass_on(web, "nodes", reply);
    else
        reply_error(reply, 403, "ask.topic", "%s", refusal_sentence("ask.topic"));
}

static void answer_suspensions(web_t *web, const request_t *request, reply_t *reply)
{
    find_t *find = find_open(web);
    json_t *list = standing_suspensions(web, find);
    (void)request;
    find_close(&find);
    reply_json(reply, json_pack("{s:o}", "suspensions", list));
}

static void answer_exercises(web_t *web, const request_t *request, reply_t *reply)
{
    find_t *find = find_open(web);
    json_t *list = standing_exercises(web, find, request_now_ms(request));
    find_close(&find);
    reply_json(reply, json_pack("{s:o}", "exercises", list));
}

const web_route_t api_lists[] = {
    {METHOD_GET, "/api/feeds", BODY_NONE, answer_feeds},
    {METHOD_GET, "/api/contacts", BODY_NONE, answer_contacts},
    {METHOD_GET, "/api/plans", BODY_NONE, answer_plans},
    {METHOD_GET, "/api/nodes", BODY_NONE, answer_nodes},
    {METHOD_GET, "/api/suspensions", BODY_NONE, answer_suspensions},
    {METHOD_GET, "/api/exercises", BODY_NONE, answer_exercises},
    {0, NULL, BODY_NONE, NULL},
};
