// asked - a request to the console and what is answered, without a server: for unit tests
// of web/api/, which call the handlers of its tables.

#ifndef TESTS_LIB_ASKED_H
#define TESTS_LIB_ASKED_H

#include "tests/lib/test.h"
#include "web/web.h"

#include <jansson.h>
#include <unistd.h>

struct request {
    method_t method;
    person_t person;
    const char *step[REQUEST_STEPS];
    const char *query; // "re=a/b&limit=7", not encoded
    const char *body;
    const char *file;
    hash_t hash;
    uint64_t size;
};

// The node's daemon, of which one answer is known.
struct asker {
    const char *answer; // JSON; NULL: nobody answers
    unsigned asked;
    char request[4096];
};

struct reply {
    unsigned status;
    json_t *json;
    char code[64], text[512], path[256], name[256];
};

method_t request_method(const request_t *self)
{
    return self->method;
}

const person_t *request_person(const request_t *self)
{
    return &self->person;
}

int64_t request_now_ms(const request_t *self)
{
    (void)self;
    return INT64_C(1795348800000);
}

const char *request_step(const request_t *self, size_t i)
{
    return self->step[i];
}

// Until the next few calls.
const char *request_query(const request_t *self, const char *name)
{
    static char values[8][256];
    static size_t next;
    char *value = values[next++ % 8];
    value[0] = 0;
    for (const char *at = self->query; at && *at;) {
        size_t length = strcspn(at, "&"), key = strcspn(at, "=");
        if (key < length && strlen(name) == key && strncmp(at, name, key) == 0)
            (void)snprintf(value, 256, "%.*s", (int)(length - key - 1), at + key + 1);
        at += length + (at[length] == '&');
    }
    return value;
}

int64_t request_number(
    const request_t *self, const char *name, int64_t least, int64_t most, int64_t preset)
{
    const char *text = request_query(self, name);
    char *end;
    long long number = strtoll(text, &end, 10);
    return *text && !*end && number >= least && number <= most ? number : preset;
}

const char *request_header(const request_t *self, const char *name)
{
    (void)self;
    (void)name;
    return "";
}

span_t request_body(const request_t *self)
{
    return span_text(self->body ? self->body : "");
}

const char *request_file(const request_t *self)
{
    return self->file;
}

bool request_file_hash(const request_t *self, hash_t *out, uint64_t *size)
{
    *out = self->hash;
    *size = self->size;
    return self->file != NULL;
}

static void asked_decide(reply_t *self, unsigned status)
{
    if (self->status == 0)
        self->status = status;
}

void reply_json_status(reply_t *self, unsigned status, json_t *json)
{
    asked_decide(self, json ? status : 500);
    if (self->json)
        json_decref(json);
    else
        self->json = json;
}

void reply_json(reply_t *self, json_t *json)
{
    reply_json_status(self, 200, json);
}

void reply_error(
    reply_t *self, unsigned status, const char *code, const char *format, ...)
{
    va_list arguments;
    asked_decide(self, status);
    (void)snprintf(self->code, sizeof self->code, "%s", code);
    va_start(arguments, format);
    (void)vsnprintf(self->text, sizeof self->text, format, arguments);
    va_end(arguments);
}

void reply_refusal(reply_t *self, const refusal_t *refusal)
{
    reply_error(self, 422, refusal->code, "%s", refusal->text);
}

void reply_failed(reply_t *self, const cause_t *why)
{
    reply_error(
        self, strstr(why->text, "No space left") ? 507 : 500, "failed", "%s", why->text);
}

void reply_bytes(reply_t *self, const char *type, const char *name, buf_t *bytes)
{
    (void)type;
    asked_decide(self, 200);
    (void)snprintf(self->name, sizeof self->name, "%s", name ? name : "");
    buf_destroy(bytes);
}

void reply_file(reply_t *self, const char *path, const char *name)
{
    asked_decide(self, access(path, R_OK) == 0 ? 200 : 404);
    (void)snprintf(self->path, sizeof self->path, "%s", path);
    (void)snprintf(self->name, sizeof self->name, "%s", name);
}

json_t *asker_ask(asker_t *self, const char *request, int64_t fresh_ms, cause_t *why)
{
    (void)fresh_ms;
    self->asked++;
    (void)snprintf(self->request, sizeof self->request, "%s", request);
    if (self->answer)
        return json_loads(self->answer, 0, NULL);
    (void)cause_set(why, "nobody listens there");
    return NULL;
}

json_t *asker_share(asker_t *self, const char *request, int64_t fresh_ms)
{
    (void)fresh_ms;
    bool same = self->answer && strcmp(self->request, request) == 0;
    return same ? json_loads(self->answer, 0, NULL) : NULL;
}

static unsigned asked_changes;

void web_changed(web_t *self, const char *what)
{
    (void)self;
    (void)what;
    asked_changes++;
}

// The handler of a path of a table, as it stands there.
static inline web_answer_t *asked_route(
    const web_route_t *table, method_t method, const char *path)
{
    for (; table->path; table++)
        if (table->method == method && strcmp(table->path, path) == 0)
            return table->answer;
    fail_msg("there is no %s", path);
    return NULL;
}

// What is answered; the status is 204 where nothing was.
static inline void asked(web_t *web, const web_route_t *table, const char *path,
    const request_t *request, reply_t *reply)
{
    *reply = (reply_t){0};
    asked_route(table, request->method, path)(web, request, reply);
    asked_decide(reply, 204);
}

static inline void asked_done(reply_t *reply)
{
    json_decref(reply->json);
    *reply = (reply_t){0};
}

#endif
