// fuzz_seal - seals and their heads: what is taken is printed again byte for byte, and
// the arithmetic of a place holds for any index, count and path.

#include "tests/lib/samples.h"

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
    seal_t seal;
    seal_head_t head;
    cause_t why;
    if (seal_parse(&seal, text, &why) == 0) {
        (void)seal_check_place(&seal, &seal.head.root, &why);
        seal_print(&seal, &again);
        assert_same(text, &again);
    }
    if (seal_head_parse(&head, text, &why) == 0) {
        seal_head_print(&head, &again);
        assert_same(text, &again);
    }
    return 0;
}
