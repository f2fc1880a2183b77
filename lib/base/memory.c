// memory - all results pass through there(), which ends the process when there is no
// memory.

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *there(void *memory)
{
    if (memory == NULL) {
        (void)fputs("out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *memory_new(size_t n, size_t size)
{
    return there(calloc(n == 0 ? 1 : n, size));
}

void *memory_grow(void *old, size_t n, size_t size)
{
    return there(reallocarray(old, n, size));
}

char *memory_text(const char *text)
{
    return there(strdup(text));
}

char *memory_words(const char *text, size_t size)
{
    return there(strndup(text, size));
}
