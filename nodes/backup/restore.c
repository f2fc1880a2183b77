// restore - where things belong is asked of the configuration, which is put down first
// under another name and gets its own when everything else is flushed.

#include "nodes/backup/restore.h"

#include "lib/base/file.h"
#include "lib/config/hub_options.h"
#include "lib/tlog/logmark.h"
#include "nodes/backup/backup_files.h"
#include "nodes/upkeep/hub_files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char unfinished[] = ".restoring.conf";

static bool same_log(const log_vkey_t *a, const log_vkey_t *b)
{
    return strcmp(a->origin, b->origin) == 0 && memcmp(a->key, b->key, 32) == 0;
}

// Of a file that the copy has among a hub's files, its path there.
static int file_of(
    const restore_wish_t *wish, const char *name, char out[PATH_MAX], cause_t *why)
{
    char top[32], below[PATH_MAX];
    backup_files_folder(wish->from->files.number, top);
    if (path_join(below, sizeof below, top, name, why) != 0)
        return -1;
    return path_join(out, PATH_MAX, wish->from->files_folder, below, why);
}

static int check_keys(const restore_wish_t *wish, cause_t *why)
{
    static const char *const names[] = {"log.key", "seal.key", "channel.key"};
    char path[PATH_MAX], vkey[VKEY_MAX];
    log_vkey_t own;
    if (!wish->keys)
        return cause_set(why, "the same log goes on only with its keys: name the folder "
                              "with log.key, seal.key and channel.key by --keys");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (path_join(path, sizeof path, wish->keys, names[i], why) != 0 ||
            access(path, R_OK) != 0)
            return cause_errno(why, "%s", path);
    if (path_join(path, sizeof path, wish->keys, "log.key", why) != 0 ||
        hub_files_vkey(path, wish->from->vkey.origin, vkey, why) != 0 ||
        log_vkey_parse(&own, span_text(vkey), why) != 0)
        return -1;
    return same_log(&own, &wish->from->vkey)
               ? 0
               : cause_set(
                     why, "%s: it is not the key of the log that the copy is of", path);
}

int restore_check(const restore_wish_t *wish, cause_t *why)
{
    char conf[PATH_MAX];
    if (path_join(conf, sizeof conf, wish->to, "hub.conf", why) != 0)
        return -1;
    if (access(conf, F_OK) == 0)
        return cause_set(
            why, "%s is a hub's folder already, and is left as it is", wish->to);
    if (!wish->from->files_folder)
        return cause_set(why,
            "%s has a journal and no configuration: name a backup that has one by --with",
            wish->from->folder);
    return wish->origin ? 0 : check_keys(wish, why);
}

typedef struct {
    const restore_wish_t *wish;
    hub_options_t conf;
    bool again; // it was begun before
} work_t;

static int copy(
    const char *from, const char *to, mode_t mode, uint64_t most, cause_t *why)
{
    char folder[PATH_MAX];
    hash_t digest;
    uint64_t bytes;
    if (path_folder(to, folder, why) != 0 || folder_make(folder, 0755, why) != 0)
        return -1;
    return backup_copy(from, to, mode, most, &digest, &bytes, why);
}

// Into which folder, or to which path, something of this name goes.
static int place_of(
    const work_t *self, const char *name, char out[PATH_MAX], cause_t *why)
{
    char certs[PATH_MAX], succession[PATH_MAX];
    const hub_options_t *conf = &self->conf;
    if (path_folder(conf->certificate, certs, why) != 0 ||
        path_join(succession, sizeof succession, conf->journal, "succession", why) != 0)
        return -1;
    const struct {
        const char *name, *to;
    } places[] = {{"certs/", certs}, {"ca.pem", conf->ca}, {"crl.pem", conf->crl},
        {"roster/", conf->roster}, {"rules/", conf->rules}, {"rules.file", conf->rules},
        {"registry.conf", conf->registry}, {"schemas/", conf->schemas},
        {"succession/", succession}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t length = strlen(places[i].name);
        if (places[i].name[length - 1] == '/' &&
            strncmp(name, places[i].name, length) == 0)
            return path_join(out, PATH_MAX, places[i].to, name + length, why);
        if (strcmp(name, places[i].name) == 0) {
            (void)snprintf(out, PATH_MAX, "%s", places[i].to);
            return 0;
        }
    }
    *out = 0; // a later version's
    return 0;
}

static int put_files(const work_t *self, bool laws, cause_t *why)
{
    char top[32], from[PATH_MAX], to[PATH_MAX];
    const backup_manifest_t *files = &self->wish->from->files;
    backup_files_folder(files->number, top);
    for (size_t i = 0; i < files->files; i++) {
        const char *path = files->file[i].path;
        if (!path || strncmp(path, top, strlen(top)) != 0)
            continue;
        const char *name = path + strlen(top) + 1;
        // Of another log the hub's own certificates and what it was handed over are not.
        if (laws &&
            (strncmp(name, "certs/", 6) == 0 || strncmp(name, "succession/", 11) == 0))
            continue;
        if (path_join(from, sizeof from, self->wish->from->files_folder, path, why) !=
                0 ||
            place_of(self, name, to, why) != 0)
            return -1;
        mode_t mode = strcmp(name, "registry.conf") == 0 ? 0600 : 0644;
        if (*to && copy(from, to, mode, UINT64_MAX, why) != 0)
            return -1;
    }
    return 0;
}

