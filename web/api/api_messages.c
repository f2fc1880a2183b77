// api_messages - lists of messages, found by the catalogue and read from their files: a
// row says what the file says, and one that was moved away meanwhile is left out.
//
// What was refused, or waits for a second seal, is in small folders that no catalogue
// has.

#include "nodes/inbox/opened.h"
#include "nodes/index/index_find.h"
#include "nodes/index/index_keeper.h"
#include "nodes/tools/inbox_filter.h"
#include "web/api/api.h"
#include "web/api/row.h"
#include "web/figures/period.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    LIMIT = 50,
    LIMIT_MOST = 200,
    TOTAL_MOST = 10000, // counted; "more" says that there are more
    LOOK_MOST = 4000,   // rows that are looked at for those that nobody has opened
    WAIT_MS = 1500,     // for what has just come
};

typedef struct {
    const web_t *web;
    mail_index_t *index;
    index_query_t query;
    bool unopened, fresh;
    size_t limit;
    json_t *rows;
    char next[24]; // "": there are no more
} listing_t;

// --- what is asked ---------------------------------------------------------------------

static const char *or_null(const char *text)
{
    return text[0] ? text : NULL;
}

static int read_box(const char *box, index_query_t *query, reply_t *reply)
{
    if (!box[0])
        return 0;
    for (index_folder_t i = INDEX_INBOX; i < INDEX_FOLDERS; i++)
        if (strcmp(box, index_folder_name(i)) == 0) {
            query->folder[i] = true;
            return 0;
        }
    reply_error(reply, 400, "malformed",
        "box: one of inbox, sent, carried, refused and waiting is wanted");
    return -1;
}

static int read_level(const request_t *request, index_query_t *query, reply_t *reply)
{
    const char *text = request_query(request, "level");
    if (!text[0])
        return 0;
    if (text[1] || text[0] < '0' || text[0] > '5') {
        reply_error(reply, 400, "malformed", "level: 0 to 5 is wanted");
        return -1;
    }
    query->level = text[0] - '0';
    return 0;
}

static int read_before(const request_t *request, index_query_t *query, reply_t *reply)
{
    uint64_t key;
    const char *text = request_query(request, "before");
    if (!text[0])
        return 0;
    if (!decimal_decode(span_text(text), &key) || key > INT64_MAX) {
        reply_error(
            reply, 400, "malformed", "before: what \"next\" of a list said is wanted");
        return -1;
    }
    query->has_before = true;
    query->before = (int64_t)key;
    return 0;
}

static int read_query(listing_t *self, const request_t *request, reply_t *reply)
{
    index_query_t *query = &self->query;
    period_t period;
    if (read_box(request_query(request, "box"), query, reply) != 0 ||
        read_level(request, query, reply) != 0 ||
        read_before(request, query, reply) != 0 ||
        period_read(request, &period, reply) != 0)
        return -1;
    query->has_since = period.has_since;
    query->has_until = period.has_until;
    query->since_ms = period.since_ms;
    query->until_ms = period.until_ms;
    query->text = or_null(request_query(request, "q"));
    query->kind = or_null(request_query(request, "kind"));
    query->from = or_null(request_query(request, "from"));
    query->sector = or_null(request_query(request, "sector"));
    query->object = or_null(request_query(request, "object"));
    query->feed = or_null(request_query(request, "feed"));
    query->exercise = or_null(request_query(request, "exercise"));
    self->unopened = strcmp(request_query(request, "unopened"), "1") == 0;
    self->limit = (size_t)request_number(request, "limit", 1, LIMIT_MOST, LIMIT);
    return 0;
}

// --- what is found ---------------------------------------------------------------------

static bool is_unopened(const json_t *row)
{
    return json_array_size(json_object_get(row, "opened")) == 0;
}

static void add_row(listing_t *self, index_folder_t folder, const char *stem)
{
    const char *box = index_folder_name(folder);
    char path[PATH_MAX], name[NAME_MAX + 16];
    mail_t mail = {0};
    cause_t ignored;
    (void)snprintf(name, sizeof name, "%s.json", stem);
    if (path_join(path, sizeof path, self->web->node, box, &ignored) == 0 &&
        mail_open(&mail, path, name, &ignored) == 0) {
        json_t *row = row_json(self->web, &mail, box);
        if (row && (!self->unopened || is_unopened(row)))
            json_array_append(self->rows, row);
        json_decref(row);
    }
    mail_close(&mail);
}

