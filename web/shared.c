// shared - one makes it, holding the lock; the others find it made.

#include "web/shared.h"

#include "lib/base/memory.h"
#include "lib/sys/task.h"

#include <stdlib.h>

struct shared {
    mutex_t lock;
    bool made;
    hash_t made_of;
    int64_t made_ms;
    buf_t text;
};

shared_t *shared_new(void)
{
    shared_t *self = memory_new(1, sizeof *self);
    mutex_init(&self->lock);
    return self;
}

void shared_destroy(shared_t **self_p)
{
    shared_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    buf_destroy(&self->text);
    mutex_destroy(&self->lock);
    free(self);
}

static void make(shared_t *self, const shared_want_t *want, bool changed)
{
    json_t *json = want->make(want->context, changed);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    buf_clear(&self->text);
    if (text)
        buf_put_text(&self->text, text);
    self->made = text != NULL;
    self->made_of = want->made_of;
    self->made_ms = want->now_ms;
    free(text);
    json_decref(json);
}

bool shared_take(shared_t *self, const shared_want_t *want, buf_t *out)
{
    mutex_lock(&self->lock);
    bool changed = !self->made || !hash_equal(&self->made_of, &want->made_of);
    int64_t age_ms = want->now_ms - self->made_ms; // below 0: it was made meanwhile
    if (changed || age_ms >= want->fresh_ms)
        make(self, want, changed);
    bool made = self->made;
    if (made)
        buf_put_span(out, buf_span(&self->text));
    mutex_unlock(&self->lock);
    return made;
}
