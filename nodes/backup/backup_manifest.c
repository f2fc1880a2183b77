// backup_manifest - lines with as many fields as each takes; a path is the rest of its
// line.

#include "nodes/backup/backup_manifest.h"

#include "lib/base/edition.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/times.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char magic[] = "dabyl-backup/v1";

enum { MANIFEST_MAX = 256 << 20 };

void backup_manifest_close(backup_manifest_t *self)
{
    for (size_t i = 0; i < self->files; i++)
        free(self->file[i].path);
    free(self->file);
    free(self->segment);
    buf_destroy(&self->note);
    *self = (backup_manifest_t){0};
}

// Room for one more, in lots of powers of two.
static void *one_more(void *rows, size_t n, size_t size)
{
    return n & (n - 1) ? rows : memory_grow(rows, n ? 2 * n : 1, size);
}

void backup_manifest_segment(backup_manifest_t *self, const backup_segment_t *segment)
{
    self->segment = one_more(self->segment, self->segments, sizeof *segment);
    self->segment[self->segments++] = *segment;
}

void backup_manifest_file(
    backup_manifest_t *self, const char *path, uint64_t bytes, const hash_t *digest)
{
    self->file = one_more(self->file, self->files, sizeof *self->file);
    backup_file_t *file = &self->file[self->files++];
    *file = (backup_file_t){.bytes = bytes, .digest = *digest};
    if (path)
        file->path = memory_text(path);
}

static void print_segment(const backup_segment_t *segment, buf_t *out)
{
    char name[SEGMENT_NAME];
    buf_t tree = {0};
    segment_name(segment->first, name);
    buf_printf(out, "segment %s %" PRIu64 " %" PRIu64 " ", name, segment->sequence,
        segment->bytes);
    buf_put_hex(out, span_of(&segment->digest, sizeof(hash_t)));
    grown_put(&segment->before, &tree);
    buf_put_u8(out, ' ');
    if (tree.size > 0)
        buf_put_base64(out, buf_span(&tree));
    else
        buf_put_u8(out, '-');
    buf_put_u8(out, '\n');
    buf_destroy(&tree);
}

static void print_file(const backup_file_t *file, buf_t *out)
{
    buf_printf(out, "%s %" PRIu64 " ", file->path ? "file" : "attachment", file->bytes);
    buf_put_hex(out, span_of(&file->digest, sizeof(hash_t)));
    buf_printf(out, "%s%s\n", file->path ? " " : "", file->path ? file->path : "");
}

void backup_manifest_print(const backup_manifest_t *self, buf_t *out)
{
    char vkey[VKEY_MAX], made[TIME_TEXT];
    hash_t all;
    size_t start = out->size;
    log_vkey_print(&self->vkey, vkey);
    time_print(self->made_ms, made);
    buf_printf(out, "%s\nlog %s\nnumber %" PRIu64 "\nmade %s\nsize %" PRIu64 "\nroot ",
        magic, vkey, self->number, made, self->checkpoint.size);
    buf_put_base64(out, span_of(&self->checkpoint.root, sizeof(hash_t)));
    buf_put_u8(out, '\n');
    for (size_t i = 0; i < self->segments; i++)
        print_segment(&self->segment[i], out);
    for (size_t i = 0; i < self->files; i++)
        print_file(&self->file[i], out);
    buf_put_text(out, "checkpoint ");
    buf_put_base64(out, buf_span(&self->note));
    buf_put_u8(out, '\n');
    sha256(span_of(out->data + start, out->size - start), &all);
    buf_put_text(out, "end ");
    buf_put_hex(out, span_of(&all, sizeof all));
    buf_put_u8(out, '\n');
}

// Words are parted by one space; the last may have more.
static bool take_segment(backup_manifest_t *self, span_t line)
{
    reader_t from = reader_of(line);
    backup_segment_t segment = {0};
    char name[SEGMENT_NAME];
    buf_t tree = {0};
    bool good = text_copy(take_word(&from), name, sizeof name) &&
                segment_name_parse(name, &segment.first) &&
                decimal_decode(take_word(&from), &segment.sequence) &&
                decimal_decode(take_word(&from), &segment.bytes) &&
                hex_decode(take_word(&from), &segment.digest, sizeof(hash_t));
    span_t hashes = from.rest;
    good = good && (span_is(hashes, "-") || base64_decode(hashes, &tree)) &&
           grown_from(&segment.before, segment.first, buf_span(&tree));
    buf_destroy(&tree);
    uint64_t least = self->segments ? self->segment[self->segments - 1].first + 1 : 0;
    good = good && segment.first >= least && (self->segments || segment.first == 0);
    if (good)
        backup_manifest_segment(self, &segment);
    return good;
}

// Below the backup's folder, and nowhere else.
static bool is_below(const char *path)
{
    return *path && *path != '/' && !strstr(path, "../") && !strstr(path, "/./");
}

