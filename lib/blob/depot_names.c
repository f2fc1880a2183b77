// depot_names - names are made of digests, sizes and node ids, so that they are short and
// need no checks; only the folder that is given may be too long.

#include "lib/blob/depot_names.h"

#include "lib/base/file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_ROOM = 192 };

int depot_names_make(depot_names_t *self, const char *folder, cause_t *why)
{
    if (strlen(folder) > PATH_MAX - 2 * NAME_ROOM)
        return cause_set(why, "%.80s...: the path is too long", folder);
    return path_join(self->whole, sizeof self->whole, folder, "whole", why) == 0 &&
                   path_join(self->coming, sizeof self->coming, folder, "coming", why) ==
                       0 &&
                   path_join(self->senders, sizeof self->senders, folder, "senders",
                       why) == 0 &&
                   folder_make(self->whole, 0700, why) == 0 &&
                   folder_make(self->coming, 0700, why) == 0 &&
                   folder_make(self->senders, 0700, why) == 0
               ? 0
               : -1;
}

void depot_names_whole(
    const depot_names_t *self, const hash_t *digest, char path[PATH_MAX])
{
    char hex[HASH_HEX];
    hex_encode(digest->bytes, sizeof digest->bytes, hex);
    (void)snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - NAME_ROOM, self->whole, hex);
}

void depot_names_coming(
    const depot_names_t *self, const depot_key_t *key, char path[PATH_MAX])
{
    char hex[HASH_HEX];
    hex_encode(key->digest.bytes, sizeof key->digest.bytes, hex);
    (void)snprintf(path, PATH_MAX, "%.*s/%s-%" PRIu64 "-%s", PATH_MAX - NAME_ROOM,
        self->coming, hex, key->size, key->node);
}

bool depot_names_kept(
    const depot_names_t *self, const char *name, const struct stat *info)
{
    char path[PATH_MAX];
    struct stat kept;
    (void)snprintf(path, PATH_MAX, "%.*s/%.*s", PATH_MAX - NAME_ROOM, self->whole,
        HASH_HEX - 1, name);
    return info->st_nlink > 1 && lstat(path, &kept) == 0 && kept.st_ino == info->st_ino &&
           kept.st_dev == info->st_dev;
}

static void name_sender(
    const depot_names_t *self, const char *digest, char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "%.*s/%.*s", PATH_MAX - NAME_ROOM, self->senders,
        HASH_HEX - 1, digest);
}

void depot_names_sender(
    const depot_names_t *self, const char *digest, char node[NODE_ID_MAX])
{
    char path[PATH_MAX];
    name_sender(self, digest, path);
    ssize_t size = readlink(path, node, NODE_ID_MAX - 1);
    node[size > 0 ? size : 0] = 0;
}

// Not flushed: when a power cut takes this link away, the file counts for nobody's share.
void depot_names_set_sender(const depot_names_t *self, const depot_key_t *key)
{
    char hex[HASH_HEX], path[PATH_MAX];
    hex_encode(key->digest.bytes, sizeof key->digest.bytes, hex);
    name_sender(self, hex, path);
    (void)unlink(path);
    (void)!symlink(key->node, path);
}

void depot_names_owner(
    const depot_names_t *self, const char *name, bool coming, char node[NODE_ID_MAX])
{
    const char *rest = strlen(name) >= HASH_HEX ? strchr(name + HASH_HEX, '-') : NULL;
    node[0] = 0;
    if (!coming)
        depot_names_sender(self, name, node);
    else if (rest)
        (void)snprintf(node, NODE_ID_MAX, "%s", rest + 1);
}

static int remove_one(const char *path, int *removed, cause_t *why)
{
    if (unlink(path) == 0)
        *removed = 1;
    else if (errno != ENOENT)
        return cause_errno(why, "%s", path);
    return 0;
}

static int remove_coming(
    const depot_names_t *self, const char *digest, int *removed, cause_t *why)
{
    names_t names;
    char path[PATH_MAX];
    if (names_list(&names, self->coming, "", why) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; result == 0 && i < names.n; i++)
        if (strncmp(names.name[i], digest, HASH_HEX - 1) == 0)
            result = path_join(path, sizeof path, self->coming, names.name[i], why) == 0
                         ? remove_one(path, removed, why)
                         : -1;
    names_free(&names);
    return result;
}

// What comes in first: it could be whole a moment later.
int depot_names_erase(const depot_names_t *self, const hash_t *digest, cause_t *why)
{
    char hex[HASH_HEX], whole[PATH_MAX], sender[PATH_MAX];
    int removed = 0;
    hex_encode(digest->bytes, sizeof digest->bytes, hex);
    depot_names_whole(self, digest, whole);
    name_sender(self, hex, sender);
    if (remove_coming(self, hex, &removed, why) != 0 ||
        remove_one(whole, &removed, why) != 0 || remove_one(sender, &removed, why) != 0)
        return -1;
    return removed == 0 || (folder_sync(self->coming, why) == 0 &&
                               folder_sync(self->whole, why) == 0)
               ? removed
               : -1;
}

int depot_names_forget(const depot_names_t *self, cause_t *why)
{
    names_t names;
    char path[PATH_MAX], sender[PATH_MAX];
    struct stat info;
    if (names_list(&names, self->senders, "", why) != 0)
        return -1;
    for (size_t i = 0; i < names.n; i++) {
        name_sender(self, names.name[i], sender);
        if (path_join(path, sizeof path, self->whole, names.name[i], why) == 0 &&
            lstat(path, &info) != 0 && errno == ENOENT)
            (void)unlink(sender);
    }
    names_free(&names);
    return 0;
}
