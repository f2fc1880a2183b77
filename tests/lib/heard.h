// heard - what a test's program logs, instead of its being shown.
//
// Standard error goes into a file in memory from heard_begin to heard_end.

#ifndef TESTS_LIB_HEARD_H
#define TESTS_LIB_HEARD_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
    int file, kept;
    char text[4096]; // after heard_end
} heard_t;

static inline void heard_begin(heard_t *self)
{
    self->file = memfd_create("heard", MFD_CLOEXEC);
    self->kept = dup(STDERR_FILENO);
    if (self->file < 0 || self->kept < 0 || dup2(self->file, STDERR_FILENO) < 0)
        abort();
}

static inline const char *heard_end(heard_t *self)
{
    ssize_t size = pread(self->file, self->text, sizeof self->text - 1, 0);
    if (size < 0 || dup2(self->kept, STDERR_FILENO) < 0)
        abort();
    self->text[size] = 0;
    (void)close(self->file);
    (void)close(self->kept);
    return self->text;
}

// Whether one line, without the time before it, is what was logged; "": nothing was.
static inline bool heard_was(const heard_t *self, const char *line)
{
    const char *said = strchr(self->text, ' ');
    size_t size = strlen(line);
    if (!said || !*line)
        return !said && !*line;
    return strncmp(said + 1, line, size) == 0 && strcmp(said + 1 + size, "\n") == 0;
}

#endif
