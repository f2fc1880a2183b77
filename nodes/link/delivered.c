// delivered - the document is read for its three names, and the line is read and printed
// again: only one spelling hashes to the record with its other lines.

#include "nodes/link/delivered.h"

#include "lib/base/times.h"
#include "lib/message/document.h"
#include "lib/message/routing.h"

#include <string.h>

static int check_names(const value_t *root, const leaf_t *leaf, cause_t *why)
{
    const struct {
        const char *pointer, *recorded;
    } same[] = {{"/id", leaf->id}, {"/kind", leaf->kind}, {"/from", leaf->author}};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        const char *said = value_text(value_at(root, same[i].pointer));
        if (!said || !said[0] || strcmp(said, same[i].recorded) != 0)
            return cause_set(why, "the document says %s '%.80s', its leaf '%s'",
                same[i].pointer, said ? said : "", same[i].recorded);
    }
    return 0;
}

static int check_document(const delivered_t *self, cause_t *why)
{
    value_t *root = document_again(self->document);
    if (!root)
        return cause_set(why, "the document is not one JSON object");
    int result = check_names(root, self->leaf, why);
    value_free(&root);
    if (result == 0 && !uuid7_valid(span_text(self->leaf->id)))
        result = cause_set(why, "'%s' is no message id", self->leaf->id);
    return result;
}

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
    return check_document(self, why) == 0 ? check_line(self->why, node, why) : -1;
}
