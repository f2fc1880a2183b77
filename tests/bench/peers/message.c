// message - digits stand at fixed places of one template; the filling begins each time
// elsewhere in a row of letters that are as good as random, so that nothing repeats.

#include "tests/bench/peers/message.h"

#include <string.h>

#define HEAD                                                                             \
    "{\"kind\":\"notice\",\"publisher\":\"00\",\"number\":\"0000000000\","               \
    "\"stamp\":\"00000000000000000000\",\"text\":\""
#define TAIL "\"}"

enum {
    PUBLISHER_AT = 30,
    PUBLISHER_DIGITS = 2,
    NUMBER_AT = 44,
    NUMBER_DIGITS = 10,
    STAMP_AT = 65,
    STAMP_DIGITS = 20,
    HEAD_BYTES = sizeof HEAD - 1,
    TAIL_BYTES = sizeof TAIL - 1,
    FILLING = MESSAGE_BYTES - HEAD_BYTES - TAIL_BYTES,
};

static void put_digits(uint8_t *out, size_t digits, uint64_t value)
{
    for (size_t i = digits; i > 0; i--) {
        out[i - 1] = (uint8_t)('0' + value % 10);
        value /= 10;
    }
}

static bool take_digits(const uint8_t *from, size_t digits, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (from[i] < '0' || from[i] > '9')
            return false;
        *value = *value * 10 + (uint64_t)(from[i] - '0');
    }
    return true;
}

// xorshift64*
void message_filling(uint8_t out[MESSAGE_FILLING])
{
    static const char letters[65] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint64_t state = 1;
    for (size_t i = 0; i < MESSAGE_FILLING; i++) {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        out[i] = (uint8_t)letters[state * UINT64_C(0x2545F4914F6CDD1D) >> 58];
    }
}

void message_print(const message_t *self, const uint8_t filling[MESSAGE_FILLING],
    uint8_t out[MESSAGE_BYTES])
{
    size_t begin = ((size_t)self->number * 2654435761u + self->publisher * 97u) %
                   (MESSAGE_FILLING - FILLING);
    memcpy(out, HEAD, HEAD_BYTES);
    put_digits(out + PUBLISHER_AT, PUBLISHER_DIGITS, self->publisher);
    put_digits(out + NUMBER_AT, NUMBER_DIGITS, self->number);
    put_digits(out + STAMP_AT, STAMP_DIGITS, (uint64_t)self->stamp_ns);
    memcpy(out + HEAD_BYTES, filling + begin, FILLING);
    memcpy(out + HEAD_BYTES + FILLING, TAIL, TAIL_BYTES);
}

int message_parse(message_t *self, span_t text)
{
    uint64_t publisher, number, stamp;
    if (text.size != MESSAGE_BYTES || text.data[MESSAGE_BYTES - 1] != '}' ||
        !take_digits(text.data + PUBLISHER_AT, PUBLISHER_DIGITS, &publisher) ||
        !take_digits(text.data + NUMBER_AT, NUMBER_DIGITS, &number) ||
        !take_digits(text.data + STAMP_AT, STAMP_DIGITS, &stamp))
        return -1;
    if (publisher >= MESSAGE_PUBLISHERS || number > UINT32_MAX || stamp > INT64_MAX)
        return -1;
    self->publisher = (uint32_t)publisher;
    self->number = (uint32_t)number;
    self->stamp_ns = (int64_t)stamp;
    return 0;
}
