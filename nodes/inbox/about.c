// about - a message's author and id come from other nodes, so that they are checked
// before they become a part of a path.

#include "nodes/inbox/about.h"

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/base/times.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

bool about_fits(const reference_t *message)
{
    span_t author = span_text(message->author);
    return text_is_word(author) && !memchr(author.data, '/', author.size) &&
           author.data[0] != '.' && uuid7_valid(span_text(message->id));
}

static int path_of(const char *node, const char *folder, const reference_t *message,
    char out[PATH_MAX], cause_t *why)
{
    char name[NODE_ID_MAX + MESSAGE_ID_MAX + 64];
    (void)snprintf(
        name, sizeof name, "state/%.32s/%s.%s", folder, message->author, message->id);
    return path_join(out, PATH_MAX, node, name, why);
}

bool about_read(
    const char *node, const char *folder, const reference_t *message, buf_t *out)
{
    char path[PATH_MAX];
    cause_t ignored; // of most nothing is kept
    return about_fits(message) && path_of(node, folder, message, path, &ignored) == 0 &&
           file_read_plain(path, ABOUT_MAX, out, &ignored) == 0;
}

// The path, in a folder that is there.
static int prepare(const char *node, const char *folder, const reference_t *message,
    char out[PATH_MAX], cause_t *why)
{
    char name[64];
    (void)snprintf(name, sizeof name, "state/%.32s", folder);
    if (!about_fits(message))
        return cause_set(
            why, "%s of %s is no message's name", message->id, message->author);
    if (path_join(out, PATH_MAX, node, name, why) != 0 ||
        folder_make(out, 0700, why) != 0)
        return -1;
    return path_of(node, folder, message, out, why);
}

int about_write(const char *node, const char *folder, const reference_t *message,
    span_t text, cause_t *why)
{
    char path[PATH_MAX];
    if (prepare(node, folder, message, path, why) != 0)
        return -1;
    return file_replace(path, text, 0600, why);
}

bool about_has(span_t kept, const char *word)
{
    reader_t reader = reader_of(kept);
    size_t length = strlen(word);
    while (reader.rest.size > 0) {
        span_t line = take_line(&reader);
        if (reader.bad)
            return false; // its end was not written
        if (line.size > length && line.data[length] == ' ' &&
            memcmp(line.data, word, length) == 0)
            return true;
    }
    return false;
}

// A line whose end a power cut took is none: the next one begins in its place.
static size_t whole_size(span_t kept)
{
    size_t size = kept.size;
    while (size > 0 && kept.data[size - 1] != '\n')
        size--;
    return size;
}

static int add_line(int fd, const char *word, const char *rest, cause_t *why)
{
    buf_t kept = {0}, line = {0};
    int result = file_read_open(fd, ABOUT_MAX, &kept, why);
    size_t size = whole_size(buf_span(&kept));
    buf_printf(&line, "%s %s\n", word, rest);
    if (result == 0 && !about_has(buf_span(&kept), word)) {
        if (size + line.size > ABOUT_MAX)
            result = cause_set(why, "it has as many lines as it may");
        else if (ftruncate(fd, (off_t)size) != 0 ||
                 pwrite(fd, line.data, line.size, (off_t)size) != (ssize_t)line.size ||
                 fdatasync(fd) != 0)
            result = cause_errno(why, "it cannot be written");
    }
    buf_destroy(&kept);
    buf_destroy(&line);
    return result;
}

// Who holds the file's lock is alone with it; closing lets go.
static int open_alone(const char *path, cause_t *why)
{
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        return cause_errno(why, "%s", path);
    if (file_is_own(fd) && flock(fd, LOCK_EX) == 0)
        return fd;
    (void)close(fd);
    return cause_set(why, "%s: this is no file of ours", path);
}

int about_add(const char *node, const char *folder, const reference_t *message,
    const char *word, const char *rest, cause_t *why)
{
    char path[PATH_MAX], where[PATH_MAX];
    if (prepare(node, folder, message, path, why) != 0 ||
        path_folder(path, where, why) != 0)
        return -1;
    int fd = open_alone(path, why);
    if (fd < 0)
        return -1;
    int result = add_line(fd, word, rest, why);
    if (result != 0)
        (void)cause_prefix(why, "%s", path);
    (void)close(fd);
    return result == 0 ? folder_sync(where, why) : -1;
}
