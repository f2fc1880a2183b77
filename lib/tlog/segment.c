// segment - works on bytes in memory.  segments.c reads the files, the hub's journal
// writes them.

#include "lib/tlog/segment.h"

#include "lib/base/edition.h"
#include "lib/base/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
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
    if (edition_number(version, VERSION, "a segment", why) != 0)
        return -1;
    if (zero != 0)
        return cause_set(why, "the header is not that of a segment");
    header->first = take_u64(&from);
    header->sequence = take_u64(&from);
    return take_into(&from, header->origin.bytes, sizeof header->origin.bytes)
               ? 0
               : cause_set(why, "the header is not whole");
}

// How an entry has its seal.
enum { NO_SEAL, PLACED_SEAL, TEXT_SEAL };

size_t entry_size(const entry_t *entry)
{
    size_t seal = entry->placed           ? ENTRY_PLACE
                  : entry->seal.size == 0 ? 0
                                          : 4 + entry->seal.size;
    return ENTRY_AROUND + seal + entry->leaf.size + entry->document.size +
           entry->record.size;
}

void batch_front_close(batch_front_t *self)
{
    free(self->head);
    *self = (batch_front_t){0};
}

bool batch_front_take(batch_front_t *self, span_t seals)
{
    reader_t from = reader_of(seals);
    self->n = take_u16(&from);
    if (self->n > self->room) {
        self->room = self->n;
        self->head = memory_grow(self->head, self->room, sizeof *self->head);
    }
    for (size_t i = 0; i < self->n; i++) {
        self->head[i].text = take_long(&from);
        self->head[i].proof = take_long(&from);
    }
    return reader_done(&from);
}

static void take_place(
    reader_t *from, const batch_front_t *front, entry_t *entry, uint16_t *head)
{
    (void)take_u32(from);
    *head = take_u16(from);
    entry->placed = true;
    entry->index = take_u32(from);
    if (front && *head < front->n)
        entry->seal = front->head[*head].text;
    else if (front)
        from->bad = true;
}

entry_t entry_take(reader_t *from, const batch_front_t *front, uint16_t *head)
{
    entry_t entry = {.hashes = NULL};
    uint16_t ignored;
    switch (take_u8(from)) {
    case NO_SEAL:
        break;
    case PLACED_SEAL:
        take_place(from, front, &entry, head ? head : &ignored);
        break;
    case TEXT_SEAL:
        entry.seal = take_long(from);
        break;
    default:
        from->bad = true;
    }
    entry.leaf = take_short(from);
    entry.document = take_long(from);
    entry.record = take_long(from);
    return entry;
}

size_t entry_leaf_start(span_t bytes)
{
    reader_t from = reader_of(bytes);
    switch (take_u8(&from)) {
    case PLACED_SEAL:
        return 1 + ENTRY_PLACE;
    case TEXT_SEAL:
        return 1 + 4 + (size_t)take_u32(&from);
    default:
        return 1;
    }
}

uint32_t entry_back(span_t bytes)
{
    reader_t from = reader_of(bytes);
    return take_u8(&from) == PLACED_SEAL ? take_u32(&from) : 0;
}

