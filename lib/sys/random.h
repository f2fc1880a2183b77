// random - bytes that nobody can guess: the one place that asks the system for them.
//
// A seam: whoever wants the same run twice replaces this file.  Keys are made by OpenSSL
// and libsodium, which ask for themselves.

#ifndef LIB_SYS_RANDOM_H
#define LIB_SYS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_bytes(void *out, size_t size);
uint32_t random_below(uint32_t bound); // 0 to bound - 1, each as likely as the others

#endif
