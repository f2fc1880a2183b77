// last - answers are shared: nobody changes one.  The hub's clock is its `now` and the
// time since that answer was first seen, by the clock that nobody sets.

#include "web/last.h"

#include "lib/base/memory.h"
#include "lib/sys/task.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    char *question;
    json_t *answer;
    now_t seen; // first
    int64_t hub_ms;
} item_t;

struct last {
    mutex_t lock;
    size_t n;
    item_t item[LAST_QUESTIONS];
};

last_t *last_new(void)
{
    last_t *self = memory_new(1, sizeof *self);
    mutex_init(&self->lock);
    return self;
}

static void discard(item_t *item)
{
    free(item->question);
    json_decref(item->answer);
    *item = (item_t){0};
}

void last_destroy(last_t **self_p)
{
    last_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->n; i++)
        discard(&self->item[i]);
    mutex_destroy(&self->lock);
    free(self);
}

static item_t *find(last_t *self, const char *question)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->item[i].question, question) == 0)
            return &self->item[i];
    return NULL;
}

static item_t *make_room(last_t *self)
{
    item_t *oldest = &self->item[0];
    if (self->n < LAST_QUESTIONS)
        return &self->item[self->n++];
    for (size_t i = 1; i < self->n; i++)
        if (self->item[i].seen.monotonic_ms < oldest->seen.monotonic_ms)
            oldest = &self->item[i];
    discard(oldest);
    return oldest;
}

static const char *now_of(const json_t *answer)
{
    const char *text = json_string_value(json_object_get(answer, "now"));
    return text ? text : "";
}

// The same answer is handed out for some seconds: it is as old as when it came first.
static void keep(item_t *item, json_t *fresh, const now_t *now)
{
    bool same = item->answer && now_of(fresh)[0] &&
                strcmp(now_of(item->answer), now_of(fresh)) == 0;
    json_decref(item->answer);
    item->answer = fresh;
    if (same)
        return;
    item->seen = *now;
    if (!time_parse(span_text(now_of(fresh)), &item->hub_ms))
        item->hub_ms = now->wall_ms;
}

void last_take(last_t *self, const char *question, json_t *fresh, const now_t *now,
    last_answer_t *out)
{
    *out = (last_answer_t){.stale = !fresh, .now_ms = now->wall_ms};
    mutex_lock(&self->lock);
    item_t *item = find(self, question);
    if (!item) {
        item = make_room(self);
        *item = (item_t){memory_text(question), NULL, *now, now->wall_ms};
    }
    if (fresh)
        keep(item, fresh, now);
    out->answer = json_incref(item->answer);
    out->answered_ms = item->seen.wall_ms;
    out->age_ms = now->monotonic_ms - item->seen.monotonic_ms;
    out->now_ms = item->hub_ms + out->age_ms;
    mutex_unlock(&self->lock);
}
