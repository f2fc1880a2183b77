// reply_send - the headers that every answer has, and what it is made of.

#include "web/http/reply_state.h"

#include <stdlib.h>
#include <unistd.h>

static const struct {
    const char *name, *value;
} fixed[] = {
    {"Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; media-src 'self'; form-action 'none'; "
        "frame-ancestors 'none'; base-uri 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
};

static struct MHD_Response *make(reply_t *self)
{
    struct MHD_Response *made;
    if (self->stream)
        return stream_response(&self->stream);
    if (self->fd >= 0) {
        made = MHD_create_response_from_fd64(self->size, self->fd);
        if (made)
            self->fd = -1;
        return made;
    }
    made = MHD_create_response_from_buffer(
        self->bytes.size, self->bytes.data, MHD_RESPMEM_MUST_FREE);
    if (made)
        self->bytes = (buf_t){0};
    return made;
}

static void put(struct MHD_Response *response, const char *name, const char *value)
{
    if (value && value[0])
        (void)MHD_add_response_header(response, name, value);
}

enum MHD_Result reply_send(reply_t *self, struct MHD_Connection *connection)
{
    stream_t *stream = self->stream;
    struct MHD_Response *response = make(self);
    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        put(response, fixed[i].name, fixed[i].value);
    put(response, MHD_HTTP_HEADER_CONTENT_TYPE, self->type);
    put(response, MHD_HTTP_HEADER_CACHE_CONTROL, self->cache);
    put(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, self->saved);
    put(response, MHD_HTTP_HEADER_ETAG, self->tag);
    put(response, MHD_HTTP_HEADER_SET_COOKIE, self->cookie);
    if (self->last || stream) // a stream lasts as long as its connection
        put(response, MHD_HTTP_HEADER_CONNECTION, "close");
    if (stream)
        stream_begin(stream, connection);
    enum MHD_Result sent = MHD_queue_response(
        connection, self->status ? self->status : MHD_HTTP_NO_CONTENT, response);
    MHD_destroy_response(response);
    return sent;
}