// One portion of rows; whether there may be more behind it.
static int add_portion(listing_t *self, size_t *looked, bool *more, cause_t *why)
{
    size_t n = 0, most = self->limit;
    int found = 0;
    *more = false;
    index_found_t *rows = index_find(self->index, &self->query, most + 1, why);
    if (!rows)
        return -1;
    while (json_array_size(self->rows) < self->limit && n < most &&
           (found = index_found_next(rows, why)) == 1) {
        self->query.has_before = true;
        self->query.before = index_found_key(rows);
        add_row(self, index_found_folder(rows), index_found_stem(rows));
        n++;
    }
    if (found == 1 && (found = index_found_next(rows, why)) == 1)
        *more = true;
    index_found_close(&rows);
    *looked += n;
    return found < 0 ? -1 : 0;
}

static int add_rows(listing_t *self, cause_t *why)
{
    size_t looked = 0;
    bool more = true;
    int result = 0;
    while (result == 0 && more && json_array_size(self->rows) < self->limit &&
           looked < LOOK_MOST)
        result = add_portion(self, &looked, &more, why);
    if (result == 0 && more)
        (void)snprintf(self->next, sizeof self->next, "%" PRId64, self->query.before);
    return result;
}

static json_t *state_json(const listing_t *self)
{
    index_state_t state;
    mail_index_state(self->index, &state);
    return json_pack("{s:s, s:I, s:I}", "state",
        !state.ready  ? "building"
        : self->fresh ? "ready"
                      : "behind",
        "done", (json_int_t)state.done, "of", (json_int_t)state.of);
}

static json_t *list(listing_t *self, cause_t *why)
{
    // All there are, not those that are left behind the last page.
    index_query_t all = self->query;
    all.has_before = false;
    self->rows = json_array();
    int64_t total = 0;
    if (add_rows(self, why) != 0 ||
        (!self->unopened &&
            (total = index_count(self->index, &all, TOTAL_MOST + 1, why)) < 0)) {
        json_decref(self->rows);
        return NULL;
    }
    bool many = total > TOTAL_MOST;
    return json_pack("{s:o, s:o, s:o, s:b, s:o}", "messages", self->rows, "next",
        self->next[0] ? json_string(self->next) : json_null(), "total",
        self->unopened ? json_null() : json_integer(many ? TOTAL_MOST : total), "more",
        many, "index", state_json(self));
}

// One that turns out to be damaged is asked once more, after it was made anew.
static json_t *list_from_index(listing_t *self, cause_t *why)
{
    json_t *found = NULL;
    index_query_t query = self->query;
    for (int i = 0; i < 2 && !found; i++) {
        self->query = query;
        self->index = index_keeper_open(self->web->index, WAIT_MS, &self->fresh, why);
        if (!self->index)
            break;
        found = list(self, why);
        bool damaged = mail_index_damaged(self->index);
        mail_index_close(&self->index);
        if (!damaged)
            break;
        json_decref(found);
        found = NULL;
        index_keeper_damaged(self->web->index);
    }
    self->query = query;
    return found;
}

// --- without a catalogue ---------------------------------------------------------------

static inbox_filter_t filter_of(const index_query_t *query)
{
    return (inbox_filter_t){.feed = query->feed,
        .sector = query->sector,
        .kind = query->kind,
        .from = query->from,
        .object = query->object,
        .exercise = query->exercise,
        .level = query->level,
        .has_since = query->has_since,
        .has_until = query->has_until,
        .since_ms = query->since_ms,
        .until_ms = query->until_ms};
}

static void add_file(listing_t *self, const char *folder, const char *name)
{
    const inbox_filter_t filter = filter_of(&self->query);
    mail_t mail = {0};
    cause_t ignored;
    if (mail_open(&mail, folder, name, &ignored) == 0 && inbox_wanted(&mail, &filter)) {
        json_t *row = row_json(self->web, &mail, index_folder_name(INDEX_INBOX));
        if (row && (!self->unopened || is_unopened(row)))
            json_array_append(self->rows, row);
        json_decref(row);
    }
    mail_close(&mail);
}

