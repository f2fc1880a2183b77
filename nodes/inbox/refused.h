// refused - a refusal in words: its title and code, where, by what, and what it means.

#ifndef NODES_INBOX_REFUSED_H
#define NODES_INBOX_REFUSED_H

#include <jansson.h>
#include <stdio.h>

// `reason` has code, pointer (the hub's answers: field), by, text and perhaps sentence.
void refused_print(const json_t *reason, FILE *out);

#endif
