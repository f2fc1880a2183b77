// keys - whose keys are whose on the floor.
//
// They are made from their names, so that all who take part know them without files: the
// floor is a measure, and keeps no secret.

#ifndef TESTS_BENCH_FLOOR_KEYS_H
#define TESTS_BENCH_FLOOR_KEYS_H

#include "lib/pki/seal.h"

#define FLOOR_ORIGIN "floor.bench/log"

enum { KEYS_MANY = 64 }; // publishers, and subscribers

typedef struct {
    seal_key_t publisher[KEYS_MANY], subscriber[KEYS_MANY], log;
    char name[KEYS_MANY][32]; // of publishers, as leaves have them
    log_vkey_t vkey;
    uint8_t hub_public[32], hub_secret[32]; // CURVE
} keys_t;

keys_t *keys_new(void); // the caller frees it
// Which publisher's key this is; KEYS_MANY: nobody's.
size_t keys_author(const keys_t *self, const char *key_id);

#endif
