// told - none of the three may be left out: who has only one of them reads that.

#include "lib/rules/told.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { TOLD_MAX = 1024 };

static const char *const names[TONGUES] = {
    [TONGUE_KK] = "kk", [TONGUE_RU] = "ru", [TONGUE_EN] = "en"};

const char *tongue_name(tongue_t tongue)
{
    return names[tongue];
}

tongue_t tongue_of(const char *name)
{
    for (tongue_t i = 0; i < TONGUES; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return TONGUE_EN;
}

int told_read(
    told_t *self, const settings_t *file, const config_setting_t *group, cause_t *why)
{
    for (size_t i = 0; i < TONGUES; i++) {
        const char *text = settings_text(file, group, names[i], TOLD_MAX, why);
        if (text == NULL)
            return -1;
        self->text[i] = memory_text(text);
    }
    return 0;
}

void told_close(told_t *self)
{
    for (size_t i = 0; i < TONGUES; i++)
        free(self->text[i]);
    *self = (told_t){0};
}
