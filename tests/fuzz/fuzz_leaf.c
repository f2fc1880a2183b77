// fuzz_leaf - leaves, and moments as texts have them: one form for each.

#include "lib/base/times.h"
#include "tests/lib/samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_moment(span_t text)
{
    int64_t ms;
    int64_t again;
    char printed[TIME_TEXT];
    if (!time_parse(text, &ms))
        return;
    time_print(ms, printed);
    if (!time_parse(span_text(printed), &again) || again != ms)
        abort();
}

// Divided at its hashes and joined again it is the same leaf.
static void try_division(span_t bytes, const leaf_t *leaf)
{
    span_t front, back;
    buf_t joined = {0};
    if (!leaf->has_document || !leaf->has_seal)
        return;
    leaf_divide(bytes, &front, &back);
    leaf_join(front, &leaf->document, &leaf->seal, back, &joined);
    if (!span_equal(bytes, buf_span(&joined)))
        abort();
    buf_destroy(&joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    span_t text = span_of(data, size);
    buf_t again = {0};
    leaf_t leaf;
    cause_t why;
    try_moment(text);
    if (leaf_take(&leaf, text, &why) == 0) {
        leaf_put(&leaf, &again);
        if (!span_equal(text, buf_span(&again)))
            abort();
        try_division(text, &leaf);
    }
    buf_destroy(&again);
    return 0;
}
