// queue - the time left of a duty is by the hub's clock.  What was handed over runs out
// no more, and stands behind what does.

#include "web/api/queue.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/inbox/mail.h"
#include "web/api/row.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING_MAX = 1024 };

typedef struct {
    json_t *duty; // a copy, with what is added
    reference_t incident;
    int64_t left_ms;
    bool runs; // else it stands behind those that do
    bool exercise;
} item_t;

typedef struct {
    json_t *json;
    reference_t incident;
    const item_t *first; // what is most urgent of it
} group_t;

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

// The least time left, then what is real, then by name, so that nothing jumps about.
static int by_urgency(const void *a, const void *b)
{
    const item_t *x = a, *y = b;
    if (x->runs != y->runs)
        return x->runs ? -1 : 1;
    if (x->left_ms != y->left_ms)
        return compare(x->left_ms, y->left_ms);
    if (x->exercise != y->exercise)
        return x->exercise ? 1 : -1;
    return strcmp(mail_text(x->duty, "id"), mail_text(y->duty, "id"));
}

static int64_t left_of(const json_t *duty, int64_t now_ms)
{
    int64_t due_ms;
    return time_parse(span_text(mail_text(duty, "due")), &due_ms) ? due_ms - now_ms : 0;
}

// What the duty belongs to: its incident, else what the message began as.
static bool read_item(const json_t *duty, int64_t now_ms, item_t *item)
{
    reference_t message;
    if (!row_reference(json_object_get(duty, "message"), &message))
        return false;
    if (!row_reference(json_object_get(duty, "incident"), &item->incident) &&
        !row_reference(json_object_get(duty, "first"), &item->incident))
        item->incident = message;
    item->left_ms = left_of(duty, now_ms);
    item->runs = strcmp(mail_text(duty, "state"), "handed") != 0;
    item->exercise = mail_text(duty, "exercise")[0] != 0;
    item->duty = json_copy((json_t *)duty);
    return true;
}

// `about` is the message's name; `message` the row, which is not always here.
static void complete(item_t *item, const queue_known_t *known)
{
    reference_t message;
    json_t *duty = item->duty, *name = json_object_get(duty, "message");
    (void)row_reference(name, &message);
    json_object_set(duty, "about", name);
    json_object_set_new(duty, "message", known->row(known->context, &message));
    json_object_set_new(duty, "seen", known->seen(known->context, &message));
    json_object_set_new(
        duty, "left_ms", item->runs ? json_integer(item->left_ms) : json_null());
    json_object_set_new(
        duty, "mine", json_boolean(json_is_true(json_object_get(duty, "mine"))));
}

static json_t *field_or_null(const json_t *row, const char *name)
{
    json_t *value = json_object_get(row, name);
    return value ? json_incref(value) : json_null();
}

// What the incident's own message says of it, or else the first that is about it.
static group_t begin_group(const item_t *item, const queue_known_t *known)
{
    group_t group = {.incident = item->incident, .first = item};
    json_t *row = known->row(known->context, &item->incident);
    if (!json_is_object(row)) {
        json_decref(row);
        row = json_incref(json_object_get(item->duty, "message"));
    }
    group.json = json_pack("{s:{s:s, s:s}, s:o, s:o, s:o, s:o, s:o, s:[]}", "incident",
        "author", group.incident.author, "id", group.incident.id, "summary",
        field_or_null(row, "summary"), "level", field_or_null(row, "level"), "marking",
        field_or_null(row, "marking"), "exercise", field_or_null(item->duty, "exercise"),
        "left_ms", field_or_null(item->duty, "left_ms"), "duties");
    json_decref(row);
    return group;
}

static json_int_t level_of(const json_t *object)
{
    const json_t *level = json_object_get(object, "level");
    return json_is_integer(level) ? json_integer_value(level) : -1;
}

// An incident is as grave as the gravest of what is owed about it.
static void add_to_group(group_t *group, const item_t *item)
{
    json_t *row = json_object_get(item->duty, "message");
    if (level_of(row) > level_of(group->json))
        json_object_set(group->json, "level", json_object_get(row, "level"));
    json_array_append(json_object_get(group->json, "duties"), item->duty);
}

