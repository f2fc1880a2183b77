// told - a text in the three languages of the exchange, as rules files have it:
//
//     { kk = "..."; ru = "..."; en = "..."; }

#ifndef LIB_RULES_TOLD_H
#define LIB_RULES_TOLD_H

#include "lib/base/cause.h"
#include "lib/config/settings.h"

typedef enum { TONGUE_KK, TONGUE_RU, TONGUE_EN, TONGUES } tongue_t;

typedef struct {
    char *text[TONGUES];
} told_t;

const char *tongue_name(tongue_t tongue); // "kk"
// Of a name such as "ru"; English where it is none.
tongue_t tongue_of(const char *name);
// All three, which stand in this group beside what else does.  To be closed in any case.
int told_read(
    told_t *self, const settings_t *file, const config_setting_t *group, cause_t *why);
void told_close(told_t *self);

#endif
