// The bytes of a segment, as a torn or hostile file may have them.

#include "lib/tlog/segment.h"
#include "lib/tlog/torn.h"

#include <stddef.h>
#include <stdint.h>

// An entry of the rest; where its leaf is, whoever looks for it finds it.
static void try_entry(reader_t *from, const batch_front_t *front)
{
    span_t rest = from->rest;
    size_t start = entry_leaf_start(rest);
    uint32_t back = entry_back(rest);
    entry_t entry = entry_take(from, front, NULL);
    if (from->bad)
        return;
    // A text that is empty is one more way to have none.
    size_t size = entry_size(&entry) + (start == 5 ? 4 : 0);
    if (start + 2 > rest.size || entry.leaf.data != rest.data + start + 2 ||
        (back > 0 && !entry.placed) || size != rest.size - from->rest.size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cause_t why;
    uint64_t offset = 0;
    batch_header_t header;
    segment_header_t segment;
    span_t bytes = span_of(data, size);
    (void)segment_header_take(&segment, bytes, &why);
    (void)batch_judge(bytes, NULL, &why);
    if (batch_header_take(&header, bytes)) {
        reader_t from = reader_of(bytes);
        (void)take_bytes(&from, BATCH_HEADER);
        batch_front_t front = {0};
        bool heads = batch_front_take(&front, take_bytes(&from, header.front));
        while (!from.bad && from.rest.size > 0)
            try_entry(&from, heads ? &front : NULL);
        batch_front_close(&front);
    }
    while (bytes.size > 0 && bytes.data[bytes.size - 1] == 0)
        bytes.size--;
    for (uint64_t start = 64; bytes.size > 0 && start < 64 + 2 * SECTOR; start += 129) {
        torn_t torn = {bytes, start, 3, 40, 4096};
        (void)torn_judge(&torn, &offset, &why);
    }
    return 0;
}
