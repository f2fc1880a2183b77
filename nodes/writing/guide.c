// guide - a list of kinds, a list of options, a document: all of them read off the form
// and the rules.

#include "nodes/writing/guide.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/inbox/mail.h"
#include "nodes/roles/placeholder.h"
#include "nodes/rules/rules_words.h"
#include "nodes/writing/dialogue.h"

#include <string.h>

// Roles other than the hub's, whose messages nobody writes.
static uint32_t roles_of(const char *role)
{
    uint32_t all = 0;
    for (size_t i = 0; !role[0] && cert_roles[i]; i++)
        all |= strcmp(cert_roles[i], "hub") == 0 ? 0 : role_bit(cert_roles[i]);
    return role[0] ? role_bit(role) : all;
}

static const char *title_of(const schemas_t *schemas, const char *kind)
{
    if (words_find(&words_kinds, kind))
        return words_title(&words_kinds, kind);
    const char *title = schemas_title(schemas, kind);
    return title ? title : "";
}

// The first rule that lets the role send the kind says where it stands in the law.
static guide_terms_t terms_of(const rules_t *rules, const char *kind, uint32_t roles)
{
    guide_terms_t terms = {0};
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (strcmp(rule->kind, kind) != 0 || !(rule->roles & roles))
            continue;
        if (!terms.first && rule_allows(rule))
            terms.first = rule;
        for (size_t k = 0; k < rule->requires && rule->conditions == 0; k++)
            if (rule->require[k].type == REQUIRE_SEALS)
                terms.seals = &rule->require[k];
    }
    return terms;
}

guide_terms_t guide_terms(const rules_t *rules, const char *kind, const char *role)
{
    return terms_of(rules, kind, roles_of(role));
}

void guide_each(
    const rules_t *rules, const char *role, guide_visit_t *visit, void *context)
{
    const char *last = "";
    uint32_t roles = roles_of(role);
    for (size_t i = 0; i < rules_count(rules); i++) {
        const char *kind = rules_at(rules, i)->kind;
        if (strcmp(kind, last) == 0)
            continue;
        last = kind;
        guide_terms_t terms = terms_of(rules, kind, roles);
        if (terms.first)
            visit(context, kind, &terms);
    }
}

static void print_terms(
    const schemas_t *schemas, const char *kind, const guide_terms_t *terms, FILE *out)
{
    screen_text(out, title_of(schemas, kind));
    fputs(", ", out);
    mail_print_cites(terms->first->cites, out);
    if (terms->seals) {
        fputs("; ", out);
        rules_print_require(terms->seals, out);
    }
    fputc('\n', out);
}

static void print_kind_json(
    const schemas_t *schemas, const char *kind, const guide_terms_t *terms, FILE *out)
{
    json_t *object = json_pack("{s:s, s:s, s:s}", "kind", kind, "title",
        title_of(schemas, kind), "cites", terms->first->cites);
    if (terms->seals)
        json_object_set_new(object, "seals", rules_json_require(terms->seals));
    screen_json(out, object);
    json_decref(object);
}

typedef struct {
    const schemas_t *schemas;
    bool json;
    FILE *out;
} listing_t;

static void list_kind(void *context, const char *kind, const guide_terms_t *terms)
{
    const listing_t *listing = context;
    if (listing->json) {
        print_kind_json(listing->schemas, kind, terms, listing->out);
        return;
    }
    screen_column(listing->out, kind, 26);
    print_terms(listing->schemas, kind, terms, listing->out);
}

void guide_list(const rules_t *rules, const schemas_t *schemas, const char *role,
    bool json, FILE *out)
{
    listing_t listing = {schemas, json, out};
    guide_each(rules, role, list_kind, &listing);
}

typedef enum { PART_NEEDED, PART_MATTERS, PART_REST } part_t;

static part_t part_of(const blank_t *blank)
{
    return blank->needed ? PART_NEEDED : blank->matters ? PART_MATTERS : PART_REST;
}

