// taken - a batch is twelve hexadecimal digits, a dash, and thirty-two more.

#include "nodes/outbox/taken.h"

#include "lib/sys/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *taken_name(const char *take)
{
    return take + TAKEN_BATCH;
}

int64_t taken_ms(const char *take)
{
    int64_t ms = 0;
    (void)sscanf(take, "%12" SCNx64, &ms);
    return ms;
}

void taken_seed(const char *take, hash_t *out)
{
    sha256(span_text(take), out);
}

bool taken_is_batch(const char *name)
{
    return strlen(name) == TAKEN_BATCH - 1 && name[12] == '-' &&
           strspn(name, "0123456789abcdef") == 12 &&
           strspn(name + 13, "0123456789abcdef") == 32;
}

void taken_batch(const char *take, char out[TAKEN_BATCH])
{
    memcpy(out, take, TAKEN_BATCH - 1);
    out[TAKEN_BATCH - 1] = 0;
}

bool taken_is_valid(const char *take)
{
    char batch[TAKEN_BATCH];
    if (strlen(take) <= TAKEN_BATCH || take[TAKEN_BATCH - 1] != '/' ||
        strchr(taken_name(take), '/'))
        return false;
    taken_batch(take, batch);
    return taken_is_batch(batch);
}

void taken_new_batch(int64_t now_ms, char out[TAKEN_BATCH])
{
    uint8_t ms[6], random[16];
    for (size_t i = 0; i < sizeof ms; i++)
        ms[i] = (uint8_t)((uint64_t)now_ms >> (8 * (sizeof ms - 1 - i)));
    random_bytes(random, sizeof random);
    hex_encode(ms, sizeof ms, out);
    out[2 * sizeof ms] = '-';
    hex_encode(random, sizeof random, out + 2 * sizeof ms + 1);
}
