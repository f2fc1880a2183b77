// stage - files are written under dot names, flushed, and then renamed.
//
// A few are flushed one by one; for many, one flush of the file system costs less than
// one for each.  Renames keep their order on the file systems we know, and whoever reads
// looks first for the name that comes last.

#include "nodes/inbox/stage.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"
#include "lib/sys/random.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FLUSH_EACH = 8, SECRET = 8, TEMPORARY = 64 };
#define PREFIX ".stage-"

struct stage {
    int folder;
    char *path;                  // for the causes
    char secret[2 * SECRET + 1]; // in the names, so that nobody can put something there
    bool each;                   // flush each file by itself
    size_t n, room;
    char (*name)[NAME_MAX + 1]; // the final names
};

static void temporary(const stage_t *self, size_t i, char out[TEMPORARY])
{
    (void)snprintf(out, TEMPORARY, PREFIX "%s-%zu", self->secret, i);
}

static void sweep(const stage_t *self)
{
    DIR *folder = opendir(self->path);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder)) != NULL)
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0)
            (void)unlinkat(self->folder, entry->d_name, 0);
    if (folder)
        (void)closedir(folder);
}

stage_t *stage_open(const char *folder, cause_t *why)
{
    stage_t *self = memory_new(1, sizeof *self);
    uint8_t random[SECRET];
    random_bytes(random, sizeof random);
    hex_encode(random, sizeof random, self->secret);
    self->path = memory_text(folder);
    self->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->folder < 0) {
        (void)cause_errno(why, "%s", folder);
        stage_close(&self);
        return NULL;
    }
    sweep(self);
    return self;
}

void stage_close(stage_t **self_p)
{
    stage_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->folder >= 0)
        (void)close(self->folder);
    free(self->path);
    free(self->name);
    free(self);
}

void stage_begin(stage_t *self, size_t files)
{
    self->n = 0;
    self->each = files <= FLUSH_EACH;
    if (files > self->room) {
        self->name = memory_grow(self->name, files, sizeof *self->name);
        self->room = files;
    }
}

// Forget the files from `first` on.
static int drop(stage_t *self, size_t first)
{
    char temp[TEMPORARY];
    for (size_t i = first; i < self->n; i++) {
        temporary(self, i, temp);
        (void)unlinkat(self->folder, temp, 0);
    }
    self->n = 0;
    return -1;
}

int stage_put(stage_t *self, const char *name, span_t data, cause_t *why)
{
    char temp[TEMPORARY];
    assert(self->n < self->room);
    temporary(self, self->n, temp);
    int fd = file_make_at(self->folder, temp, 0600, why);
    if (fd < 0) {
        (void)cause_prefix(why, "%s/%s", self->path, name);
        return drop(self, 0);
    }
    (void)snprintf(self->name[self->n++], sizeof self->name[0], "%s", name);
    int result = pio_write(fd, data, 0);
    if (result == 0 && self->each)
        result = fsync(fd);
    if (result != 0)
        (void)cause_errno(why, "%s/%s", self->path, name);
    if (close(fd) != 0 && result == 0)
        result = cause_errno(why, "%s/%s", self->path, name);
    return result == 0 ? 0 : drop(self, 0);
}

int stage_commit(stage_t *self, cause_t *why)
{
    char temp[TEMPORARY];
    if (!self->each && syncfs(self->folder) != 0) {
        (void)cause_errno(why, "%s", self->path);
        return drop(self, 0);
    }
    for (size_t i = 0; i < self->n; i++) {
        temporary(self, i, temp);
        if (file_rename_at(self->folder, temp, self->name[i]) != 0) {
            (void)cause_errno(why, "%s/%s", self->path, self->name[i]);
            return drop(self, i);
        }
    }
    self->n = 0;
    if (fsync(self->folder) != 0)
        return cause_errno(why, "%s", self->path);
    return 0;
}
