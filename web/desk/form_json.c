// form_json - a blank a member, in the order in which people are asked.  A file is three
// blanks to a schema and one to a person.

#include "web/desk/form_json.h"

#include "lib/json/value_json.h"
#include "lib/rules/citation.h"
#include "nodes/cli/words.h"
#include "nodes/rules/rules_words.h"
#include "nodes/writing/guide.h"
#include "web/desk/call.h"

#include <stdio.h>
#include <string.h>

json_t *form_json_title(const schemas_t *schemas, const char *kind)
{
    const word_t *word = words_find(&words_kinds, kind);
    const char *title = word ? word->title : schemas_title(schemas, kind);
    return json_pack("{s:s, s:s}", "context", word ? words_kinds.context : "", "text",
        title ? title : kind);
}

static void set_terms(json_t *object, const guide_terms_t *terms)
{
    const char *cites = terms->first ? terms->first->cites : "";
    json_object_set_new(object, "cites", json_string(cites));
    json_object_set_new(
        object, "default", json_boolean(terms->first && citation_by_default(cites)));
    json_object_set_new(
        object, "seals", terms->seals ? rules_json_require(terms->seals) : json_null());
}

typedef struct {
    json_t *list;
    const schemas_t *schemas;
    const char *call;
} kinds_t;

static void add_kind(void *context, const char *kind, const guide_terms_t *terms)
{
    const kinds_t *kinds = context;
    json_t *object = json_pack("{s:s, s:o, s:b}", "kind", kind, "title",
        form_json_title(kinds->schemas, kind), "call",
        kinds->call && strcmp(kinds->call, kind) == 0);
    set_terms(object, terms);
    json_array_append_new(kinds->list, object);
}

json_t *form_json_kinds(const rules_t *rules, const schemas_t *schemas, const char *role)
{
    kinds_t kinds = {json_array(), schemas, call_kind(rules, schemas, role)};
    guide_each(rules, role, add_kind, &kinds);
    return kinds.list;
}

static const char *const languages[] = {"kk", "ru", "en"};

static json_t *words_of(const form_t *form, const char *pointer, const char *otherwise)
{
    json_t *words = json_object();
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        const char *text =
            schemas_words(form->schemas, form->kind, pointer, languages[i]);
        json_object_set_new(words, languages[i], json_string(text ? text : otherwise));
    }
    return words;
}

// null: the value speaks for itself.
static json_t *words_of_value(const form_t *form, const char *pointer, const char *value)
{
    json_t *words = json_object();
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        const char *text =
            schemas_value_words(form->schemas, form->kind, pointer, value, languages[i]);
        if (text)
            json_object_set_new(words, languages[i], json_string(text));
    }
    if (json_object_size(words) > 0)
        return words;
    json_decref(words);
    return json_null();
}

static json_t *among_json(const form_t *form, const blank_t *blank)
{
    json_t *list = json_array();
    value_each(value, blank->among)
    {
        const char *text = value_text(value);
        json_array_append_new(
            list, json_pack("{s:o, s:o}", "value", value_json(value), "words",
                      text ? words_of_value(form, blank->pointer, text) : json_null()));
    }
    return list;
}

static json_t *blank_json(
    const form_t *form, const blank_t *blank, const char *type, const char *pointer)
{
    json_t *object = json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:o}", "pointer",
        pointer, "option", blank->option, "type", type, "listed", blank->listed, "needed",
        blank->needed, "tongue", blank->tongue, "matters", blank->matters, "words",
        words_of(form, pointer, blank->option));
    if (blank->among)
        json_object_set_new(object, "among", among_json(form, blank));
    if (blank->has_minimum)
        json_object_set_new(object, "minimum", json_integer(blank->minimum));
    if (blank->has_maximum)
        json_object_set_new(object, "maximum", json_integer(blank->maximum));
    if (blank->has_longest && blank->type == BLANK_TEXT)
        json_object_set_new(object, "length", json_integer(blank->longest));
    if (blank->by)
        json_object_set_new(object, "by",
            json_pack("{s:s, s:s}", "rule", blank->by->id, "cites", blank->by->cites));
    return object;
}

