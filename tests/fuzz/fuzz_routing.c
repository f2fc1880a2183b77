// fuzz_routing - routing records, single lines and the log's texts of attachments: what
// is taken is printed again byte for byte.

#include "lib/message/attachment.h"
#include "lib/message/routing.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_same(span_t text, buf_t *again)
{
    if (!span_equal(text, buf_span(again)))
        abort();
    buf_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    span_t text = span_of(data, size);
    buf_t again = {0};
    routing_t routing;
    route_t route;
    attachment_t attachment;
    cause_t why;
    if (attachment_parse(&attachment, text, &why) == 0) {
        attachment_print(&attachment, &again);
        assert_same(text, &again);
    }
    if (routing_parse(&routing, text, &why) == 0) {
        routing_print(&routing, &again);
        assert_same(text, &again);
        routing_close(&routing);
    }
    if (route_parse(&route, text, &why) == 0) {
        route_print(&route, &again);
        if (text.data[text.size - 1] != '\n')
            again.size--;
        assert_same(text, &again);
    }
    return 0;
}
