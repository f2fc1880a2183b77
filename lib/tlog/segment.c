// segment - works on bytes in memory.  segments.c reads the files, the hub's journal
// writes them.

#include "lib/tlog/segment.h"

#include "lib/tlog/merkle.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

static const char segment_magic[] = "DABYLSEG";
static const char batch_magic[] = "DBATCH01";
enum { MAGIC = 8, VERSION = 1, DIGITS = 20 };

void segment_name(uint64_t first, char name[SEGMENT_NAME])
{
    (void)snprintf(name, SEGMENT_NAME, "%020" PRIu64 ".seg", first);
}

bool segment_name_parse(const char *name, uint64_t *first)
{
    char again[SEGMENT_NAME];
    uint64_t value = 0;
    if (strlen(name) != SEGMENT_NAME - 1)
        return false;
    for (size_t i = 0; i < DIGITS; i++)
        value = value * 10 + (uint64_t)(name[i] - '0');
    segment_name(value, again); // catches stray characters, overflow and suffix alike
    *first = value;
    return strcmp(name, again) == 0;
}

void segment_header_put(buf_t *out, const segment_header_t *header)
{
    buf_put(out, segment_magic, MAGIC);
    buf_put_u32(out, VERSION);
    buf_put_u32(out, 0);
    buf_put_u64(out, header->first);
    buf_put_u64(out, header->sequence);
    buf_put(out, header->origin.bytes, sizeof header->origin.bytes);
}

static bool take_magic(reader_t *from, const char *magic)
{
    span_t bytes = take_bytes(from, MAGIC);
    return bytes.size == MAGIC && memcmp(bytes.data, magic, MAGIC) == 0;
}

int segment_header_take(segment_header_t *header, span_t bytes, cause_t *why)
{
    reader_t from = reader_of(bytes);
    if (!take_magic(&from, segment_magic))
        return cause_set(why, "not a segment of a journal");
    uint32_t version = take_u32(&from);
    uint32_t zero = take_u32(&from);
    if (version != VERSION || zero != 0)
        return cause_set(why,
            "a segment of version %" PRIu32 ".%" PRIu32 ", this is for version %d",
            version, zero, VERSION);
    header->first = take_u64(&from);
    header->sequence = take_u64(&from);
    return take_into(&from, header->origin.bytes, sizeof header->origin.bytes)
               ? 0
               : cause_set(why, "the header is not whole");
}

size_t entry_size(const entry_t *entry)
{
    return ENTRY_AROUND + entry->leaf.size + entry->document.size + entry->seal.size +
           entry->record.size;
}

static void entry_put(buf_t *out, const entry_t *entry)
{
    buf_put_short(out, entry->leaf);
    buf_put_long(out, entry->document);
    buf_put_long(out, entry->seal);
    buf_put_long(out, entry->record);
}

entry_t entry_take(reader_t *from)
{
    entry_t entry = {.hashes = NULL};
    entry.leaf = take_short(from);
    entry.document = take_long(from);
    entry.seal = take_long(from);
    entry.record = take_long(from);
    return entry;
}

uint64_t batch_size(const entry_t *entries, size_t n)
{
    uint64_t size = BATCH_AROUND;
    for (size_t i = 0; i < n; i++)
        size += entry_size(&entries[i]);
    return size;
}

static void batch_header_put(buf_t *out, const batch_header_t *header)
{
    buf_put(out, batch_magic, MAGIC);
    buf_put_u32(out, header->length);
    buf_put_u32(out, header->count);
    buf_put_u64(out, header->sequence);
    buf_put_u64(out, header->first);
    buf_put(out, header->id, sizeof header->id);
    buf_put(out, header->root_before.bytes, sizeof header->root_before.bytes);
}

static void hash_part(span_t part, hash_t *out)
{
    *out = (hash_t){{0}};
    if (part.size > 0)
        sha256(part, out);
}

static void sum_begin(SHA256_CTX *sum, const void *header)
{
    SHA256_Init(sum);
    SHA256_Update(sum, header, BATCH_HEADER);
}

static void hash_entry(const entry_t *entry, entry_hashes_t *out)
{
    merkle_leaf(entry->leaf, &out->leaf);
    hash_part(entry->document, &out->document);
    hash_part(entry->seal, &out->seal);
    hash_part(entry->record, &out->record);
}

void batch_put(buf_t *out, batch_header_t *header, const entry_t *entries, size_t n)
{
    size_t start = out->size;
    uint64_t size = batch_size(entries, n);
    assert(n > 0 && n <= UINT32_MAX && size <= UINT32_MAX);
    header->count = (uint32_t)n;
    header->length = (uint32_t)(size - BATCH_AROUND);
    buf_reserve(out, (size_t)size); // once: nothing is moved while it grows
    batch_header_put(out, header);
    SHA256_CTX sum;
    sum_begin(&sum, out->data + start);
    for (size_t i = 0; i < n; i++) {
        entry_hashes_t made;
        const entry_hashes_t *hashes = entries[i].hashes;
        entry_put(out, &entries[i]);
        if (!hashes)
            hash_entry(&entries[i], &made);
        SHA256_Update(&sum, hashes ? hashes : &made, sizeof made);
    }
    hash_t result;
    SHA256_Final(result.bytes, &sum);
    buf_put(out, result.bytes, sizeof result.bytes);
}

bool batch_header_take(batch_header_t *header, span_t bytes)
{
    reader_t from = reader_of(bytes);
    if (!take_magic(&from, batch_magic))
        return false;
    header->length = take_u32(&from);
    header->count = take_u32(&from);
    header->sequence = take_u64(&from);
    header->first = take_u64(&from);
    (void)take_into(&from, header->id, BATCH_ID);
    (void)take_into(&from, header->root_before.bytes, sizeof header->root_before.bytes);
    return !from.bad && header->count > 0;
}

bool batch_sound(span_t batch, buf_t *hashes)
{
    hash_t result;
    SHA256_CTX sum;
    batch_header_t header;
    if (batch.size < BATCH_AROUND || !batch_header_take(&header, batch))
        return false;
    reader_t from =
        reader_of(span_of(batch.data + BATCH_HEADER, batch.size - BATCH_AROUND));
    sum_begin(&sum, batch.data);
    for (uint32_t i = 0; i < header.count && !from.bad; i++) {
        entry_hashes_t made;
        entry_t entry = entry_take(&from);
        hash_entry(&entry, &made);
        SHA256_Update(&sum, &made, sizeof made);
        if (hashes)
            buf_put(hashes, &made, sizeof made);
    }
    SHA256_Final(result.bytes, &sum);
    const uint8_t *said = batch.data + batch.size - sizeof result;
    return reader_done(&from) && memcmp(result.bytes, said, sizeof result) == 0;
}
