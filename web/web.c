// web - what handlers share.

#include "web/web.h"

#include <string.h>

void web_changed(web_t *self, const char *what)
{
    for (size_t i = 0; i < CHANGED_KINDS; i++)
        if (strcmp(changed_names[i], what) == 0)
            streams_changed(self->streams, (changed_t)i, 0);
}
