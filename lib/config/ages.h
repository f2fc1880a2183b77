// ages - how many days messages of which kinds are kept, as `retention.ages` of hub.conf
// says it: "incident.notice 1095", and "* 1825" for all kinds that it does not name.

#ifndef LIB_CONFIG_AGES_H
#define LIB_CONFIG_AGES_H

#include "lib/config/conf.h"

#include <stdbool.h>

enum { AGES_MOST = 128, AGES_KIND = 64, AGES_DAYS = 36500 };

#define AGES_OTHERS "*"

typedef struct {
    char kind[AGES_KIND];
    int64_t days;
} age_t;

// None: nothing has an age.
typedef struct {
    size_t n;
    age_t age[AGES_MOST];
} ages_t;

// -1 names what is none, or is there twice.
int ages_read(ages_t *self, const texts_t *texts, cause_t *why);
// Which of them is that of a kind, or -1: it has none.
int ages_of(const ages_t *self, const char *kind);
bool ages_same(const ages_t *a, const ages_t *b);

#endif