static bool take_file(backup_manifest_t *self, span_t line, bool attachment)
{
    reader_t from = reader_of(line);
    backup_file_t file = {0};
    char path[PATH_MAX];
    bool good = decimal_decode(take_word(&from), &file.bytes);
    span_t digest = attachment ? from.rest : take_word(&from);
    good = good && hex_decode(digest, &file.digest, sizeof(hash_t));
    if (!attachment)
        good = good && text_copy(from.rest, path, sizeof path) && is_below(path);
    if (good)
        backup_manifest_file(self, attachment ? NULL : path, file.bytes, &file.digest);
    return good;
}

static bool take_rows(backup_manifest_t *self, reader_t *from)
{
    bool good = true;
    while (good && reader_at(from, "segment"))
        good = take_segment(self, take_field(from, "segment"));
    while (good && reader_at(from, "file"))
        good = take_file(self, take_field(from, "file"), false);
    while (good && reader_at(from, "attachment"))
        good = take_file(self, take_field(from, "attachment"), true);
    return good && !from->bad;
}

static bool take_number(reader_t *from, const char *name, uint64_t *number)
{
    return decimal_decode(take_field(from, name), number);
}

static int parse(backup_manifest_t *self, reader_t *from, cause_t *why)
{
    hash_t root;
    uint64_t size = 0;
    if (edition_line(take_line(from), magic, "a backup's manifest", why) != 0 ||
        log_vkey_parse(&self->vkey, take_field(from, "log"), why) != 0)
        return -1;
    if (!take_number(from, "number", &self->number) ||
        !time_parse(take_field(from, "made"), &self->made_ms) ||
        !take_number(from, "size", &size) ||
        !base64_decode_exact(take_field(from, "root"), &root, sizeof root) ||
        !take_rows(self, from) ||
        !base64_decode(take_field(from, "checkpoint"), &self->note) || !reader_done(from))
        return cause_set(why, "it is not as a backup writes it");
    if (checkpoint_open(&self->checkpoint, buf_span(&self->note), &self->vkey, why) != 0)
        return -1;
    return self->checkpoint.size == size && hash_equal(&self->checkpoint.root, &root)
               ? 0
               : cause_set(why, "size and root are not its checkpoint's");
}

// The last line says what the others are; without it the file is not whole.
static int split(span_t text, span_t *lines, cause_t *why)
{
    enum { END = 4 + 64 + 1 };
    hash_t said, all;
    if (text.size < END)
        return cause_set(why, "it is cut off");
    *lines = span_of(text.data, text.size - END);
    reader_t last = reader_of(span_of(text.data + lines->size, END));
    if (!hex_decode(take_field(&last, "end"), &said, sizeof said))
        return cause_set(why, "it is cut off, or its last line was changed");
    sha256(*lines, &all);
    return hash_equal(&said, &all)
               ? 0
               : cause_set(why, "it was changed: its lines are not those it ends with");
}

int backup_manifest_parse(backup_manifest_t *self, span_t text, cause_t *why)
{
    span_t lines;
    *self = (backup_manifest_t){0};
    reader_t first = reader_of(text);
    if (edition_line(take_line(&first), magic, "a backup's manifest", why) != 0 ||
        split(text, &lines, why) != 0)
        return -1;
    reader_t from = reader_of(lines);
    if (parse(self, &from, why) == 0)
        return 0;
    backup_manifest_close(self);
    return -1;
}

int backup_manifest_read(backup_manifest_t *self, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    *self = (backup_manifest_t){0};
    if (path_join(path, sizeof path, folder, "manifest", why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return errno == ENOENT ? 0 : cause_errno(why, "%s", path);
    int result = file_read_plain(path, MANIFEST_MAX, &text, why) == 0 ? 1 : -1;
    if (result == 1 && backup_manifest_parse(self, buf_span(&text), why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    return result;
}

int backup_manifest_write(const backup_manifest_t *self, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    backup_manifest_print(self, &text);
    int result = path_join(path, sizeof path, folder, "manifest", why);
    if (result == 0)
        result = file_replace(path, buf_span(&text), 0600, why);
    buf_destroy(&text);
    return result;
}

int backup_segment_path(
    char out[PATH_MAX], const char *folder, uint64_t first, cause_t *why)
{
    char name[SEGMENT_NAME], below[64];
    segment_name(first, name);
    (void)snprintf(below, sizeof below, "journal/segments/%s", name);
    return path_join(out, PATH_MAX, folder, below, why);
}

int backup_attachment_path(
    char out[PATH_MAX], const char *folder, const hash_t *digest, cause_t *why)
{
    char hex[HASH_HEX], below[128];
    hex_encode(digest, sizeof *digest, hex);
    (void)snprintf(below, sizeof below, "attachments/whole/%s", hex);
    return path_join(out, PATH_MAX, folder, below, why);
}
