// api_queue - what waits for this node: duties by the time that is left, alarms that
// nobody has answered, and what the hub has announced.
//
// The hub says what is owed, for what is real and for each exercise that this node has
// joined.  While it does not answer, what it said last is shown, and what the node noted.

#include "lib/base/folder.h"
#include "nodes/inbox/announced.h"
#include "nodes/inbox/stored.h"
#include "web/api/api.h"
#include "web/api/find.h"
#include "web/api/queue.h"
#include "web/api/row.h"
#include "web/api/seen.h"
#include "web/api/standing.h"
#include "web/last.h"
#include "web/shared.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    FRESH_MS = 2000,
    CHANGED_MS = 200,   // then something came or went, and the hub may say otherwise
    SHARED_MS = 1000,   // one queue for all consoles
    STALE_MS = 10000,   // a question that was too much for once makes nobody anxious
    EXERCISES_MOST = 4, // asked for
    ALARMS_MOST = 100,
    ALARM_LEVEL = 3, // national security is told (plan, para 14)
    LOOK_MOST = 400, // messages of that level that are looked at
};

typedef struct {
    const web_t *web;
    find_t *find;
    int64_t wall_ms;
    json_t *rows; // by "AUTHOR/ID": each is made once
    json_t *owed; // the same of what this node owes an answer to
} known_t;

static void key_of(const reference_t *message, char key[NODE_ID_MAX + MESSAGE_ID_MAX + 1])
{
    (void)snprintf(
        key, NODE_ID_MAX + MESSAGE_ID_MAX + 1, "%s/%s", message->author, message->id);
}

static json_t *row_of(void *context, const reference_t *message)
{
    known_t *self = context;
    char key[NODE_ID_MAX + MESSAGE_ID_MAX + 1];
    mail_t mail;
    const char *box = "";
    cause_t ignored;
    key_of(message, key);
    json_t *row = json_object_get(self->rows, key);
    if (row)
        return json_incref(row);
    bool found = find_mail(self->find, message->author, message->id, &mail, &box,
                     &ignored) == FOUND;
    row = found ? row_json(self->web, &mail, box) : json_null();
    if (found)
        mail_close(&mail);
    json_object_set(self->rows, key, row);
    return row;
}

static json_t *seen_of(void *context, const reference_t *message)
{
    const known_t *self = context;
    return seen_json(self->web->node, message, self->wall_ms);
}

static void add_all(json_t *duties, const json_t *answer)
{
    json_array_extend(duties, json_object_get(answer, "duties"));
}

static void ask(
    const web_t *web, const char *exercise, int64_t fresh_ms, last_answer_t *out)
{
    cause_t ignored;
    now_t now = clock_now();
    json_t *arguments = json_pack("{s:s*}", "exercise", exercise);
    char *text = json_dumps(arguments, JSON_COMPACT);
    buf_t question = {0};
    buf_printf(&question, "ask duties\n%s", text ? text : "{}");
    json_t *fresh = asker_ask(web->asker, buf_text(&question), fresh_ms, &ignored);
    last_take(web->last, buf_text(&question), fresh, &now, out);
    buf_destroy(&question);
    free(text);
    json_decref(arguments);
}

static void add_exercises(const web_t *web, find_t *find, int64_t now_ms, json_t *duties)
{
    json_t *exercises = standing_exercises(web, find, now_ms), *one;
    size_t i, asked = 0;
    json_array_foreach(exercises, i, one)
    {
        last_answer_t answer;
        bool open = json_is_true(json_object_get(one, "joined")) &&
                    strcmp(mail_text(one, "state"), "closed") != 0;
        if (!open || asked++ == EXERCISES_MOST)
            continue;
        ask(web, mail_text(one, "exercise"), FRESH_MS, &answer);
        add_all(duties, answer.answer);
        json_decref(answer.answer);
    }
    json_decref(exercises);
}

