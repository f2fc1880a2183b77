// hub_change - written down, done, and forgotten.
//
//     change/plan      the request to the hub, and for each file a line: its mode and its
//                      path; it is there from the moment on from which the change is to
//                      be finished or taken back
//     change/N.old     what file N had; left out where there was none
//     change/N.new     what it is to have; left out where it is not to be there
//
// All lie there before `plan` does, and each file is replaced whole, so that doing it
// again is the same.

#include "nodes/upkeep/hub_change.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "lib/pki/roster.h"
#include "nodes/net/ask.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20, PLAN_MAX = 1 << 20 };

typedef struct {
    char *path;
    mode_t mode;
    bool there; // it is to be
    buf_t bytes;
} altered_t;

struct hub_change {
    const hub_options_t *conf;
    char folder[PATH_MAX]; // change/
    int lock;
    buf_t request;
    size_t n;
    altered_t *file;
};

static void clear(hub_change_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->file[i].path);
        buf_destroy(&self->file[i].bytes);
    }
    free(self->file);
    self->file = NULL;
    self->n = 0;
    buf_clear(&self->request);
}

void hub_change_end(hub_change_t **self_p)
{
    hub_change_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    clear(self);
    buf_destroy(&self->request);
    if (self->lock >= 0)
        (void)close(self->lock);
    free(self);
}

// Whoever goes on with it may stand in another folder.
static char *whole_path(const char *path)
{
    char here[PATH_MAX];
    if (path[0] == '/' || !getcwd(here, sizeof here))
        return memory_text(path);
    size_t room = strlen(here) + strlen(path) + 2;
    char *whole = memory_new(room, 1);
    (void)snprintf(whole, room, "%s/%s", here, path);
    return whole;
}

static altered_t *add(hub_change_t *self, const char *path)
{
    self->file = memory_grow(self->file, self->n + 1, sizeof *self->file);
    altered_t *file = &self->file[self->n++];
    *file = (altered_t){.path = whole_path(path), .mode = 0644};
    return file;
}

void hub_change_put(hub_change_t *self, const char *path, span_t bytes, mode_t mode)
{
    altered_t *file = add(self, path);
    file->there = true;
    file->mode = mode;
    buf_put_span(&file->bytes, bytes);
}

void hub_change_drop(hub_change_t *self, const char *path)
{
    (void)add(self, path);
}

size_t hub_change_files(const hub_change_t *self)
{
    return self->n;
}

static int name(const hub_change_t *self, size_t i, const char *what, char out[PATH_MAX],
    cause_t *why)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%zu.%s", i, what);
    return path_join(out, PATH_MAX, self->folder, text, why);
}

static int plan_path(const hub_change_t *self, char out[PATH_MAX], cause_t *why)
{
    return path_join(out, PATH_MAX, self->folder, "plan", why);
}

// --------------------------------------------------------------------------------
// Written down.

static int keep_old(const hub_change_t *self, size_t i, cause_t *why)
{
    char path[PATH_MAX];
    buf_t bytes = {0};
    if (file_absent(self->file[i].path))
        return 0;
    int result = name(self, i, "old", path, why);
    if (result == 0)
        result = file_read(self->file[i].path, FILE_MAX, &bytes, why);
    if (result == 0)
        result = file_replace(path, buf_span(&bytes), 0600, why);
    buf_destroy(&bytes);
    return result;
}

static int keep_new(const hub_change_t *self, size_t i, cause_t *why)
{
    char path[PATH_MAX];
    if (!self->file[i].there)
        return 0;
    return name(self, i, "new", path, why) == 0
               ? file_replace(path, buf_span(&self->file[i].bytes), 0600, why)
               : -1;
}

static int write_down(const hub_change_t *self, cause_t *why)
{
    char path[PATH_MAX];
    buf_t plan = {0};
    folder_remove(self->folder); // of one that was never to be done
    if (folder_make(self->folder, 0700, why) != 0)
        return -1;
    buf_printf(&plan, "%zu\n", self->request.size);
    buf_put_span(&plan, buf_span(&self->request));
    for (size_t i = 0; i < self->n; i++) {
        if (keep_old(self, i, why) != 0 || keep_new(self, i, why) != 0) {
            buf_destroy(&plan);
            return -1;
        }
        buf_printf(&plan, "%o %s\n", (unsigned)self->file[i].mode, self->file[i].path);
    }
    int result = plan_path(self, path, why) == 0
                     ? file_replace(path, buf_span(&plan), 0600, why)
                     : -1;
    buf_destroy(&plan);
    return result;
}

// It is to be neither finished nor taken back any more.
static int forget(const hub_change_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (plan_path(self, path, why) != 0)
        return -1;
    if ((unlink(path) != 0 && errno != ENOENT) || folder_sync(self->folder, why) != 0)
        return cause_errno(why, "%s", path);
    folder_remove(self->folder);
    return 0;
}

// --------------------------------------------------------------------------------
// Done, or taken back.

// What `what` ("old", "new") has of each file, or has not.
static int apply(const hub_change_t *self, const char *what, cause_t *why)
{
    char kept[PATH_MAX], folder[PATH_MAX];
    for (size_t i = 0; i < self->n; i++) {
        const altered_t *file = &self->file[i];
        buf_t bytes = {0};
        if (name(self, i, what, kept, why) != 0 ||
            path_folder(file->path, folder, why) != 0)
            return -1;
        bool there = access(kept, F_OK) == 0;
        int result = there ? file_read(kept, FILE_MAX, &bytes, why) : 0;
        if (there && result == 0)
            result = folder_make(folder, 0755, why) == 0
                         ? file_replace(file->path, buf_span(&bytes), file->mode, why)
                         : -1;
        else if (!there && unlink(file->path) != 0 && errno != ENOENT)
            result = cause_errno(why, "%s", file->path);
        buf_destroy(&bytes);
        if (result != 0)
            return -1;
    }
    return 0;
}

