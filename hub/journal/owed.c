// owed - a list in memory, and a file of a fixed size: the hash of its text, the text,
// zeros.

#include "hub/journal/owed.h"

#include "lib/base/bytes.h"
#include "lib/base/memory.h"
#include "lib/base/pio.h"
#include "lib/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 65536, HEAD = HASH_HEX };

struct owed {
    int fd; // -1: nothing could be reserved
    size_t n, room;
    owed_entry_t *entry;
    size_t drafted;
    bool changed; // since it was written down
    bool kept;    // something is
    buf_t text;
    char *path;
};

// Whoever can put a second name of a file here must not have it written over.
static bool is_plain(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1;
}

static int reserve(owed_t *self)
{
    self->fd = open(self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (self->fd < 0 || !is_plain(self->fd))
        return -1;
    int error = posix_fallocate(self->fd, 0, FILE_BYTES);
    if (error == 0 && fsync(self->fd) == 0)
        return 0;
    (void)close(self->fd);
    self->fd = -1;
    errno = error ? error : errno;
    return -1;
}

static owed_entry_t *add(owed_t *self)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 8;
        self->entry = memory_grow(self->entry, self->room, sizeof *self->entry);
    }
    owed_entry_t *entry = &self->entry[self->n++];
    *entry = (owed_entry_t){0};
    return entry;
}

// "<type> <author or -> <text>"
static bool take_entry(owed_t *self, span_t line)
{
    reader_t reader = reader_of(line);
    owed_entry_t *entry = add(self);
    bool good = text_copy(take_word(&reader), entry->type, sizeof entry->type) &&
                text_copy(take_word(&reader), entry->author, sizeof entry->author) &&
                text_copy(take_rest(&reader), entry->text, sizeof entry->text - 1);
    if (strcmp(entry->author, "-") == 0)
        entry->author[0] = 0;
    (void)strncat(entry->text, "\n", sizeof entry->text - strlen(entry->text) - 1);
    return good;
}

// A text whose hash is another was being written when the power went: what is owed now is
// still in nobody's memory, and nothing of it was promised.
static int read_file(owed_t *self, cause_t *why)
{
    static uint8_t bytes[FILE_BYTES + 1];
    hash_t hash;
    char hex[HASH_HEX];
    ssize_t size = self->fd < 0 ? 0 : pio_read(self->fd, bytes, FILE_BYTES, 0);
    if (size < 0)
        return cause_errno(why, "%s", self->path);
    bytes[size] = 0;
    if (size < HEAD || bytes[0] == 0)
        return 0;
    span_t text = span_text((const char *)bytes + HEAD);
    sha256(text, &hash);
    hex_encode(hash.bytes, sizeof hash.bytes, hex);
    if (memcmp(bytes, hex, HEAD - 1) != 0)
        return 0;
    reader_t reader = reader_of(text);
    self->kept = true;
    while (reader.rest.size > 0)
        if (!take_entry(self, take_line(&reader)))
            return cause_set(why, "%s: not what is owed to the log", self->path);
    return 0;
}

owed_t *owed_open(const char *path, cause_t *why)
{
    owed_t *self = memory_new(1, sizeof *self);
    self->path = memory_text(path);
    if (reserve(self) != 0 && self->fd < 0)
        self->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW); // of an earlier start
    int result =
        self->fd < 0 || is_plain(self->fd)
            ? read_file(self, why)
            : cause_set(why, "%s: not what is owed, but something else's name; remove it",
                  path);
    if (result != 0)
        owed_close(&self);
    return self;
}

void owed_close(owed_t **self_p)
{
    owed_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->fd >= 0)
        (void)close(self->fd);
    buf_destroy(&self->text);
    free(self->entry);
    free(self->path);
    free(self);
}

static bool is(const owed_entry_t *entry, const char *type, const char *author)
{
    return strcmp(entry->type, type) == 0 && strcmp(entry->author, author) == 0;
}

void owed_add(owed_t *self, const char *type, const char *author, const char *text)
{
    owed_entry_t *entry = NULL;
    for (size_t i = self->drafted; i < self->n; i++)
        if (is(&self->entry[i], type, author))
            entry = &self->entry[i];
    // Of what has an author once is enough; the clock's words follow one another.
    if (!entry || (author[0] == 0 && entry != &self->entry[self->n - 1]))
        entry = add(self);
    (void)snprintf(entry->type, sizeof entry->type, "%s", type);
    (void)snprintf(entry->author, sizeof entry->author, "%s", author);
    (void)snprintf(entry->text, sizeof entry->text, "%s", text);
    self->changed = true;
}

size_t owed_count(const owed_t *self)
{
    return self->n;
}

const owed_entry_t *owed_at(const owed_t *self, size_t i)
{
    return &self->entry[i];
}

void owed_drafted(owed_t *self, size_t n)
{
    self->drafted = n;
}

size_t owed_in_draft(const owed_t *self)
{
    return self->drafted;
}

void owed_paid(owed_t *self)
{
    self->changed |= self->drafted > 0 && self->n > self->drafted;
    self->n -= self->drafted;
    if (self->n > 0)
        memmove(self->entry, self->entry + self->drafted, self->n * sizeof *self->entry);
    self->drafted = 0;
}

void owed_unpaid(owed_t *self)
{
    self->drafted = 0;
}

static void print(owed_t *self)
{
    buf_clear(&self->text);
    for (size_t i = 0; i < self->n; i++) {
        const owed_entry_t *entry = &self->entry[i];
        size_t before = self->text.size;
        buf_printf(&self->text, "%s %s %s", entry->type,
            entry->author[0] ? entry->author : "-", entry->text);
        if (self->text.size + HEAD + 1 >= FILE_BYTES)
            self->text.size = before; // so many have to wait in memory
    }
}

// The zero behind the text ends it, or is all there is.
static int write_down(owed_t *self)
{
    hash_t hash;
    char hex[HASH_HEX];
    buf_t all = {0};
    if (self->n > 0) {
        print(self);
        sha256(buf_span(&self->text), &hash);
        hex_encode(hash.bytes, sizeof hash.bytes, hex);
        buf_printf(&all, "%s\n", hex);
        buf_put_span(&all, buf_span(&self->text));
    }
    buf_put_u8(&all, 0);
    int result = pio_write(self->fd, buf_span(&all), 0) == 0 ? fdatasync(self->fd) : -1;
    buf_destroy(&all);
    return result;
}

int owed_keep(owed_t *self, cause_t *why)
{
    if (self->n == 0 ? !self->kept : !self->changed)
        return 0;
    self->changed = false; // said once, and not each turn
    self->kept = self->n > 0;
    if (self->fd < 0)
        return cause_set(why, "%s: no room could be reserved", self->path);
    return write_down(self) == 0 ? 0 : cause_errno(why, "%s", self->path);
}
