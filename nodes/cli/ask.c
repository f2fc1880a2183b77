// ask - An ipc:// endpoint is a Unix socket, so whether somebody listens can be learnt by
// connecting to it, without a word of protocol and without waiting.

#include "nodes/cli/ask.h"

#include "lib/base/moment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

static bool fits(const char *path)
{
    return strlen(path) < sizeof((struct sockaddr_un *)0)->sun_path;
}

bool ask_alive(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!fits(path))
        return false;
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool alive =
        fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0)
        (void)close(fd);
    return alive;
}

static int receive(void *socket, buf_t *answer)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    int got = zmq_msg_recv(&message, socket, 0);
    if (got >= 0)
        buf_put(answer, zmq_msg_data(&message), zmq_msg_size(&message));
    zmq_msg_close(&message);
    return got < 0 ? -1 : 0;
}

static int converse(void *socket, const char *path, span_t request, int64_t timeout_ms,
    buf_t *answer, cause_t *why)
{
    char endpoint[160];
    int none = 0, wait_ms = moment_poll(timeout_ms, 0);
    snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
    if (zmq_connect(socket, endpoint) < 0 ||
        zmq_send(socket, request.data, request.size, 0) < 0)
        return cause_errno(why, "%s", path);
    if (receive(socket, answer) < 0)
        return cause_set(
            why, "%s: no answer within %lld ms", path, (long long)timeout_ms);
    return 0;
}

int ask(const char *path, span_t request, int64_t timeout_ms, buf_t *answer, cause_t *why)
{
    if (!fits(path))
        return cause_set(why,
            "%.80s...: the path is too long for a socket; "
            "go into the folder and name it as . there",
            path);
    if (!ask_alive(path))
        return cause_set(
            why, "%s: nobody listens there; the daemon is not running", path);
    void *context = zmq_ctx_new();
    void *socket = context ? zmq_socket(context, ZMQ_REQ) : NULL;
    int result = socket ? converse(socket, path, request, timeout_ms, answer, why)
                        : cause_errno(why, "cannot open a socket");
    if (socket)
        zmq_close(socket);
    if (context)
        zmq_ctx_term(context);
    return result;
}
