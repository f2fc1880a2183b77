// ask - one REQ socket for one question.
//
// An ipc:// endpoint is a Unix socket, so whether somebody listens can be learnt by
// connecting to it, without a word of protocol and without waiting.

#include "nodes/net/ask.h"

#include "lib/base/moment.h"
#include "nodes/net/sockets.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool fits(const char *path)
{
    return strlen(path) < sizeof((struct sockaddr_un *)0)->sun_path;
}

static int try_to_connect(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result =
        fd >= 0 ? connect(fd, (const struct sockaddr *)&address, sizeof address) : -1;
    int error = errno;
    if (fd >= 0)
        (void)close(fd);
    errno = error;
    return result;
}

bool ask_alive(const char *path)
{
    return fits(path) && try_to_connect(path) == 0;
}

static int check(const char *path, cause_t *why)
{
    if (!fits(path))
        return cause_set(why,
            "%.80s...: the path is too long for a socket; "
            "go into the folder and name it as . there",
            path);
    if (try_to_connect(path) == 0)
        return 0;
    if (errno == EMFILE || errno == ENFILE)
        return cause_errno(why, "%s", path);
    return cause_set(why, "%s: nobody listens there; the daemon is not running", path);
}

static int send_request(zsock_t *socket, span_t request)
{
    zframe_t *frame = zframe_new(request.data, request.size);
    int sent = frame ? zframe_send(&frame, socket, 0) : -1;
    zframe_destroy(&frame);
    return sent;
}

static int receive(zsock_t *socket, buf_t *answer)
{
    zframe_t *frame = zframe_recv(socket);
    if (!frame)
        return -1;
    buf_put(answer, zframe_data(frame), zframe_size(frame));
    zframe_destroy(&frame);
    return 0;
}

static int converse(zsock_t *socket, const char *path, span_t request, int64_t timeout_ms,
    buf_t *answer, cause_t *why)
{
    zsock_set_linger(socket, 0);
    zsock_set_rcvtimeo(socket, moment_poll(timeout_ms, 0));
    if (zsock_connect(socket, "ipc://%s", path) != 0 ||
        send_request(socket, request) != 0)
        return cause_errno(why, "%s", path);
    if (receive(socket, answer) != 0)
        return cause_set(
            why, "%s: no answer within %lld ms", path, (long long)timeout_ms);
    return 0;
}

int ask(const char *path, span_t request, int64_t timeout_ms, buf_t *answer, cause_t *why)
{
    if (check(path, why) != 0)
        return -1;
    zsock_t *socket = sockets_new(ZMQ_REQ, why);
    if (!socket)
        return cause_prefix(why, "%s", path);
    int result = converse(socket, path, request, timeout_ms, answer, why);
    zsock_destroy(&socket);
    return result;
}
