// duty_counts - how many duties are open and how many overdue, by what is owed: kept as
// they change, so that asking costs a line for each name and never a walk over duties.

#ifndef LIB_RULES_DUTY_COUNTS_H
#define LIB_RULES_DUTY_COUNTS_H

#include "lib/rules/duty.h"

typedef struct duty_counts duty_counts_t;

typedef struct {
    char name[DUTY_NAME_MAX];
    duty_world_t world;
    size_t open, overdue; // not settled; of these, past their time
} duty_count_t;

duty_counts_t *duty_counts_new(void);
void duty_counts_destroy(duty_counts_t **self_p);
// One more of this duty as it is, or one less; a settled one counts for nothing.
void duty_counts_add(duty_counts_t *self, const duty_t *duty);
void duty_counts_take(duty_counts_t *self, const duty_t *duty);
// By i from 0, also of names of which none is open any more; NULL after the last.
const duty_count_t *duty_counts_at(const duty_counts_t *self, size_t i);

#endif
