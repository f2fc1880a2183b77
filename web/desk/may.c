// may - a kind is offered where a rule requires that the message it names is of this very
// kind, and where no rule that always counts requires another.

#include "web/desk/may.h"

#include "nodes/writing/guide.h"
#include "web/desk/form_json.h"

#include <string.h>

static const char ANSWER[] = "acknowledgement";

typedef struct {
    const law_copy_t *law;
    const may_subject_t *subject;
    const char *kind, *author; // of the message
    json_t *list;
} may_t;

static const char *text_of(const json_t *root, const char *field)
{
    const char *text = json_string_value(json_object_get(root, field));
    return text ? text : "";
}

static bool is_own(const may_t *self)
{
    return strcmp(self->author, self->subject->node) == 0;
}

static bool counts(const may_t *self, const rule_t *rule, const char *kind)
{
    return strcmp(rule->kind, kind) == 0 &&
           (rule->roles & role_bit(self->subject->role)) != 0;
}

static bool about_kind(const require_t *require, const char *kind)
{
    const char *named;
    for (size_t i = 0; (named = require_kind(require, i)); i++)
        if (strcmp(named, kind) == 0)
            return true;
    return false;
}

// Whether the message lists this node there: "/to", "/body/members", "/from".
static bool lists_node(const may_t *self, const char *pointer)
{
    char path[POINTER_MAX];
    json_t *at = (json_t *)self->subject->root, *one;
    size_t i;
    (void)snprintf(path, sizeof path, "%s", pointer);
    char *rest = NULL;
    for (char *step = strtok_r(path, "/", &rest); step; step = strtok_r(NULL, "/", &rest))
        at = json_object_get(at, step);
    if (json_is_string(at))
        return strcmp(json_string_value(at), self->subject->node) == 0;
    json_array_foreach(at, i,
        one) if (json_is_string(one) &&
                 strcmp(json_string_value(one), self->subject->node) == 0) return true;
    return false;
}

typedef enum { FITS_UNSAID, FITS, FITS_NOT } fits_t;

// What a requirement says of a message that names this one by `of`.
static fits_t fits(const may_t *self, const require_t *require, refer_t of)
{
    if (require->of != of)
        return FITS_UNSAID;
    if (require->type == REQUIRE_KIND)
        return !about_kind(require, self->kind)            ? FITS_NOT
               : require->stands && !self->subject->stands ? FITS_NOT
                                                           : FITS;
    if (require->type == REQUIRE_AUTHOR_AMONG && require->pointer[0] &&
        !lists_node(self, require->pointer))
        return FITS_NOT;
    return FITS_UNSAID;
}

// Of all rules that count for the kind: those that always do forbid, any lets.
static bool is_offered(const may_t *self, const char *kind, refer_t of)
{
    const rules_t *rules = self->law->rules;
    bool offered = false;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (!counts(self, rule, kind))
            continue;
        fits_t of_rule = FITS_UNSAID;
        for (size_t k = 0; k < rule->requires && of_rule != FITS_NOT; k++) {
            fits_t one = fits(self, &rule->require[k], of);
            of_rule = one == FITS_UNSAID ? of_rule : one;
        }
        if (of_rule == FITS_NOT && rule->conditions == 0)
            return false;
        offered |= of_rule == FITS;
    }
    return offered;
}

// Whether a rule has messages of this kind bring others in.
static bool carries(const may_t *self, const char *kind)
{
    const rules_t *rules = self->law->rules;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (counts(self, rule, kind) && rule->carries.must)
            return true;
    }
    return false;
}

static bool delegates(const may_t *self, const char *kind)
{
    const rules_t *rules = self->law->rules;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (counts(self, rule, kind) && rule->delegates.line)
            return true;
    }
    return false;
}

static json_t *add(may_t *self, const char *act, const char *kind, const char *by,
    const guide_terms_t *terms)
{
    json_t *one = json_pack("{s:s, s:s, s:o, s:s, s:s*}", "act", act, "kind", kind,
        "title", form_json_title(self->law->schemas, kind), "cites", terms->first->cites,
        "by", by);
    json_array_append_new(self->list, one);
    return one;
}

// A word that some rule takes only in answer to another kind, or from whom it names, is
// not offered.
static bool word_fits(const may_t *self, const value_t *word)
{
    const rules_t *rules = self->law->rules;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        bool concerns = false;
        if (!counts(self, rule, ANSWER))
            continue;
        for (size_t k = 0; k < rule->conditions; k++)
            concerns |= strcmp(rule->condition[k].pointer, "/body/answer") == 0 &&
                        condition_meets(&rule->condition[k], word);
        for (size_t k = 0; concerns && k < rule->requires; k++)
            if (fits(self, &rule->require[k], REFER_RE) == FITS_NOT)
                return false;
    }
    return true;
}

static void add_answer(may_t *self, const guide_terms_t *terms)
{
    schema_field_t field;
    json_t *words = json_array();
    schemas_field(self->law->schemas, ANSWER, "/body/answer", &field);
    value_each(word, field.among)
    {
        if (value_text(word) && word_fits(self, word))
            json_array_append_new(words, json_string(value_text(word)));
    }
    json_t *one = add(self, "answer", ANSWER, "re", terms);
    json_object_set_new(one, "words", words);
}

static void add_kind(void *context, const char *kind, const guide_terms_t *terms)
{
    may_t *self = context;
    if (strcmp(kind, ANSWER) == 0) {
        if (!is_own(self) && strcmp(self->kind, ANSWER) != 0)
            add_answer(self, terms);
        return;
    }
    if (strcmp(kind, self->kind) == 0 && is_own(self) && self->subject->stands) {
        add(self, "correct", kind, "supersedes", terms);
        add(self, "withdraw", kind, "cancels", terms);
    }
    if (is_offered(self, kind, REFER_RE))
        add(self, delegates(self, kind) ? "delegate" : "answer", kind, "re", terms);
    else if (is_offered(self, kind, REFER_INCIDENT))
        add(self, carries(self, kind) ? "share" : "follow", kind, "incident", terms);
}

json_t *may_json(const law_copy_t *law, const may_subject_t *subject)
{
    may_t self = {law, subject, text_of(subject->root, "kind"),
        text_of(subject->root, "from"), json_array()};
    if (strcmp(text_of(subject->root, "status"), "test") != 0)
        guide_each(law->rules, subject->role, add_kind, &self);
    return self.list;
}
