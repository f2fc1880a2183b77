// standing - what was corrected stands in its newest version, and what was withdrawn does
// not: rows know that (row_stands).

#include "web/api/standing.h"

#include "lib/base/times.h"
#include "nodes/inbox/amended.h"
#include "web/api/row.h"

#include <string.h>

enum { MOST = 500 }; // of a kind; nobody has so many under way

typedef struct {
    const web_t *web;
    json_t *list; // of {"row", "body"}
} collected_t;

static bool collect(void *context, const mail_t *mail, const char *box)
{
    const collected_t *self = context;
    json_t *row = row_json(self->web, mail, box);
    if (row_stands(row) && strcmp(mail_text(row, "status"), "test") != 0) {
        json_t *body = json_object_get(mail->root, "body");
        json_array_append_new(
            self->list, json_pack("{s:O, s:O*}", "row", row, "body", body));
    }
    json_decref(row);
    return true;
}

// Those of a kind that stand, the newest first.
static json_t *those_of(const web_t *web, find_t *find, const char *kind)
{
    collected_t found = {web, json_array()};
    const find_query_t query = {.kind = kind, .most = MOST};
    find_each(find, &query, collect, &found);
    return found.list;
}

static const json_t *body_of(const json_t *one)
{
    return json_object_get(one, "body");
}

static const json_t *row_of(const json_t *one)
{
    return json_object_get(one, "row");
}

static json_t *moment(const json_t *body, const char *field)
{
    json_t *value = json_object_get(body, field);
    return json_is_string(value) ? json_incref(value) : json_null();
}

static bool is_past(const json_t *body, const char *field, int64_t now_ms)
{
    int64_t ms;
    return time_parse(span_text(mail_text(body, field)), &ms) && ms <= now_ms;
}

// Whether one of these is of the exercise, by whomever or by this node.
static bool any_of(const json_t *list, const char *exercise, const char *by)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)list, i,
        one) if (strcmp(mail_text(body_of(one), "exercise"), exercise) == 0 &&
                 (!by || strcmp(mail_text(row_of(one), "from"), by) == 0)) return true;
    return false;
}

static json_t *exercise_json(const web_t *web, const json_t *opening,
    const json_t *joinings, const json_t *closings, int64_t now_ms)
{
    const json_t *body = body_of(opening), *row = row_of(opening);
    const char *name = mail_text(body, "exercise");
    bool closed = any_of(closings, name, NULL);
    bool joined = strcmp(mail_text(row, "from"), web->name) == 0 ||
                  any_of(joinings, name, web->name);
    const char *state = closed                              ? "closed"
                        : is_past(body, "opens_at", now_ms) ? "open"
                                                            : "announced";
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:b, s:O}", "exercise", name,
        "author", mail_text(row, "from"), "id", mail_text(row, "id"), "opens_at",
        moment(body, "opens_at"), "closes_at", moment(body, "closes_at"), "state", state,
        "joined", joined, "row", row);
}

json_t *standing_exercises(const web_t *web, find_t *find, int64_t now_ms)
{
    json_t *openings = those_of(web, find, "exercise.opening");
    json_t *joinings = those_of(web, find, "exercise.joining");
    json_t *closings = those_of(web, find, "exercise.closing");
    json_t *list = json_array(), *opening;
    size_t i;
    json_array_foreach(openings, i, opening) json_array_append_new(
        list, exercise_json(web, opening, joinings, closings, now_ms));
    json_decref(openings);
    json_decref(joinings);
    json_decref(closings);
    return list;
}

// Whichever version of it who lifts it names.
static bool names(const web_t *web, const json_t *lifted, const json_t *suspension)
{
    reference_t re, name;
    if (!row_reference(json_object_get(row_of(lifted), "re"), &re) ||
        !row_name(row_of(suspension), &name))
        return false;
    reference_t a = amended_first(web->node, &re), b = amended_first(web->node, &name);
    return reference_same(&a, &b);
}

// NULL: it was lifted as a whole.
static json_t *suspension_json(
    const web_t *web, const json_t *suspension, const json_t *lifted)
{
    const json_t *body = body_of(suspension), *row = row_of(suspension);
    json_t *parts = json_array(), *one;
    size_t i;
    bool whole = false;
    json_array_foreach((json_t *)lifted, i, one)
    {
        if (!names(web, one, suspension))
            continue;
        whole |= !json_object_get(body_of(one), "what");
        json_array_append(parts, (json_t *)row_of(one));
    }
    json_t *json = whole ? NULL
                         : json_pack("{s:s, s:s, s:o, s:o, s:O, s:O}", "author",
                               mail_text(row, "from"), "id", mail_text(row, "id"),
                               "suspended_at", moment(body, "suspended_at"), "until",
                               moment(body, "until"), "lifted", parts, "row", row);
    json_decref(parts);
    return json;
}

json_t *standing_suspensions(const web_t *web, find_t *find)
{
    json_t *notices = those_of(web, find, "suspension.notice");
    json_t *lifted = those_of(web, find, "suspension.lifted");
    json_t *list = json_array(), *notice;
    size_t i;
    json_array_foreach(notices, i, notice)
    {
        json_t *one = suspension_json(web, notice, lifted);
        if (one)
            json_array_append_new(list, one);
    }
    json_decref(notices);
    json_decref(lifted);
    return list;
}
