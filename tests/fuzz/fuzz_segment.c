// The bytes of a segment, as a torn or hostile file may have them.

#include "lib/tlog/segment.h"
#include "lib/tlog/torn.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cause_t why;
    uint64_t offset = 0;
    batch_header_t header;
    segment_header_t segment;
    span_t bytes = span_of(data, size);
    (void)segment_header_take(&segment, bytes, &why);
    (void)batch_sound(bytes, NULL);
    if (batch_header_take(&header, bytes)) {
        reader_t from = reader_of(bytes);
        while (!from.bad && from.rest.size > 0)
            (void)entry_take(&from);
    }
    while (bytes.size > 0 && bytes.data[bytes.size - 1] == 0)
        bytes.size--;
    for (uint64_t start = 64; bytes.size > 0 && start < 64 + 2 * SECTOR; start += 129) {
        torn_t torn = {bytes, start, 3, 40, 4096};
        (void)torn_judge(&torn, &offset, &why);
    }
    return 0;
}
