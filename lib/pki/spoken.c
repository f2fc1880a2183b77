// spoken - see the header.

#include "lib/pki/spoken.h"

#include <stdio.h>
#include <string.h>

enum { GROUPS = 8, GROUP = 6 }; // five digits and a blank

void spoken_digits(span_t bytes, char out[SPOKEN_TEXT])
{
    hash_t hash;
    sha256(bytes, &hash);
    reader_t reader = reader_of(span_of(hash.bytes, sizeof hash.bytes));
    for (size_t i = 0; i < GROUPS; i++)
        (void)snprintf(out + GROUP * i, SPOKEN_TEXT - GROUP * i, "%05u%s",
            take_u32(&reader) % 100000, i + 1 < GROUPS ? " " : "");
}

static const char *skip_separators(const char *text)
{
    return text + strspn(text, " -:");
}

bool spoken_same(const char *typed, const char *digits)
{
    for (;;) {
        typed = skip_separators(typed);
        digits = skip_separators(digits);
        if (*typed != *digits)
            return false;
        if (*typed == 0)
            return true;
        typed++;
        digits++;
    }
}