static const char *type_of(const blank_t *blank)
{
    static const char *const names[] = {[BLANK_TEXT] = "text",
        [BLANK_NUMBER] = "number",
        [BLANK_TRUTH] = "truth",
        [BLANK_MOMENT] = "moment",
        [BLANK_REFERENCE] = "reference"};
    return blank->date ? "date" : names[blank->type];
}

// "/body/traces/-/file" of the first of three that are a file's; false: it is none.
static bool is_file(const form_t *form, size_t at, char pointer[BLANK_POINTER])
{
    static const char *const parts[] = {"name", "size", "sha256"};
    char path[BLANK_POINTER];
    const char *slash = strrchr(form->blank[at].pointer, '/');
    if (!slash || strcmp(slash + 1, parts[0]) != 0)
        return false;
    int length = (int)(slash - form->blank[at].pointer);
    for (size_t i = 1; i < 3; i++) {
        int n = snprintf(
            path, sizeof path, "%.*s/%s", length, form->blank[at].pointer, parts[i]);
        if (n < 0 || (size_t)n >= sizeof path || at + i >= form->n ||
            strcmp(form->blank[at + i].pointer, path) != 0)
            return false;
    }
    (void)snprintf(pointer, BLANK_POINTER, "%.*s", length, form->blank[at].pointer);
    return true;
}

static json_t *blanks_json(const form_t *form)
{
    json_t *list = json_array();
    char pointer[BLANK_POINTER];
    for (size_t i = 0; i < form->n; i++) {
        const blank_t *blank = &form->blank[i];
        bool file = is_file(form, i, pointer);
        json_array_append_new(
            list, blank_json(form, blank, file ? "file" : type_of(blank),
                      file ? pointer : blank->pointer));
        i += file ? 2 : 0;
    }
    return list;
}

static bool has_part(const json_t *list, const char *pointer)
{
    size_t i;
    json_t *part;
    json_array_foreach(list, i, part)
    {
        const char *there = json_string_value(json_object_get(part, "pointer"));
        if (there && strcmp(there, pointer) == 0)
            return true;
    }
    return false;
}

// What a blank lies in, from the outside inwards: "/body/traces" of
// "/body/traces/-/file/name", as far as it has words of its own.
static void add_parts(json_t *list, const form_t *form, const blank_t *blank)
{
    char pointer[BLANK_POINTER];
    for (const char *at = strchr(blank->pointer + 1, '/'); at; at = strchr(at + 1, '/')) {
        (void)snprintf(
            pointer, sizeof pointer, "%.*s", (int)(at - blank->pointer), blank->pointer);
        bool item = strncmp(at - 2, "/-/", 3) == 0;
        if (item || strcmp(at, "/-") == 0 || has_part(list, pointer) ||
            !schemas_words(form->schemas, form->kind, pointer, "en"))
            continue;
        (void)json_array_append_new(list, json_pack("{s:s, s:o}", "pointer", pointer,
                                              "words", words_of(form, pointer, "")));
    }
}

static json_t *parts_json(const form_t *form)
{
    json_t *list = json_array();
    for (size_t i = 0; i < form->n; i++)
        add_parts(list, form, &form->blank[i]);
    return list;
}

json_t *form_json(const form_t *form)
{
    guide_terms_t terms = guide_terms(form->rules, form->kind, form->role);
    json_t *object = json_pack("{s:s, s:o, s:b, s:s, s:o, s:o}", "kind", form->kind,
        "title", form_json_title(form->schemas, form->kind), "may", terms.first != NULL,
        "marking", form_marking(form), "blanks", blanks_json(form), "parts",
        parts_json(form));
    set_terms(object, &terms);
    return object;
}
