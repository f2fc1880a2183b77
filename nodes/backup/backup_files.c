// backup_files - folders have no folders in them, so one level is all there is.

#include "nodes/backup/backup_files.h"

#include "lib/base/file.h"
#include "lib/base/pio.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };

static int copy_bytes(int from, int to, uint64_t most, hash_t *digest, uint64_t *bytes)
{
    uint8_t chunk[CHUNK];
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    *bytes = 0;
    for (;;) {
        uint64_t left = most - *bytes;
        size_t want = left < sizeof chunk ? (size_t)left : sizeof chunk;
        ssize_t got = want > 0 ? pio_read(from, chunk, want, *bytes) : 0;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        if (pio_write(to, span_of(chunk, (size_t)got), *bytes) != 0)
            return -1;
        (void)crypto_hash_sha256_update(&state, chunk, (size_t)got);
        *bytes += (uint64_t)got;
    }
    (void)crypto_hash_sha256_final(&state, digest->bytes);
    return 0;
}

int backup_copy(const char *from, const char *to, mode_t mode, uint64_t most,
    hash_t *digest, uint64_t *bytes, cause_t *why)
{
    int in = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    if (in < 0)
        return cause_errno(why, "%s", from);
    int result = fstat(in, &info) != 0 || !S_ISREG(info.st_mode)
                     ? cause_set(why, "%s: not a file", from)
                     : 0;
    int out = result == 0 ? file_make(to, mode, why) : -1;
    if (out >= 0) {
        result = copy_bytes(in, out, most, digest, bytes);
        if (close(out) != 0 || result != 0)
            result = cause_errno(why, "%s to %s", from, to);
    } else
        result = -1;
    (void)close(in);
    return result;
}

static int digest_first(int fd, uint64_t bytes, hash_t *digest)
{
    uint8_t chunk[64 << 10];
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    for (uint64_t at = 0; at < bytes;) {
        size_t want = bytes - at < sizeof chunk ? (size_t)(bytes - at) : sizeof chunk;
        ssize_t got = pio_read(fd, chunk, want, at);
        if (got <= 0)
            return -1;
        (void)crypto_hash_sha256_update(&state, chunk, (size_t)got);
        at += (uint64_t)got;
    }
    (void)crypto_hash_sha256_final(&state, digest->bytes);
    return 0;
}

int backup_digest(const char *path, uint64_t bytes, hash_t *digest, cause_t *why)
{
    int fd = file_open_plain(path, O_RDONLY, why);
    if (fd < 0)
        return -1;
    int result = digest_first(fd, bytes, digest) == 0 ? 0 : cause_errno(why, "%s", path);
    (void)close(fd);
    return result;
}

size_t backup_places(const char *hub, const hub_options_t *conf, backup_room_t *room,
    backup_place_t out[BACKUP_PLACES], cause_t *why)
{
    struct stat info;
    size_t n = 0;
    bool folder = stat(conf->rules, &info) == 0 && S_ISDIR(info.st_mode);
    if (path_join(room->conf, PATH_MAX, hub, "hub.conf", why) != 0 ||
        path_folder(conf->certificate, room->certs, why) != 0 ||
        path_join(room->succession, PATH_MAX, conf->journal, "succession", why) != 0)
        return 0;
    out[n++] = (backup_place_t){"hub.conf", room->conf, false, true};
    out[n++] = (backup_place_t){"certs", room->certs, true, true};
    out[n++] = (backup_place_t){"ca.pem", conf->ca, false, true};
    out[n++] = (backup_place_t){"crl.pem", conf->crl, false, false};
    out[n++] = (backup_place_t){"roster", conf->roster, true, true};
    out[n++] =
        (backup_place_t){folder ? "rules" : "rules.file", conf->rules, folder, true};
    out[n++] = (backup_place_t){"registry.conf", conf->registry, false, true};
    out[n++] = (backup_place_t){"schemas", conf->schemas, true, true};
    out[n++] = (backup_place_t){"succession", room->succession, true, false};
    return n;
}

void backup_files_folder(uint64_t number, char out[32])
{
    (void)snprintf(out, 32, "files-%" PRIu64, number);
}

// Into "<folder>/<below>", with its row.
static int take(const char *from, const char *folder, const char *below,
    backup_manifest_t *now, cause_t *why)
{
    char to[PATH_MAX];
    hash_t digest;
    uint64_t bytes;
    if (path_join(to, sizeof to, folder, below, why) != 0 ||
        backup_copy(from, to, 0600, UINT64_MAX, &digest, &bytes, why) != 0)
        return -1;
    backup_manifest_file(now, below, bytes, &digest);
    return 0;
}

// Whether a file has a private key, which does not leave its machine by itself.
static int has_key(const char *path, bool *key, cause_t *why)
{
    enum { SMALL = 64 << 10 };
    struct stat info;
    buf_t bytes = {0};
    *key = false;
    if (stat(path, &info) != 0)
        return cause_errno(why, "%s", path);
    if (info.st_size > SMALL)
        return 0;
    int result = file_read(path, SMALL, &bytes, why);
    *key = result == 0 && strstr(buf_text(&bytes), "PRIVATE KEY-----") != NULL;
    explicit_bzero(bytes.data, bytes.size);
    buf_destroy(&bytes);
    return result;
}

