// delivered - the document is read for its three names, and the line is read and printed
// again: only one spelling hashes to the record with its other lines.

#include "nodes/link/delivered.h"

#include "lib/message/document.h"
#include "lib/message/routing.h"

#include <string.h>

// The line as the record has it, so that it hashes to the record with the others.
static int check_line(span_t line, const char *node, cause_t *why)
{
    route_t route;
    buf_t printed = {0};
    if (route_parse(&route, line, why) != 0)
        return cause_prefix(why, "why it is delivered");
    int result = 0;
    route_print(&route, &printed);
    if (route.type != ROUTE_DELIVER || strcmp(route.node, node) != 0)
        result = cause_set(why, "why it is delivered does not name %s", node);
    else if (!span_equal(line, span_of(printed.data, printed.size - 1)))
        result = cause_set(why, "why it is delivered is not as a record has it");
    buf_destroy(&printed);
    return result;
}

int delivered_check(const delivered_t *self, const char *node, cause_t *why)
{
    if (self->aside)
        return check_line(self->why, node, why);
    return document_fits(self->document, self->leaf, why) == 0
               ? check_line(self->why, node, why)
               : -1;
}
