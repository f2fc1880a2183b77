// document_locate - which field a byte belongs to, for refusals of what is no JSON yet.
//
// Only called when something is wrong, so it reads the text once more from the start.  It
// follows braces, brackets, commas and strings, and believes nothing else.

#include "lib/message/document.h"

enum { LEVELS = 64 };

typedef struct {
    bool array;
    bool key_next; // in an object: the next string is a key
    size_t index;
    span_t key; // as written, escapes included; empty until there is one
} level_t;

typedef struct {
    level_t level[LEVELS];
    size_t depth; // may be more than LEVELS: what is deeper is not followed
} path_t;

static level_t *innermost(path_t *path)
{
    return path->depth > 0 && path->depth <= LEVELS ? &path->level[path->depth - 1]
                                                    : NULL;
}

static void enter(path_t *path, bool array)
{
    if (path->depth++ < LEVELS)
        path->level[path->depth - 1] = (level_t){.array = array, .key_next = !array};
}

static void next_member(path_t *path)
{
    level_t *level = innermost(path);
    if (!level)
        return;
    level->index += level->array;
    level->key_next = !level->array;
    level->key = (span_t){NULL, 0};
}

static void take_key(path_t *path, span_t string)
{
    level_t *level = innermost(path);
    if (!level || !level->key_next)
        return;
    level->key = string;
    level->key_next = false;
}

// From the quote at `at` to the byte behind the closing one, or to `end`.
static size_t pass_string(path_t *path, span_t text, size_t at, size_t end)
{
    size_t start = ++at;
    while (at < end && text.data[at] != '"')
        at += text.data[at] == '\\' ? 2 : 1;
    if (at >= end)
        return end;
    take_key(path, span_of(text.data + start, at - start));
    return at + 1;
}

static void print_level(const level_t *level, buf_t *out)
{
    if (level->array) {
        buf_printf(out, "/%zu", level->index);
        return;
    }
    if (level->key_next || !level->key.data)
        return;
    buf_put_text(out, "/");
    for (size_t i = 0; i < level->key.size; i++)
        if (level->key.data[i] == '~' || level->key.data[i] == '/')
            buf_put_text(out, level->key.data[i] == '~' ? "~0" : "~1");
        else
            buf_put_u8(out, level->key.data[i]);
}

void document_locate(span_t text, size_t offset, buf_t *out)
{
    path_t path = {.depth = 0};
    size_t end = offset < text.size ? offset : text.size;
    for (size_t i = 0; i < end;) {
        uint8_t c = text.data[i];
        if (c == '"') {
            i = pass_string(&path, text, i, end);
            continue;
        }
        if (c == '{' || c == '[')
            enter(&path, c == '[');
        else if (c == ',')
            next_member(&path);
        else if ((c == '}' || c == ']') && path.depth > 0)
            path.depth--;
        i++;
    }
    for (size_t i = 0; i < path.depth && i < LEVELS; i++)
        print_level(&path.level[i], out);
}
