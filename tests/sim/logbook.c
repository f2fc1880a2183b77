// logbook - segments, batches and leaves read octet by octet; the tree by RFC 6962.

#include "tests/sim/logbook.h"

#include "tests/sim/world.h"

#include <openssl/sha.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVES = 1 << 16, HASH = 32, SEGMENT_HEAD = 64, BATCH_HEAD = 84, SEGMENTS = 256 };

static struct {
    leaf_read_t leaf[LEAVES];
    size_t n;
    uint8_t root[LEAVES][HASH]; // of so many leaves, where it was asked for
    bool known[LEAVES];
} book;

size_t logbook_size(void)
{
    return book.n;
}

const leaf_read_t *logbook_at(size_t position)
{
    return &book.leaf[position];
}

static uint64_t number(const uint8_t *at, size_t octets)
{
    uint64_t value = 0;
    for (size_t i = 0; i < octets; i++)
        value = value << 8 | at[i];
    return value;
}

static void hash_leaf(const uint8_t *data, size_t size, uint8_t out[HASH])
{
    static const uint8_t zero = 0;
    SHA256_CTX hash;
    (void)SHA256_Init(&hash);
    (void)SHA256_Update(&hash, &zero, 1);
    (void)SHA256_Update(&hash, data, size);
    (void)SHA256_Final(out, &hash);
}

static void hash_pair(const uint8_t *left, const uint8_t *right, uint8_t out[HASH])
{
    uint8_t text[1 + 2 * HASH] = {1};
    memcpy(text + 1, left, HASH);
    memcpy(text + 1 + HASH, right, HASH);
    (void)SHA256(text, sizeof text, out);
}

// --- what a leaf says

typedef struct {
    const uint8_t *at, *end;
    bool short_of; // it ended too soon
} cursor_t;

static const uint8_t *take(cursor_t *cursor, size_t size)
{
    if ((size_t)(cursor->end - cursor->at) < size) {
        cursor->short_of = true;
        return NULL;
    }
    cursor->at += size;
    return cursor->at - size;
}

static void word_of(cursor_t *cursor, char *out, size_t room)
{
    const uint8_t *size = take(cursor, 1);
    const uint8_t *text = size ? take(cursor, *size) : NULL;
    (void)snprintf(out, room, "%.*s", text ? *size : 0, text ? (const char *)text : "");
}

static void id_of(cursor_t *cursor, char out[37])
{
    const uint8_t *id = take(cursor, 16);
    for (size_t i = 0, at = 0; id && i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[at++] = '-';
        (void)snprintf(out + at, 3, "%02x", id[i]);
        at += 2;
    }
}

static bool read_leaf(const uint8_t *data, size_t size)
{
    enum { HAS_ID = 8 };
    char kind[64];
    leaf_read_t *leaf = &book.leaf[book.n];
    cursor_t cursor = {data, data + size, false};
    const uint8_t *front = take(&cursor, 1 + 1 + 8 + 8);
    *leaf = (leaf_read_t){0};
    if (!front || front[0] != 1 || number(front + 2, 8) != book.n)
        return false;
    leaf->time_ms = (int64_t)number(front + 10, 8);
    word_of(&cursor, leaf->type, sizeof leaf->type);
    word_of(&cursor, kind, sizeof kind);
    word_of(&cursor, leaf->author, sizeof leaf->author);
    if (front[1] & HAS_ID)
        id_of(&cursor, leaf->id);
    hash_leaf(data, size, leaf->hash);
    book.n++;
    return !cursor.short_of;
}

// --- segments

static void skip_long(cursor_t *cursor)
{
    const uint8_t *size = take(cursor, 4);
    if (size)
        (void)take(cursor, (size_t)number(size, 4));
}

static bool read_entry(cursor_t *cursor)
{
    const uint8_t *type = take(cursor, 1);
    if (type && *type == 1)
        (void)take(cursor, 10);
    else if (type && *type == 2)
        skip_long(cursor);
    const uint8_t *size = take(cursor, 2);
    const uint8_t *leaf = size ? take(cursor, (size_t)number(size, 2)) : NULL;
    skip_long(cursor); // document
    skip_long(cursor); // record
    return !cursor->short_of && leaf && read_leaf(leaf, (size_t)number(size, 2));
}

static bool read_batch(cursor_t *cursor, char why[200])
{
    const uint8_t *head = take(cursor, BATCH_HEAD);
    uint64_t octets = number(head + 8, 4), seals = number(head + 12, 4);
    uint64_t entries = number(head + 16, 4);
    cursor_t inner = {cursor->at, cursor->at, false};
    const uint8_t *body = take(cursor, (size_t)octets + HASH);
    if (!body || book.n + entries > LEAVES || number(head + 28, 8) != book.n) {
        (void)snprintf(why, 200, "the batch after %zu entries is not whole", book.n);
        return false;
    }
    inner.end = body + octets;
    (void)take(&inner, (size_t)seals);
    for (uint64_t i = 0; i < entries; i++)
        if (!read_entry(&inner)) {
            (void)snprintf(why, 200, "entry %zu cannot be read", book.n);
            return false;
        }
    return inner.at == inner.end;
}

