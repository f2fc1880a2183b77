// explanation - a list for each kind of line, empty where there is none: whoever reads it
// need not ask what is there.

#include "hub/decide/explanation.h"

#include "lib/base/times.h"

#include <stdlib.h>

static json_t *explain_route(const route_t *route)
{
    if (route->type == ROUTE_REMARK)
        return json_string(route->code);
    json_t *line = json_pack("{s:s, s:s}", "rule", route->rule, "cites", route->cites);
    if (route->type == ROUTE_EMIT)
        (void)json_object_set_new(line, "kind", json_string(route->kind));
    else
        (void)json_object_set_new(line, "node", json_string(route->node));
    if (route->type == ROUTE_WITHHOLD)
        (void)json_object_set_new(line, "code", json_string(route->code));
    return line;
}

static json_t *explain_duty(const duty_t *duty)
{
    char due[TIME_TEXT];
    time_print(duty->due_ms, due);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "rule", duty->rule, "cites",
        duty->cites, "duty", duty->name, "node", duty->who, "met_by", duty->met_by, "due",
        due);
}

void explanation_print(const decision_t *decision, buf_t *json)
{
    static const char *const lists[] = {
        [ROUTE_DELIVER] = "receivers",
        [ROUTE_WITHHOLD] = "withheld",
        [ROUTE_EMIT] = "emits",
        [ROUTE_REMARK] = "remarks",
    };
    const refusal_t *refusal = &decision->refusal;
    bool refused = refusal->code != NULL;
    json_t *answer = json_pack("{s:s, s:s, s:s, s:s, s:s}", "verdict",
        refused ? "refuse" : "accept", "code", refused ? refusal->code : "", "field",
        refusal->pointer, "by", refusal->by, "text", refusal->text);
    if (refused && refusal->retry)
        (void)json_object_set_new(answer, "retry", json_true());
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        (void)json_object_set_new(answer, lists[i], json_array());
    for (size_t i = 0; !refused && i < decision->routing.n; i++) {
        const route_t *route = &decision->routing.route[i];
        if (route->tell == TELL_SENDER && route->type < sizeof lists / sizeof lists[0])
            (void)json_array_append_new(
                json_object_get(answer, lists[route->type]), explain_route(route));
    }
    (void)json_object_set_new(answer, "duties", json_array());
    for (size_t i = 0; !refused && i < decision->duties; i++)
        if (decision->planned[i].tell == TELL_SENDER)
            (void)json_array_append_new(json_object_get(answer, "duties"),
                explain_duty(&decision->planned[i].duty));
    char *text = json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    if (!text)
        abort();
    buf_put_text(json, text);
    free(text);
}
