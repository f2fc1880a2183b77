// schema_words - what people call the fields of messages and the values in them.
//
// Words stand in the schemas, so that they travel with the law and a kind of one's own
// brings its own.  A field is looked up by its whole name, "response.task/body/due", and
// then by ever shorter ends of it, so that "due" says it for all kinds that use the word
// alike.  "due:short" is what it is called beside what the field says: older programs
// read past it.

#include "lib/base/text.h"
#include "lib/json/schema_tree.h"

#include <stdio.h>
#include <string.h>

static const char KEYWORD[] = "x-words";
static const char *const languages[] = {"en", "kk", "ru", NULL};

static bool is_language(const char *key)
{
    for (size_t i = 0; languages[i]; i++)
        if (strcmp(key, languages[i]) == 0)
            return true;
    return false;
}

// { "due": {"en": "...", "kk": "...", "ru": "..."}, ... } at the root of a file.
int compile_words(const site_t *site, clause_t *clause)
{
    static const char expected[] =
        "at the root of a file, and have for each field its words in en, kk or ru";
    if (site->schema != site->loader->file->json ||
        !value_is(clause->value, VALUE_OBJECT))
        return keyword_fault(site, clause, expected);
    value_each(field, clause->value)
    {
        if (!value_is(field, VALUE_OBJECT) || !value_get(field, "en"))
            return keyword_fault(site, clause, expected);
        value_each(words, field)
        {
            if (!is_language(words->key) || !value_is(words, VALUE_STRING))
                return keyword_fault(site, clause, expected);
        }
    }
    return 0;
}

enum { NAME_ROOM = 512 };

// "response.task/body/due"; items have the name of their list.
static bool name_of(
    const char *kind, const char *pointer, const char *value, char name[NAME_ROOM])
{
    size_t n = strlen(kind);
    if (n + strlen(pointer) + strlen(value) + 2 > NAME_ROOM)
        return false;
    memcpy(name, kind, n);
    while (*pointer) {
        size_t length = 1 + strcspn(pointer + 1, "/");
        if (length != 2 || pointer[1] != '-') {
            memcpy(name + n, pointer, length);
            n += length;
        }
        pointer += length;
    }
    (void)snprintf(name + n, NAME_ROOM - n, "%s%s", value[0] ? "=" : "", value);
    return true;
}

static const value_t *in_file(const schema_file_t *file, const char *name)
{
    return value_get(value_get(file->json, KEYWORD), name);
}

// What the kind's own file says comes before what others say.
static const value_t *in_files(
    const schemas_t *self, const schema_file_t *own, const char *name)
{
    const value_t *found = own ? in_file(own, name) : NULL;
    for (size_t i = 0; !found && i < self->files; i++)
        found = in_file(&self->file[i], name);
    return found;
}

static const char *text_in(const value_t *words, const char *language)
{
    const char *text = value_text(value_get(words, language));
    return text ? text : value_text(value_get(words, "en"));
}

static const char *short_of(const schemas_t *self, const schema_file_t *own,
    const char *name, const char *language)
{
    char shorter[NAME_ROOM + 8];
    (void)snprintf(shorter, sizeof shorter, "%s:short", name);
    return text_in(in_files(self, own, shorter), language);
}

typedef enum { WORDS_WHOLE, WORDS_SHORT } how_t;

static const char *find(const schemas_t *self, how_t how, const char *kind,
    const char *pointer, const char *value, const char *language)
{
    char whole[NAME_ROOM];
    const char *name = whole, *text = NULL;
    const schema_file_t *own = schema_file_of(self, kind);
    if (!name_of(kind, pointer, value, whole))
        return NULL;
    while (name && !text) {
        text = how == WORDS_SHORT ? short_of(self, own, name, language) : NULL;
        text = text ? text : text_in(in_files(self, own, name), language);
        name = strchr(name, '/');
        name = name ? name + 1 : NULL;
    }
    return text;
}

const char *schemas_words(
    const schemas_t *self, const char *kind, const char *pointer, const char *language)
{
    const char *found = find(self, WORDS_WHOLE, kind, pointer, "", language);
    return found ? found : schema_description(self, kind, pointer);
}

const char *schemas_label(
    const schemas_t *self, const char *kind, const char *pointer, const char *language)
{
    const char *found = find(self, WORDS_SHORT, kind, pointer, "", language);
    return found ? found : schema_description(self, kind, pointer);
}

const char *schemas_value_words(const schemas_t *self, const char *kind,
    const char *pointer, const char *value, const char *language)
{
    return value[0] ? find(self, WORDS_WHOLE, kind, pointer, value, language) : NULL;
}

const char *schemas_title(const schemas_t *self, const char *kind)
{
    const schema_file_t *file = schema_file_of(self, kind);
    return file ? value_text(value_get(file->json, "title")) : NULL;
}
