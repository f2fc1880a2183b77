// logmarks - the two are compared with each other, with the configuration and with
// whether there are segments at all; what is in those, the journal's recovery compares.

#include "hub/journal/logmarks.h"

#include "lib/base/file.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int find_places(logmarks_t *self, const hub_options_t *options, cause_t *why)
{
    if (strlen(options->mark) >= sizeof self->path[0])
        return cause_set(why, "mark: the path is too long");
    memcpy(self->path[0], options->mark, strlen(options->mark) + 1);
    return path_join(
        self->path[1], sizeof self->path[1], options->state, "log.mark", why);
}

// 1: there are segments, 0: there are none.
static int has_segments(const hub_options_t *options, cause_t *why)
{
    char path[PATH_MAX];
    names_t names;
    if (path_join(path, sizeof path, options->journal, "segments", why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return errno == ENOENT ? 0 : cause_errno(why, "%s", path);
    if (names_list(&names, path, ".seg", why) != 0)
        return -1;
    int result = names.n > 0;
    names_free(&names);
    return result;
}

// Of a log whose marks are gone, its caches are left.
static bool has_caches(const hub_options_t *options)
{
    char path[PATH_MAX];
    cause_t ignored;
    struct stat info;
    return path_join(path, sizeof path, options->state, "hashes", &ignored) == 0 &&
           stat(path, &info) == 0 && info.st_size > 0;
}

static bool same_log(const log_vkey_t *a, const log_vkey_t *b)
{
    return strcmp(a->origin, b->origin) == 0 && memcmp(a->key, b->key, 32) == 0;
}

typedef struct {
    const hub_options_t *options;
    bool told;     // an operator wants this very log begun
    bool segments; // there is a journal
} look_t;

static int check_mark(
    const logmarks_t *self, const look_t *look, const logmark_t *mark, cause_t *why)
{
    const char *folder = look->options->journal;
    if (!same_log(&mark->vkey, &self->vkey)) {
        if (look->told)
            return 0;
        return cause_set(why,
            "this hub has kept the log %s up to entry %" PRIu64
            ", and is configured for another (%s): to begin that one, say --new-log %s; "
            "what that means for nodes is in hub/OPERATIONS.md",
            mark->vkey.origin, mark->checkpoint.size, self->vkey.origin,
            self->vkey.origin);
    }
    if (look->segments)
        return 0; // whether it reaches so far is seen when it is read
    return cause_set(why,
        "%s: there is no journal here, and this hub has kept the log %s up to entry "
        "%" PRIu64 ": mount or restore it; if it is lost, only a log of another name and "
        "key may begin (hub/OPERATIONS.md)",
        folder, self->vkey.origin, mark->checkpoint.size);
}

static int check_caches(const logmarks_t *self, const look_t *look, cause_t *why)
{
    if (look->segments || look->told || !has_caches(look->options))
        return 0;
    return cause_set(why,
        "%s: there is no journal here, and %s says that there was one: mount or restore "
        "it, or say --new-log %s if there has never been a log of this name and key",
        look->options->journal, look->options->state, self->vkey.origin);
}

int logmarks_open(logmarks_t *self, const hub_options_t *options, const log_vkey_t *vkey,
    const char *new_log, cause_t *why)
{
    *self = (logmarks_t){.vkey = *vkey, .marked = true};
    look_t look = {.options = options};
    int segments = has_segments(options, why);
    if (find_places(self, options, why) != 0 || segments < 0)
        return -1;
    if (new_log && strcmp(new_log, vkey->origin) != 0)
        return cause_set(
            why, "--new-log %s: the configuration's log is %s", new_log, vkey->origin);
    look.segments = segments > 0;
    look.told = new_log != NULL;
    for (size_t i = 0; i < LOGMARKS; i++) {
        logmark_t mark;
        if (logmark_read(&mark, self->path[i], why) != 0 ||
            (mark.there && check_mark(self, &look, &mark, why) != 0))
            return -1;
        bool own = mark.there && same_log(&mark.vkey, vkey);
        self->marked &= own;
        if (own && mark.checkpoint.size > self->newest.size)
            self->newest = mark.checkpoint;
    }
    return check_caches(self, &look, why);
}

int logmarks_check(const logmarks_t *self, cause_t *why)
{
    char folder[PATH_MAX];
    memcpy(folder, self->path[0], sizeof folder);
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = 0;
    if (access(slash ? folder : ".", W_OK | X_OK) != 0)
        return cause_errno(why, "mark: %s", slash ? folder : ".");
    return 0;
}

int logmarks_keep(const logmarks_t *self, span_t note, cause_t *why)
{
    for (size_t i = 0; i < LOGMARKS; i++)
        if (logmark_write(self->path[i], &self->vkey, note, why) != 0)
            return -1;
    return 0;
}