static int put_attachments(const work_t *self, cause_t *why)
{
    char from[PATH_MAX], to[PATH_MAX], whole[PATH_MAX], hex[HASH_HEX];
    const backup_manifest_t *files = &self->wish->from->files;
    if (path_join(whole, sizeof whole, self->conf.attachments, "whole", why) != 0)
        return -1;
    for (size_t i = 0; i < files->files; i++) {
        if (files->file[i].path)
            continue;
        hex_encode(&files->file[i].digest, sizeof(hash_t), hex);
        if (backup_attachment_path(
                from, self->wish->from->files_folder, &files->file[i].digest, why) != 0 ||
            path_join(to, sizeof to, whole, hex, why) != 0 ||
            copy(from, to, 0600, UINT64_MAX, why) != 0)
            return -1;
    }
    return 0;
}

static int put_segments(const work_t *self, const char *journal, cause_t *why)
{
    const restore_source_t *source = self->wish->from;
    char folder[PATH_MAX], from[PATH_MAX], to[PATH_MAX], name[SEGMENT_NAME];
    names_t names;
    if (path_join(folder, sizeof folder, journal, "segments", why) != 0 ||
        folder_make(folder, 0700, why) != 0 || names_list(&names, folder, "", why) != 0)
        return -1;
    size_t there = names.n;
    names_free(&names);
    if (there > 0 && !self->again)
        return cause_set(
            why, "%s: there is a journal already, and it is left as it is", folder);
    for (size_t i = 0; i < source->segments; i++) {
        segment_name(source->segment[i].first, name);
        if (backup_segment_path(from, source->folder, source->segment[i].first, why) !=
                0 ||
            path_join(to, sizeof to, folder, name, why) != 0 ||
            copy(from, to, 0600, source->segment[i].bytes, why) != 0)
            return -1;
    }
    return path_join(to, sizeof to, journal, "checkpoint", why) == 0
               ? file_replace(to, buf_span(&source->note), 0644, why)
               : -1;
}

// What is known outside of the journal is known again; where a mark is left that went
// further, this is no copy of the newest.
static int put_marks(const work_t *self, cause_t *why)
{
    char path[PATH_MAX];
    const restore_source_t *source = self->wish->from;
    logmark_t mark;
    if (folder_make(self->conf.state, 0700, why) != 0 ||
        path_join(path, sizeof path, self->conf.state, "log.mark", why) != 0 ||
        logmark_read(&mark, self->conf.mark, why) != 0)
        return -1;
    if (mark.there && same_log(&mark.vkey, &source->vkey) &&
        mark.checkpoint.size > source->checkpoint.size)
        return cause_set(why,
            "%s: the log had %" PRIu64 " entries, and this copy has %" PRIu64
            ": only a successor can go on from it",
            self->conf.mark, mark.checkpoint.size, source->checkpoint.size);
    if (logmark_write(self->conf.mark, &source->vkey, buf_span(&source->note), why) != 0)
        return -1;
    return logmark_write(path, &source->vkey, buf_span(&source->note), why);
}

static int put_keys(const work_t *self, cause_t *why)
{
    const struct {
        const char *name, *to;
    } keys[] = {{"log.key", self->conf.log_key}, {"seal.key", self->conf.seal_key},
        {"channel.key", self->conf.channel_key}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char from[PATH_MAX], folder[PATH_MAX];
        if (path_folder(keys[i].to, folder, why) != 0 ||
            folder_make(folder, 0700, why) != 0 ||
            path_join(from, sizeof from, self->wish->keys, keys[i].name, why) != 0 ||
            copy(from, keys[i].to, 0600, UINT64_MAX, why) != 0)
            return -1;
    }
    return 0;
}

static int make_run(const work_t *self, cause_t *why)
{
    char folder[PATH_MAX];
    return path_folder(self->conf.control, folder, why) == 0
               ? folder_make(folder, 0700, why)
               : -1;
}

static int put_vkey(const log_vkey_t *vkey, const char *folder, cause_t *why)
{
    char path[PATH_MAX], line[VKEY_MAX];
    buf_t text = {0};
    log_vkey_print(vkey, line);
    buf_printf(&text, "%s\n", line);
    int result = path_join(path, sizeof path, folder, "vkey", why);
    if (result == 0)
        result = file_replace(path, buf_span(&text), 0644, why);
    buf_destroy(&text);
    return result;
}

