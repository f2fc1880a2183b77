// finding - two arrays that grow; texts are copied.

#include "nodes/doctor/finding.h"

#include "lib/base/catalogue.h"
#include "lib/base/memory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *severity_name(severity_t severity)
{
    static const char *const names[] = {"ok", "note", "unseen", "warning", "critical"};
    return names[severity];
}

void findings_close(findings_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->finding[i].where);
        free(self->finding[i].what);
        free(self->finding[i].advice);
    }
    free(self->finding);
    free(self->measure);
    *self = (findings_t){0};
}

severity_t findings_worst(const findings_t *self)
{
    severity_t worst = FOUND_OK;
    for (size_t i = 0; i < self->n; i++)
        if (self->finding[i].severity > worst)
            worst = self->finding[i].severity;
    return worst;
}

size_t findings_count(const findings_t *self, severity_t severity)
{
    size_t n = 0;
    for (size_t i = 0; i < self->n; i++)
        n += self->finding[i].severity == severity;
    return n;
}

const char *advise(advice_t *room, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(room->text, sizeof room->text, format, args);
    va_end(args);
    return room->text;
}

void found(findings_t *self, severity_t severity, const char *where, const char *advice,
    const char *format, ...)
{
    char what[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    self->finding = memory_grow(self->finding, self->n + 1, sizeof *self->finding);
    self->finding[self->n++] = (finding_t){.severity = severity,
        .check = self->check,
        .where = memory_text(where ? where : ""),
        .what = memory_text(what),
        .advice = memory_text(advice ? advice : "")};
}

void found_closed(findings_t *self, const char *where)
{
    advice_t room;
    int error = errno;
    if (error == EACCES || error == EPERM)
        found(self, FOUND_UNSEEN, where,
            say("run this as the user of the daemon, or as root"),
            say("this user may not look there"));
    else
        found(self, FOUND_WARNING, where, advise(&room, "ls -ld %s", where),
            say("cannot be looked at: %s"), strerror(error));
}

void measured(findings_t *self, const measure_t *measure)
{
    self->measure = memory_grow(self->measure, self->measures + 1, sizeof *self->measure);
    self->measure[self->measures++] = *measure;
}
