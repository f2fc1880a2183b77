// spool - a parcel file is
//
//     "DABYLPCL" u32 version 2, u16 n,
//     n * (short id, short source, long document, long seal), SHA-256

#include "nodes/outbox/spool.h"

#include "lib/base/edition.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "nodes/inbox/stage.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VERSION = 2, PARCEL_FILE_MAX = 1 << 30, SOURCE_MAX = 512 };
static const char magic[] = "DABYLPCL";

struct spool {
    char *folder; // state/spool
    stage_t *stage;
    uint64_t next;
};

static char *below(const char *folder, const char *name)
{
    size_t room = strlen(folder) + strlen(name) + 2;
    char *path = memory_grow(NULL, 1, room);
    (void)snprintf(path, room, "%s/%s", folder, name);
    return path;
}

static void name_of(uint64_t serial, const char *ending, char out[40])
{
    (void)snprintf(out, 40, "%012" PRIx64 ".%s", serial, ending);
}

static int path_of(const spool_t *self, uint64_t serial, const char *ending,
    char out[PATH_MAX], cause_t *why)
{
    char name[40];
    name_of(serial, ending, name);
    return path_join(out, PATH_MAX, self->folder, name, why);
}

int spool_list(const spool_t *self, uint64_t **serials, size_t *n, cause_t *why)
{
    names_t names;
    if (names_list(&names, self->folder, ".parcel", why) != 0)
        return -1;
    *n = 0;
    *serials = memory_new(names.n, sizeof **serials);
    for (size_t i = 0; i < names.n; i++)
        if (sscanf(names.name[i], "%" SCNx64, &(*serials)[*n]) == 1)
            ++*n;
    names_free(&names);
    return 0;
}

spool_t *spool_open(const char *folder, cause_t *why)
{
    uint64_t *serials = NULL;
    size_t n = 0;
    spool_t *self = memory_new(1, sizeof *self);
    self->folder = below(folder, "state/spool");
    // What an earlier process wrote may not have its name for good: the files that it
    // stands for are removed by it.
    if (folder_make(self->folder, 0700, why) != 0 ||
        folder_sync(self->folder, why) != 0 ||
        !(self->stage = stage_open(self->folder, why)) ||
        spool_list(self, &serials, &n, why) != 0)
        spool_close(&self);
    if (self && n > 0)
        self->next = serials[n - 1] + 1;
    free(serials);
    return self;
}

void spool_close(spool_t **self_p)
{
    spool_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    stage_close(&self->stage);
    free(self->folder);
    free(self);
}

uint64_t spool_next(spool_t *self)
{
    return self->next++;
}

static void write_parcel(const parcel_t *parcel, const char *const *source, buf_t *out)
{
    buf_t seal = {0};
    hash_t hash;
    buf_put(out, magic, strlen(magic));
    buf_put_u32(out, VERSION);
    buf_put_u16(out, (uint16_t)parcel_count(parcel));
    for (size_t i = 0; i < parcel_count(parcel); i++) {
        parcel_item_t item = parcel_item(parcel, i);
        buf_clear(&seal);
        parcel_print_seal(parcel, i, &seal);
        buf_put_short(out, span_text(item.id));
        buf_put_short(out, span_text(source[i]));
        buf_put_long(out, item.document);
        buf_put_long(out, buf_span(&seal));
    }
    sha256(buf_span(out), &hash);
    buf_put(out, hash.bytes, sizeof hash.bytes);
    buf_destroy(&seal);
}

int spool_put(spool_t *self, uint64_t serial, const parcel_t *parcel,
    const char *const *source, cause_t *why)
{
    buf_t file = {0};
    char name[40], path[PATH_MAX];
    cause_t ignored;
    write_parcel(parcel, source, &file);
    name_of(serial, "parcel", name);
    stage_begin(self->stage, 1);
    int result = stage_put(self->stage, name, buf_span(&file), why);
    if (result == 0)
        result = stage_commit(self->stage, why);
    // It may have its name and not keep it: its files will be another parcel's.
    if (result != 0 && path_of(self, serial, "parcel", path, &ignored) == 0)
        (void)unlink(path);
    buf_destroy(&file);
    return result;
}

