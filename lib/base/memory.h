// memory - from the heap, or not at all: running out of it ends the process with a line
// on standard error (the journal makes that safe).  Everything is given back with free.

#ifndef LIB_BASE_MEMORY_H
#define LIB_BASE_MEMORY_H

#include <stddef.h>

void *memory_new(size_t n, size_t size);             // n things, zeroed; n may be 0
void *memory_grow(void *old, size_t n, size_t size); // as realloc; n > 0
char *memory_text(const char *text);                 // a copy
char *memory_words(const char *text, size_t size);   // a copy of the first bytes

#endif
