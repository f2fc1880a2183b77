// asker - one place for each question that somebody waits for or that was answered a
// moment ago.
//
// Whoever finds the place of his question busy waits for its answer; whoever finds none
// takes one and asks, without the lock.  Places are few: when all are busy, the daemon is
// behind, and more questions would not make it faster.

#include "web/http/asker.h"

#include "lib/base/memory.h"
#include "lib/sys/clock.h"
#include "lib/sys/task.h"
#include "nodes/net/ask.h"
#include "nodes/net/sockets.h"

#include <stdlib.h>
#include <string.h>

// The daemon gives the hub ten seconds, and answers one question after the other.
enum { PLACES = 64, ANSWER_MS = 15000, REQUEST_MAX = 4 << 20 };

typedef struct {
    char *request; // NULL: free
    buf_t answer;
    cause_t why;
    int64_t at_ms;
    size_t waiting; // for the answer that is on its way
    bool busy, failed;
} place_t;

struct asker {
    char *control;
    mutex_t mutex;
    wakeup_t answered;
    place_t place[PLACES];
};

asker_t *asker_new(const char *control)
{
    cause_t ignored;
    asker_t *self = memory_new(1, sizeof *self);
    self->control = memory_text(control);
    mutex_init(&self->mutex);
    wakeup_init(&self->answered);
    // CZMQ is prepared by one thread, before there are more.
    zsock_t *first = sockets_new(ZMQ_REQ, &ignored);
    zsock_destroy(&first);
    return self;
}

static void clear(place_t *place)
{
    free(place->request);
    buf_destroy(&place->answer);
    *place = (place_t){0};
}

void asker_destroy(asker_t **self_p)
{
    asker_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < PLACES; i++)
        clear(self->place + i);
    mutex_destroy(&self->mutex);
    wakeup_destroy(&self->answered);
    free(self->control);
    free(self);
}

static place_t *find(asker_t *self, const char *request)
{
    for (size_t i = 0; i < PLACES; i++)
        if (self->place[i].request && strcmp(self->place[i].request, request) == 0)
            return self->place + i;
    return NULL;
}

// The one that is free or was answered first, that nobody needs; NULL: all are busy.
static place_t *vacate(asker_t *self, const char *request)
{
    place_t *found = NULL;
    for (place_t *one = self->place; one < self->place + PLACES; one++) {
        if (one->busy || one->waiting > 0)
            continue;
        if (!found || !one->request || (found->request && one->at_ms < found->at_ms))
            found = one;
    }
    if (found) {
        clear(found);
        found->request = memory_text(request);
        found->at_ms = INT64_MIN / 2;
    }
    return found;
}

static int read_answer(place_t *place, const buf_t *answer, cause_t *why)
{
    json_t *json = json_loadb((const char *)answer->data, answer->size, 0, NULL);
    const char *error = json_string_value(json_object_get(json, "error"));
    int result = 0;
    if (!json)
        result = cause_set(why, "the node's answer is not JSON");
    else if (error)
        result = cause_set(why, "%s", error);
    else
        buf_put_span(&place->answer, buf_span(answer));
    json_decref(json);
    return result;
}

// Without the lock, which is held before and after.
static void fetch(asker_t *self, place_t *place)
{
    buf_t answer = {0};
    cause_t why = {0};
    place->busy = true;
    mutex_unlock(&self->mutex);
    int result = ask(self->control, span_text(place->request), ANSWER_MS, &answer, &why);
    mutex_lock(&self->mutex);
    buf_clear(&place->answer);
    place->failed = result != 0 || read_answer(place, &answer, &why) != 0;
    place->why = why;
    place->busy = false;
    place->at_ms = clock_ms(CLOCK_STEADY);
    wakeup_broadcast(&self->answered);
    buf_destroy(&answer);
}

static void wait_for(asker_t *self, place_t *place)
{
    place->waiting++;
    while (place->busy)
        wakeup_wait(&self->answered, &self->mutex);
    place->waiting--;
}

static json_t *take(const place_t *place, cause_t *why)
{
    if (place->failed) {
        *why = place->why;
        return NULL;
    }
    json_t *json =
        json_loadb((const char *)place->answer.data, place->answer.size, 0, NULL);
    if (!json)
        (void)cause_set(why, "the node's answer cannot be read");
    return json;
}

json_t *asker_ask(asker_t *self, const char *request, int64_t fresh_ms, cause_t *why)
{
    json_t *json = NULL;
    if (strlen(request) > REQUEST_MAX) {
        (void)cause_set(why, "the question is too long");
        return NULL;
    }
    mutex_lock(&self->mutex);
    place_t *place = find(self, request);
    if (place && place->busy)
        wait_for(self, place);
    else if (!place && !(place = vacate(self, request)))
        (void)cause_set(why, "too many questions wait for the node");
    else if (place->failed || clock_ms(CLOCK_STEADY) - place->at_ms >= fresh_ms)
        fetch(self, place);
    if (place)
        json = take(place, why);
    mutex_unlock(&self->mutex);
    return json;
}

json_t *asker_share(asker_t *self, const char *request, int64_t fresh_ms)
{
    json_t *json = NULL;
    cause_t ignored;
    mutex_lock(&self->mutex);
    place_t *place = find(self, request);
    if (place && place->busy)
        wait_for(self, place);
    if (place && !place->failed && clock_ms(CLOCK_STEADY) - place->at_ms < fresh_ms)
        json = take(place, &ignored);
    mutex_unlock(&self->mutex);
    return json;
}
