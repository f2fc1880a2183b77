// bytes_base64 - table look-ups, four characters at a time.  Proofs and seals are full of
// it: a hash in base64 is read for every level of a tree, of every entry, for every
// receiver.

#include "lib/base/bytes.h"

#include <openssl/evp.h>

// OpenSSL's encoder counts in int.
enum { BASE64_PIECE = 96 };

void base64_encode(const void *data, size_t size, char *out)
{
    const uint8_t *bytes = data;
    size_t at = 0;
    out[0] = 0;
    for (; at < size; at += BASE64_PIECE) {
        size_t piece = size - at < BASE64_PIECE ? size - at : BASE64_PIECE;
        out += EVP_EncodeBlock((uint8_t *)out, bytes + at, (int)piece);
    }
}

void buf_put_base64(buf_t *self, span_t data)
{
    size_t length = (data.size + 2) / 3 * 4;
    buf_reserve(self, length + 1);
    base64_encode(data.data, data.size, (char *)self->data + self->size);
    self->size += length; // without the terminating zero
}

// A digit's value and one more, so that zero is none.  OpenSSL's decoder, which forgives
// much and has to be checked by encoding again, takes nearly four times as long.
static const uint8_t values[256] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 63, 0, 0,
    0, 64, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6,
    7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 0, 0, 0,
    0, 0, 0, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45,
    46, 47, 48, 49, 50, 51, 52};

// The 24 bits of four digits.
static uint32_t take_group(const uint8_t text[4], uint32_t *bad)
{
    uint32_t a = values[text[0]] - 1u;
    uint32_t b = values[text[1]] - 1u;
    uint32_t c = values[text[2]] - 1u;
    uint32_t d = values[text[3]] - 1u;
    *bad |= (a | b | c | d) >> 6;
    return a << 18 | b << 12 | c << 6 | d;
}

// `text` is as long as `size` bytes take; unused bits must be zero.
static bool decode(span_t text, uint8_t *out, size_t size)
{
    const uint8_t *at = text.data;
    uint32_t bad = 0;
    for (; size >= 3; size -= 3, at += 4) {
        uint32_t bits = take_group(at, &bad);
        *out++ = (uint8_t)(bits >> 16);
        *out++ = (uint8_t)(bits >> 8);
        *out++ = (uint8_t)bits;
    }
    if (size > 0) {
        const uint8_t last[4] = {at[0], at[1], size == 2 ? at[2] : 'A', 'A'};
        uint32_t bits = take_group(last, &bad);
        bad |= (bits & 0xffffffu >> 8 * size) | (at[3] ^ '=');
        bad |= size == 1 ? at[2] ^ '=' : 0;
        for (size_t i = 0; i < size; i++)
            *out++ = (uint8_t)(bits >> (16 - 8 * i));
    }
    return bad == 0;
}

bool base64_decode(span_t text, buf_t *out)
{
    if (text.size == 0)
        return true;
    if (text.size % 4 != 0)
        return false;
    size_t padding =
        (text.data[text.size - 1] == '=') + (size_t)(text.data[text.size - 2] == '=');
    size_t size = text.size / 4 * 3 - padding;
    buf_reserve(out, size);
    if (!decode(text, out->data + out->size, size))
        return false;
    out->size += size;
    return true;
}

bool base64_decode_exact(span_t text, void *out, size_t size)
{
    return text.size == (size + 2) / 3 * 4 && decode(text, out, size);
}
