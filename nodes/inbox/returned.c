// returned - the document gets its name first and the reason last, since whoever waits
// looks for the reason.
//
// A name that is in use is cleared before: what has it gets a second name, both document
// and reason, and only then loses the first.  So a crash leaves pairs, at worst one
// twice.

#include "nodes/inbox/returned.h"

#include "lib/base/file.h"
#include "lib/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REASON ".reason.json"
#define ENDING ".json"
enum {
    SUFFIX_MAX = 12, // "~" and a number
    NAME_FITS = NAME_MAX - SUFFIX_MAX - (int)sizeof REASON,
    REASON_BYTES = 16384,
};

static size_t stem_of(const char *name)
{
    size_t length = strlen(name), ending = strlen(ENDING);
    return length > ending && strcmp(name + length - ending, ENDING) == 0
               ? length - ending
               : length;
}

// A name that a reason fits beside: one that is too long is cut, and told from others by
// a part of its hash.
static void fit(const char *name, char out[NAME_MAX + 1])
{
    hash_t hash;
    char hex[HASH_HEX];
    if (strlen(name) <= NAME_FITS) {
        (void)snprintf(out, NAME_MAX + 1, "%s", name);
        return;
    }
    sha256(span_text(name), &hash);
    hex_encode(hash.bytes, sizeof hash.bytes, hex);
    int keep = NAME_FITS - 17 - (int)strlen(ENDING);
    while (keep > 0 && ((unsigned char)name[keep] & 0xc0) == 0x80)
        keep--; // not in the middle of a character
    (void)snprintf(out, NAME_MAX + 1, "%.*s~%.16s%s", keep, name, hex,
        name[stem_of(name)] ? ENDING : "");
}

static void reason_of(const char *name, char out[NAME_MAX + 1])
{
    (void)snprintf(out, NAME_MAX + 1, "%.*s" REASON, NAME_MAX - (int)sizeof REASON, name);
}

static bool is_there(int folder, const char *name)
{
    struct stat info;
    return fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
}

static json_t *words(const returned_t *item, const char *file, const char *pointer,
    const char *by, const char *text)
{
    char hex[HASH_HEX] = "";
    if (item->hash)
        hex_encode(item->hash->bytes, sizeof item->hash->bytes, hex);
    json_t *reason = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "code",
        item->refusal->code, "pointer", pointer, "by", by, "text", text, "sentence",
        refusal_sentence(item->refusal->code), "document", hex, "file", file);
    if (reason && !item->hash)
        (void)json_object_set_new(reason, "mark", json_string(item->mark));
    return reason;
}

// The caller owns the text.
static char *print_reason(const returned_t *item)
{
    char file[TEXT_SHOWN_MAX];
    const refusal_t *refusal = item->refusal;
    text_show(item->name, file);
    json_t *reason = words(item, file, refusal->pointer, refusal->by, refusal->text);
    // What the hub said may not be text: then the code has to be enough.
    if (!reason)
        reason = words(item, file, "", "", "");
    char *text = reason ? json_dumps(reason, JSON_INDENT(1)) : NULL;
    json_decref(reason);
    if (!text)
        abort();
    return text;
}

static bool has(const json_t *reason, const char *key, const char *value)
{
    const char *there = json_string_value(json_object_get(reason, key));
    return there && strcmp(there, value) == 0;
}

// Whether the reason that is there is about the very same: this was tried before.
static bool is_same(int folder, const char *reason_name, const returned_t *item)
{
    buf_t text = {0};
    cause_t ignored;
    char hex[HASH_HEX] = "";
    if (file_read_at(folder, reason_name, REASON_BYTES, &text, &ignored) != 0)
        return false;
    json_t *reason = json_loadb((const char *)text.data, text.size, 0, NULL);
    if (item->hash)
        hex_encode(item->hash->bytes, sizeof item->hash->bytes, hex);
    bool same = item->hash ? has(reason, "document", hex)
                           : item->mark[0] && has(reason, "mark", item->mark);
    json_decref(reason);
    buf_destroy(&text);
    return same;
}

// A second name, over nothing.  What cannot have two, as a folder, is renamed at once.
static int give_second(int folder, const char *name, const char *second)
{
    if (linkat(folder, name, folder, second, 0) == 0 || errno == EEXIST ||
        errno == ENOENT)
        return errno == EEXIST ? -1 : 0;
    return renameat2(folder, name, folder, second, RENAME_NOREPLACE);
}