// In their order, so that groups have that of their first.
static json_t *group_items(item_t *items, size_t n, const queue_known_t *known)
{
    json_t *list = json_array();
    group_t *groups = memory_new(n, sizeof *groups);
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        complete(&items[i], known);
        while (at < found && (!reference_same(&groups[at].incident, &items[i].incident) ||
                                 groups[at].first->exercise != items[i].exercise))
            at++;
        if (at == found)
            groups[found++] = begin_group(&items[i], known);
        add_to_group(&groups[at], &items[i]);
    }
    for (size_t i = 0; i < found; i++)
        json_array_append_new(list, groups[i].json);
    free(groups);
    return list;
}

json_t *queue_groups(const json_t *duties, int64_t now_ms, const queue_known_t *known)
{
    size_t n = 0;
    item_t *items = memory_new(json_array_size(duties), sizeof *items);
    for (size_t i = 0; i < json_array_size(duties); i++)
        if (read_item(json_array_get(duties, i), now_ms, &items[n]))
            n++;
    qsort(items, n, sizeof *items, by_urgency);
    json_t *groups = group_items(items, n, known);
    for (size_t i = 0; i < n; i++)
        json_decref(items[i].duty);
    free(items);
    return groups;
}

// "<answer> <author> <due> <cites>", in a file that is named like the message's.
static json_t *read_waiting(const char *file, span_t text, const char *name)
{
    uint64_t number;
    char json_name[NAME_MAX + 8], id[MESSAGE_ID_MAX];
    int64_t due_ms;
    reader_t reader = reader_of(text), words = reader_of(take_line(&reader));
    span_t answer = take_word(&words), author = take_word(&words),
           due = take_word(&words), cites = take_rest(&words);
    (void)snprintf(json_name, sizeof json_name, "%.200s.json", file);
    if (reader.bad || words.bad || !mail_name(json_name, &number, id) ||
        !text_is_word(answer) || !text_is_word(author) || !time_parse(due, &due_ms) ||
        !text_is_line(cites))
        return NULL;
    return json_pack("{s:s, s:s, s:s, s:s, s:s%, s:s%, s:s%, s:b, s:{s:s%, s:s}}", "duty",
        "", "id", id, "state", "open", "debtor", name, "met_by", answer.data, answer.size,
        "due", due.data, due.size, "cites", cites.data, cites.size, "mine", true,
        "message", "author", author.data, author.size, "id", id);
}

static bool same_duty(const json_t *a, const json_t *b)
{
    reference_t x, y;
    return strcmp(mail_text(a, "met_by"), mail_text(b, "met_by")) == 0 &&
           row_reference(json_object_get(a, "message"), &x) &&
           row_reference(json_object_get(b, "message"), &y) && reference_same(&x, &y);
}

static bool has_duty(const json_t *duties, const json_t *duty)
{
    for (size_t i = 0; i < json_array_size(duties); i++)
        if (same_duty(json_array_get(duties, i), duty))
            return true;
    return false;
}

void queue_add_waiting(json_t *duties, const char *node, const char *name)
{
    char folder[PATH_MAX], path[PATH_MAX];
    names_t names = {0};
    cause_t ignored;
    if (path_join(folder, sizeof folder, node, "state/waiting", &ignored) != 0 ||
        names_list(&names, folder, "", &ignored) != 0)
        return;
    for (size_t i = 0; i < names.n; i++) {
        buf_t text = {0};
        json_t *duty = NULL;
        if (path_join(path, sizeof path, folder, names.name[i], &ignored) == 0 &&
            file_read_plain(path, WAITING_MAX, &text, &ignored) == 0)
            duty = read_waiting(names.name[i], buf_span(&text), name);
        if (duty && !has_duty(duties, duty))
            json_array_append(duties, duty);
        json_decref(duty);
        buf_destroy(&text);
    }
    names_free(&names);
}
