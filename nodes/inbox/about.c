// about - a message's author and id come from other nodes, so that they are checked
// before they become a part of a path.

#include "nodes/inbox/about.h"

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/base/times.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

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

int about_write(const char *node, const char *folder, const reference_t *message,
    span_t text, cause_t *why)
{
    char path[PATH_MAX], name[64];
    (void)snprintf(name, sizeof name, "state/%.32s", folder);
    if (path_join(path, sizeof path, node, name, why) != 0 ||
        folder_make(path, 0700, why) != 0 ||
        path_of(node, folder, message, path, why) != 0)
        return -1;
    return file_replace(path, text, 0600, why);
}
