// delivered - each line is read and printed again: only one spelling hashes to the record
// with its other lines.

#include "nodes/link/delivered.h"

#include "lib/message/routing.h"

#include <string.h>

// Whether a receiver may be told the line, the first or one of those behind it.
static bool is_about(const route_t *route, const char *node, bool first)
{
    switch (route->type) {
    case ROUTE_DELIVER:
    case ROUTE_BY_SUBSCRIPTION:
        return first && strcmp(route->node, node) == 0;
    case ROUTE_CARRIES:
    case ROUTE_OMITS:
    case ROUTE_FEED:
        return !first && strcmp(route->node, node) == 0;
    default:
        return !first && route->type == ROUTE_REMARK;
    }
}

// The line as the record has it, so that it hashes to the record with the others.
static int check_line(span_t line, const char *node, bool first, cause_t *why)
{
    route_t route;
    buf_t printed = {0};
    if (route_parse(&route, line, why) != 0)
        return cause_prefix(why, "why it is delivered");
    int result = 0;
    route_print(&route, &printed);
    if (!is_about(&route, node, first))
        result = cause_set(why, "why it is delivered does not name %s", node);
    else if (!span_equal(line, span_of(printed.data, printed.size - 1)))
        result = cause_set(why, "why it is delivered is not as a record has it");
    buf_destroy(&printed);
    return result;
}

int delivered_check(span_t lines, const char *node, cause_t *why)
{
    reader_t reader = reader_of(lines);
    if (lines.size > 0 && lines.data[lines.size - 1] == '\n')
        return cause_set(why, "why it is delivered ends with an empty line");
    if (check_line(route_take_line(&reader), node, true, why) != 0)
        return -1;
    while (!reader.bad && reader.rest.size > 0)
        if (check_line(route_take_line(&reader), node, false, why) != 0)
            return -1;
    return 0;
}
