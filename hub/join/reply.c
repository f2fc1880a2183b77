// reply - files are read anew for each answer: the CA's operator may have brought others.

#include "hub/join/reply.h"

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/times.h"
#include "lib/json/writer.h"

#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 4 << 20 };

static const char no_service[] =
    "the hub cannot take requests now: its operator finds the reason in its log";

// What happened, in the words of the answer.
typedef struct {
    const char *state; // as join_state_name, or "full", "malformed", "failed"
    char text[JOIN_TEXT_MAX];
    char name[HASH_HEX];
    buf_t ca;
    buf_t answer; // the CA's, when it is certified
} reply_t;

static void set(reply_t *self, const char *state, const char *text)
{
    self->state = state;
    (void)snprintf(self->text, sizeof self->text, "%.*s", JOIN_TEXT_MAX - 1, text);
}

static void fail(reply_t *self, const cause_t *why)
{
    log_often(LOG_ERROR, "join.failed", "reason=\"%s\"", why->text);
    set(self, "failed", no_service);
}

static void say_asked(const enrol_t *request, const char *name, const char *from)
{
    const holder_t *who = &request->holder;
    log_line(LOG_INFO, "join.asked",
        "request=%.12s node=%s role=%s organisation=%s "
        "address=%s",
        name, who->name, who->role, who->organisation, from);
}

// A second hub is none of ours.
static int check_request(enrol_t *request, span_t der, cause_t *why)
{
    if (enrol_parse(request, der, why) != 0)
        return -1;
    if (strcmp(request->holder.role, "hub") != 0)
        return 0;
    (void)cause_set(why, "nodes join, and officers; the request is for the role %s",
        request->holder.role);
    enrol_close(request);
    return -1;
}

static void keep(reply_t *self, const reply_setup_t *setup, span_t der, const char *from,
    int64_t now_ms)
{
    cause_t why;
    enrol_t request;
    if (check_request(&request, der, &why) != 0) {
        set(self, "malformed", why.text);
        return;
    }
    int kept = joins_keep(setup->limits, der, from, now_ms, &why);
    if (kept > 0)
        say_asked(&request, self->name, from);
    if (kept < 0)
        fail(self, &why);
    else if (kept > 0)
        set(self, join_state_name(JOIN_WAITS), "");
    else {
        log_often(LOG_WARNING, "join.crowd", "code=full address=%s", from);
        set(self, "full", why.text);
    }
    enrol_close(&request);
}

static void find(reply_t *self, const reply_setup_t *setup, span_t der, const char *from)
{
    cause_t why;
    join_state_t state;
    char text[JOIN_TEXT_MAX];
    const int64_t now_ms = clock_now().wall_ms;
    join_name(der, self->name);
    int found = joins_find(
        setup->limits->folder, self->name, now_ms, setup->limits, &state, text, &why);
    if (found > 0)
        set(self, join_state_name(state), state == JOIN_REFUSED ? text : "");
    else if (found == 0)
        keep(self, setup, der, from, now_ms);
    else
        fail(self, &why);
}

static void add_answer(reply_t *self, const reply_setup_t *setup)
{
    cause_t why;
    if (strcmp(self->state, join_state_name(JOIN_CERTIFIED)) == 0 &&
        joins_answer(setup->limits->folder, self->name, &self->answer, &why) != 0)
        fail(self, &why);
}

static void print(const reply_t *self, const reply_setup_t *setup, buf_t *out)
{
    writer_t json = writer_to(out);
    writer_object(&json, NULL);
    writer_text(&json, "state", self->state);
    writer_text(&json, "text", self->text);
    writer_text(&json, "vkey", setup->vkey);
    writer_span(&json, "ca", buf_span(&self->ca));
    if (strcmp(self->state, join_state_name(JOIN_CERTIFIED)) == 0) {
        writer_span(&json, "answer", buf_span(&self->answer));
        writer_array(&json, "listen");
        for (size_t i = 0; i < setup->options->listen.n; i++)
            writer_text(&json, NULL, setup->options->listen.text[i]);
        writer_end(&json);
    }
    writer_end(&json);
}

void reply_print(const reply_setup_t *setup, span_t request, const char *from, buf_t *out)
{
    cause_t why;
    reply_t self = {0};
    if (file_read(setup->options->ca, FILE_MAX, &self.ca, &why) != 0)
        fail(&self, &why);
    else
        find(&self, setup, request, from);
    add_answer(&self, setup);
    print(&self, setup, out);
    buf_destroy(&self.ca);
    buf_destroy(&self.answer);
}
