// leaf - leaf_take takes exactly the octets that leaf_put writes and no others, so that
// every leaf has one form and one hash.

#include "lib/tlog/leaf.h"

#include "lib/base/edition.h"
#include "lib/base/text.h"
#include "lib/base/times.h"

#include <assert.h>
#include <string.h>

enum { VERSION = 1 };

// What a leaf has.
enum { DOCUMENT = 1, SEAL = 2, RECORD = 4, ID = 8, FORMER = 16, KNOWN = 31 };

static const char FORMER_TYPE[] = "former.";

bool leaf_is_former(const leaf_t *self)
{
    return memcmp(self->type, FORMER_TYPE, sizeof FORMER_TYPE - 1) == 0;
}

const char *leaf_own_type(const leaf_t *self)
{
    return self->type + (leaf_is_former(self) ? sizeof FORMER_TYPE - 1 : 0);
}

bool leaf_is_message(const leaf_t *self)
{
    static const char type[] = "message";
    return memcmp(leaf_own_type(self), type, sizeof type) == 0;
}

static bool word_fits(const char *word)
{
    return !*word || text_is_word(span_text(word));
}

// Whether leaf_take would take it back as it is, and the octets of its id, where it has
// one.
static bool fits(const leaf_t *self, uint8_t id[UUID_BYTES])
{
    return self->type[0] && self->time_ms >= 0 && self->time_ms < TIME_END_MS &&
           word_fits(self->type) && word_fits(self->kind) && word_fits(self->author) &&
           (!self->id[0] || uuid_parse(span_text(self->id), id));
}

static uint8_t parts_of(const leaf_t *self)
{
    return (uint8_t)((self->has_document ? DOCUMENT : 0) | (self->has_seal ? SEAL : 0) |
                     (self->has_record ? RECORD : 0) | (self->id[0] ? ID : 0) |
                     (leaf_is_former(self) ? FORMER : 0));
}

static void put_hash(buf_t *out, bool there, const hash_t *hash)
{
    if (there)
        buf_put(out, hash->bytes, sizeof hash->bytes);
}

bool leaf_put(const leaf_t *self, buf_t *out)
{
    uint8_t id[UUID_BYTES];
    if (!fits(self, id))
        return false;
    buf_put_u8(out, VERSION);
    buf_put_u8(out, parts_of(self));
    buf_put_u64(out, self->position);
    buf_put_u64(out, (uint64_t)self->time_ms);
    buf_put_tiny(out, span_text(self->type));
    buf_put_tiny(out, span_text(self->kind));
    buf_put_tiny(out, span_text(self->author));
    if (self->id[0])
        buf_put(out, id, sizeof id);
    put_hash(out, self->has_document, &self->document);
    put_hash(out, self->has_seal, &self->seal);
    put_hash(out, self->has_record, &self->record);
    if (leaf_is_former(self))
        buf_put_u64(out, self->former);
    return true;
}

static bool take_some_word(reader_t *reader, char *out, size_t room)
{
    span_t word = take_tiny(reader);
    if (word.size == 0)
        return true; // `out` is empty
    if (word.size >= room || !text_is_word(word))
        return false;
    memcpy(out, word.data, word.size);
    out[word.size] = 0;
    return true;
}

static bool take_hash(reader_t *reader, bool there, hash_t *out)
{
    return !there || take_into(reader, out->bytes, sizeof out->bytes);
}

static bool take_id(reader_t *reader, bool there, char out[MESSAGE_ID_MAX])
{
    span_t bytes = take_bytes(reader, there ? UUID_BYTES : 0);
    if (!there || bytes.size != UUID_BYTES)
        return !there;
    uuid_print(bytes.data, out);
    return true;
}

static bool take_place(reader_t *reader, leaf_t *self)
{
    self->position = take_u64(reader);
    uint64_t time_ms = take_u64(reader);
    self->time_ms = (int64_t)time_ms;
    return time_ms < TIME_END_MS;
}

// The name of the first part that is wrong, or NULL.
static const char *take_parts(reader_t *reader, leaf_t *self)
{
    uint8_t has = take_u8(reader);
    if (has & ~KNOWN)
        return "has";
    if (!take_place(reader, self))
        return "time";
    if (!take_some_word(reader, self->type, sizeof self->type) || !self->type[0])
        return "type";
    if (leaf_is_former(self) != ((has & FORMER) != 0))
        return "former";
    if (!take_some_word(reader, self->kind, sizeof self->kind))
        return "kind";
    if (!take_some_word(reader, self->author, sizeof self->author))
        return "author";
    if (!take_id(reader, has & ID, self->id))
        return "id";
    self->has_document = has & DOCUMENT;
    self->has_seal = has & SEAL;
    self->has_record = has & RECORD;
    if (!take_hash(reader, self->has_document, &self->document) ||
        !take_hash(reader, self->has_seal, &self->seal) ||
        !take_hash(reader, self->has_record, &self->record))
        return "hashes";
    if (has & FORMER)
        self->former = take_u64(reader);
    return NULL;
}

int leaf_take(leaf_t *self, span_t bytes, cause_t *why)
{
    reader_t reader = reader_of(bytes);
    *self = (leaf_t){0};
    if (bytes.size > LEAF_MAX)
        return cause_set(why, "malformed leaf: more than %d octets", LEAF_MAX);
    uint8_t version = take_u8(&reader);
    if (!reader.bad && edition_number(version, VERSION, "it is", why) != 0)
        return cause_prefix(why, "malformed leaf");
    const char *wrong = take_parts(&reader, self);
    if (wrong)
        return cause_set(why, "malformed leaf: %s", wrong);
    if (!reader_done(&reader))
        return cause_set(why, "malformed leaf: it is too short, or something follows it");
    return 0;
}

// Past what is before the hashes; what it has.
static uint8_t take_front(reader_t *reader)
{
    (void)take_u8(reader);
    uint8_t has = take_u8(reader);
    (void)take_bytes(reader, 16); // position and time
    for (int word = 0; word < 3; word++)
        (void)take_tiny(reader);
    (void)take_bytes(reader, has & ID ? UUID_BYTES : 0);
    return has;
}

void leaf_divide(span_t bytes, span_t *front, span_t *back)
{
    reader_t reader = reader_of(bytes);
    uint8_t has = take_front(&reader);
    size_t size = bytes.size - reader.rest.size;
    (void)take_bytes(&reader, 2 * sizeof(hash_t));
    assert(!reader.bad && (has & DOCUMENT) && (has & SEAL));
    *front = span_of(bytes.data, size);
    *back = reader.rest;
}

void leaf_join(
    span_t front, const hash_t *document, const hash_t *seal, span_t back, buf_t *out)
{
    buf_put_span(out, front);
    buf_put(out, document->bytes, sizeof document->bytes);
    buf_put(out, seal->bytes, sizeof seal->bytes);
    buf_put_span(out, back);
}
