// monitor - each request asks the daemon, on a thread of its own: whoever waits for one
// that hangs keeps nobody else waiting, and few may.

#include "web/outside/monitor.h"

#include "lib/base/memory.h"
#include "lib/metrics/metrics.h"
#include "nodes/net/ask.h"
#include "nodes/net/sockets.h"

#include <jansson.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

// Who scrapes gives up after ten seconds; a node answers behind a question to its hub.
enum { CONNECTIONS = 32, SILENCE_S = 30, HUB_MS = 4000, NODE_MS = 9000 };

struct monitor {
    monitor_of_t of;
    char *control;
    const texts_t *names;
    listening_t listening;
    outside_t *outside;
};

static int ask_daemon(
    const monitor_t *self, const char *request, buf_t *answer, cause_t *why)
{
    return ask(self->control, span_text(request),
        self->of == MONITOR_HUB ? HUB_MS : NODE_MS, answer, why);
}

static void answer_metrics(const monitor_t *self, outside_reply_t *reply)
{
    cause_t why;
    if (ask_daemon(self, "metrics", &reply->text, &why) != 0) {
        outside_say(reply, MHD_HTTP_SERVICE_UNAVAILABLE, why.text);
        return;
    }
    reply->status = MHD_HTTP_OK;
    reply->type = METRICS_TYPE;
}

static bool is_set(const json_t *status, const char *name)
{
    return json_is_true(json_object_get(status, name));
}

static const char *fault_of_hub(const json_t *status)
{
    if (is_set(status, "rolled_back"))
        return "a node has seen a newer log than this hub has: nothing is taken";
    if (is_set(status, "disk_full"))
        return "the disk is full: publishers are told to try again";
    return json_object_get(status, "entries") ? NULL : "the hub's answer is no status";
}

static const char *fault_of_node(const json_t *status)
{
    const char *state =
        json_string_value(json_object_get(json_object_get(status, "hub"), "state"));
    if (!state)
        return "the node's answer is no status";
    if (is_set(status, "disk_full"))
        return "the disk is full: nothing is delivered";
    return strcmp(state, "ready") == 0 ? NULL : "the node is not in session with its hub";
}

static void answer_health(const monitor_t *self, outside_reply_t *reply)
{
    cause_t why;
    buf_t text = {0};
    if (ask_daemon(self, "status", &text, &why) != 0) {
        outside_say(reply, MHD_HTTP_SERVICE_UNAVAILABLE, why.text);
    } else {
        json_t *status = json_loadb((const char *)text.data, text.size, 0, NULL);
        const char *fault =
            self->of == MONITOR_HUB ? fault_of_hub(status) : fault_of_node(status);
        outside_say(reply, fault ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK,
            fault ? fault : "ok");
        json_decref(status);
    }
    buf_destroy(&text);
}

// A page of somebody's, whose name leads here, is not to read through a browser of this
// machine what this address is for.
static void answer(
    void *context, const outside_request_t *request, outside_reply_t *reply)
{
    const monitor_t *self = context;
    if (!listening_is_host(&self->listening, self->names, request->host))
        outside_say(reply, MHD_HTTP_MISDIRECTED_REQUEST,
            "this is not the name of this server: see names in dabyl-web.conf");
    else if (strcmp(request->path, "/metrics") == 0)
        answer_metrics(self, reply);
    else if (strcmp(request->path, "/healthz") == 0)
        answer_health(self, reply);
}

int monitor_check(const char *listen, cause_t *why)
{
    listening_t ignored;
    return listening_parse(&ignored, listen, why) == 0 ? 0 : cause_prefix(why, "monitor");
}

monitor_t *monitor_open(const monitor_options_t *options, cause_t *why)
{
    monitor_t *self = memory_new(1, sizeof *self);
    self->of = options->of;
    self->control = memory_text(options->control);
    self->names = options->names;
    // CZMQ is prepared by one thread, before there are more.
    zsock_t *first = sockets_new(ZMQ_REQ, why);
    zsock_destroy(&first);
    if (listening_parse(&self->listening, options->listen, why) != 0) {
        (void)cause_prefix(why, "monitor");
        monitor_close(&self);
        return NULL;
    }
    outside_options_t outside = {.what = "monitor",
        .listening = self->listening,
        .connections = CONNECTIONS,
        .silence_s = SILENCE_S,
        .waits = true,
        .answer = answer,
        .context = self};
    self->outside = outside_open(&outside, why);
    if (!self->outside)
        monitor_close(&self);
    return self;
}

void monitor_close(monitor_t **self_p)
{
    monitor_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    outside_close(&self->outside);
    free(self->control);
    free(self);
}

void monitor_turn(monitor_t *self)
{
    if (self)
        outside_turn(self->outside);
}
