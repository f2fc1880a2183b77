// wording - a word of the schemas says what a code stands for.  Codes that people know by
// themselves (TLP:AMBER, 8.1) are shown beside it.

#include "nodes/inbox/wording.h"

#include "lib/base/bytes.h"
#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    INDENT = 4, // columns, for each level below the first
    DEEPEST = 6,
    POINTER_ROOM = 256
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

// What is too long to be a field of a schema has no name there.
static void below(const char *pointer, const char *key, char out[POINTER_ROOM])
{
    int size = snprintf(out, POINTER_ROOM, "%s/%s", pointer, key);
    if (size < 0 || size >= POINTER_ROOM)
        (void)snprintf(out, POINTER_ROOM, "/");
}

static void put_label(
    const wording_t *self, const char *pointer, const char *key, FILE *out)
{
    const char *words =
        self->schemas ? schemas_label(self->schemas, self->kind, pointer, self->language)
                      : NULL;
    screen_text(out, words ? words : key);
}

void wording_label(const wording_t *self, const char *pointer, FILE *out)
{
    const char *slash = strrchr(pointer, '/');
    put_label(self, pointer, slash ? slash + 1 : pointer, out);
}

static bool is_lower(const char *text)
{
    while (*text && !isupper((unsigned char)*text) && !isdigit((unsigned char)*text))
        text++;
    return *text == 0;
}

static void put_text(
    const wording_t *self, const char *pointer, const char *text, FILE *out)
{
    int64_t ms;
    const char *words = self->schemas ? schemas_value_words(self->schemas, self->kind,
                                            pointer, text, self->language)
                                      : NULL;
    if (words) {
        screen_text(out, words);
        if (!is_lower(text)) {
            fputs(" (", out);
            screen_text(out, text);
            fputc(')', out);
        }
    } else if (strcmp(pointer, "/kind") == 0)
        screen_text(out, words_title(&words_kinds, text));
    else if (time_parse(span_text(text), &ms))
        screen_time_ms(out, ms);
    else
        screen_text(out, text);
}

static bool is_reference(const json_t *value)
{
    return json_object_size(value) == 2 && text_of(value, "author")[0] &&
           text_of(value, "id")[0];
}

static void put_members(
    const wording_t *self, const char *pointer, const json_t *object, FILE *out)
{
    const char *key, *between = "";
    json_t *member;
    json_object_foreach((json_t *)object, key, member)
    {
        char inner[POINTER_ROOM];
        below(pointer, key, inner);
        fputs(between, out);
        put_label(self, inner, key, out);
        fputs(": ", out);
        wording_value(self, inner, member, out);
        between = ", ";
    }
}

static void put_items(
    const wording_t *self, const char *pointer, const json_t *array, FILE *out)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        fputs(i > 0 ? "; " : "", out);
        wording_value(self, pointer, item, out);
    }
}

static void put_json(const json_t *value, FILE *out)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    screen_text(out, text ? text : "?");
    free(text);
}

void wording_value(
    const wording_t *self, const char *pointer, const json_t *value, FILE *out)
{
    if (json_is_string(value))
        put_text(self, pointer, json_string_value(value), out);
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? say("yes") : say("no"), out);
    else if (is_reference(value)) {
        screen_text(out, text_of(value, "author"));
        fputc('/', out);
        screen_text(out, text_of(value, "id"));
    } else if (json_object_size(value) > 0)
        put_members(self, pointer, value, out);
    else if (json_array_size(value) > 0)
        put_items(self, pointer, value, out);
    else
        put_json(value, out);
}

static void print_members(const wording_t *self, const char *pointer,
    const json_t *object, int depth, FILE *out);

// A derived message carries its cause in base64: what it says is what matters to a
// reader.
static void print_carried(
    const wording_t *self, const json_t *carried, int depth, FILE *out)
{
    buf_t bytes = {0};
    json_t *cause = NULL;
    if (base64_decode(span_text(text_of(carried, "document")), &bytes))
        cause = json_loadb((const char *)bytes.data, bytes.size, 0, NULL);
    fprintf(out, ": %s\n",
        cause ? say("the message itself, as its author sealed it")
              : say("(cannot be read)"));
    wording_t own = {self->schemas, text_of(cause, "kind"), self->language};
    if (cause)
        print_members(&own, "", cause, depth + 1, out);
    json_decref(cause);
    buf_destroy(&bytes);
}

// A thing a line.
static void print_items(
    const wording_t *self, const char *pointer, const json_t *array, int depth, FILE *out)
{
    size_t i;
    json_t *item;
    fputs(":\n", out);
    json_array_foreach(array, i, item)
    {
        fprintf(out, "%*s", 1 + INDENT * depth, "");
        wording_value(self, pointer, item, out);
        fputc('\n', out);
    }
}

static void print_member(const wording_t *self, const char *pointer, const char *key,
    const json_t *value, int depth, FILE *out)
{
    fprintf(out, "%*s", 1 + INDENT * depth, "");
    put_label(self, pointer, key, out);
    if (strcmp(pointer, "/body/carried") == 0)
        print_carried(self, value, depth, out);
    else if (json_object_size(value) > 0 && !is_reference(value) && depth < DEEPEST) {
        fputc('\n', out);
        print_members(self, pointer, value, depth + 1, out);
    } else if (json_is_object(json_array_get(value, 0)))
        print_items(self, pointer, value, depth + 1, out);
    else {
        fputs(": ", out);
        wording_value(self, pointer, value, out);
        fputc('\n', out);
    }
}

// What is for programs alone, and, of the message itself, what stands in its head.
static bool is_shown(const char *pointer, int depth)
{
    static const char *const hidden[] = {
        "/dabyl", "/nonce", "/id", "/kind", "/from", "/for"};
    size_t n = sizeof hidden / sizeof *hidden;
    for (size_t i = 0; i < (depth == 0 ? n : 2); i++)
        if (strcmp(pointer, hidden[i]) == 0)
            return false;
    return true;
}

static void print_members(const wording_t *self, const char *pointer,
    const json_t *object, int depth, FILE *out)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        char inner[POINTER_ROOM];
        below(pointer, key, inner);
        if (is_shown(inner, depth))
            print_member(self, inner, key, value, depth, out);
    }
}

void wording_print(const wording_t *self, const json_t *message, FILE *out)
{
    print_members(self, "", message, 0, out);
}
