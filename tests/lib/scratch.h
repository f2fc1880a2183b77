// scratch - a folder for one test, removed whole afterwards.

#ifndef TESTS_LIB_SCRATCH_H
#define TESTS_LIB_SCRATCH_H

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char path[256];
} scratch_t;

static int scratch_remove(
    const char *path, const struct stat *info, int type, struct FTW *state)
{
    (void)info;
    (void)type;
    (void)state;
    return remove(path);
}

static inline void scratch_close(scratch_t *self)
{
    (void)nftw(self->path, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
}

// For tests with thousands of small files, of which none is flushed for real.
static inline void scratch_in_memory(void)
{
    if (access("/dev/shm", W_OK | X_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
}

static inline void scratch_open_in(scratch_t *self, const char *top)
{
    (void)snprintf(self->path, sizeof self->path, "%.200s/dabyl-XXXXXX", top);
    if (!mkdtemp(self->path)) {
        perror(self->path);
        abort();
    }
}

static inline void scratch_open(scratch_t *self)
{
    const char *top = getenv("TMPDIR");
    scratch_open_in(self, top ? top : "/tmp");
}

// "<folder>/<name>", valid until the fourth call after this one.
static inline const char *scratch_at(const scratch_t *self, const char *name)
{
    static char path[4][PATH_MAX];
    static unsigned turn;
    char *out = path[turn++ % 4];
    (void)snprintf(out, PATH_MAX, "%s/%s", self->path, name);
    return out;
}

#endif
