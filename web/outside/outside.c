// outside - libmicrohttpd with a thread that has epoll, or one for each connection.

#include "web/outside/outside.h"

#include "lib/base/memory.h"
#include "lib/sys/clock.h"
#include "web/http/guests.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAD_ROOM = 8 << 10, ITEMS = 16 };

struct outside {
    outside_options_t options;
    guests_t *guests;
    struct MHD_Daemon *daemon;
};

void outside_say(outside_reply_t *reply, unsigned status, const char *text)
{
    reply->status = status;
    buf_printf(&reply->text, "%s\n", text);
}

static struct MHD_Response *make(outside_reply_t *reply)
{
    struct MHD_Response *made;
    if (reply->fd > 0) {
        made = MHD_create_response_from_fd64(reply->size, reply->fd);
        if (!made)
            (void)close(reply->fd);
        buf_destroy(&reply->text);
        return made;
    }
    made = MHD_create_response_from_buffer(
        reply->text.size, reply->text.data, MHD_RESPMEM_MUST_FREE);
    if (!made)
        buf_destroy(&reply->text);
    return made;
}

static enum MHD_Result send_reply(
    const outside_t *self, struct MHD_Connection *connection, outside_reply_t *reply)
{
    struct MHD_Response *response = make(reply);
    if (!response)
        return MHD_NO;
    const char *type = reply->type ? reply->type : "text/plain; charset=utf-8";
    const char *cache = reply->cache ? reply->cache : "no-store";
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, cache);
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (self->options.open)
        (void)MHD_add_response_header(response, "Access-Control-Allow-Origin", "*");
    if (reply->status == MHD_HTTP_METHOD_NOT_ALLOWED)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result sent = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return sent;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection,
    const char *url, const char *method, const char *version, const char *piece,
    size_t *size, void **seen)
{
    static int once;
    outside_t *self = context;
    outside_reply_t reply = {0};
    (void)version;
    (void)piece;
    if (!*seen) { // the head is here: whether there is a body is told by the next call
        *seen = &once;
        return MHD_YES;
    }
    if (*size > 0)
        return MHD_NO; // nothing is taken here
    const char *host =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
    guest_waits(connection);
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
        strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        outside_say(&reply, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD");
    else
        self->options.answer(self->options.context,
            &(outside_request_t){.path = url, .host = host ? host : ""}, &reply);
    if (reply.status == 0)
        outside_say(&reply, MHD_HTTP_NOT_FOUND, "there is no such thing here");
    return send_reply(self, connection, &reply);
}

static void completed(void *context, struct MHD_Connection *connection, void **seen,
    enum MHD_RequestTerminationCode how)
{
    (void)context;
    (void)how;
    *seen = NULL;
    guest_rests(connection);
}

// What is decoded could mean another path than the one that was looked at.
static size_t leave_coded(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static int start(outside_t *self, cause_t *why)
{
    const outside_options_t *options = &self->options;
    struct MHD_OptionItem items[ITEMS] = {
        {MHD_OPTION_SOCK_ADDR, 0, (void *)&options->listening.socket},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)options->connections, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)options->silence_s, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEAD_ROOM, NULL},
        {MHD_OPTION_LISTENING_ADDRESS_REUSE, 1, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_coded, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)completed, self},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)guests_notify, self->guests},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags =
        (options->waits ? MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD
                        : MHD_USE_EPOLL_INTERNAL_THREAD) |
        (options->listening.socket.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    self->daemon = MHD_start_daemon(flags, (uint16_t)options->listening.port, NULL, NULL,
        answer, self, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
    return self->daemon ? 0
                        : cause_errno(why, "%s: cannot listen at %s", options->what,
                              options->listening.text);
}

outside_t *outside_open(const outside_options_t *options, cause_t *why)
{
    outside_t *self = memory_new(1, sizeof *self);
    self->options = *options;
    guests_limits_t limits = {.all = options->connections,
        .each = options->connections / 4 + 1,
        .slow_ms = (int64_t)options->silence_s * 2000};
    self->guests = guests_new(&limits);
    if (start(self, why) != 0)
        outside_close(&self);
    return self;
}

void outside_close(outside_t **self_p)
{
    outside_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->daemon)
        MHD_stop_daemon(self->daemon);
    guests_destroy(&self->guests);
    free(self);
}

void outside_turn(outside_t *self)
{
    if (self)
        guests_turn(self->guests, clock_ms(CLOCK_STEADY));
}
