// zap - a REP socket.  Requests are libzmq's own, and are read as carefully as a peer's.

#include "hub/net/zap.h"

#include "lib/base/bytes.h"
#include "lib/base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

// Version, request id, domain, address, identity, mechanism, key.
enum { REQUEST_ID = 1, ADDRESS = 3, MECHANISM = 5, KEY = 6, PARTS = 7, PART_MAX = 256 };

typedef struct {
    int parts;
    int size[PARTS];
    uint8_t part[PARTS][PART_MAX + 1]; // each ends with a zero
} request_t;

struct zap {
    void *socket;
    request_t request;
};

zap_t *zap_open(void *zmq, cause_t *why)
{
    const int none = 0;
    zap_t *self = memory_new(1, sizeof *self);
    self->socket = zmq_socket(zmq, ZMQ_REP);
    if (self->socket &&
        zmq_setsockopt(self->socket, ZMQ_LINGER, &none, sizeof none) == 0 &&
        zmq_bind(self->socket, "inproc://zeromq.zap.01") == 0)
        return self;
    (void)cause_errno(why, "cannot bind the ZAP handler");
    zap_close(&self);
    return NULL;
}

void zap_close(zap_t **self_p)
{
    zap_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->socket)
        (void)zmq_close(self->socket);
    free(self);
}

void *zap_socket(const zap_t *self)
{
    return self->socket;
}

static int receive_part(void *socket, uint8_t *part)
{
    int got;
    do
        got = zmq_recv(socket, part, PART_MAX, ZMQ_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got >= 0)
        part[got < PART_MAX ? got : PART_MAX] = 0;
    return got;
}

// 1: a request; 0: none waits; -1: the socket is broken.
static int receive(void *socket, request_t *request)
{
    int more = 1;
    *request = (request_t){0};
    while (more) {
        uint8_t spill[PART_MAX + 1];
        bool kept = request->parts < PARTS;
        int got = receive_part(socket, kept ? request->part[request->parts] : spill);
        size_t length = sizeof more;
        if (got < 0)
            return errno == EAGAIN ? 0 : -1;
        if (kept)
            request->size[request->parts] = got;
        request->parts++;
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &length) != 0)
            return -1;
    }
    return 1;
}

static bool asks_for_a_key(const request_t *request)
{
    return request->parts == PARTS && request->size[MECHANISM] == 5 &&
           memcmp(request->part[MECHANISM], "CURVE", 5) == 0 && request->size[KEY] == 32;
}

static int send_part(void *socket, const void *bytes, size_t size, int more)
{
    int sent;
    do
        sent = zmq_send(socket, bytes, size, more);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -1 : 0;
}

static int answer(void *socket, const request_t *request, const char *user)
{
    const char *status = user ? "200" : "400";
    const char *text = user ? "OK" : "not admitted";
    size_t id = request->size[REQUEST_ID] < PART_MAX ? (size_t)request->size[REQUEST_ID]
                                                     : PART_MAX;
    return send_part(socket, "1.0", 3, ZMQ_SNDMORE) != 0 ||
                   send_part(socket, request->part[REQUEST_ID], id, ZMQ_SNDMORE) != 0 ||
                   send_part(socket, status, 3, ZMQ_SNDMORE) != 0 ||
                   send_part(socket, text, strlen(text), ZMQ_SNDMORE) != 0 ||
                   send_part(socket, user, user ? strlen(user) : 0, ZMQ_SNDMORE) != 0 ||
                   send_part(socket, "", 0, 0) != 0
               ? -1
               : 0;
}

int zap_next(zap_t *self, zap_guest_t *guest, cause_t *why)
{
    request_t *request = &self->request;
    int got;
    while ((got = receive(self->socket, request)) > 0 && !asks_for_a_key(request))
        if (zap_answer(self, false, why) != 0)
            return -1;
    if (got < 0)
        return cause_errno(why, "the ZAP handler cannot read");
    if (got > 0)
        *guest = (zap_guest_t){request->part[KEY], (const char *)request->part[ADDRESS]};
    return got;
}

int zap_answer(zap_t *self, bool admitted, cause_t *why)
{
    char user[HASH_HEX];
    if (admitted)
        hex_encode(self->request.part[KEY], 32, user);
    if (answer(self->socket, &self->request, admitted ? user : NULL) != 0)
        return cause_errno(why, "the ZAP handler cannot answer");
    return 0;
}
