// roster_aside - see the header.

#include "nodes/upkeep/roster_aside.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 16 << 20 };

static int put_aside(const roster_aside_t *self, const char *file, cause_t *why)
{
    char aside[PATH_MAX], time[TIME_TEXT], name[320];
    buf_t bytes = {0};
    const char *slash = strrchr(file, '/');
    time_print(self->now_ms, time);
    (void)snprintf(
        name, sizeof name, "removed/%.19s-%.200s", time, slash ? slash + 1 : file);
    if (path_join(aside, sizeof aside, self->hub, name, why) != 0 ||
        file_read(file, FILE_MAX, &bytes, why) != 0)
        return -1;
    hub_change_put(self->change, aside, buf_span(&bytes), 0644);
    hub_change_drop(self->change, file);
    buf_destroy(&bytes);
    return 0;
}

int roster_aside(
    const roster_aside_t *self, roster_goes_t *goes, const void *context, cause_t *why)
{
    const cert_list_t *list = self->roster;
    for (size_t i = 0; i < list->n;) {
        size_t first = i, going = 0;
        const char *file = list->item[i].source;
        for (; i < list->n && strcmp(list->item[i].source, file) == 0; i++)
            going += goes(context, &list->item[i].cert);
        if (going == 0)
            continue;
        if (going < i - first)
            return cause_set(why,
                say("%s holds certificates of others as well: divide it first"), file);
        if (put_aside(self, file, why) != 0)
            return -1;
    }
    return 0;
}
