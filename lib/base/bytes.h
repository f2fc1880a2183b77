// bytes - spans (borrowed), buffers (owned), bounded readers, hex, base64 and SHA-256.
//
// Numbers on disk and on the wire are big-endian.  A buffer that cannot grow ends the
// process: running out of memory is not recoverable, and the journal makes that safe.

#ifndef LIB_BASE_BYTES_H
#define LIB_BASE_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Small functions that everything calls stand here whole, so that they are no calls.

// Bytes that belong to somebody else; valid until their owner changes.
typedef struct {
    const uint8_t *data;
    size_t size;
} span_t;

static inline span_t span_of(const void *data, size_t size)
{
    return (span_t){(const uint8_t *)data, size};
}

// Without the terminating zero.
static inline span_t span_text(const char *text)
{
    return span_of(text, strlen(text));
}

static inline bool span_equal(span_t a, span_t b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

// For tables in memory: it spreads, and is no secret; who may choose the bytes chooses
// it.
uint32_t span_hash(span_t bytes);
static inline bool span_is(span_t a, const char *text)
{
    return span_equal(a, span_text(text));
}

// Bytes that this object owns.  `{0}` is a valid empty buffer.
typedef struct {
    uint8_t *data;
    size_t size;
    size_t room;
} buf_t;

void buf_destroy(buf_t *self);           // frees; leaves a valid empty buffer
void buf_grow(buf_t *self, size_t more); // buf_reserve, when there is no room
// Keeps the memory.
static inline void buf_clear(buf_t *self)
{
    self->size = 0;
}

static inline void buf_reserve(buf_t *self, size_t more)
{
    if (!self->data || self->room - self->size < more)
        buf_grow(self, more);
}

static inline void buf_put(buf_t *self, const void *data, size_t size)
{
    if (size == 0)
        return;
    buf_reserve(self, size);
    memcpy(self->data + self->size, data, size);
    self->size += size;
}

static inline void buf_put_span(buf_t *self, span_t span)
{
    buf_put(self, span.data, span.size);
}

static inline void buf_put_text(buf_t *self, const char *text)
{
    buf_put(self, text, strlen(text));
}

static inline void buf_put_u8(buf_t *self, uint8_t value)
{
    buf_reserve(self, 1);
    self->data[self->size++] = value;
}

void buf_printf(buf_t *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static inline void buf_put_u16(buf_t *self, uint16_t value)
{
    const uint8_t bytes[] = {(uint8_t)(value >> 8), (uint8_t)value};
    buf_put(self, bytes, sizeof bytes);
}

static inline void buf_put_u32(buf_t *self, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
        (uint8_t)(value >> 8), (uint8_t)value};
    buf_put(self, bytes, sizeof bytes);
}

static inline void buf_put_u64(buf_t *self, uint64_t value)
{
    buf_put_u32(self, (uint32_t)(value >> 32));
    buf_put_u32(self, (uint32_t)value);
}

// A length of one octet, of two, of four, then the bytes.
static inline void buf_put_tiny(buf_t *self, span_t span)
{
    buf_put_u8(self, (uint8_t)span.size);
    buf_put_span(self, span);
}

static inline void buf_put_short(buf_t *self, span_t span)
{
    buf_put_u16(self, (uint16_t)span.size);
    buf_put_span(self, span);
}

static inline void buf_put_long(buf_t *self, span_t span)
{
    buf_put_u32(self, (uint32_t)span.size);
    buf_put_span(self, span);
}

void buf_put_decimal(buf_t *self, uint64_t value);
void buf_put_hex(buf_t *self, span_t span); // lower case
static inline span_t buf_span(const buf_t *self)
{
    return span_of(self->data, self->size);
}

// The text with a terminating zero (not counted in size); valid until the next change.
const char *buf_text(buf_t *self);

// Reads forward and never past the end: once anything was short, `bad` stays true and
// every take yields zero or an empty span, so that a decoder may check once, at its end.
typedef struct {
    span_t rest;
    bool bad;
} reader_t;

static inline reader_t reader_of(span_t span)
{
    return (reader_t){span, false};
}

static inline span_t take_bytes(reader_t *self, size_t size)
{
    if (self->bad || self->rest.size < size) {
        self->bad = true;
        return (span_t){NULL, 0};
    }
    span_t taken = {self->rest.data, size};
    self->rest.data += size;
    self->rest.size -= size;
    return taken;
}

// As many bytes, copied; false, and `out` as it was, when they are not there.
static inline bool take_into(reader_t *self, void *out, size_t size)
{
    span_t bytes = take_bytes(self, size);
    if (bytes.size > 0)
        memcpy(out, bytes.data, bytes.size);
    return !self->bad;
}

static inline uint8_t take_u8(reader_t *self)
{
    uint8_t value = 0;
    (void)take_into(self, &value, sizeof value);
    return value;
}

static inline uint16_t take_u16(reader_t *self)
{
    uint16_t value = 0;
    (void)take_into(self, &value, sizeof value);
    return be16toh(value);
}

static inline uint32_t take_u32(reader_t *self)
{
    uint32_t value = 0;
    (void)take_into(self, &value, sizeof value);
    return be32toh(value);
}

static inline uint64_t take_u64(reader_t *self)
{
    uint64_t value = 0;
    (void)take_into(self, &value, sizeof value);
    return be64toh(value);
}

// What a length is before, of one, two and four bytes.
static inline span_t take_tiny(reader_t *self)
{
    return take_bytes(self, take_u8(self));
}

static inline span_t take_short(reader_t *self)
{
    return take_bytes(self, take_u16(self));
}

static inline span_t take_long(reader_t *self)
{
    return take_bytes(self, take_u32(self));
}

// The next line without its LF; a last line without LF is bad.
span_t take_line(reader_t *self);
// If the next line starts with `word` and one space, the rest of that line; else bad.
span_t take_field(reader_t *self, const char *word);
// Whether the rest starts with `word` and one space.
bool reader_at(const reader_t *self, const char *word);
// The bytes up to the next space, which is taken too; none or no space is bad.
span_t take_word(reader_t *self);
span_t take_rest(reader_t *self);       // everything left; nothing left is bad
bool reader_done(const reader_t *self); // nothing bad, nothing left

// Lower-case hex.  `out` has room for 2 * size + 1.
void hex_encode(const void *data, size_t size, char *out);
// Exactly `size` bytes from exactly 2 * size lower-case digits; false otherwise.
bool hex_decode(span_t text, void *out, size_t size);

// RFC 4648 section 4.  `out` has room for 4 * ((size + 2) / 3) + 1.
void base64_encode(const void *data, size_t size, char *out);
void buf_put_base64(buf_t *self, span_t data);
// Only the canonical encoding is taken: padding present, unused bits zero, nothing else.
bool base64_decode(span_t text, buf_t *out);                   // appends to out
bool base64_decode_exact(span_t text, void *out, size_t size); // exactly size bytes

// An unsigned decimal as C2SP and RFC 8259 integers are written: no sign, no leading
// zero.
bool decimal_decode(span_t text, uint64_t *out);

typedef struct {
    uint8_t bytes[32];
} hash_t;

enum { HASH_HEX = 65, HASH_BASE64 = 45 }; // with the terminating zero

void sha256(span_t data, hash_t *out);
static inline bool hash_equal(const hash_t *a, const hash_t *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

#endif