// Whether who takes part is changed.
static bool is_about_people(const hub_change_t *self)
{
    char *roster = whole_path(self->conf->roster), *crl = whole_path(self->conf->crl);
    bool found = false;
    for (size_t i = 0; i < self->n; i++)
        found |= strncmp(self->file[i].path, roster, strlen(roster)) == 0 ||
                 strcmp(self->file[i].path, crl) == 0;
    free(roster);
    free(crl);
    return found;
}

// A hub that does not run cannot say whether it takes it: what it would read is read.
static int try_here(const hub_change_t *self, cause_t *why)
{
    const hub_options_t *conf = self->conf;
    if (!is_about_people(self))
        return 0;
    roster_t *roster =
        roster_open(conf->roster, conf->ca, conf->crl, NULL, clock_now().wall_ms, why);
    int result = roster ? 0 : -1;
    roster_close(&roster);
    return result;
}

typedef enum { SAYS_YES, SAYS_NO, SAYS_NOTHING } says_t;

static says_t ask_hub(const hub_change_t *self, bool *running, cause_t *why)
{
    buf_t text = {0};
    *running = ask_alive(self->conf->control);
    if (!*running)
        return try_here(self, why) == 0 ? SAYS_YES : SAYS_NO;
    says_t says = SAYS_NOTHING;
    if (ask(self->conf->control, buf_span(&self->request), HUB_RELOAD_MS, &text, why) ==
        0)
        says = hub_answered(buf_span(&text), why) == 0 ? SAYS_YES : SAYS_NO;
    buf_destroy(&text);
    return says;
}

// What the hub says decides; where it says nothing the change stays written down.
static int carry_out(hub_change_t *self, bool *running, bool *undone, cause_t *why)
{
    cause_t ignored;
    *undone = false;
    says_t says = apply(self, "new", why) == 0 ? ask_hub(self, running, why) : SAYS_NO;
    if (says == SAYS_YES)
        return forget(self, why);
    if (says == SAYS_NOTHING) {
        cause_t said = *why;
        return cause_set(why,
            say("%.300s; whether the hub has taken it is not known: the next change, or "
                "the same again, finds out"),
            said.text);
    }
    *undone = apply(self, "old", &ignored) == 0 && forget(self, &ignored) == 0;
    return -1;
}

int hub_change_go(hub_change_t *self, const hub_act_t *act, bool *running, cause_t *why)
{
    bool undone;
    buf_clear(&self->request);
    if (hub_act_print(act, &self->request, why) != 0 || write_down(self, why) != 0)
        return -1;
    return carry_out(self, running, &undone, why);
}

// --------------------------------------------------------------------------------
// One that was cut short.

static int take_file(hub_change_t *self, span_t line)
{
    char path[PATH_MAX];
    reader_t reader = reader_of(line);
    span_t mode = take_word(&reader);
    span_t rest = take_rest(&reader);
    if (reader.bad || rest.size >= sizeof path || mode.size > 4)
        return -1;
    memcpy(path, rest.data, rest.size);
    path[rest.size] = 0;
    add(self, path)->mode = (mode_t)strtoul((const char *)mode.data, NULL, 8) & 0777;
    return 0;
}

static int read_plan(hub_change_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    uint64_t size = 0;
    if (file_read_plain(path, PLAN_MAX, &text, why) != 0)
        return -1;
    reader_t reader = reader_of(buf_span(&text));
    bool good = decimal_decode(take_line(&reader), &size);
    span_t request = good ? take_bytes(&reader, (size_t)size) : span_of("", 0);
    buf_put_span(&self->request, request);
    while (good && !reader.bad && reader.rest.size > 0)
        good = take_file(self, take_line(&reader)) == 0;
    good = good && !reader.bad && self->n > 0;
    buf_destroy(&text);
    return good ? 0 : cause_set(why, say("%s: this is no change of a hub"), path);
}

static int resume(hub_change_t *self, change_before_t *before, cause_t *why)
{
    char path[PATH_MAX];
    bool running, undone;
    *before = CHANGE_NONE;
    if (plan_path(self, path, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return 0;
    if (read_plan(self, path, why) != 0)
        return -1;
    int result = carry_out(self, &running, &undone, why);
    *before = result == 0 ? CHANGE_FINISHED : CHANGE_TAKEN_BACK;
    clear(self);
    return result == 0 || undone ? 0 : -1;
}

hub_change_t *hub_change_begin(
    const char *hub, const hub_options_t *conf, change_before_t *before, cause_t *why)
{
    char path[PATH_MAX];
    hub_change_t *self = memory_new(1, sizeof *self);
    self->conf = conf;
    self->lock = -1;
    if (path_join(self->folder, PATH_MAX, hub, "change", why) != 0 ||
        path_join(path, sizeof path, hub, "change.lock", why) != 0 ||
        (self->lock = lock_take(path, why)) < 0 || resume(self, before, why) != 0)
        hub_change_end(&self);
    return self;
}