static int put_all(const work_t *self, cause_t *why)
{
    return folder_make(self->conf.journal, 0700, why) == 0 &&
                   put_segments(self, self->conf.journal, why) == 0 &&
                   put_files(self, false, why) == 0 && put_attachments(self, why) == 0 &&
                   put_keys(self, why) == 0 && put_marks(self, why) == 0 &&
                   make_run(self, why) == 0 &&
                   put_vkey(&self->wish->from->vkey, self->wish->to, why) == 0
               ? 0
               : -1;
}

static int flush(const char *path, cause_t *why)
{
    int fd = folder_open(path, why);
    if (fd < 0)
        return -1;
    int result = syncfs(fd) == 0 ? 0 : cause_errno(why, "%s: flush", path);
    (void)close(fd);
    return result;
}

// The journal may lie on another disk than the folder.
static int finish(const work_t *self, const char *begun, cause_t *why)
{
    char conf[PATH_MAX];
    if (flush(self->conf.journal, why) != 0 || flush(self->conf.attachments, why) != 0 ||
        flush(self->wish->to, why) != 0 ||
        path_join(conf, sizeof conf, self->wish->to, "hub.conf", why) != 0)
        return -1;
    if (rename(begun, conf) != 0)
        return cause_errno(why, "%s", conf);
    return folder_sync(self->wish->to, why);
}

int restore_same(const restore_wish_t *wish, cause_t *why)
{
    char from[PATH_MAX], begun[PATH_MAX];
    work_t work = {.wish = wish};
    if (folder_make(wish->to, 0755, why) != 0 ||
        path_join(begun, sizeof begun, wish->to, unfinished, why) != 0 ||
        file_of(wish, "hub.conf", from, why) != 0)
        return -1;
    work.again = access(begun, F_OK) == 0;
    if (copy(from, begun, 0644, UINT64_MAX, why) != 0 ||
        conf_read(hub_options_table, begun, &work.conf, why) != 0)
        return -1;
    int result = put_all(&work, why);
    if (result == 0)
        result = folder_make(work.conf.attachments, 0700, why);
    if (result == 0)
        result = finish(&work, begun, why);
    conf_free(hub_options_table, &work.conf);
    return result;
}

// What the new hub reads once: the old log's key, its newest checkpoint, its entries.
static int put_before(work_t *self, const char *before, cause_t *why)
{
    char path[PATH_MAX], from[PATH_MAX];
    const restore_source_t *source = self->wish->from;
    const buf_t *newest =
        source->newest && source->newest->checkpoint.size > source->checkpoint.size
            ? &source->newest->note
            : &source->note;
    if (put_vkey(&source->vkey, before, why) != 0 ||
        path_join(path, sizeof path, before, "checkpoint", why) != 0 ||
        file_replace(path, buf_span(newest), 0644, why) != 0 ||
        path_join(path, sizeof path, before, "hub.conf", why) != 0 ||
        file_of(self->wish, "hub.conf", from, why) != 0 ||
        copy(from, path, 0644, UINT64_MAX, why) != 0 ||
        path_join(path, sizeof path, before, "journal", why) != 0)
        return -1;
    self->again = true; // it is this command's own folder
    return put_segments(self, path, why);
}

// The address is the old one's, unless another was named.
static int read_listen(const restore_wish_t *wish, char out[256], cause_t *why)
{
    char path[PATH_MAX];
    hub_options_t conf;
    if (wish->listen) {
        (void)snprintf(out, 256, "%s", wish->listen);
        return 0;
    }
    if (file_of(wish, "hub.conf", path, why) != 0 ||
        conf_read(hub_options_table, path, &conf, why) != 0)
        return -1;
    bool fits =
        conf.listen.n > 0 && (size_t)snprintf(out, 256, "%s", conf.listen.text[0]) < 256;
    conf_free(hub_options_table, &conf);
    return fits ? 0 : cause_set(why, "%s: it names no address: give --listen", path);
}

int restore_successor(const restore_wish_t *wish, char vkey[VKEY_MAX], cause_t *why)
{
    char before[PATH_MAX], path[PATH_MAX], listen[256];
    work_t work = {.wish = wish};
    if (strcmp(wish->origin, wish->from->vkey.origin) == 0)
        return cause_set(why,
            "--origin %s is the old log's name: a successor has another", wish->origin);
    hub_files_t files = {.folder = wish->to,
        .origin = wish->origin,
        .listen = listen,
        .share = wish->share};
    if (read_listen(wish, listen, why) != 0 || folder_make(wish->to, 0755, why) != 0 ||
        path_join(before, sizeof before, wish->to, "before", why) != 0 ||
        folder_make(before, 0700, why) != 0 || put_before(&work, before, why) != 0 ||
        hub_files_succeed(&files, vkey, why) != 0 ||
        path_join(path, sizeof path, wish->to, "hub.conf", why) != 0 ||
        conf_read(hub_options_table, path, &work.conf, why) != 0)
        return -1;
    int result = put_files(&work, true, why) == 0 && put_attachments(&work, why) == 0
                     ? flush(wish->to, why)
                     : -1;
    conf_free(hub_options_table, &work.conf);
    return result;
}