static int take_names(const backup_place_t *place, const names_t *names,
    const char *folder, const char *top, backup_manifest_t *now, cause_t *why)
{
    for (size_t i = 0; i < names->n; i++) {
        char from[PATH_MAX], below[PATH_MAX];
        struct stat info;
        bool key;
        if (path_join(from, sizeof from, place->path, names->name[i], why) != 0)
            return -1;
        if (stat(from, &info) != 0)
            return cause_errno(why, "%s", from);
        if (!S_ISREG(info.st_mode))
            continue;
        if (has_key(from, &key, why) != 0)
            return -1;
        if (key)
            continue;
        if (path_join(below, sizeof below, top, names->name[i], why) != 0 ||
            take(from, folder, below, now, why) != 0)
            return -1;
    }
    return 0;
}

static int take_folder(const backup_place_t *place, const char *folder, const char *top,
    backup_manifest_t *now, cause_t *why)
{
    char to[PATH_MAX];
    names_t names;
    if (path_join(to, sizeof to, folder, top, why) != 0 ||
        folder_make(to, 0700, why) != 0 || names_list(&names, place->path, "", why) != 0)
        return -1;
    int result = take_names(place, &names, folder, top, now, why);
    names_free(&names);
    return result;
}

static int take_place(
    const backup_place_t *place, const char *folder, backup_manifest_t *now, cause_t *why)
{
    char own[32], top[PATH_MAX];
    backup_files_folder(now->number, own);
    if (!place->must && file_absent(place->path))
        return 0;
    if (path_join(top, sizeof top, own, place->name, why) != 0)
        return -1;
    return place->folder ? take_folder(place, folder, top, now, why)
                         : take(place->path, folder, top, now, why);
}

int backup_files_copy(const char *hub, const hub_options_t *conf, const char *folder,
    backup_manifest_t *now, cause_t *why)
{
    char own[32], path[PATH_MAX];
    backup_room_t room;
    backup_place_t places[BACKUP_PLACES];
    size_t n = backup_places(hub, conf, &room, places, why);
    backup_files_folder(now->number, own);
    if (n == 0 || path_join(path, sizeof path, folder, own, why) != 0)
        return -1;
    folder_remove(path); // of one that was interrupted
    if (folder_make(path, 0700, why) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (take_place(&places[i], folder, now, why) != 0)
            return -1;
    return 0;
}

typedef struct {
    const char *keep;
} tidy_t;

static void tidy_one(void *context, int folder, const char *name)
{
    const tidy_t *self = context;
    char path[64];
    if (strncmp(name, "files-", 6) != 0 || strcmp(name, self->keep) == 0)
        return;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
    char whole[PATH_MAX];
    cause_t ignored;
    if (path_join(whole, sizeof whole, path, name, &ignored) == 0)
        folder_remove(whole);
}

void backup_files_tidy(const char *folder, uint64_t number)
{
    char own[32];
    cause_t ignored;
    backup_files_folder(number, own);
    int fd = folder_open(folder, &ignored);
    if (fd < 0)
        return;
    (void)folder_each(fd, tidy_one, &(tidy_t){own});
    (void)close(fd);
}

// One attachment, under its name only when its bytes have this digest.
static int take_attachment(const char *from, const char *to, const char *part,
    const hash_t *digest, uint64_t *bytes, cause_t *why)
{
    hash_t found;
    if (backup_copy(from, part, 0600, UINT64_MAX, &found, bytes, why) != 0)
        return -1;
    if (!hash_equal(&found, digest)) {
        (void)unlink(part);
        return cause_set(why, "%s: its bytes are not those of its name", from);
    }
    return rename(part, to) == 0 ? 0 : cause_errno(why, "%s", to);
}

static int take_attachments(const char *whole, const names_t *names, const char *folder,
    backup_manifest_t *now, uint64_t *copied, cause_t *why)
{
    char from[PATH_MAX], to[PATH_MAX], part[PATH_MAX];
    if (path_join(part, sizeof part, folder, "attachments/.part", why) != 0)
        return -1;
    for (size_t i = 0; i < names->n; i++) {
        hash_t digest;
        struct stat info, there;
        if (!hex_decode(span_text(names->name[i]), &digest, sizeof digest))
            continue; // something else's
        if (path_join(from, sizeof from, whole, names->name[i], why) != 0 ||
            backup_attachment_path(to, folder, &digest, why) != 0)
            return -1;
        if (lstat(from, &info) != 0 && errno == ENOENT)
            continue; // it went meanwhile
        uint64_t bytes = (uint64_t)info.st_size;
        if (lstat(to, &there) != 0 || there.st_size != info.st_size) {
            if (take_attachment(from, to, part, &digest, &bytes, why) != 0)
                return -1;
            ++*copied;
        }
        backup_manifest_file(now, NULL, bytes, &digest);
    }
    return 0;
}

int backup_attachments_copy(const hub_options_t *conf, const char *folder,
    backup_manifest_t *now, uint64_t *copied, cause_t *why)
{
    char whole[PATH_MAX], to[PATH_MAX];
    names_t names;
    if (path_join(whole, sizeof whole, conf->attachments, "whole", why) != 0 ||
        path_join(to, sizeof to, folder, "attachments/whole", why) != 0 ||
        folder_make(to, 0700, why) != 0)
        return -1;
    if (file_absent(whole))
        return 0;
    if (names_list(&names, whole, "", why) != 0)
        return -1;
    int result = take_attachments(whole, &names, folder, now, copied, why);
    names_free(&names);
    return result;
}
