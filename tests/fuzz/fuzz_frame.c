// fuzz_frame - frames of every type: what a decoder takes, the encoder writes again byte
// for byte, so that there is one frame for each meaning.

#include "tests/lib/samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    span_t frame = span_of(data, size);
    buf_t again = {0};
    cause_t why;
    if (frame_again(frame, &again, &why) == 0 && !span_equal(frame, buf_span(&again)))
        abort();
    buf_destroy(&again);
    return 0;
}
