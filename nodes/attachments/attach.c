// attach - the copy gets its name, which is its SHA-256, when it is complete and flushed.

#include "nodes/attachments/attach.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "nodes/cli/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024 };

static int write_all(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, data, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        data += put;
        size -= (size_t)put;
    }
    return 0;
}

static int copy_bytes(
    int from, int to, const digest_watch_t *watch, attachment_t *out, cause_t *why)
{
    crypto_hash_sha256_state state;
    uint8_t *chunk = memory_new(1, CHUNK);
    ssize_t got;
    int result = 0;
    (void)crypto_hash_sha256_init(&state);
    out->size = 0;
    while (result == 0 && (got = read(from, chunk, CHUNK)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            result = cause_errno(why, "cannot be read");
        } else if (write_all(to, chunk, (size_t)got) != 0) {
            result = cause_errno(why, "cannot be copied");
        } else {
            (void)crypto_hash_sha256_update(&state, chunk, (size_t)got);
            out->size += (uint64_t)got;
            digest_tell(watch, out->size);
        }
    }
    (void)crypto_hash_sha256_final(&state, out->digest.bytes);
    free(chunk);
    if (result == 0 && fsync(to) != 0)
        result = cause_errno(why, "cannot be copied");
    return result;
}

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int copy_open(
    int from, int to, const digest_watch_t *watch, attachment_t *out, cause_t *why)
{
    struct stat before, after;
    digest_watch_t sized = {0};
    if (fstat(from, &before) != 0)
        return cause_errno(why, "cannot be looked at");
    if (!S_ISREG(before.st_mode))
        return cause_set(why, "it is no regular file");
    if (watch)
        sized = *watch;
    sized.of = (uint64_t)before.st_size;
    if (copy_bytes(from, to, &sized, out, why) != 0)
        return -1;
    if (fstat(from, &after) != 0 || !same(&before, &after) ||
        out->size != (uint64_t)before.st_size)
        return cause_set(why, "it changed while it was read: name a copy of it");
    return 0;
}

// The copy is new and open, whatever its name stands for.
static int give_away(const char *node, int copy, const char *folder, cause_t *why)
{
    int fd = folder_open(folder, why);
    if (fd < 0)
        return -1;
    int result = handover_open(node, copy, fd, why);
    (void)close(fd);
    return result;
}

int attach_transfer(const char *node, const char *from, const char *folder,
    const digest_watch_t *watch, char copy[PATH_MAX], attachment_t *out, cause_t *why)
{
    *out = (attachment_t){0};
    if (path_join(copy, PATH_MAX, folder, ".attach-XXXXXX", why) != 0)
        return -1;
    int source = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (source < 0)
        return cause_errno(why, "%s", from);
    int target = mkostemp(copy, O_CLOEXEC); // mode 0600
    int result = target < 0 ? cause_errno(why, "%s", folder)
                            : copy_open(source, target, watch, out, why);
    if (result == 0 && node)
        result = give_away(node, target, folder, why);
    if (result != 0 && target >= 0) {
        (void)cause_prefix(why, "%s", from);
        (void)unlink(copy);
    }
    if (target >= 0)
        (void)close(target);
    (void)close(source);
    return result;
}

static int outbox_of(const char *node, char out[PATH_MAX], cause_t *why)
{
    return path_join(out, PATH_MAX, node, "attachments/outbox", why) == 0
               ? handover_folder(node, out, why)
               : -1;
}

// Into place under its final name; the copy is gone when that fails.
static int give_name(
    const char *folder, const char *copy, const attachment_t *attachment, cause_t *why)
{
    char kept[PATH_MAX];
    int result = attachment_path(folder, &attachment->digest, "", kept, why);
    int before = result == 0 && access(kept, F_OK) == 0;
    if (result == 0 && rename(copy, kept) != 0)
        result = cause_errno(why, "%s", kept);
    if (result == 0)
        return folder_sync(folder, why) == 0 ? before : -1;
    (void)unlink(copy);
    return -1;
}

int attach_keep(const char *node, const char *path, const digest_watch_t *watch,
    attachment_t *out, cause_t *why)
{
    char folder[PATH_MAX], copy[PATH_MAX];
    if (outbox_of(node, folder, why) != 0 ||
        attach_transfer(node, path, folder, watch, copy, out, why) != 0)
        return -1;
    return give_name(folder, copy, out, why);
}

