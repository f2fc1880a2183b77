// visit - one request from its first line to its answer.
//
// The listening thread alone touches it, except while it is with the workers: its
// connection sleeps then, and is woken by the worker as the last thing it does.

#include "web/http/server_state.h"

#include "lib/base/memory.h"
#include "lib/base/times.h"

#include <stdlib.h>
#include <string.h>

enum { HEARD_IN_VAIN = 8 << 20 }; // bytes

visit_t *visit_new(server_t *server, const char *raw)
{
    visit_t *self = memory_new(1, sizeof *self);
    self->server = server;
    self->raw = memory_text(raw);
    self->request.upload.fd = -1;
    reply_init(&self->reply);
    return self;
}

void visit_free(visit_t **self_p)
{
    visit_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    handed_close(&self->request.upload);
    buf_destroy(&self->request.body);
    reply_free(&self->reply);
    free(self->raw);
    free(self);
}

void visit_work(void *context, void *job)
{
    visit_t *self = job;
    (void)context;
    self->request.route->answer(self->server->options.web, &self->request, &self->reply);
    MHD_resume_connection(self->request.connection);
}

static enum MHD_Result send_reply(visit_t *self)
{
    self->state = VISIT_SENT;
    guest_waits(self->request.connection);
    return reply_send(&self->reply, self->request.connection);
}

// The order matters: once a worker has it, it may be woken at any moment.
static enum MHD_Result hand_over(visit_t *self)
{
    cause_t why;
    self->state = VISIT_DONE;
    guest_waits(self->request.connection);
    MHD_suspend_connection(self->request.connection);
    if (crew_give(self->server->crew, self, self->request.person.name, &why))
        return MHD_YES;
    reply_error(&self->reply, MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "%s", why.text);
    MHD_resume_connection(self->request.connection);
    return MHD_YES;
}

static int open_body(visit_t *self, cause_t *why)
{
    if (self->request.route->body != BODY_FILE) {
        buf_reserve(&self->request.body, self->announced);
        return 0;
    }
    return handed_open(
        &self->request.upload, self->server->options.uploads, self->announced, why);
}

// What is answered before the request was read to its end ends the connection, since
// libmicrohttpd cannot tell where the next one begins.  So even who has no body is asked
// once more before the answer: whoever looks each second keeps one connection, and its
// certificate is shown once.
static enum MHD_Result hear_end(visit_t *self, visit_state_t state)
{
    self->state = state;
    return MHD_YES;
}

// A browser that is still sending when its connection ends says that it was reset, and
// not what the answer was.  So what is not large is heard to its end from who is known.
static enum MHD_Result refuse_visit(visit_t *self)
{
    const request_t *request = &self->request;
    const char *length = request_header(request, "Content-Length");
    uint64_t size = 0;
    if (!self->reply.last && (!length[0] || strcmp(length, "0") == 0))
        return hear_end(self, VISIT_IN_VAIN);
    if (request->person.name[0] && request->method != METHOD_GET &&
        decimal_decode(span_text(length), &size) && size > 0 && size <= HEARD_IN_VAIN) {
        guest_sends(request->connection, size);
        return hear_end(self, VISIT_IN_VAIN);
    }
    return send_reply(self);
}

static enum MHD_Result begin(visit_t *self, const char *method)
{
    cause_t why;
    request_t *request = &self->request;
    request->now_ms = clock_now().wall_ms;
    if (!gate_opens(
            self->server, request, method, self->raw, &self->reply, &self->announced))
        return refuse_visit(self);
    if (request->route->body == BODY_NONE)
        return hear_end(self, VISIT_BODY);
    if (open_body(self, &why) != 0) {
        self->reply.last = true;
        reply_failed(&self->reply, &why);
        return send_reply(self);
    }
    guest_sends(request->connection, self->announced);
    return hear_end(self, VISIT_BODY);
}

// As announced, and not a byte more: libmicrohttpd holds it to that.
static enum MHD_Result take(visit_t *self, const char *piece, size_t *size)
{
    request_t *request = &self->request;
    uint64_t had =
        request->route->body == BODY_FILE ? request->upload.size : request->body.size;
    if (*size > self->announced - had)
        return MHD_NO;
    if (request->route->body == BODY_FILE)
        handed_take(&request->upload, span_of(piece, *size));
    else
        buf_put(&request->body, piece, *size);
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result end_body(visit_t *self)
{
    cause_t why;
    request_t *request = &self->request;
    if (request->route->body == BODY_FILE &&
        handed_end(&request->upload, &request->hash, &why) != 0) {
        reply_failed(&self->reply, &why);
        return send_reply(self);
    }
    return hand_over(self);
}

enum MHD_Result visit_turn(visit_t *self, struct MHD_Connection *connection,
    const char *method, const char *piece, size_t *size)
{
    self->request.connection = connection;
    switch (self->state) {
    case VISIT_BEGINS:
        return begin(self, method);
    case VISIT_BODY:
        return *size > 0 ? take(self, piece, size) : end_body(self);
    case VISIT_IN_VAIN:
        if (*size == 0)
            return send_reply(self);
        *size = 0;
        return MHD_YES;
    case VISIT_DONE:
        return send_reply(self);
    default:
        return MHD_NO;
    }
}
