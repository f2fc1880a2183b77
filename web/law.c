// law - reading it takes some milliseconds and proves it anew.  Who has taken one keeps
// it: a newer one stands beside it until the last of them has given the older one back.

#include "web/law.h"

#include "lib/base/memory.h"
#include "lib/sys/task.h"
#include "nodes/config/node_paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// What tells one version of a file from the next.
typedef struct {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
} mark_t;

typedef struct edition {
    law_copy_t law; // first: what is taken is this
    size_t users;
    struct edition *older;
} edition_t;

struct web_law {
    mutex_t lock;
    char node[PATH_MAX];
    mark_t version;    // of the newest
    edition_t *newest; // and those before it that somebody has; NULL: none yet
};

web_law_t *web_law_new(const char *node)
{
    web_law_t *self = memory_new(1, sizeof *self);
    mutex_init(&self->lock);
    (void)snprintf(self->node, sizeof self->node, "%s", node);
    return self;
}

static void discard(edition_t *edition)
{
    law_copy_close(&edition->law);
    free(edition);
}

void web_law_destroy(web_law_t **self_p)
{
    web_law_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    while (self->newest) {
        edition_t *edition = self->newest;
        self->newest = edition->older;
        discard(edition);
    }
    mutex_destroy(&self->lock);
    free(self);
}

// All zeros where there is no such file.
static mark_t look(const web_law_t *self)
{
    char path[PATH_MAX + 16];
    struct stat found;
    mark_t version;
    memset(&version, 0, sizeof version); // they are compared as bytes
    (void)snprintf(path, sizeof path, "%s/state/law.json", self->node);
    if (stat(path, &found) != 0)
        return version;
    version.device = found.st_dev;
    version.inode = found.st_ino;
    version.size = found.st_size;
    version.changed = found.st_mtim;
    return version;
}

// Nobody has taken those.
static void discard_older(web_law_t *self)
{
    edition_t **at = &self->newest->older;
    while (*at) {
        edition_t *edition = *at;
        if (edition->users > 0) {
            at = &edition->older;
            continue;
        }
        *at = edition->older;
        discard(edition);
    }
}

static int read_newer(web_law_t *self, cause_t *why)
{
    char path[PATH_MAX];
    log_vkey_t vkey;
    mark_t version = look(self); // before it is read: a change meanwhile is seen then
    if (self->newest && memcmp(&version, &self->version, sizeof version) == 0)
        return 0;
    edition_t *edition = memory_new(1, sizeof *edition);
    node_path(self->node, NODE_VKEY, path);
    if (log_vkey_read(&vkey, path, why) != 0 ||
        law_copy_load(&edition->law, self->node, &vkey, why) != 0) {
        free(edition);
        return -1;
    }
    edition->older = self->newest;
    self->newest = edition;
    self->version = version;
    discard_older(self);
    return 0;
}

const law_copy_t *web_law_take(web_law_t *self, cause_t *why)
{
    const law_copy_t *law = NULL;
    mutex_lock(&self->lock);
    // One that cannot be read now leaves the one before in force.
    if (read_newer(self, why) == 0 || self->newest) {
        self->newest->users++;
        law = &self->newest->law;
    }
    mutex_unlock(&self->lock);
    return law;
}

void web_law_give(web_law_t *self, const law_copy_t **law)
{
    edition_t *edition = (edition_t *)*law;
    *law = NULL;
    if (!edition)
        return;
    mutex_lock(&self->lock);
    edition->users--;
    discard_older(self);
    mutex_unlock(&self->lock);
}
