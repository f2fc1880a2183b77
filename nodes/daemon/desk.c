// desk - one request at a time; those who come meanwhile wait in the socket.

#include "nodes/daemon/desk.h"

#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/memory.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { WORD_MAX = 32, REQUEST_MAX = 32 << 20 };

struct desk {
    void *socket;
    bool busy;
    zmq_msg_t request;
    char word[WORD_MAX];
};

static int make_folder(const char *path, cause_t *why)
{
    char copy[PATH_MAX];
    (void)snprintf(copy, sizeof copy, "%s", path);
    return folder_make(dirname(copy), 0700, why) == 0 ? folder_check_socket(path, why)
                                                      : -1;
}

desk_t *desk_open(void *zmq, const char *path, cause_t *why)
{
    char endpoint[PATH_MAX + 8];
    int64_t most = REQUEST_MAX;
    int linger = 100;
    if (make_folder(path, why) != 0)
        return NULL;
    desk_t *self = memory_new(1, sizeof *self);
    (void)zmq_msg_init(&self->request);
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    self->socket = zmq_socket(zmq, ZMQ_REP);
    if (!self->socket ||
        zmq_setsockopt(self->socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_setsockopt(self->socket, ZMQ_MAXMSGSIZE, &most, sizeof most) != 0 ||
        zmq_bind(self->socket, endpoint) != 0) {
        (void)cause_set(why, "%s: %s", path, zmq_strerror(errno));
        desk_close(&self);
    }
    return self;
}

void desk_close(desk_t **self_p)
{
    desk_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->socket)
        (void)zmq_close(self->socket);
    (void)zmq_msg_close(&self->request);
    free(self);
}

zmq_pollitem_t desk_poll_item(const desk_t *self)
{
    return (zmq_pollitem_t){
        .socket = self->socket, .events = self->busy ? 0 : ZMQ_POLLIN};
}

const char *desk_take(desk_t *self, span_t *rest)
{
    if (self->busy || zmq_msg_recv(&self->request, self->socket, ZMQ_DONTWAIT) < 0)
        return NULL;
    self->busy = true;
    span_t text = span_of(zmq_msg_data(&self->request), zmq_msg_size(&self->request));
    const uint8_t *end = text.size ? memchr(text.data, '\n', text.size) : NULL;
    size_t length = end ? (size_t)(end - text.data) : text.size;
    (void)snprintf(self->word, sizeof self->word, "%.*s",
        (int)(length < WORD_MAX ? length : 0), (const char *)text.data);
    *rest = end ? span_of(end + 1, text.size - length - 1) : span_of("", 0);
    return self->word;
}

void desk_answer(desk_t *self, span_t json)
{
    if (!self->busy)
        return;
    (void)zmq_send(self->socket, json.data, json.size, ZMQ_DONTWAIT);
    self->busy = false;
}

void desk_answer_json(desk_t *self, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    desk_answer(self, span_text(text ? text : "{\"error\":\"no answer can be given\"}"));
    free(text);
}

void desk_answer_error(desk_t *self, const char *text)
{
    desk_answer_json(self, json_pack("{s:s}", "error", text));
}
