// streams - a list under one lock.  libmicrohttpd asks a stream for bytes; one that has
// none puts its connection to sleep, and whoever has news wakes it.

#include "web/http/streams.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/sys/task.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BLOCK = 4096, SOCKET_ROOM = 8 << 10 };

const char *const changed_names[CHANGED_KINDS] = {
    "inbox", "sent", "refused", "waiting", "queue", "drafts", "opened"};

struct stream {
    streams_t *owner;
    stream_t *next;
    struct MHD_Connection *connection; // NULL before it began
    person_t person;
    char session[80];
    buf_t certificate;
    unsigned changed; // bits
    bool status, beat, ended, asleep;
    buf_t out; // what is being sent, from `at`
    size_t at;
};

struct streams {
    mutex_t mutex;
    streams_limits_t limits;
    stream_t *first;
    size_t n;
    uint64_t last; // number in the inbox
    char *status;  // or NULL: not known yet
    bool ended;
};

streams_t *streams_new(const streams_limits_t *limits)
{
    streams_t *self = memory_new(1, sizeof *self);
    self->limits = *limits;
    mutex_init(&self->mutex);
    return self;
}

void streams_destroy(streams_t **self_p)
{
    streams_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    mutex_destroy(&self->mutex);
    free(self->status);
    free(self);
}

static size_t count_of(const streams_t *self, const char *officer)
{
    size_t n = 0;
    for (const stream_t *one = self->first; one; one = one->next)
        n += strcmp(one->person.name, officer) == 0;
    return n;
}

static int check(const streams_t *self, const char *officer, cause_t *why)
{
    if (self->ended)
        return cause_set(why, "the console ends");
    if (count_of(self, officer) >= self->limits.each)
        return cause_set(
            why, "%s has %zu streams open already", officer, self->limits.each);
    if (self->n >= self->limits.all)
        return cause_set(why, "%zu streams are open already", self->limits.all);
    return 0;
}

stream_t *streams_open(streams_t *self, const request_t *request, cause_t *why)
{
    const person_t *person = request_person(request);
    stream_t *stream = NULL;
    mutex_lock(&self->mutex);
    if (check(self, person->name, why) == 0) {
        stream = memory_new(1, sizeof *stream);
        stream->owner = self;
        stream->person = *person;
        (void)text_copy(
            span_text(request_session(request)), stream->session, sizeof stream->session);
        buf_put_span(&stream->certificate, request_certificate(request));
        stream->status = self->status != NULL;
        stream->beat = true;
        stream->next = self->first;
        self->first = stream;
        self->n++;
    }
    mutex_unlock(&self->mutex);
    return stream;
}

static void wake(stream_t *stream)
{
    if (!stream->asleep)
        return;
    stream->asleep = false;
    MHD_resume_connection(stream->connection);
}

void streams_changed(streams_t *self, changed_t what, uint64_t last)
{
    mutex_lock(&self->mutex);
    if (last > self->last)
        self->last = last;
    for (stream_t *one = self->first; one; one = one->next) {
        one->changed |= 1U << what;
        wake(one);
    }
    mutex_unlock(&self->mutex);
}

void streams_status(streams_t *self, const char *status)
{
    mutex_lock(&self->mutex);
    free(self->status);
    self->status = memory_text(status);
    for (stream_t *one = self->first; one; one = one->next) {
        one->status = true;
        wake(one);
    }
    mutex_unlock(&self->mutex);
}

void streams_beat(streams_t *self)
{
    mutex_lock(&self->mutex);
    for (stream_t *one = self->first; one; one = one->next) {
        one->beat = true;
        wake(one);
    }
    mutex_unlock(&self->mutex);
}

void streams_check(streams_t *self, streams_alive_t *alive, void *context)
{
    mutex_lock(&self->mutex);
    for (stream_t *one = self->first; one; one = one->next)
        if (!one->ended && !alive(context, one->session, buf_span(&one->certificate))) {
            one->ended = true;
            wake(one);
        }
    mutex_unlock(&self->mutex);
}

void streams_end(streams_t *self)
{
    mutex_lock(&self->mutex);
    self->ended = true;
    for (stream_t *one = self->first; one; one = one->next) {
        one->ended = true;
        wake(one);
    }
    mutex_unlock(&self->mutex);
}

void streams_begin(streams_t *self)
{
    mutex_lock(&self->mutex);
    self->ended = false;
    mutex_unlock(&self->mutex);
}

size_t streams_count(streams_t *self)
{
    mutex_lock(&self->mutex);
    size_t n = self->n;
    mutex_unlock(&self->mutex);
    return n;
}

static void put_changed(stream_t *self)
{
    const char *comma = "";
    buf_put_text(&self->out, "event: changed\ndata: {\"what\":[");
    for (size_t i = 0; i < CHANGED_KINDS; i++)
        if (self->changed & (1U << i)) {
            buf_printf(&self->out, "%s\"%s\"", comma, changed_names[i]);
            comma = ",";
        }
    buf_printf(&self->out, "],\"last\":%" PRIu64 "}\n\n", self->owner->last);
}

// What has not been told becomes text only when it can be sent.
static void fill(stream_t *self)
{
    buf_clear(&self->out);
    self->at = 0;
    if (self->beat)
        buf_put_text(&self->out, ":\n\n");
    if (self->status)
        buf_printf(&self->out, "event: status\ndata: %s\n\n", self->owner->status);
    if (self->changed)
        put_changed(self);
    self->beat = self->status = false;
    self->changed = 0;
}

static ssize_t give(void *context, uint64_t position, char *out, size_t room)
{
    stream_t *self = context;
    (void)position;
    mutex_lock(&self->owner->mutex);
    if (self->at == self->out.size)
        fill(self);
    size_t left = self->out.size - self->at;
    ssize_t result = (ssize_t)(left < room ? left : room);
    if (self->ended) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (result == 0) {
        self->asleep = true;
        MHD_suspend_connection(self->connection);
    } else {
        memcpy(out, self->out.data + self->at, (size_t)result);
        self->at += (size_t)result;
    }
    mutex_unlock(&self->owner->mutex);
    return result;
}

static void leave(void *context)
{
    stream_t *self = context;
    stream_close(&self);
}

struct MHD_Response *stream_response(stream_t **self_p)
{
    struct MHD_Response *made =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, give, *self_p, leave);
    if (made)
        *self_p = NULL;
    return made;
}

// Little waits in the kernel for who does not read.
void stream_begin(stream_t *self, struct MHD_Connection *connection)
{
    const int room = SOCKET_ROOM;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info)
        (void)setsockopt(info->connect_fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    self->connection = connection;
}

void stream_close(stream_t **self_p)
{
    stream_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    streams_t *owner = self->owner;
    mutex_lock(&owner->mutex);
    for (stream_t **at = &owner->first; *at; at = &(*at)->next)
        if (*at == self) {
            *at = self->next;
            owner->n--;
            break;
        }
    mutex_unlock(&owner->mutex);
    buf_destroy(&self->out);
    buf_destroy(&self->certificate);
    free(self);
}