// What this node has to answer, by the hub's duties.
static json_t *owed_of(const json_t *duties, const char *node)
{
    json_t *owed = json_object(), *duty;
    size_t i;
    json_array_foreach(duties, i, duty)
    {
        char key[NODE_ID_MAX + MESSAGE_ID_MAX + 1];
        reference_t message;
        if (strcmp(mail_text(duty, "debtor"), node) != 0 ||
            !row_reference(json_object_get(duty, "message"), &message))
            continue;
        key_of(&message, key);
        json_object_set_new(owed, key, json_true());
    }
    return owed;
}

static bool is_owed(const known_t *self, const reference_t *message)
{
    char key[NODE_ID_MAX + MESSAGE_ID_MAX + 1];
    key_of(message, key);
    return json_object_get(self->owed, key) != NULL;
}

// Messages of a level that wakes people, which stand, and which nobody here has answered,
// or opened where no answer is owed.
typedef struct {
    const known_t *known;
    json_t *real, *practised;
    size_t looked;
} alarms_t;

static bool is_empty(const json_t *row, const char *list)
{
    return json_array_size(json_object_get(row, list)) == 0;
}

static bool add_alarm(void *context, const mail_t *mail, const char *box)
{
    alarms_t *self = context;
    json_t *row = row_json(self->known->web, mail, box);
    const char *status = mail_text(row, "status");
    reference_t name;
    if (row_stands(row) && is_empty(row, "answers") && strcmp(status, "test") != 0 &&
        row_name(row, &name) &&
        (is_empty(row, "opened") || is_owed(self->known, &name))) {
        bool real = strcmp(status, "exercise") != 0;
        json_object_set_new(
            row, "seen", seen_json(self->known->web->node, &name, self->known->wall_ms));
        json_array_append(real ? self->real : self->practised, row);
    }
    json_decref(row);
    return json_array_size(self->real) < ALARMS_MOST;
}

static json_t *alarms_json(const known_t *known)
{
    alarms_t alarms = {known, json_array(), json_array(), 0};
    const find_query_t query = {
        .level = ALARM_LEVEL, .inbox_only = true, .most = LOOK_MOST};
    find_each(known->find, &query, add_alarm, &alarms);
    json_array_extend(alarms.real, alarms.practised);
    json_decref(alarms.practised);
    return alarms.real;
}

static json_t *announced_json(const ahead_t *ahead)
{
    json_t *list = json_array();
    for (size_t i = 0; i < ahead->n; i++) {
        const ahead_item_t *item = &ahead->item[i];
        char due[TIME_TEXT];
        time_print(item->due_ms, due);
        json_array_append_new(
            list, json_pack("{s:I, s:o, s:o, s:b}", "number", (json_int_t)item->number,
                      "level", item->level ? json_integer(item->level) : json_null(),
                      "due", item->marks & AHEAD_OWED ? json_string(due) : json_null(),
                      "exercise", (item->marks & AHEAD_PLAYED) != 0));
    }
    return list;
}

static void add_announced(const web_t *web, json_t *queue)
{
    ahead_t ahead = {0};
    uint64_t stored;
    cause_t ignored;
    if (stored_at(web->node, &stored, &ignored) == 0)
        announced_read(web->node, stored, &ahead);
    json_object_set_new(queue, "announced", announced_json(&ahead));
    json_object_set_new(queue, "announced_more", json_integer(ahead.more));
}

static json_t *time_json(int64_t ms)
{
    char text[TIME_TEXT];
    time_print(ms, text);
    return json_string(text);
}

static bool is_stale(const last_answer_t *answer)
{
    return answer->stale && (!answer->answer || answer->age_ms > STALE_MS);
}

typedef struct {
    const web_t *web;
    int64_t wall_ms;
} making_t;

