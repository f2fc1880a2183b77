// random - libsodium's generator, which ends the process when the system has no entropy.

#include "lib/sys/random.h"

#include <sodium.h>

void random_bytes(void *out, size_t size)
{
    randombytes_buf(out, size);
}

uint32_t random_below(uint32_t bound)
{
    return randombytes_uniform(bound);
}
