// decision - the memory that one message after another is decided in, and what its author
// may be told of it.  An explanation has a list for each kind of line, empty where there
// is none: whoever reads it need not ask what is there.

#include "hub/decide/decision.h"

#include "lib/base/times.h"
#include "lib/json/writer.h"
#include "lib/sys/random.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// Many nonces at once: a draw costs as much for one as for dozens.
static void take_nonce(decision_t *self)
{
    if (self->nonces == 0) {
        random_bytes(self->nonce, sizeof self->nonce);
        self->nonces = NONCES_DRAWN;
    }
    memcpy(self->routing.nonce, self->nonce[--self->nonces], ROUTING_NONCE);
}

void decision_begin(decision_t *self, uint64_t rules_position)
{
    routing_clear(&self->routing);
    self->routing.rules_position = rules_position;
    self->emissions = 0;
    self->changed = false;
    self->duties = 0;
    self->refusal = (refusal_t){0};
    take_nonce(self);
}

void decision_close(decision_t *self)
{
    routing_close(&self->routing);
    free(self->planned);
    *self = (decision_t){0};
}

static bool is_emission(const route_t *route, const char *id)
{
    return route->type == ROUTE_EMIT && strcmp(route->id, id) == 0;
}

void decision_drop(decision_t *self, size_t i)
{
    routing_t *routing = &self->routing;
    assert(i < self->emissions);
    for (size_t k = routing->n; k-- > 0;)
        if (is_emission(&routing->route[k], self->emission[i].id))
            routing_drop(routing, k);
    self->changed = true;
    self->emissions--;
    memmove(&self->emission[i], &self->emission[i + 1],
        (self->emissions - i) * sizeof *self->emission);
}

void decision_lacks(decision_t *self, const rule_t *by, const routing_t *derived)
{
    for (size_t i = 0; i < derived->n; i++) {
        route_t route = derived->route[i];
        if (route.type != ROUTE_ABSENT)
            continue;
        route.tell = by->tell == TELL_SENDER ? route.tell : TELL_NONE;
        routing_add(&self->routing, &route);
        self->changed = true;
    }
}

static void explain_route(writer_t *json, const route_t *route)
{
    if (route->type == ROUTE_REMARK || route->type == ROUTE_UNREACHED) {
        writer_text(json, NULL, route->type == ROUTE_REMARK ? route->code : route->node);
        return;
    }
    writer_object(json, NULL);
    writer_text(json, "rule", route->rule);
    writer_text(json, "cites", route->cites);
    if (route->type == ROUTE_EMIT)
        writer_text(json, "kind", route->kind);
    else
        writer_text(json, route->type == ROUTE_ABSENT ? "role" : "node", route->node);
    if (route->type == ROUTE_WITHHOLD)
        writer_text(json, "code", route->code);
    writer_end(json);
}

static void explain_carried(writer_t *json, const route_t *route)
{
    writer_object(json, NULL);
    writer_text(json, "node", route->node);
    if (route->type == ROUTE_CARRIES) {
        writer_text(json, "author", route->author);
        writer_text(json, "id", route->id);
    } else {
        writer_text(json, "code", route->code);
        writer_integer(json, "messages", (int64_t)route->size);
    }
    writer_end(json);
}

// What goes along with it for whom it brings in.
static void explain_carries(
    const decision_t *self, writer_t *json, const char *name, route_type_t type)
{
    writer_array(json, name);
    for (size_t i = 0; !self->refusal.code && i < self->routing.n; i++)
        if (self->routing.route[i].type == type)
            explain_carried(json, &self->routing.route[i]);
    writer_end(json);
}

static void explain_routes(
    const decision_t *self, writer_t *json, const char *name, route_type_t type)
{
    writer_array(json, name);
    for (size_t i = 0; !self->refusal.code && i < self->routing.n; i++) {
        const route_t *route = &self->routing.route[i];
        if (route->type == type && route->tell == TELL_SENDER)
            explain_route(json, route);
    }
    writer_end(json);
}

// Those whom the author may not know, by their number.
static void explain_subscribers(const decision_t *self, writer_t *json)
{
    uint64_t n = 0;
    for (size_t i = 0; !self->refusal.code && i < self->routing.n; i++)
        if (self->routing.route[i].type == ROUTE_SUBSCRIBERS)
            n = self->routing.route[i].size;
    writer_integer(json, "subscribers", (int64_t)n);
}

static void explain_duty(writer_t *json, const duty_t *duty)
{
    char due[TIME_TEXT];
    time_print(duty->due_ms, due);
    writer_object(json, NULL);
    writer_text(json, "rule", duty->rule);
    writer_text(json, "cites", duty->cites);
    writer_text(json, "duty", duty->name);
    writer_text(json, "debtor", duty->debtor);
    writer_text(json, "towards", duty->towards);
    writer_text(json, "met_by", duty->met_by);
    writer_text(json, "due", due);
    writer_end(json);
}

static void explain_duties(const decision_t *self, writer_t *json)
{
    writer_array(json, "duties");
    for (size_t i = 0; !self->refusal.code && i < self->duties; i++)
        if (self->planned[i].tell == TELL_SENDER)
            explain_duty(json, &self->planned[i].duty);
    writer_end(json);
}

void decision_explain(const decision_t *self, buf_t *out)
{
    const refusal_t *refusal = &self->refusal;
    writer_t json = writer_to(out);
    writer_object(&json, NULL);
    writer_text(&json, "verdict", refusal->code ? "refuse" : "accept");
    writer_text(&json, "code", refusal->code ? refusal->code : "");
    writer_text(&json, "field", refusal->pointer);
    writer_text(&json, "by", refusal->by);
    writer_text(&json, "text", refusal->text);
    if (refusal->code && refusal->retry)
        writer_bool(&json, "retry", true);
    explain_routes(self, &json, "receivers", ROUTE_DELIVER);
    explain_routes(self, &json, "by_subscription", ROUTE_BY_SUBSCRIPTION);
    explain_subscribers(self, &json);
    explain_routes(self, &json, "withheld", ROUTE_WITHHOLD);
    explain_carries(self, &json, "carries", ROUTE_CARRIES);
    explain_carries(self, &json, "omits", ROUTE_OMITS);
    explain_routes(self, &json, "emits", ROUTE_EMIT);
    explain_routes(self, &json, "absent", ROUTE_ABSENT);
    explain_routes(self, &json, "remarks", ROUTE_REMARK);
    explain_routes(self, &json, "unreached", ROUTE_UNREACHED);
    explain_duties(self, &json);
    writer_end(&json);
}
