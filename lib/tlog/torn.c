// torn - evidence is gathered from the surest to the weakest; what none of it contradicts
// is torn.
//
// What stays undecidable, and is then cut: a flip that turns the last bytes of the
// checksum into zeros, or a batch that legitimately holds 512 aligned zero bytes and was
// flipped.  The journal tells how much it cut, and a published checkpoint beyond the cut
// convicts it.

#include "lib/tlog/torn.h"

#include "lib/tlog/segment.h"

#include <inttypes.h>
#include <string.h>

// One of the sectors between two offsets of `rest` was not written: all its bytes, as far
// as they belong to the rest, are zero.
static bool sector_lost(const torn_t *self, size_t from, size_t to)
{
    size_t skew = (size_t)(self->offset % SECTOR);
    size_t at = from;
    while (at < to) {
        size_t start = (at + skew) / SECTOR * SECTOR;
        size_t begin = start > skew ? start - skew : 0;
        size_t end = start + SECTOR - skew;
        end = end < self->rest.size ? end : self->rest.size;
        size_t zeros = begin;
        while (zeros < end && self->rest.data[zeros] == 0)
            zeros++;
        if (zeros == end)
            return true;
        at = end;
    }
    return false;
}

// A batch is written only after the one before it was flushed, so the header of a later
// one shows that this one was whole once.  Documents cannot imitate it: text has no zero
// bytes, and what a leaf has of its own are hashes.
static bool find_later(const torn_t *self, size_t *where)
{
    const uint8_t *data = self->rest.data;
    for (size_t at = 1; at + BATCH_HEADER <= self->rest.size; at++) {
        batch_header_t header;
        const uint8_t *hit = memchr(data + at, 'D', self->rest.size - at);
        if (!hit)
            return false;
        at = (size_t)(hit - data);
        if (self->rest.size - at >= BATCH_HEADER &&
            batch_header_take(&header, span_of(hit, self->rest.size - at)) &&
            header.sequence > self->sequence && header.first > self->first &&
            header.sequence - self->sequence <= UINT32_MAX) {
            *where = at;
            return true;
        }
    }
    return false;
}

// The length that the entries themselves add up to, or 0 when they are not all there.
static uint64_t entries_length(const torn_t *self, uint32_t front, uint32_t count)
{
    reader_t from = reader_of(self->rest);
    (void)take_bytes(&from, BATCH_HEADER);
    size_t before = from.rest.size;
    (void)take_bytes(&from, front);
    for (uint32_t i = 0; i < count && !from.bad; i++)
        (void)entry_take(&from, NULL, NULL);
    return from.bad ? 0 : before - from.rest.size;
}

static int damage(
    const torn_t *self, uint64_t *offset, size_t at, cause_t *why, const char *text)
{
    *offset = self->offset + at;
    return cause_set(why, "%s", text);
}

// Its header is there: then it must be the right one, and it says where the batch ends.
static int judge_with_header(const torn_t *self, uint64_t *offset, cause_t *why)
{
    batch_header_t header;
    if (!batch_header_take(&header, self->rest) || header.sequence != self->sequence ||
        header.first != self->first)
        return damage(
            self, offset, 0, why, "what stands here is not the batch that follows");
    uint64_t size = (uint64_t)header.length + BATCH_AROUND;
    if (self->rest.size > size)
        return damage(self, offset, (size_t)size, why,
            "bytes behind the last batch, where nothing was ever written");
    if (sector_lost(self, 0, self->rest.size))
        return 0;
    if (self->rest.size == size)
        return damage(self, offset, 0, why,
            "the last batch does not match its checksum, though no part of it is "
            "missing");
    uint64_t length = entries_length(self, header.front, header.count);
    if (length != 0 && length != header.length)
        return damage(self, offset, 0, why,
            "the last batch has all its entries, but its header says another length");
    return 0;
}

int torn_judge(const torn_t *self, uint64_t *offset, cause_t *why)
{
    size_t where = 0;
    size_t head = self->rest.size < BATCH_HEADER ? self->rest.size : BATCH_HEADER;
    if (find_later(self, &where))
        return damage(self, offset, 0, why,
            "a bad batch before a good one: this is not an interrupted write");
    if (self->most != 0 && self->rest.size > self->most) {
        *offset = self->offset;
        return cause_set(why,
            "%zu bytes that are no whole batch, and a batch takes at most %" PRIu64,
            self->rest.size, self->most);
    }
    if (sector_lost(self, 0, head))
        return 0;
    if (self->rest.size < BATCH_HEADER) // the write stopped within the header
        return memcmp(self->rest.data, "DBATCH01", head < 8 ? head : 8) == 0
                   ? 0
                   : damage(self, offset, 0, why, "what stands here is no batch");
    return judge_with_header(self, offset, why);
}
