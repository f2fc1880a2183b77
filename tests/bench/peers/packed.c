// packed - a frame is its size, its kind and the rest.

#include "tests/bench/peers/packed.h"

void packed_put(buf_t *out, packed_kind_t kind, span_t rest)
{
    buf_put_u32(out, (uint32_t)rest.size + 1);
    buf_put_u8(out, (uint8_t)kind);
    buf_put_span(out, rest);
}

void packed_put_number(buf_t *out, packed_kind_t kind, uint64_t number)
{
    buf_put_u32(out, 1 + 8);
    buf_put_u8(out, (uint8_t)kind);
    buf_put_u64(out, number);
}

int packed_take(span_t bytes, packed_kind_t *kind, span_t *rest, size_t *whole)
{
    reader_t reader = reader_of(bytes);
    uint32_t size = take_u32(&reader);
    if (reader.bad)
        return 0;
    if (size == 0 || size > PACKED_MAX)
        return -1;
    if (reader.rest.size < size)
        return 0;
    *kind = (packed_kind_t)take_u8(&reader);
    *rest = take_bytes(&reader, size - 1);
    *whole = PACKED_HEAD - 1 + size;
    return 1;
}
