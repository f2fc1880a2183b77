// control - its own ZeroMQ context: nothing that comes over the network can reach it.
//
// libzmq ends the process where it gets no descriptor for that context, so it is asked
// before whether there are some.

#include "lib/net/control.h"

#include "lib/base/descriptors.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/memory.h"
#include "lib/json/writer.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum {
    REQUEST_MAX = 32 << 20, // bytes
    LINGER_MS = 100,        // for the last answers
    DESCRIPTORS = 16,       // of the context, its threads and the socket, and some more
};

struct control {
    void *context;
    void *socket;
    // Of the request received last.
    control_asker_t asker;
    zmq_msg_t request;
    size_t line_size;
};

int control_check(const char *path, cause_t *why)
{
    return path[0] ? folder_check_socket(path, why) : 0;
}

// Whoever may enter may ask the daemon to stop.
static int make_folder(const char *path, cause_t *why)
{
    char copy[PATH_MAX];
    (void)snprintf(copy, sizeof copy, "%s", path);
    return folder_make(dirname(copy), 0700, why) == 0 ? control_check(path, why) : -1;
}

static int listen_at(control_t *self, const char *path, cause_t *why)
{
    char endpoint[PATH_MAX + 8];
    int64_t most = REQUEST_MAX;
    int linger = LINGER_MS;
    if (make_folder(path, why) != 0 || descriptors_left(DESCRIPTORS, why) != 0)
        return -1;
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    self->context = zmq_ctx_new();
    self->socket = self->context ? zmq_socket(self->context, ZMQ_ROUTER) : NULL;
    if (!self->socket ||
        zmq_setsockopt(self->socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_setsockopt(self->socket, ZMQ_MAXMSGSIZE, &most, sizeof most) != 0 ||
        zmq_bind(self->socket, endpoint) != 0)
        return cause_errno(why, "cannot open the control socket %s", path);
    return 0;
}

control_t *control_open(const char *path, cause_t *why)
{
    control_t *self = memory_new(1, sizeof *self);
    (void)zmq_msg_init(&self->request);
    if (path[0] && listen_at(self, path, why) != 0)
        control_close(&self);
    return self;
}

void control_close(control_t **self_p)
{
    control_t *self = *self_p;
    if (!self)
        return;
    if (self->socket)
        (void)zmq_close(self->socket);
    if (self->context)
        (void)zmq_ctx_term(self->context);
    (void)zmq_msg_close(&self->request);
    free(self);
    *self_p = NULL;
}

int control_fd(const control_t *self)
{
    int fd = -1;
    size_t size = sizeof fd;
    if (self->socket)
        (void)zmq_getsockopt(self->socket, ZMQ_FD, &fd, &size);
    return fd;
}

// The next part of a request into `part`; false: there is none.
static bool take_part(const control_t *self, zmq_msg_t *part)
{
    int more = 0;
    size_t size = sizeof more;
    (void)zmq_getsockopt(self->socket, ZMQ_RCVMORE, &more, &size);
    return more && zmq_msg_recv(part, self->socket, ZMQ_DONTWAIT) >= 0;
}

static span_t request_of(const control_t *self)
{
    zmq_msg_t *message = (zmq_msg_t *)&self->request; // libzmq knows no const
    return span_of(zmq_msg_data(message), zmq_msg_size(message));
}

// libzmq says of a connection by ipc:// "localhost:uid:gid:pid", as the system told it.
static void note_uid(control_t *self)
{
    const char *peer = zmq_msg_gets(&self->request, "Peer-Address");
    const char *uid = peer ? strchr(peer, ':') : NULL;
    char *end;
    self->asker.has_uid = false;
    if (!uid || uid[1] < '0' || uid[1] > '9')
        return;
    self->asker.uid = (uint32_t)strtoul(uid + 1, &end, 10);
    self->asker.has_uid = *end == ':';
}

// Who asks, nothing, and the request; what follows in further parts is left out.
static bool take_request(control_t *self)
{
    zmq_msg_t part;
    (void)zmq_msg_init(&part);
    int route =
        zmq_recv(self->socket, self->asker.route, sizeof self->asker.route, ZMQ_DONTWAIT);
    bool good = take_part(self, &part) && zmq_msg_size(&part) == 0;
    good = take_part(self, &self->request) && good;
    while (take_part(self, &part))
        continue;
    (void)zmq_msg_close(&part);
    self->asker.size = (uint8_t)route;
    note_uid(self);
    return good; // else it has not the form of a request
}

bool control_waits(const control_t *self)
{
    int events = 0;
    size_t size = sizeof events;
    if (self->socket)
        (void)zmq_getsockopt(self->socket, ZMQ_EVENTS, &events, &size);
    return (events & ZMQ_POLLIN) != 0;
}

static void read_line(control_t *self, char *line, size_t room)
{
    span_t text = request_of(self);
    const uint8_t *end = text.size > 0 ? memchr(text.data, '\n', text.size) : NULL;
    self->line_size = end ? (size_t)(end - text.data) : text.size;
    (void)snprintf(line, room, "%.*s",
        (int)(self->line_size < room ? self->line_size : room), (const char *)text.data);
}

int control_receive(control_t *self, char *line, size_t room)
{
    bool taken = false;
    while (!taken && control_waits(self))
        taken = take_request(self);
    if (taken)
        read_line(self, line, room);
    return taken;
}

span_t control_rest(const control_t *self)
{
    span_t text = request_of(self);
    return self->line_size < text.size
               ? span_of(text.data + self->line_size + 1, text.size - self->line_size - 1)
               : span_of("", 0);
}

// Whoever has gone meanwhile gets nothing.
static void answer(const control_t *self, const control_asker_t *asker, span_t text)
{
    if (zmq_send(self->socket, asker->route, asker->size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >=
            0 &&
        zmq_send(self->socket, "", 0, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0)
        (void)zmq_send(self->socket, text.data, text.size, ZMQ_DONTWAIT);
}

void control_answer(control_t *self, span_t text)
{
    answer(self, &self->asker, text);
}

void control_answer_to(control_t *self, const control_asker_t *asker, span_t text)
{
    answer(self, asker, text);
}

void control_reply(control_t *self, const cause_t *why)
{
    control_reply_to(self, &self->asker, why);
}

control_asker_t control_asker(const control_t *self)
{
    return self->asker;
}

void control_reply_to(control_t *self, const control_asker_t *asker, const cause_t *why)
{
    buf_t text = {0};
    writer_t json = writer_to(&text);
    writer_object(&json, NULL);
    writer_bool(&json, "ok", why->text[0] == 0);
    writer_text(&json, "text", why->text);
    writer_end(&json);
    answer(self, asker, buf_span(&text));
    buf_destroy(&text);
}