static void batch_header_put(buf_t *out, const batch_header_t *header)
{
    buf_put(out, batch_magic, MAGIC);
    buf_put_u32(out, header->length);
    buf_put_u32(out, header->front);
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

static void hash_entry(const entry_t *entry, entry_hashes_t *out)
{
    merkle_leaf(entry->leaf, &out->leaf);
    hash_part(entry->document, &out->document);
    hash_part(entry->seal, &out->seal);
    hash_part(entry->record, &out->record);
}

// What an entry begins with, as far as it is a number: a text is told by its hash.
static size_t numbers_of(const entry_t *entry)
{
    return entry->placed ? 1 + ENTRY_PLACE : 1;
}

struct batcher {
    sealing_t *sealing;
    uint16_t *head; // number of each entry's
    size_t room;
};

batcher_t *batcher_new(void)
{
    batcher_t *self = memory_new(1, sizeof *self);
    self->sealing = sealing_new();
    return self;
}

void batcher_destroy(batcher_t **self_p)
{
    batcher_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    sealing_destroy(&self->sealing);
    free(self->head);
    free(self);
}

// The heads of all entries, and their proofs.
static int collect(batcher_t *self, const entry_t *entries, size_t n,
    const sealed_head_t **heads, cause_t *why)
{
    sealing_clear(self->sealing);
    if (n > self->room) {
        self->room = n;
        self->head = memory_grow(self->head, self->room, sizeof *self->head);
    }
    for (size_t i = 0; i < n; i++)
        if (entries[i].placed) {
            size_t head = sealing_add(self->sealing,
                &(seal_place_t){entries[i].seal, entries[i].index, entries[i].path});
            if (head > UINT16_MAX)
                return cause_set(why, "more than %d seals in one batch", UINT16_MAX);
            self->head[i] = (uint16_t)head;
        }
    if (sealing_finish(self->sealing, heads) == 0)
        return 0;
    return cause_set(why, "a document is not where its seal has it");
}

static uint64_t size_of(const sealed_head_t *head, size_t heads, const entry_t *entries,
    size_t n, uint64_t *front)
{
    *front = 2;
    for (size_t i = 0; i < heads; i++)
        *front += 8 + head[i].text.size + head[i].proof.size;
    uint64_t size = *front;
    for (size_t i = 0; i < n; i++)
        size += entry_size(&entries[i]);
    return size;
}

static void entry_put(buf_t *out, size_t back, uint16_t head, const entry_t *entry)
{
    buf_put_u8(out, entry->placed ? PLACED_SEAL : entry->seal.size ? TEXT_SEAL : NO_SEAL);
    if (entry->placed) {
        buf_put_u32(out, (uint32_t)back);
        buf_put_u16(out, head);
        buf_put_u32(out, entry->index);
    } else if (entry->seal.size)
        buf_put_long(out, entry->seal);
    buf_put_short(out, entry->leaf);
    buf_put_long(out, entry->document);
    buf_put_long(out, entry->record);
}

static void put_entries(const batcher_t *self, buf_t *out, size_t start, SHA256_CTX *sum,
    const entry_t *entries, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        entry_hashes_t made;
        const entry_hashes_t *hashes = entries[i].hashes;
        size_t at = out->size;
        entry_put(out, at - start, entries[i].placed ? self->head[i] : 0, &entries[i]);
        if (!hashes)
            hash_entry(&entries[i], &made);
        SHA256_Update(sum, out->data + at, numbers_of(&entries[i]));
        SHA256_Update(sum, hashes ? hashes : &made, sizeof made);
    }
}

int batcher_put(batcher_t *self, buf_t *out, batch_header_t *header,
    const entry_t *entries, size_t n, cause_t *why)
{
    const sealed_head_t *head;
    uint64_t front;
    size_t start = out->size;
    assert(n > 0);
    if (collect(self, entries, n, &head, why) != 0)
        return -1;
    size_t heads = sealing_heads(self->sealing);
    uint64_t size = size_of(head, heads, entries, n, &front);
    if (n > UINT32_MAX || size > UINT32_MAX - BATCH_AROUND)
        return cause_set(why, "a batch of %" PRIu64 " bytes", size);
    header->count = (uint32_t)n;
    header->length = (uint32_t)size;
    header->front = (uint32_t)front;
    buf_reserve(out, (size_t)size + BATCH_AROUND); // once: nothing moves while it grows
    batch_header_put(out, header);
    buf_put_u16(out, (uint16_t)heads);
    for (size_t i = 0; i < heads; i++) {
        buf_put_long(out, head[i].text);
        buf_put_long(out, head[i].proof);
    }
    SHA256_CTX sum;
    SHA256_Init(&sum);
    SHA256_Update(&sum, out->data + start, out->size - start);
    put_entries(self, out, start, &sum, entries, n);
    hash_t result;
    SHA256_Final(result.bytes, &sum);
    buf_put(out, result.bytes, sizeof result.bytes);
    return 0;
}

bool batch_header_take(batch_header_t *header, span_t bytes)
{
    reader_t from = reader_of(bytes);
    if (!take_magic(&from, batch_magic))
        return false;
    header->length = take_u32(&from);
    header->front = take_u32(&from);
    header->count = take_u32(&from);
    header->sequence = take_u64(&from);
    header->first = take_u64(&from);
    (void)take_into(&from, header->id, BATCH_ID);
    (void)take_into(&from, header->root_before.bytes, sizeof header->root_before.bytes);
    return !from.bad && header->count > 0 && header->front <= header->length;
}

// What is known of a head before its entries are read, and while they are.
typedef struct {
    hash_t hash;
    uint64_t next; // one more than the last place under it
} under_head_t;

