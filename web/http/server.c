// server - libmicrohttpd with one thread that has epoll; what takes longer is done by
// workers while the connection sleeps.

#include "web/http/server_state.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/sys/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAD_ROOM = 32 << 10, BACKLOG = 256, ITEMS = 24 };

static void *take_target(
    void *context, const char *raw, struct MHD_Connection *connection)
{
    (void)connection;
    return visit_new(context, raw);
}

// The target is decoded once, by us.
static size_t leave_coded(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection,
    const char *url, const char *method, const char *version, const char *piece,
    size_t *size, void **visit)
{
    (void)context;
    (void)url;
    (void)version;
    return *visit ? visit_turn(*visit, connection, method, piece, size) : MHD_NO;
}

static void completed(void *context, struct MHD_Connection *connection, void **visit_p,
    enum MHD_RequestTerminationCode how)
{
    visit_t *visit = *visit_p;
    (void)context;
    (void)how;
    visit_free(&visit);
    *visit_p = NULL;
    guest_rests(connection);
}

// What libmicrohttpd says is mostly what a client did.
static void __attribute__((format(printf, 2, 0)))
log_said(void *context, const char *format, va_list arguments)
{
    char text[256];
    (void)context;
    (void)vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\n")] = 0;
    log_often(LOG_DEBUG, "web.http", "said=\"%s\"", text);
}

static void put_tls(struct MHD_OptionItem *items, const tls_t *tls)
{
    while (items->option != MHD_OPTION_END)
        items++;
    *items++ =
        (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, tls->certificate.data};
    *items++ = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, tls->key.data};
    *items++ = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_TRUST, 0, tls->ca.data};
    *items++ = (struct MHD_OptionItem){
        MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities};
    *items = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
}

static int start(server_t *self, cause_t *why)
{
    const server_options_t *options = &self->options;
    struct MHD_OptionItem items[ITEMS] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)log_said, self},
        {MHD_OPTION_SOCK_ADDR, 0, (void *)&options->listening.socket},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)options->connections, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)options->silence_s, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEAD_ROOM, NULL},
        {MHD_OPTION_LISTEN_BACKLOG_SIZE, BACKLOG, NULL},
        {MHD_OPTION_LISTENING_ADDRESS_REUSE, 1, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)take_target, self},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_coded, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)completed, self},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)guests_notify, self->guests},
        {MHD_OPTION_END, 0, NULL},
    };
    if (options->tls)
        put_tls(items, options->tls);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | (options->tls ? MHD_USE_TLS : 0) |
                     (options->listening.socket.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    self->daemon = MHD_start_daemon(flags, (uint16_t)options->listening.port, NULL, NULL,
        answer, self, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
    return self->daemon
               ? 0
               : cause_errno(why, "cannot listen at %s", options->listening.text);
}

server_t *server_open(const server_options_t *options, cause_t *why)
{
    server_t *self = memory_new(1, sizeof *self);
    self->options = *options;
    self->scheme = options->tls ? "https" : "http";
    // Cookies know no port: another console of this machine has another name for its own.
    (void)snprintf(
        self->cookie, sizeof self->cookie, "dabyl-%u", options->listening.port);
    guests_limits_t limits = {.all = options->connections,
        .each = options->connections / 4,
        .slow_ms = (int64_t)options->silence_s * 2000};
    self->guests = guests_new(&limits);
    self->crew = crew_new(options->workers, visit_work, self, why);
    if (!self->crew || start(self, why) != 0)
        server_close(&self);
    return self;
}

// Nothing may sleep when libmicrohttpd ends: the workers finish what they have, and the
// streams end, before it is asked to.
void server_close(server_t **self_p)
{
    server_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->daemon) {
        int listening = MHD_quiesce_daemon(self->daemon);
        if (listening >= 0)
            (void)close(listening);
    }
    streams_end(self->options.streams);
    if (self->crew)
        crew_end(self->crew);
    if (self->daemon)
        MHD_stop_daemon(self->daemon);
    crew_destroy(&self->crew);
    guests_destroy(&self->guests);
    free(self);
}

void server_turn(server_t *self)
{
    guests_turn(self->guests, clock_ms(CLOCK_STEADY));
}

uint64_t server_ended(const server_t *self)
{
    return guests_ended(self->guests);
}

size_t server_busy(const server_t *self)
{
    return crew_busy(self->crew);
}

unsigned server_connections(const server_t *self)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(self->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info ? info->num_connections : 0;
}
