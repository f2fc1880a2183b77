#include "lib/decision.h"

#include <stdlib.h>

void decision_close(decision_t *self)
{
    routing_close(&self->routing);
    free(self->planned);
    *self = (decision_t){0};
}
