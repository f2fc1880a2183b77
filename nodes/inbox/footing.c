// footing - the word in state/ is written first, as "new" and the word, and last without
// it: so a crash between finds folders that are still to be marked, and no missing ones.

#include "nodes/inbox/footing.h"

#include "lib/base/bytes.h"
#include "lib/base/file.h"
#include "lib/sys/random.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WORD = 32, TEXT = FOOTING_WORD - 1 };

#define MARK ".dabyl"
static const char *const others[] = {"inbox", "sent"};
enum { OTHERS = sizeof others / sizeof others[0] };

static int path_of(const char *folder, const char *name, char out[PATH_MAX], cause_t *why)
{
    char place[PATH_MAX];
    return path_join(place, sizeof place, folder, name, why) == 0
               ? path_join(out, PATH_MAX, place, MARK, why)
               : -1;
}

// "" when there is none.
static int read_mark(
    const char *folder, const char *name, char out[TEXT + 1], cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    out[0] = 0;
    if (path_of(folder, name, path, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : cause_errno(why, "%s", path);
    int result = file_read(path, TEXT, &text, why);
    if (result == 0)
        (void)snprintf(out, TEXT + 1, "%s", buf_text(&text));
    out[strcspn(out, "\n")] = 0;
    if (result == 0 && out[0] == 0)
        result = cause_set(why, "%s: empty", path);
    buf_destroy(&text);
    return result;
}

static int write_mark(const char *folder, const char *name, const char *before,
    const char *word, cause_t *why)
{
    char path[PATH_MAX], text[TEXT + 2];
    (void)snprintf(text, sizeof text, "%s%.*s\n", before, WORD, word);
    if (path_join(path, sizeof path, folder, name, why) != 0 ||
        folder_make(path, 0700, why) != 0 || path_of(folder, name, path, why) != 0)
        return -1;
    return file_replace(path, span_text(text), 0600, why);
}

static bool is_new(const char *word)
{
    return strncmp(word, "new ", 4) == 0;
}

// `word`: of state/, "" when the node begins, "new ..." when it was beginning.
static int look(const char *folder, char word[TEXT + 1], cause_t *why)
{
    char other[TEXT + 1];
    if (read_mark(folder, "state", word, why) != 0)
        return -1;
    for (size_t i = 0; i < OTHERS; i++) {
        if (read_mark(folder, others[i], other, why) != 0)
            return -1;
        if (word[0] == 0 && other[0])
            return cause_set(why,
                "%s: state/ is not the one that %s/ was used with: mount or restore it",
                folder, others[i]);
        if (word[0] && !is_new(word) && strcmp(word, other) != 0)
            return cause_set(why,
                "%s: %s/ is not the one that this node has used: mount or restore it; if "
                "it is meant to be empty, copy state/" MARK " into it",
                folder, others[i]);
    }
    return 0;
}

int footing_check(const char *folder, cause_t *why)
{
    char word[TEXT + 1];
    return look(folder, word, why);
}

int footing_take(const char *folder, cause_t *why)
{
    char word[TEXT + 1];
    uint8_t random[WORD / 2];
    if (look(folder, word, why) != 0)
        return -1;
    if (word[0] && !is_new(word))
        return 0;
    if (word[0] == 0) {
        random_bytes(random, sizeof random);
        hex_encode(random, sizeof random, word);
        if (write_mark(folder, "state", "new ", word, why) != 0)
            return -1;
    } else {
        memmove(word, word + 4, strlen(word + 4) + 1);
    }
    for (size_t i = 0; i < OTHERS; i++)
        if (write_mark(folder, others[i], "", word, why) != 0)
            return -1;
    return write_mark(folder, "state", "", word, why);
}

int footing_word(const char *folder, char out[FOOTING_WORD], cause_t *why)
{
    if (read_mark(folder, "state", out, why) != 0)
        return -1;
    if (is_new(out) || strspn(out, "0123456789abcdef") != strlen(out))
        out[0] = 0;
    return 0;
}

int footing_forget(const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    if (path_of(folder, "state", path, why) != 0)
        return -1;
    return unlink(path) == 0 || errno == ENOENT ? 0 : cause_errno(why, "%s", path);
}
