#include "hub/decide/decision.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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
    size_t kept = 0;
    assert(i < self->emissions);
    for (size_t k = 0; k < routing->n; k++)
        if (!is_emission(&routing->route[k], self->emission[i].id))
            routing->route[kept++] = routing->route[k];
    routing->n = kept;
    self->dropped = true;
    self->emissions--;
    memmove(&self->emission[i], &self->emission[i + 1],
        (self->emissions - i) * sizeof *self->emission);
}
