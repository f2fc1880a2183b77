// control - a context of ZeroMQ of its own, so that nothing that nodes do can reach it.

#include "hub/ask/control.h"

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

struct control {
    void *context;
    void *socket;
    asker_t asker; // of the request received last
};

int control_check(const char *path, cause_t *why)
{
    return path[0] ? folder_check_socket(path, why) : 0;
}

// Whoever may enter may ask the hub to stop.
static int make_folder(const char *path, cause_t *why)
{
    char copy[PATH_MAX];
    (void)snprintf(copy, sizeof copy, "%s", path);
    return folder_make(dirname(copy), 0700, why) == 0 ? control_check(path, why) : -1;
}

control_t *control_open(const char *path, cause_t *why)
{
    char endpoint[PATH_MAX + 8];
    int linger = 0;
    if (path[0] && make_folder(path, why) != 0)
        return NULL;
    control_t *self = memory_new(1, sizeof *self);
    if (!path[0])
        return self;
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    self->context = zmq_ctx_new();
    self->socket = self->context ? zmq_socket(self->context, ZMQ_ROUTER) : NULL;
    if (!self->socket ||
        zmq_setsockopt(self->socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_bind(self->socket, endpoint) != 0) {
        (void)cause_errno(why, "cannot open the control socket %s", path);
        control_close(&self);
    }
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

bool control_waits(const control_t *self)
{
    int events = 0;
    size_t size = sizeof events;
    if (self->socket)
        (void)zmq_getsockopt(self->socket, ZMQ_EVENTS, &events, &size);
    return events & ZMQ_POLLIN;
}

// The next part of a request; -1: there is none.
static int take_part(const control_t *self, void *part, size_t room)
{
    int more = 0;
    size_t size = sizeof more;
    (void)zmq_getsockopt(self->socket, ZMQ_RCVMORE, &more, &size);
    return more ? zmq_recv(self->socket, part, room, ZMQ_DONTWAIT) : -1;
}

// Who asks, nothing, and the line; what follows in further parts is left out.
static bool take_request(control_t *self, char *line, size_t room)
{
    char rest[8];
    int route =
        zmq_recv(self->socket, self->asker.route, sizeof self->asker.route, ZMQ_DONTWAIT);
    int nothing = take_part(self, rest, sizeof rest);
    int size = take_part(self, line, room - 1);
    while (take_part(self, rest, sizeof rest) >= 0)
        continue;
    if (nothing != 0 || size < 0)
        return false; // it has not the form of a request
    self->asker.size = (uint8_t)route;
    line[(size_t)size < room ? (size_t)size : room - 1] = 0;
    line[strcspn(line, "\n")] = 0;
    return true;
}

int control_receive(control_t *self, char *line, size_t room)
{
    while (control_waits(self))
        if (take_request(self, line, room))
            return 1;
    return 0;
}

// Whoever has gone meanwhile gets nothing.
static void answer(const control_t *self, const asker_t *asker, span_t text)
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

void control_reply(control_t *self, const cause_t *why)
{
    control_reply_to(self, &self->asker, why);
}

asker_t control_asker(const control_t *self)
{
    return self->asker;
}

void control_reply_to(control_t *self, const asker_t *asker, const cause_t *why)
{
    buf_t text = {0};
    writer_t to = writer_to(&text);
    writer_object(&to, NULL);
    writer_bool(&to, "ok", why->text[0] == 0);
    writer_text(&to, "text", why->text);
    writer_end(&to);
    answer(self, asker, buf_span(&text));
    buf_destroy(&text);
}
