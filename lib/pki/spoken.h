// spoken - a digest as two people say it to each other on the telephone.
//
// Eight groups of five decimal digits, easier to say in any language than hexadecimal
// ones: group i is the big-endian 32-bit number i of the digest, modulo 100000.

#ifndef LIB_PKI_SPOKEN_H
#define LIB_PKI_SPOKEN_H

#include "lib/base/bytes.h"

#include <stdbool.h>

enum { SPOKEN_TEXT = 48 };

// Of the SHA-256 of these bytes.
void spoken_digits(span_t bytes, char out[SPOKEN_TEXT]);
// That what was typed has the same digits; spaces, dashes and colons do not count.
bool spoken_same(const char *typed, const char *digits);

#endif
