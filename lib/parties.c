// parties - read off the routing records.  Derived messages have no list: they are found
// by the ids they would have.

#include "lib/parties.h"

#include "lib/derived.h"

#include <string.h>

int parties_record(const parties_t *self, const leaf_t *leaf, routing_t *routing)
{
    span_t record;
    cause_t why;
    return self->log->record(self->log->context, leaf, &record, &why) == 0
               ? routing_parse(routing, record, &why)
               : -1;
}

static bool find_derived(const parties_t *self, const char *id, leaf_t *leaf)
{
    return self->log->find(self->log->context, self->hub, id, leaf);
}

bool parties_each(
    const parties_t *self, const leaf_t *leaf, party_fn visit, void *context)
{
    routing_t routing = {0};
    leaf_t derived;
    bool done = visit(context, leaf->author);
    if (!done && parties_record(self, leaf, &routing) == 0)
        for (size_t i = 0; !done && i < routing.n; i++) {
            const route_t *route = &routing.route[i];
            if (route->type == ROUTE_DELIVER)
                done = visit(context, route->node);
            else if (route->type == ROUTE_EMIT && find_derived(self, route->id, &derived))
                done = parties_each(self, &derived, visit, context);
        }
    routing_close(&routing);
    return done;
}

bool parties_concerned(const parties_t *self, const reference_t *incident,
    const leaf_t *leaf, party_fn visit, void *context)
{
    static const char *const stages[] = {"", "0", "1", "2", "3", "4", "5"};
    reference_t first;
    bool done = parties_each(self, leaf, visit, context);
    self->log->first(self->log->context, incident, &first);
    for (size_t i = 0; i < rules_count(self->rules); i++)
        for (size_t k = 0; k < rules_at(self->rules, i)->emits; k++)
            for (size_t s = 0; !done && s < sizeof stages / sizeof stages[0]; s++) {
                char id[MESSAGE_ID_MAX];
                leaf_t derived;
                derived_id(&first, rules_at(self->rules, i)->emit[k].kind, stages[s], id);
                if (find_derived(self, id, &derived))
                    done = parties_each(self, &derived, visit, context);
            }
    return done;
}

static bool is_node(void *context, const char *node)
{
    return strcmp(context, node) == 0;
}

bool parties_have(const parties_t *self, const reference_t *incident, const leaf_t *leaf,
    const char *node)
{
    return parties_concerned(self, incident, leaf, is_node, (void *)(uintptr_t)node);
}