int spool_remove(spool_t *self, uint64_t serial, cause_t *why)
{
    char path[PATH_MAX];
    if (path_of(self, serial, "parcel", path, why) != 0)
        return -1;
    // Not flushed: a parcel that comes back is found to be answered.
    return unlink(path) == 0 ? 0 : cause_errno(why, "%s", path);
}

static int take_item(reader_t *reader, uint64_t tag, parcel_t *parcel,
    spool_wanted_fn wanted, void *context, cause_t *why)
{
    char id[MESSAGE_ID_MAX] = "", source[SOURCE_MAX] = "";
    span_t id_text = take_short(reader);
    span_t source_text = take_short(reader);
    span_t document = take_long(reader);
    span_t seal = take_long(reader);
    if (reader->bad || !text_copy(id_text, id, sizeof id) ||
        !text_copy(source_text, source, sizeof source))
        return cause_set(why, "cut short");
    return wanted(context, &(spool_item_t){id, source, document})
               ? parcel_restore(parcel, id, document, seal, tag, why)
               : 0;
}

static int take_parcel(span_t file, uint64_t serial, parcel_t *parcel,
    spool_wanted_fn wanted, void *context, cause_t *why)
{
    hash_t hash, kept;
    if (file.size < sizeof kept.bytes)
        return cause_set(why, "cut short");
    span_t body = span_of(file.data, file.size - sizeof kept.bytes);
    memcpy(kept.bytes, file.data + body.size, sizeof kept.bytes);
    sha256(body, &hash);
    if (!hash_equal(&hash, &kept))
        return cause_set(why, "damaged: its checksum is wrong");
    reader_t reader = reader_of(body);
    if (!span_is(take_bytes(&reader, strlen(magic)), magic))
        return cause_set(why, "not a parcel");
    if (edition_number(take_u32(&reader), VERSION, "a parcel", why) != 0)
        return -1;
    uint16_t n = take_u16(&reader);
    if (n > PARCEL_MAX)
        return cause_set(why, "%u documents, a parcel has at most %d", n, PARCEL_MAX);
    for (uint16_t i = 0; i < n; i++)
        if (take_item(
                &reader, serial << SPOOL_TAG_BITS | i, parcel, wanted, context, why) != 0)
            return -1;
    return reader_done(&reader) ? 0 : cause_set(why, "damaged");
}

parcel_t *spool_read(const spool_t *self, uint64_t serial, spool_wanted_fn wanted,
    void *context, cause_t *why)
{
    char path[PATH_MAX];
    buf_t file = {0};
    parcel_t *parcel = parcel_new();
    if (path_of(self, serial, "parcel", path, why) != 0 ||
        file_read_plain(path, PARCEL_FILE_MAX, &file, why) != 0)
        parcel_destroy(&parcel);
    else if (take_parcel(buf_span(&file), serial, parcel, wanted, context, why) != 0) {
        (void)cause_prefix(why, "%s", path);
        parcel_destroy(&parcel);
    }
    buf_destroy(&file);
    return parcel;
}

typedef struct {
    spool_visit_t *visit;
    void *context;
} looking_t;

static bool show(void *context, const spool_item_t *item)
{
    const looking_t *looking = context;
    looking->visit(looking->context, item);
    return false; // nothing of it is kept
}

void spool_each(const char *folder, spool_visit_t *visit, void *context)
{
    spool_t self = {.folder = below(folder, "state/spool")};
    looking_t looking = {visit, context};
    uint64_t *serials = NULL;
    size_t n = 0;
    cause_t ignored;
    if (spool_list(&self, &serials, &n, &ignored) == 0)
        for (size_t i = 0; i < n; i++) {
            parcel_t *none = spool_read(&self, serials[i], show, &looking, &ignored);
            parcel_destroy(&none);
        }
    free(serials);
    free(self.folder);
}
