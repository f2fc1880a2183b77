// control - its own ZeroMQ context: nothing that nodes do can reach it.

#include "hub/control.h"

#include "lib/file.h"
#include "lib/folder.h"
#include "lib/memory.h"

#include <jansson.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct control {
    void *context;
    void *socket;
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
    self->socket = self->context ? zmq_socket(self->context, ZMQ_REP) : NULL;
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

zmq_pollitem_t control_poll_item(const control_t *self)
{
    // Without a socket: a descriptor that poll ignores.
    return (zmq_pollitem_t){self->socket, -1, self->socket ? ZMQ_POLLIN : 0, 0};
}

int control_receive(control_t *self, char *line, size_t room)
{
    if (!self->socket)
        return 0;
    int size = zmq_recv(self->socket, line, room - 1, ZMQ_DONTWAIT);
    if (size < 0)
        return 0;
    line[(size_t)size < room ? (size_t)size : room - 1] = 0;
    line[strcspn(line, "\n")] = 0;
    return 1;
}

void control_answer(control_t *self, span_t text)
{
    (void)zmq_send(self->socket, text.data, text.size, ZMQ_DONTWAIT);
}

void control_reply(control_t *self, const cause_t *why)
{
    json_t *answer = json_pack("{s:b, s:s}", "ok", why->text[0] == 0, "text", why->text);
    char *text = json_dumps(answer, JSON_COMPACT);
    control_answer(self, span_text(text ? text : "{}"));
    free(text);
    json_decref(answer);
}