// Where none can be made (the disk is full, and it was full before), people still see the
// newest of what was delivered; only words and what was sent cannot be looked for.
static json_t *list_from_files(listing_t *self, cause_t *why)
{
    char folder[PATH_MAX];
    names_t names = {0};
    const index_query_t *query = &self->query;
    if (query->text || query->folder[INDEX_SENT] || query->folder[INDEX_CARRIED] ||
        path_join(folder, sizeof folder, self->web->node, index_folder_name(INDEX_INBOX),
            why) != 0 ||
        mail_names(&names, folder, why) != 0)
        return NULL;
    self->rows = json_array();
    for (size_t i = names.n, n = 0;
         i > 0 && n < LOOK_MOST && json_array_size(self->rows) < self->limit; n++)
        add_file(self, folder, names.name[--i]);
    json_t *found = json_pack("{s:o, s:n, s:n, s:b, s:{s:s, s:i, s:I}}", "messages",
        self->rows, "next", "total", "more", 0, "index", "state", "unavailable", "done",
        0, "of", (json_int_t)names.n);
    names_free(&names);
    return found;
}

// --- small folders ---------------------------------------------------------------------

// What cannot be read, or is no JSON, is listed by its file's name all the same.
static json_t *file_row(
    const web_t *web, const char *path, const char *name, const char *box)
{
    char beside[PATH_MAX];
    mail_t mail = {0};
    cause_t ignored;
    json_t *row = mail_open(&mail, path, name, &ignored) == 0 && json_is_object(mail.root)
                      ? row_json(web, &mail, box)
                      : json_pack("{s:s}", "box", box);
    mail_close(&mail);
    json_object_set_new(row, "file", json_string(name)); // NULL where it is no UTF-8
    int length = snprintf(beside, sizeof beside, "%s/%s.reason.json", path, name);
    if (strcmp(box, "refused") == 0 && length > 0 && (size_t)length < sizeof beside) {
        json_t *reason = mail_load(beside, &ignored);
        json_object_set_new(row, "reason", reason ? reason : json_null());
    }
    return row;
}

static bool is_reason(const char *name)
{
    static const char ending[] = ".reason.json";
    size_t length = strlen(name), size = sizeof ending - 1;
    return length >= size && strcmp(name + length - size, ending) == 0;
}

static void answer_folder(
    const web_t *web, const request_t *request, const char *box, reply_t *reply)
{
    char path[PATH_MAX];
    names_t names = {0};
    cause_t why;
    size_t limit = (size_t)request_number(request, "limit", 1, LIMIT_MOST, LIMIT);
    json_t *rows = json_array();
    if (path_join(path, sizeof path, web->node, box, &why) != 0 ||
        names_list(&names, path, strcmp(box, "waiting") == 0 ? ".json" : "", &why) != 0)
        names.n = 0; // a node of which nothing was refused may have no such folder
    json_int_t total = 0;
    for (size_t i = names.n; i-- > 0;) {
        if (is_reason(names.name[i]))
            continue;
        total++;
        if (json_array_size(rows) < limit)
            json_array_append_new(rows, file_row(web, path, names.name[i], box));
    }
    names_free(&names);
    reply_json(reply, json_pack("{s:o, s:n, s:I, s:b, s:{s:s, s:I, s:I}}", "messages",
                          rows, "next", "total", total, "more", 0, "index", "state",
                          "ready", "done", total, "of", total));
}

static void answer_messages(web_t *web, const request_t *request, reply_t *reply)
{
    const char *box = request_query(request, "box");
    listing_t listing = {.web = web};
    cause_t why = {""}, ignored;
    if (strcmp(box, "refused") == 0 || strcmp(box, "waiting") == 0) {
        answer_folder(web, request, box, reply);
        return;
    }
    if (read_query(&listing, request, reply) != 0)
        return;
    json_t *found = list_from_index(&listing, &why);
    if (!found && !listing.query.has_before)
        found = list_from_files(&listing, &ignored);
    if (found)
        reply_json(reply, found);
    else
        reply_error(reply, 503, "index.unavailable",
            "the catalogue of messages cannot be read: %s", why.text);
}

const web_route_t api_messages[] = {
    {METHOD_GET, "/api/messages", BODY_NONE, answer_messages},
    {0, NULL, BODY_NONE, NULL},
};
