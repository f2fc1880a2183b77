// fuzz_seal - seals and their heads: what is taken is printed again byte for byte, and
// the arithmetic of places holds for any index, count, path and proof.

#include "tests/lib/samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_same(span_t text, buf_t *again)
{
    if (!span_equal(text, buf_span(again)))
        abort();
    buf_destroy(again);
}

// What the text says of count and root, and any proof behind it.
static void try_places(span_t text)
{
    const uint64_t index[] = {0, 2};
    const hash_t leaf[2] = {{{1}}, {{2}}};
    const sealed_head_t alone = {text, {0}};
    sealed_head_t head = {text, text};
    buf_t path[2] = {{0}};
    head.proof.size -= head.proof.size % sizeof(hash_t);
    (void)sealing_paths(&alone, index, leaf, 1, path);
    (void)sealing_paths(&head, index, leaf, 2, path);
    for (size_t i = 0; i < 2; i++)
        buf_destroy(&path[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    span_t text = span_of(data, size);
    buf_t again = {0};
    seal_t seal;
    seal_head_t head;
    cause_t why;
    try_places(text);
    if (seal_head_size(text) > text.size)
        abort();
    if (seal_parse(&seal, text, &why) == 0) {
        (void)seal_check_place(&seal, &seal.head.root, &why);
        seal_print(&seal, &again);
        assert_same(text, &again);
    }
    if (seal_head_parse(&head, text, &why) == 0) {
        if (sealing_count(text) != head.count)
            abort();
        seal_head_print(&head, &again);
        assert_same(text, &again);
    }
    return 0;
}
