// digits - that a person has compared the digits which both sides of a join show.

#ifndef NODES_UPKEEP_DIGITS_H
#define NODES_UPKEEP_DIGITS_H

#include "lib/base/cause.h"

#include <stdbool.h>

typedef struct {
    const char *given; // as the other side read them out, or NULL
    bool yes;          // they were compared, somebody says
} digits_word_t;

// -1: they are others than those given.
int digits_fit(const digits_word_t *word, const char *digits, cause_t *why);
// The same, and where nothing was given a person on the terminal is asked `question`.
int digits_agreed(
    const digits_word_t *word, const char *digits, const char *question, cause_t *why);

#endif
