// take - a batch is twelve hexadecimal digits, a dash, and thirty-two more.

#include "nodes/outbox/take.h"

#include "lib/sys/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *take_name(const char *take)
{
    return take + TAKE_BATCH;
}

int64_t take_ms(const char *take)
{
    int64_t ms = 0;
    (void)sscanf(take, "%12" SCNx64, &ms);
    return ms;
}

void take_seed(const char *take, hash_t *out)
{
    sha256(span_text(take), out);
}

bool take_is_batch(const char *name)
{
    return strlen(name) == TAKE_BATCH - 1 && name[12] == '-' &&
           strspn(name, "0123456789abcdef") == 12 &&
           strspn(name + 13, "0123456789abcdef") == 32;
}

void take_batch(const char *take, char out[TAKE_BATCH])
{
    memcpy(out, take, TAKE_BATCH - 1);
    out[TAKE_BATCH - 1] = 0;
}

bool take_is_valid(const char *take)
{
    char batch[TAKE_BATCH];
    if (strlen(take) <= TAKE_BATCH || take[TAKE_BATCH - 1] != '/' ||
        strchr(take_name(take), '/'))
        return false;
    take_batch(take, batch);
    return take_is_batch(batch);
}

void take_new_batch(int64_t now_ms, char out[TAKE_BATCH])
{
    uint8_t ms[6], random[16];
    for (size_t i = 0; i < sizeof ms; i++)
        ms[i] = (uint8_t)((uint64_t)now_ms >> (8 * (sizeof ms - 1 - i)));
    random_bytes(random, sizeof random);
    hex_encode(ms, sizeof ms, out);
    out[2 * sizeof ms] = '-';
    hex_encode(random, sizeof random, out + 2 * sizeof ms + 1);
}
