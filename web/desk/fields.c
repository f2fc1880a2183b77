// fields - a walk down to texts, numbers and truths.  The law may be another than that
// under which the message was sent: what has no words there is shown by its pointer.

#include "web/desk/fields.h"

#include "lib/base/bytes.h"

#include <stdio.h>
#include <string.h>

enum { DEEPEST = 64 };

typedef struct {
    const schemas_t *schemas;
    const char *kind;
    json_t *list;
    buf_t pointer; // as RFC 6901 has it
    buf_t place;   // with "-" for each item of a list
} walk_t;

static const char *const languages[] = {"kk", "ru", "en"};

static json_t *words_of(walk_t *self)
{
    json_t *words = json_object();
    for (size_t i = 0; self->schemas && i < 3; i++) {
        const char *text = schemas_words(
            self->schemas, self->kind, buf_text(&self->place), languages[i]);
        if (text)
            json_object_set_new(words, languages[i], json_string(text));
    }
    if (json_object_size(words) > 0)
        return words;
    json_decref(words);
    return json_null();
}

static json_t *said_of(walk_t *self, const json_t *value)
{
    char number[32];
    const char *text = json_string_value(value);
    json_t *said = json_object();
    if (json_is_integer(value)) {
        (void)snprintf(
            number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        text = number;
    }
    for (size_t i = 0; self->schemas && text && i < 3; i++) {
        const char *words = schemas_value_words(
            self->schemas, self->kind, buf_text(&self->place), text, languages[i]);
        if (words)
            json_object_set_new(said, languages[i], json_string(words));
    }
    if (json_object_size(said) > 0)
        return said;
    json_decref(said);
    return json_null();
}

static void add(walk_t *self, json_t *value)
{
    if (json_array_size(self->list) == FIELDS_MOST)
        return;
    json_array_append_new(self->list,
        json_pack("{s:s, s:o, s:O, s:o}", "pointer", buf_text(&self->pointer), "words",
            words_of(self), "value", value, "said", said_of(self, value)));
}

static void put_step(buf_t *pointer, const char *step)
{
    buf_put_text(pointer, "/");
    for (; *step; step++) {
        if (*step == '~' || *step == '/')
            buf_put_text(pointer, *step == '~' ? "~0" : "~1");
        else
            buf_put(pointer, step, 1);
    }
}

static void walk(walk_t *self, json_t *value, unsigned depth);

static void walk_step(
    walk_t *self, const char *step, const char *place, json_t *value, unsigned depth)
{
    size_t pointer = self->pointer.size, at = self->place.size;
    put_step(&self->pointer, step);
    put_step(&self->place, place);
    walk(self, value, depth + 1);
    self->pointer.size = pointer;
    self->place.size = at;
}

static void walk(walk_t *self, json_t *value, unsigned depth)
{
    const char *key;
    json_t *member;
    size_t i;
    char step[24];
    if (depth > DEEPEST || strcmp(buf_text(&self->pointer), "/body/carried") == 0)
        return;
    if (json_is_object(value)) {
        json_object_foreach(value, key, member) walk_step(self, key, key, member, depth);
    } else if (json_is_array(value)) {
        json_array_foreach(value, i, member)
        {
            (void)snprintf(step, sizeof step, "%zu", i);
            walk_step(self, step, "-", member, depth);
        }
    } else
        add(self, value);
}

json_t *fields_json(const schemas_t *schemas, const json_t *root)
{
    const char *kind = json_string_value(json_object_get(root, "kind"));
    walk_t self = {schemas, kind ? kind : "", json_array(), {0}, {0}};
    walk(&self, (json_t *)root, 0);
    buf_destroy(&self.pointer);
    buf_destroy(&self.place);
    return self.list;
}
