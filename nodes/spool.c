// spool - a parcel file is
//
//     "DABYLPCL" u32 version 1, u16 n, n * (short id, long document, long seal), SHA-256
//
// and its list of sources one line "<inode> <mtime> <name>" for each.  The list gets its
// name first: a list without a parcel means that nothing happened yet.

#include "nodes/spool.h"

#include "lib/file.h"
#include "lib/memory.h"
#include "nodes/stage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VERSION = 1, PARCEL_FILE_MAX = 1 << 30, LIST_MAX = 1 << 20 };
static const char magic[] = "DABYLPCL";

struct spool {
    char *folder; // state/spool
    char *outbox;
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

long long spool_changed_ns(const struct stat *info)
{
    return (long long)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec;
}

// A file of the list is removed only while it is the very file that was read.
static int remove_source(const spool_t *self, span_t line, cause_t *why)
{
    char text[NAME_MAX + 32], path[PATH_MAX];
    unsigned long long inode;
    long long changed_ns;
    int at = 0;
    struct stat info;
    if (line.size >= sizeof text)
        return cause_set(why, "a list of sources is damaged");
    memcpy(text, line.data, line.size);
    text[line.size] = 0;
    if (sscanf(text, "%llu %lld %n", &inode, &changed_ns, &at) != 2 || at == 0 ||
        strchr(text + at, '/'))
        return cause_set(why, "a list of sources is damaged");
    if (path_join(path, sizeof path, self->outbox, text + at, why) != 0)
        return -1;
    if (lstat(path, &info) != 0 || info.st_ino != inode ||
        spool_changed_ns(&info) != changed_ns)
        return 0;
    if (unlink(path) != 0 && errno != ENOENT)
        return cause_errno(why, "%s", path);
    return 0;
}

static int clear_list(spool_t *self, const char *list, cause_t *why)
{
    buf_t text = {0};
    int result = file_read(list, LIST_MAX, &text, why);
    reader_t reader = reader_of(buf_span(&text));
    while (result == 0 && reader.rest.size > 0 && !reader.bad)
        result = remove_source(self, take_line(&reader), why);
    buf_destroy(&text);
    // The folder first: a source that came back after a power cut would be a second
    // message.
    if (result == 0)
        result = file_sync_folder(self->outbox, why);
    if (result == 0 && unlink(list) != 0)
        result = cause_errno(why, "%s", list);
    return result;
}

int spool_clear_sources(spool_t *self, uint64_t serial, cause_t *why)
{
    char list[PATH_MAX];
    if (path_of(self, serial, "from", list, why) != 0)
        return -1;
    return access(list, F_OK) == 0 ? clear_list(self, list, why) : 0;
}

// Lists that a crash left: of a parcel, to be worked off; of none, to be forgotten.
static int settle_lists(spool_t *self, cause_t *why)
{
    names_t names;
    int result = names_list(&names, self->folder, ".from", why);
    if (result != 0)
        return -1;
    for (size_t i = 0; i < names.n && result == 0; i++) {
        uint64_t serial;
        char path[PATH_MAX];
        if (sscanf(names.name[i], "%" SCNx64, &serial) != 1)
            continue;
        if ((result = path_of(self, serial, "parcel", path, why)) != 0)
            break;
        if (access(path, F_OK) == 0)
            result = spool_clear_sources(self, serial, why);
        else if ((result = path_of(self, serial, "from", path, why)) == 0)
            (void)unlink(path);
    }
    names_free(&names);
    return result;
}

spool_t *spool_open(const char *folder, cause_t *why)
{
    uint64_t *serials = NULL;
    size_t n = 0;
    spool_t *self = memory_new(1, sizeof *self);
    self->folder = below(folder, "state/spool");
    self->outbox = below(folder, "outbox");
    if (folder_make(self->folder, 0700, why) != 0 ||
        folder_make(self->outbox, 0700, why) != 0 ||
        !(self->stage = stage_open(self->folder, why)) || settle_lists(self, why) != 0 ||
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
    free(self->outbox);
    free(self);
}

uint64_t spool_next(spool_t *self)
{
    return self->next++;
}

static void write_parcel(const parcel_t *parcel, buf_t *out)
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
        buf_put_long(out, item.document);
        buf_put_long(out, buf_span(&seal));
    }
    sha256(buf_span(out), &hash);
    buf_put(out, hash.bytes, sizeof hash.bytes);
    buf_destroy(&seal);
}

int spool_put(spool_t *self, uint64_t serial, const parcel_t *parcel,
    const source_t *source, cause_t *why)
{
    buf_t list = {0}, file = {0};
    char list_name[40], file_name[40];
    for (size_t i = 0; i < parcel_count(parcel); i++)
        buf_printf(&list, "%llu %lld %s\n", source[i].inode, source[i].changed_ns,
            source[i].name);
    write_parcel(parcel, &file);
    name_of(serial, "from", list_name);
    name_of(serial, "parcel", file_name);
    stage_begin(self->stage, 2);
    int result = stage_put(self->stage, list_name, buf_span(&list), why);
    if (result == 0)
        result = stage_put(self->stage, file_name, buf_span(&file), why);
    if (result == 0)
        result = stage_commit(self->stage, why);
    buf_destroy(&list);
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
    char id[MESSAGE_ID_MAX] = "";
    span_t id_text = take_short(reader);
    span_t document = take_long(reader);
    span_t seal = take_long(reader);
    if (reader->bad || id_text.size >= sizeof id)
        return cause_set(why, "cut short");
    memcpy(id, id_text.data, id_text.size);
    return wanted(context, id, document)
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
    if (!span_is(take_bytes(&reader, strlen(magic)), magic) ||
        take_u32(&reader) != VERSION)
        return cause_set(why, "not a parcel of this version");
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
        file_read(path, PARCEL_FILE_MAX, &file, why) != 0)
        parcel_destroy(&parcel);
    else if (take_parcel(buf_span(&file), serial, parcel, wanted, context, why) != 0) {
        (void)cause_prefix(why, "%s", path);
        parcel_destroy(&parcel);
    }
    buf_destroy(&file);
    return parcel;
}