static void print_part(
    const form_t *form, part_t part, const char *title, const char *language, FILE *out)
{
    bool begun = false;
    for (size_t i = 0; i < form->n; i++) {
        if (part_of(&form->blank[i]) != part)
            continue;
        if (!begun)
            fprintf(out, "\n%s\n", title);
        begun = true;
        dialogue_explain(form, &form->blank[i], language, out);
    }
}

void guide_form(const form_t *form, const char *language, FILE *out)
{
    guide_terms_t terms = guide_terms(form->rules, form->kind, form->role);
    screen_text(out, form->kind);
    fputs(": ", out);
    if (terms.first)
        print_terms(form->schemas, form->kind, &terms, out);
    else
        fprintf(out, "%s\n", title_of(form->schemas, form->kind));
    print_part(form, PART_NEEDED, say("Needed:"), language, out);
    print_part(form, PART_MATTERS, say("What the rules look at:"), language, out);
    print_part(form, PART_REST, say("As may be:"), language, out);
}

// "FILL IN: how sure it is (blocked, confirmed, ...)"
static void print_mark(
    const form_t *form, const blank_t *blank, const char *language, buf_t *out)
{
    const char *before = " (";
    buf_printf(out, PLACEHOLDER "%s", form_words(form, blank, language));
    value_each(value, blank->among)
    {
        if (!value_text(value))
            continue;
        buf_printf(out, "%s%s", before, value_text(value));
        before = ", ";
    }
    if (before[0] == ',')
        buf_put_text(out, ")");
    if (!blank->needed)
        buf_printf(out, " (%s)", say("or take this out"));
}

// The place behind all but the last step of the pointer, made as it is gone along.
static void put_mark(json_t *document, const blank_t *blank, json_t *mark)
{
    json_t *at = document;
    const char *pointer = blank->pointer;
    for (;;) {
        size_t length = strcspn(++pointer, "/");
        const char *rest = pointer + length;
        bool list = strcmp(rest, "/-") == 0 || strncmp(rest, "/-/", 3) == 0;
        json_t *inside = json_object_getn(at, pointer, length);
        if (!*rest) {
            (void)json_object_setn(at, pointer, length, mark);
            return;
        }
        if (!inside) {
            inside = list ? json_array() : json_object();
            (void)json_object_setn_new(at, pointer, length, inside);
        }
        pointer = list ? rest + 2 : rest;
        if (list && !*pointer) {
            (void)json_array_append(inside, mark);
            return;
        }
        if (list && json_array_size(inside) == 0)
            (void)json_array_append_new(inside, json_object());
        at = list ? json_array_get(inside, 0) : inside;
    }
}

static bool is_in_template(const blank_t *blank, const char *language)
{
    const char *slash = strrchr(blank->pointer, '/');
    if (strcmp(blank->pointer, "/marking") == 0 || strcmp(blank->pointer, "/status") == 0)
        return false;
    if (blank->tongue)
        return blank->needed && strcmp(slash + 1, language) == 0;
    return blank->needed || blank->matters;
}

static json_t *mark_of(const form_t *form, const blank_t *blank, const char *language)
{
    buf_t text = {0};
    print_mark(form, blank, language, &text);
    json_t *mark =
        blank->type == BLANK_REFERENCE
            ? json_pack("{s:s, s:s}", "author", buf_text(&text), "id", buf_text(&text))
            : json_string(buf_text(&text));
    buf_destroy(&text);
    return mark;
}

json_t *guide_template(const form_t *form, const char *language)
{
    json_t *document = json_pack("{s:i, s:s, s:s, s:s, s:{}}", "dabyl", 1, "kind",
        form->kind, "status", "actual", "marking", form_marking(form), "body");
    for (size_t i = 0; i < form->n; i++) {
        if (!is_in_template(&form->blank[i], language))
            continue;
        json_t *mark = mark_of(form, &form->blank[i], language);
        put_mark(document, &form->blank[i], mark);
        json_decref(mark);
    }
    return document;
}