static bool same_disk(const char *path, const char *folder)
{
    struct stat file, place;
    return stat(path, &file) == 0 && stat(folder, &place) == 0 &&
           file.st_dev == place.st_dev;
}

int attach_take(
    const char *node, const char *path, const attachment_t *attachment, cause_t *why)
{
    char folder[PATH_MAX];
    attachment_t copied;
    if (outbox_of(node, folder, why) != 0)
        return -1;
    if (!same_disk(path, folder))
        return attach_keep(node, path, NULL, &copied, why);
    int fd = file_open_plain(path, O_RDONLY, why);
    int result = fd >= 0 ? give_away(node, fd, folder, why) : -1;
    if (fd >= 0)
        (void)close(fd);
    return result == 0 ? give_name(folder, path, attachment, why) : -1;
}

void attach_forget(const char *node, const attachment_t *attachment)
{
    char folder[PATH_MAX], kept[PATH_MAX];
    cause_t ignored;
    if (outbox_of(node, folder, &ignored) == 0 &&
        attachment_path(folder, &attachment->digest, "", kept, &ignored) == 0)
        (void)unlink(kept);
}

typedef struct {
    const char *name;
    const char *sha256; // in hex
} file_wanted_t;

static bool has_text(const json_t *object, const char *key, const char *text)
{
    const char *there = json_string_value(json_object_get(object, key));
    return there && strcmp(there, text) == 0;
}

static bool is_by_digest(const json_t *object, const file_wanted_t *wanted)
{
    return has_text(object, "sha256", wanted->sha256);
}

// {"name": ...}, and at most a size and a SHA-256 of what it was before.
static bool is_by_name(const json_t *object, const file_wanted_t *wanted)
{
    size_t others = json_object_size(object) - 1 -
                    (json_object_get(object, "size") != NULL) -
                    (json_object_get(object, "sha256") != NULL);
    return has_text(object, "name", wanted->name) && others == 0;
}

static json_t *find(json_t *value, const file_wanted_t *wanted,
    bool (*is)(const json_t *object, const file_wanted_t *wanted))
{
    size_t i;
    const char *key;
    json_t *member, *found = NULL;
    if (json_is_object(value) && is(value, wanted))
        return value;
    json_array_foreach(value, i, member) if (!found) found = find(member, wanted, is);
    json_object_foreach(value, key, member) if (!found) found = find(member, wanted, is);
    return found;
}

// Where the plan's own kinds have their files; NULL for other kinds.
static json_t *add_file(json_t *document, json_t *body)
{
    json_t *file = json_object();
    if (has_text(document, "kind", "plan.submission") ||
        has_text(document, "kind", "signature")) {
        (void)json_object_set_new(body, "file", file);
    } else if (has_text(document, "kind", "trace.manifest")) {
        if (!json_object_get(body, "traces"))
            (void)json_object_set_new(body, "traces", json_array());
        (void)json_array_append_new(
            json_object_get(body, "traces"), json_pack("{s:o}", "file", file));
    } else {
        json_decref(file);
        file = NULL;
    }
    return file;
}

int attach_name(
    json_t *document, const char *path, const attachment_t *attachment, cause_t *why)
{
    char digest[HASH_HEX];
    const char *slash = strrchr(path, '/');
    hex_encode(attachment->digest.bytes, sizeof attachment->digest.bytes, digest);
    file_wanted_t wanted = {slash ? slash + 1 : path, digest};
    json_t *body = json_object_get(document, "body");
    if (!json_is_object(body))
        return cause_set(why, "the document has no body to name %s in", wanted.name);
    if (find(body, &wanted, is_by_digest))
        return 0;
    json_t *file = find(body, &wanted, is_by_name);
    if (!file && !(file = add_file(document, body)))
        return cause_set(why,
            "where does %s belong?  Write {\"name\": \"%s\"} there, and the rest is "
            "filled in",
            wanted.name, wanted.name);
    if (json_object_set_new(file, "name", json_string(wanted.name)) != 0 ||
        json_object_set_new(file, "size", json_integer((json_int_t)attachment->size)) !=
            0 ||
        json_object_set_new(file, "sha256", json_string(digest)) != 0)
        return cause_set(why, "%s: its name is not UTF-8: name a copy of it", path);
    return 0;
}
