// file - whole files, made durable in the right order.

#ifndef LIB_BASE_FILE_H
#define LIB_BASE_FILE_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/base/folder.h"
#include "lib/base/names.h"

#include <stdbool.h>
#include <sys/types.h>

// Read a whole file of at most `limit` bytes, appended to `out`, which a failure leaves
// as it was.
int file_read(const char *path, size_t limit, buf_t *out, cause_t *why);
// As file_read, and refuse a file that anyone but its owner may read or write.
int file_read_private(const char *path, size_t limit, buf_t *out, cause_t *why);
// A regular file below a folder that is held open, and no link, whoever may write there.
int file_read_at(int folder, const char *name, size_t limit, buf_t *out, cause_t *why);
// What an open descriptor yields, from where it stands.
int file_read_open(int fd, size_t limit, buf_t *out, cause_t *why);
// Write to a temporary file beside `path`, flush it, rename it over `path`, flush the
// folder. A crash leaves the old file or the new one.
int file_replace(const char *path, span_t data, mode_t mode, cause_t *why);
// As file_replace, but fails when `path` exists.
int file_create(const char *path, span_t data, mode_t mode, cause_t *why);
// The same below a folder that is held open; `name` has no slash.  A link or device of
// that name is replaced and never followed; where a folder has the name, this fails.
int file_replace_at(int folder, const char *name, span_t data, mode_t mode, cause_t *why);
int file_create_at(int folder, const char *name, span_t data, mode_t mode, cause_t *why);
// As file_replace, for another user of this machine.
typedef struct {
    uid_t user;
    gid_t group;
} file_reader_t;
int file_hand_over(
    const char *path, span_t data, const file_reader_t *reader, cause_t *why);
// The same, and fails where the name is in use.
int file_hand_over_new(
    const char *path, span_t data, const file_reader_t *reader, cause_t *why);
// See to it that this user can read a new file, which lies in `folder`: as root by making
// it theirs; as somebody else by a group that the folder and both belong to.  -1: neither
// is possible.
int file_give(int fd, int folder, const file_reader_t *reader, cause_t *why);
// As file_read, but fails where the last part of the path is a symbolic link.  For
// everything but configuration, which administrators may link to where they like.
int file_read_plain(const char *path, size_t limit, buf_t *out, cause_t *why);
// A descriptor of such a file, which must be there: for O_RDONLY or O_WRONLY.
int file_open_plain(const char *path, int access, cause_t *why);
// Make a new, empty file under a name that somebody else may have used already.  What is
// there is removed without being opened; a folder is renamed instead.  Returns a
// descriptor for reading and writing.
int file_make_at(int folder, const char *name, mode_t mode, cause_t *why);
int file_make(const char *path, mode_t mode, cause_t *why);
// As renameat within a folder; a folder that is in the way is renamed first.
int file_rename_at(int folder, const char *from, const char *to);
// Whether there is no such name.  What keeps us from looking is no absence: then it is
// false, and whoever goes on to read is told what it is.
bool file_absent(const char *path);
// Whether an open file is a regular one, this process's user's, and has no second name
// through which somebody else could mean it.
bool file_is_own(int fd);

#endif
