// keys - the seed of a key is the hash of its name.

#include "tests/bench/floor/keys.h"

#include "lib/base/memory.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void seed_of(const char *role, size_t i, hash_t *seed)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s %s %zu", FLOOR_ORIGIN, role, i);
    sha256(span_text(name), seed);
}

static void make(seal_key_t *key, const char *role, size_t i)
{
    hash_t seed;
    seed_of(role, i, &seed);
    (void)crypto_sign_seed_keypair(key->public_key, key->secret_key, seed.bytes);
    seal_key_id(key->public_key, key->id);
}

keys_t *keys_new(void)
{
    keys_t *self = memory_new(1, sizeof *self);
    hash_t seed;
    cause_t why;
    for (size_t i = 0; i < KEYS_MANY; i++) {
        make(&self->publisher[i], "publisher", i);
        make(&self->subscriber[i], "subscriber", i);
        (void)snprintf(self->name[i], sizeof self->name[i], "publisher-%zu", i);
    }
    make(&self->log, "log", 0);
    if (log_vkey_of(&self->vkey, FLOOR_ORIGIN, self->log.public_key, &why) != 0)
        abort();
    seed_of("channel", 0, &seed);
    (void)crypto_box_seed_keypair(self->hub_public, self->hub_secret, seed.bytes);
    return self;
}

size_t keys_author(const keys_t *self, const char *key_id)
{
    size_t i = 0;
    while (i < KEYS_MANY && memcmp(self->publisher[i].id, key_id, HASH_HEX) != 0)
        i++;
    return i;
}
