// chance - xoshiro256** (Blackman and Vigna, 2018), seeded by splitmix64.
//
// Keys, nonces and ids come from here too: they are no secret to anybody, and two runs of
// a seed have the same bytes on disk.

#define OPENSSL_API_COMPAT 0x10101000L
#define OPENSSL_SUPPRESS_DEPRECATED

#include "tests/sim/chance.h"

#include "lib/sys/random.h"

#include <openssl/rand.h>
#include <sodium.h>
#include <string.h>

static uint64_t state[4];

static uint64_t left(uint64_t word, unsigned n)
{
    return word << n | word >> (64 - n);
}

void chance_seed(uint64_t seed)
{
    for (size_t i = 0; i < 4; i++) {
        uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        state[i] = z ^ z >> 31;
    }
}

uint64_t chance_next(void)
{
    const uint64_t result = left(state[1] * 5, 7) * 9, t = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= t;
    state[3] = left(state[3], 45);
    return result;
}

uint64_t chance_below(uint64_t bound)
{
    return bound ? chance_next() % bound : 0;
}

int64_t chance_between(int64_t least, int64_t most)
{
    return least + (int64_t)chance_below((uint64_t)(most - least) + 1);
}

bool chance_one_in(uint64_t n)
{
    return chance_below(n) == 0;
}

void chance_bytes(void *out, size_t size)
{
    uint8_t *to = out;
    for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
        uint64_t word = chance_next();
        memcpy(to + i, &word, size - i < sizeof word ? size - i : sizeof word);
    }
}

// lib/sys/random.h
void random_bytes(void *out, size_t size)
{
    chance_bytes(out, size);
}

uint32_t random_below(uint32_t bound)
{
    return (uint32_t)chance_below(bound);
}

static const char *sodium_name(void)
{
    return "chance";
}

static uint32_t sodium_word(void)
{
    return (uint32_t)chance_next();
}

static int openssl_bytes(unsigned char *out, int size)
{
    chance_bytes(out, (size_t)size);
    return 1;
}

static int openssl_ready(void)
{
    return 1;
}

void chance_rules(void)
{
    static randombytes_implementation sodium = {
        .implementation_name = sodium_name, .random = sodium_word, .buf = chance_bytes};
    static const RAND_METHOD openssl = {
        .bytes = openssl_bytes, .pseudorand = openssl_bytes, .status = openssl_ready};
    (void)randombytes_set_implementation(&sodium);
    (void)RAND_set_rand_method(&openssl);
}