static bool read_segment(const buf_t *bytes, char why[200])
{
    static const char magic[] = "DBATCH01";
    cursor_t cursor = {bytes->data, bytes->data + bytes->size, false};
    if (!take(&cursor, SEGMENT_HEAD))
        return true; // reserved, not begun
    while ((size_t)(cursor.end - cursor.at) >= BATCH_HEAD &&
           memcmp(cursor.at, magic, sizeof magic - 1) == 0)
        if (!read_batch(&cursor, why))
            return false;
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(
        (*(const disk_name_t *const *)a)->name, (*(const disk_name_t *const *)b)->name);
}

bool logbook_read(char why[200])
{
    const disk_name_t *segment[SEGMENTS];
    const inode_t *folder = world_folder(&world.hub.machine, "/journal/segments");
    size_t n = 0;
    memset(book.known, 0, sizeof book.known);
    book.n = 0;
    for (size_t i = 0; folder && i < folder->entries.n && n < SEGMENTS; i++) {
        const char *name = folder->entries.name[i].name;
        if (strlen(name) == 24 && strcmp(name + 20, ".seg") == 0)
            segment[n++] = &folder->entries.name[i];
    }
    qsort(segment, n, sizeof segment[0], by_name);
    for (size_t i = 0; i < n; i++)
        if (!read_segment(&segment[i]->inode->now, why))
            return false;
    return true;
}

// --- the tree

static void range_root(size_t from, size_t n, uint8_t out[HASH])
{
    uint8_t left[HASH], right[HASH];
    size_t split = 1;
    if (n == 1) {
        memcpy(out, book.leaf[from].hash, HASH);
        return;
    }
    while (2 * split < n)
        split *= 2;
    range_root(from, split, left);
    range_root(from + split, n - split, right);
    hash_pair(left, right, out);
}

static const uint8_t *root_of(size_t n)
{
    if (!book.known[n - 1])
        range_root(0, n, book.root[n - 1]);
    book.known[n - 1] = true;
    return book.root[n - 1];
}

// RFC 6962, 2.1.1: from the leaf up, with what lies beside it.
static bool climb(const uint8_t *leaf, uint64_t index, uint64_t size,
    const uint8_t (*path)[HASH], size_t n, uint8_t out[HASH])
{
    uint64_t last = size - 1;
    memcpy(out, leaf, HASH);
    for (size_t i = 0; i < n; i++) {
        if (last == 0)
            return false;
        if (index & 1 || index == last) {
            hash_pair(path[i], out, out);
            while (!(index & 1) && index) {
                index >>= 1;
                last >>= 1;
            }
        } else
            hash_pair(out, path[i], out);
        index >>= 1;
        last >>= 1;
    }
    return last == 0;
}

static bool next_line(span_t *text, char *line, size_t room)
{
    const uint8_t *end = memchr(text->data, '\n', text->size);
    if (!end || (size_t)(end - text->data) >= room)
        return false;
    size_t size = (size_t)(end - text->data);
    memcpy(line, text->data, size);
    line[size] = 0;
    *text = span_of(end + 1, text->size - size - 1);
    return true;
}

static size_t decode(const char *text, uint8_t *out, size_t room)
{
    size_t size = 0;
    if (sodium_base642bin(out, room, text, strlen(text), NULL, &size, NULL,
            sodium_base64_VARIANT_ORIGINAL) != 0)
        return 0;
    return size;
}

const char *logbook_proof(span_t text)
{
    enum { LINE = 8192, STEPS = 64 };
    char line[LINE];
    uint8_t extra[LINE], path[STEPS][HASH], leaf[HASH], root[HASH], climbed[HASH];
    size_t n = 0;
    if (!next_line(&text, line, LINE) || !next_line(&text, line, LINE) ||
        strncmp(line, "extra ", 6) != 0)
        return "is no proof";
    hash_leaf(extra, decode(line + 6, extra, sizeof extra), leaf);
    if (!next_line(&text, line, LINE) || strncmp(line, "index ", 6) != 0)
        return "has no index";
    uint64_t index = strtoull(line + 6, NULL, 10);
    while (next_line(&text, line, LINE) && line[0] && n < STEPS)
        if (decode(line, path[n++], HASH) != HASH)
            return "has a step that is no hash";
    if (!next_line(&text, line, LINE) || strcmp(line, world_origin()) != 0)
        return "is of another log";
    if (!next_line(&text, line, LINE))
        return "has no size";
    uint64_t size = strtoull(line, NULL, 10);
    if (!next_line(&text, line, LINE) || decode(line, root, HASH) != HASH)
        return "has no root";
    if (size > book.n || index >= size)
        return "is of a log that is longer than the hub's";
    if (memcmp(leaf, book.leaf[index].hash, HASH) != 0)
        return "is of another entry than the log has there";
    if (memcmp(root, root_of((size_t)size), HASH) != 0)
        return "has a root that the log never had";
    if (!climb(leaf, index, size, (const uint8_t(*)[HASH])path, n, climbed) ||
        memcmp(climbed, root, HASH) != 0)
        return "does not lead to its root";
    return "";
}