static int step_to(int folder, const char *name, unsigned long n)
{
    char second[NAME_MAX + 1], reason[NAME_MAX + 1], second_reason[NAME_MAX + 1];
    size_t stem = stem_of(name);
    (void)snprintf(second, sizeof second, "%.*s~%lu%s", (int)stem, name, n, name + stem);
    reason_of(name, reason);
    reason_of(second, second_reason);
    if (is_there(folder, second_reason) || is_there(folder, second)) {
        errno = EEXIST;
        return -1;
    }
    errno = 0;
    if (is_there(folder, name) && give_second(folder, name, second) != 0)
        return -1;
    errno = 0;
    if (is_there(folder, reason) && give_second(folder, reason, second_reason) != 0)
        return -1;
    (void)unlinkat(folder, reason, 0);
    if (is_there(folder, second))
        (void)unlinkat(folder, name, 0);
    errno = 0;
    return 0;
}

// Numbers are tried in growing steps: there may be thousands of one name.
static int step_aside(int folder, const char *name, cause_t *why)
{
    for (unsigned long n = 1; n < 100000000; n += 1 + n / 8)
        if (step_to(folder, name, n) == 0)
            return 0;
        else if (errno != EEXIST)
            break;
    return cause_errno(why, "what was refused before cannot be put aside");
}

static bool holds(int folder, const char *name, span_t document)
{
    buf_t bytes = {0};
    cause_t ignored;
    bool same = file_read_at(folder, name, document.size, &bytes, &ignored) == 0 &&
                span_equal(buf_span(&bytes), document);
    buf_destroy(&bytes);
    return same;
}

static int write_reason(
    int folder, const char *reason, const returned_t *item, cause_t *why)
{
    char *text = print_reason(item);
    int result = file_replace_at(folder, reason, span_text(text), 0600, why);
    free(text);
    return result;
}

// Write down the bytes that were read and refused; their file may hold others by now.
static int put_bytes(int folder, const char *name, const char *reason,
    const returned_t *item, cause_t *why)
{
    bool there = holds(folder, name, item->document);
    // What a crash left without a reason is completed, if it is this document.
    bool begun = there && !is_there(folder, reason);
    if (!begun && !is_same(folder, reason, item) &&
        (is_there(folder, reason) || is_there(folder, name)) &&
        step_aside(folder, name, why) != 0)
        return -1;
    if (!holds(folder, name, item->document) &&
        file_create_at(folder, name, item->document, 0600, why) != 0)
        return -1;
    return write_reason(folder, reason, item, why);
}

// The file is moved, which can be done only once.  So the reason is written first; after
// a crash in between it is recognised by its mark, and the move is made up for.
static int put_moved(int folder, const char *name, const char *reason,
    const returned_t *item, cause_t *why)
{
    bool same = is_same(folder, reason, item);
    if (!same && (is_there(folder, reason) || is_there(folder, name)) &&
        step_aside(folder, name, why) != 0)
        return -1;
    if (!same && write_reason(folder, reason, item, why) != 0)
        return -1;
    if (item->move(item->context, folder, name) != 0)
        return cause_errno(why, "it cannot be moved");
    return fsync(folder) == 0 ? 0 : cause_errno(why, "flush");
}

// Only a reason: for what has no bytes of its own here.
static int put_reason(int folder, const char *name, const char *reason,
    const returned_t *item, cause_t *why)
{
    if (is_there(folder, reason) && !is_same(folder, reason, item) &&
        step_aside(folder, name, why) != 0)
        return -1;
    return write_reason(folder, reason, item, why);
}

int returned_keep(int folder, const char *path, const returned_t *item, cause_t *why)
{
    char name[NAME_MAX + 1], reason[NAME_MAX + 1];
    fit(item->name, name);
    reason_of(name, reason);
    int result = item->document.size > 0 ? put_bytes(folder, name, reason, item, why)
                 : item->move            ? put_moved(folder, name, reason, item, why)
                                         : put_reason(folder, name, reason, item, why);
    return result == 0 ? 0 : cause_prefix(why, "%s", path);
}
