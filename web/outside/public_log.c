// public_log - files of the journal's folder, each opened below it and without following
// a link.

#include "web/outside/public_log.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/tlog/tile_name.h"
#include "lib/tlog/tiles.h"

#include <fcntl.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONNECTIONS = 256, SILENCE_S = 30, NOTE_MAX = 64 << 10 };

#define FOR_EVER "public, max-age=31536000, immutable"

struct public_log {
    char *folder;
    outside_t *outside;
};

static int read_checkpoint(const public_log_t *self, buf_t *note)
{
    char path[PATH_MAX];
    cause_t ignored;
    if (path_join(path, sizeof path, self->folder, "checkpoint", &ignored) != 0)
        return -1;
    return file_read_plain(path, NOTE_MAX, note, &ignored);
}

// The second line of a checkpoint is how many entries it covers.
static uint64_t published(const public_log_t *self)
{
    buf_t note = {0};
    uint64_t size = 0;
    if (read_checkpoint(self, &note) == 0) {
        const char *line = strchr(buf_text(&note), '\n');
        size_t length = line ? strcspn(line + 1, "\n") : 0;
        if (!line || !decimal_decode(span_of(line + 1, length), &size))
            size = 0;
    }
    buf_destroy(&note);
    return size;
}

// Read anew each time: it is replaced as a whole.
static void answer_checkpoint(const public_log_t *self, outside_reply_t *reply)
{
    if (read_checkpoint(self, &reply->text) != 0) {
        outside_say(reply, MHD_HTTP_NOT_FOUND, "nothing has been published yet");
        return;
    }
    reply->status = MHD_HTTP_OK;
    reply->cache = "no-cache";
}

// What is there stays as it is; a partial one goes when the whole one is there, which
// readers know to ask for then.
static void answer_tile(
    const public_log_t *self, const tile_name_t *name, outside_reply_t *reply)
{
    char tile[TILE_PATH], path[PATH_MAX];
    cause_t ignored;
    struct stat info;
    tile_path(name->level, name->index, name->width, tile);
    if (!tile_name_within(name, published(self)) ||
        path_join(path, sizeof path, self->folder, tile, &ignored) != 0)
        return;
    int fd = file_open_plain(path, O_RDONLY, &ignored);
    if (fd < 0)
        return;
    if (fstat(fd, &info) != 0) {
        (void)close(fd);
        return;
    }
    reply->status = MHD_HTTP_OK;
    reply->type = "application/octet-stream";
    reply->cache = FOR_EVER;
    reply->fd = fd;
    reply->size = (uint64_t)info.st_size;
}

static void answer(
    void *context, const outside_request_t *request, outside_reply_t *reply)
{
    const public_log_t *self = context;
    tile_name_t name;
    if (strcmp(request->path, "/checkpoint") == 0)
        answer_checkpoint(self, reply);
    else if (request->path[0] == '/' && tile_name_parse(request->path + 1, &name))
        answer_tile(self, &name, reply);
}

int public_log_check(const char *listen, cause_t *why)
{
    listening_t ignored;
    return listening_parse(&ignored, listen, why) == 0 ? 0 : cause_prefix(why, "public");
}

public_log_t *public_log_open(const char *folder, const char *listen, cause_t *why)
{
    outside_options_t options = {.what = "public",
        .connections = CONNECTIONS,
        .silence_s = SILENCE_S,
        .open = true,
        .answer = answer};
    if (listening_parse(&options.listening, listen, why) != 0) {
        (void)cause_prefix(why, "public");
        return NULL;
    }
    public_log_t *self = memory_new(1, sizeof *self);
    self->folder = memory_text(folder);
    options.context = self;
    self->outside = outside_open(&options, why);
    if (!self->outside)
        public_log_close(&self);
    return self;
}

void public_log_close(public_log_t **self_p)
{
    public_log_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    outside_close(&self->outside);
    free(self->folder);
    free(self);
}

void public_log_turn(public_log_t *self)
{
    if (self)
        outside_turn(self->outside);
}