// A batch while it is read: what its entries add up to, and what is first found in it
// that no batch has.
typedef struct {
    const batch_front_t *front;
    under_head_t *head;
    size_t named; // heads, from the first on
    SHA256_CTX sum;
    const char *wrong;
} judging_t;

// The hash of each head, once for all its entries.
static void open_heads(judging_t *self, const batch_front_t *front)
{
    self->front = front;
    self->head = memory_new(front->n + 1, sizeof *self->head);
    for (size_t i = 0; i < front->n; i++)
        hash_part(front->head[i].text, &self->head[i].hash);
}

static void find_wrong(judging_t *self, bool wrong, const char *what)
{
    if (wrong && !self->wrong)
        self->wrong = what;
}

// Entries name heads in the order in which these stand, and under each its places rise.
static void judge_place(
    judging_t *self, const entry_t *entry, size_t head, bool back_fits)
{
    find_wrong(self, !back_fits, "an entry says another place of its batch");
    find_wrong(self, head > self->named,
        "its heads are in another order than they are "
        "named in");
    find_wrong(self, entry->index < self->head[head].next,
        "the places under a head do not rise");
    self->head[head].next = (uint64_t)entry->index + 1;
    self->named += head == self->named;
}

static void judge_entry(
    judging_t *self, const entry_t *entry, size_t head, span_t numbers, buf_t *hashes)
{
    entry_hashes_t made;
    merkle_leaf(entry->leaf, &made.leaf);
    hash_part(entry->document, &made.document);
    if (entry->placed)
        made.seal = self->head[head].hash;
    else
        hash_part(entry->seal, &made.seal);
    hash_part(entry->record, &made.record);
    SHA256_Update(&self->sum, numbers.data, numbers.size);
    SHA256_Update(&self->sum, &made, sizeof made);
    if (hashes)
        buf_put(hashes, &made, sizeof made);
}

static void judge_entries(
    judging_t *self, span_t batch, uint32_t count, reader_t *from, buf_t *hashes)
{
    for (uint32_t i = 0; i < count; i++) {
        uint16_t head = 0;
        const uint8_t *at = from->rest.data;
        entry_t entry = entry_take(from, self->front, &head);
        if (from->bad)
            return;
        if (entry.placed)
            judge_place(self, &entry, head,
                entry_back(span_of(at, 5)) == (uint32_t)(at - batch.data));
        find_wrong(self, !entry.placed && *at == TEXT_SEAL && entry.seal.size == 0,
            "an entry has a seal of no octets");
        judge_entry(self, &entry, head, span_of(at, numbers_of(&entry)), hashes);
    }
    find_wrong(self, self->named < self->front->n, "a head that no entry names");
}

// What the checksum at its end should be; false where seals and entries do not fill it.
static bool add_up(span_t batch, const batch_header_t *header, judging_t *self,
    buf_t *hashes, hash_t *sum)
{
    batch_front_t front = {0};
    SHA256_Init(&self->sum);
    SHA256_Update(&self->sum, batch.data, BATCH_HEADER + header->front);
    reader_t from = reader_of(
        span_of(batch.data + BATCH_HEADER, batch.size - BATCH_HEADER - sizeof *sum));
    if (batch_front_take(&front, take_bytes(&from, header->front))) {
        open_heads(self, &front);
        judge_entries(self, batch, header->count, &from, hashes);
    } else
        from.bad = true;
    SHA256_Final(sum->bytes, &self->sum);
    free(self->head);
    batch_front_close(&front);
    return reader_done(&from);
}

static bool has_header(span_t batch, batch_header_t *header)
{
    return batch.size >= BATCH_AROUND && batch_header_take(header, batch) &&
           header->front <= batch.size - BATCH_AROUND;
}

bool batch_checksum(span_t batch, hash_t *sum)
{
    batch_header_t header;
    judging_t self = {.wrong = NULL};
    return has_header(batch, &header) && add_up(batch, &header, &self, NULL, sum);
}

batch_verdict_t batch_judge(span_t batch, buf_t *hashes, cause_t *why)
{
    hash_t result;
    batch_header_t header;
    judging_t self = {.wrong = NULL};
    if (!has_header(batch, &header) || !add_up(batch, &header, &self, hashes, &result) ||
        memcmp(result.bytes, batch.data + batch.size - sizeof result, sizeof result) != 0)
        return BATCH_NONE;
    if (!self.wrong)
        return BATCH_SOUND;
    (void)cause_set(why, "a batch as none is written: %s", self.wrong);
    return BATCH_MALFORMED;
}