static json_t *make_queue(void *context, bool changed)
{
    const making_t *making = context;
    const web_t *web = making->web;
    last_answer_t answer;
    find_t *find = find_open(web);
    known_t known = {web, find, making->wall_ms, json_object(), NULL};
    const queue_known_t what = {&known, row_of, seen_of};
    json_t *duties = json_array();
    ask(web, NULL, changed ? CHANGED_MS : FRESH_MS, &answer);
    add_all(duties, answer.answer);
    if (answer.stale)
        queue_add_waiting(duties, web->node, web->name);
    add_exercises(web, find, answer.now_ms, duties);
    known.owed = owed_of(duties, web->name);
    json_t *queue =
        json_pack("{s:o, s:b, s:b, s:o, s:o, s:o}", "now", time_json(answer.now_ms),
            "held", json_is_true(json_object_get(answer.answer, "held")), "more",
            json_is_true(json_object_get(answer.answer, "more")), "stale_since",
            is_stale(&answer) ? time_json(answer.answered_ms) : json_null(), "groups",
            queue_groups(duties, answer.now_ms, &what), "alarms", alarms_json(&known));
    add_announced(web, queue);
    find_close(&find);
    json_decref(duties);
    json_decref(known.rows);
    json_decref(known.owed);
    json_decref(answer.answer);
    return queue;
}

// When something was put into the folders that a queue is made of, or taken away.
static void look_at_folders(const web_t *web, hash_t *made_of)
{
    static const char *const names[] = {"inbox", "carried", "sent", "state/seen",
        "state/opened", "state/answered", "state/waiting", "state/withdrawn",
        "state/ahead"};
    struct timespec changed[sizeof names / sizeof *names];
    char path[PATH_MAX];
    struct stat found;
    cause_t ignored;
    memset(changed, 0, sizeof changed);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (path_join(path, sizeof path, web->node, names[i], &ignored) == 0 &&
            stat(path, &found) == 0)
            changed[i] = found.st_mtim;
    sha256(span_of(changed, sizeof changed), made_of);
}

static void answer_queue(web_t *web, const request_t *request, reply_t *reply)
{
    buf_t text = {0};
    making_t making = {web, request_now_ms(request)};
    shared_want_t want = {.now_ms = clock_now().monotonic_ms,
        .fresh_ms = SHARED_MS,
        .context = &making,
        .make = make_queue};
    look_at_folders(web, &want.made_of);
    if (shared_take(web->queue, &want, &text))
        reply_bytes(reply, "application/json; charset=utf-8", NULL, &text);
    else
        reply_json(reply, NULL);
    buf_destroy(&text);
}

// Of the body, {"number"} or {"author", "id"} or {"id"}: which message.  False: it is
// none here, and that was answered.
static bool find_seen(
    const web_t *web, const json_t *body, reference_t *out, reply_t *reply)
{
    char number[24];
    const char *box, *id = mail_text(body, "id");
    mail_t mail;
    cause_t why;
    const json_t *n = json_object_get(body, "number");
    if (row_reference(body, out))
        return true; // a duty may be about what was never delivered here
    (void)snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(n));
    find_t *find = find_open(web);
    found_t found = find_mail(find, "", id[0] ? id : number, &mail, &box, &why);
    find_close(&find);
    bool good = found == FOUND && row_name(mail.root, out);
    if (found == FOUND)
        mail_close(&mail);
    if (!good)
        api_not_found(reply, found, &why);
    return good;
}

static void answer_seen(web_t *web, const request_t *request, reply_t *reply)
{
    reference_t message;
    cause_t why;
    json_t *body = api_body(request, reply);
    int64_t now_ms = request_now_ms(request);
    if (!body)
        return;
    if (find_seen(web, body, &message, reply)) {
        if (seen_note(web->node, &message, request_person(request)->name, now_ms,
                now_ms + web->seen_ms, &why) == 0) {
            reply_json(reply, seen_json(web->node, &message, now_ms));
            web_changed(web, "queue");
        } else
            reply_failed(reply, &why);
    }
    json_decref(body);
}

const web_route_t api_queue[] = {
    {METHOD_GET, "/api/queue", BODY_NONE, answer_queue},
    {METHOD_POST, "/api/seen", BODY_JSON, answer_seen},
    {0, NULL, BODY_NONE, NULL},
};
