// call - which kind it is, is read off the schemas: one that can say that the call centre
// had it.  First who calls, since a line may break; then what a caller knows; what only
// an officer can judge comes last.

#include "web/desk/call.h"

#include "lib/base/times.h"
#include "nodes/cli/words.h"
#include "nodes/writing/guide.h"

#include <string.h>

static const char CHANNEL[] = "/body/reported/channel", CENTRE[] = "call-centre-1400";

typedef struct {
    const schemas_t *schemas;
    const char *kind;
} search_t;

static bool has_value(const value_t *among, const char *wanted)
{
    value_each(value, among)
    {
        if (value_text(value) && strcmp(value_text(value), wanted) == 0)
            return true;
    }
    return false;
}

static void look_at_kind(void *context, const char *kind, const guide_terms_t *terms)
{
    (void)terms;
    search_t *search = context;
    schema_field_t field;
    schemas_field(search->schemas, kind, CHANNEL, &field);
    if (!search->kind && has_value(field.among, CENTRE))
        search->kind = kind;
}

const char *call_kind(const rules_t *rules, const schemas_t *schemas, const char *role)
{
    search_t search = {schemas, NULL};
    guide_each(rules, role, look_at_kind, &search);
    return search.kind;
}

// The call centre is that of the National Coordination Centre (paragraph 10); whoever
// else is called, is called by telephone.
void call_begin(compose_t *compose)
{
    const form_t *form = compose->form;
    const char *channel = strcmp(form->role, "nccis") == 0 ? CENTRE : "telephone";
    const blank_t *through = form_at(form, CHANNEL),
                  *when = form_at(form, "/body/reported/reported_at");
    cause_t ignored;
    if (through)
        (void)compose_set(compose, through, -1, channel, &ignored);
    if (when)
        (void)compose_set(compose, when, -1, "now", &ignored);
}

static bool has_blank(const form_t *form, const char *pointer)
{
    size_t length = strlen(pointer);
    for (size_t i = 0; i < form->n; i++)
        if (strncmp(form->blank[i].pointer, pointer, length) == 0 &&
            (!form->blank[i].pointer[length] || form->blank[i].pointer[length] == '/'))
            return true;
    return false;
}

// A question may be about several fields: their pointers stand with blanks between them.
static json_t *pointers_of(const form_t *form, const char *words)
{
    json_t *list = json_array();
    char pointer[BLANK_POINTER];
    while (*words) {
        size_t length = strcspn(words, " ");
        (void)snprintf(pointer, sizeof pointer, "%.*s", (int)length, words);
        if (has_blank(form, pointer))
            json_array_append_new(list, json_string(pointer));
        words += length + strspn(words + length, " ");
    }
    return list;
}

json_t *call_questions(const form_t *form)
{
    json_t *questions = json_array();
    for (const word_t *at = words_questions.words; at->word; at++) {
        json_t *pointers = pointers_of(form, at->word);
        if (json_array_size(pointers) > 0)
            json_array_append_new(
                questions, json_pack("{s:O, s:{s:s, s:s}}", "pointers", pointers, "ask",
                               "context", words_questions.context, "text", at->title));
        json_decref(pointers);
    }
    return questions;
}
