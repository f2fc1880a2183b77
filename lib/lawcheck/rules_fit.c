// rules_fit - first every field that rules name, then every test: each is tried with
// every value that the tests can tell apart.  A reference whose kind is not said may lead
// to any message: its fields are not checked.

#include "lib/lawcheck/rules_fit.h"

#include "lib/lawcheck/cells.h"
#include "lib/lawcheck/rules_follow.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const schemas_t *schemas;
    const rule_t *rule;
    cause_t *why;
} fit_t;

static int check(const fit_t *fit, unsigned line, const char *kind, const char *pointer)
{
    if (kind[0] == '\0' || schemas_has(fit->schemas, kind, pointer))
        return 0;
    return cause_set(fit->why, "%s:%u: rule '%s' names the field %s, which no %s has",
        fit->rule->path, line, fit->rule->id, pointer, kind);
}

static int check_emission(const fit_t *fit, const emit_t *emit)
{
    char pointer[POINTER_MAX];
    for (size_t i = 0; i < emit->fields; i++) {
        (void)snprintf(pointer, sizeof pointer, "/body/%s", emit->field[i].name);
        if (check(fit, emit->line, fit->rule->kind, emit->field[i].pointer) != 0 ||
            check(fit, emit->line, emit->kind, pointer) != 0)
            return -1;
    }
    return 0;
}

// A field of whatever the precondition may find.
static int check_each(const fit_t *fit, const require_t *require, const char *pointer)
{
    const char *kind;
    for (size_t i = 0; (kind = require_kind(require, i)) != NULL; i++)
        if (check(fit, require->line, kind, pointer) != 0)
            return -1;
    return 0;
}

// A field that both must have.
static int check_both(const fit_t *fit, const require_t *require, const char *pointer)
{
    if (check(fit, require->line, fit->rule->kind, pointer) != 0)
        return -1;
    return check_each(fit, require, pointer);
}

static int check_agreement(const fit_t *fit, const require_t *require)
{
    const agreement_t *agreement = &require->agreement;
    for (size_t i = 0; i < agreement->same; i++)
        if (check_both(fit, require, agreement->same_at[i]) != 0)
            return -1;
    for (size_t i = 0; i < agreement->part; i++)
        if (check_both(fit, require, agreement->part_at[i]) != 0)
            return -1;
    if (agreement->moment_at[0] &&
        (check(fit, require->line, fit->rule->kind, agreement->moment_at) != 0 ||
            check_each(fit, require, agreement->since_at) != 0))
        return -1;
    return agreement->digest_at[0]
               ? check(fit, require->line, fit->rule->kind, agreement->digest_at)
               : 0;
}

// An office that no message of the kind names would be nobody's.
static int check_seals(const fit_t *fit, const require_t *require)
{
    for (size_t i = 0; i < require->seals.n; i++) {
        const seal_wanted_t *wanted = &require->seals.wanted[i];
        if ((wanted->pointer[0] &&
                check(fit, require->line, fit->rule->kind, wanted->pointer) != 0) ||
            (wanted->territory[0] &&
                check(fit, require->line, fit->rule->kind, wanted->territory) != 0))
            return -1;
    }
    return 0;
}

static int check_require(const fit_t *fit, const require_t *require)
{
    if (require->type == REQUIRE_SEALS)
        return check_seals(fit, require);
    for (size_t i = 0; i < require->conditions; i++)
        if (check_each(fit, require, require->condition[i].pointer) != 0)
            return -1;
    return check_agreement(fit, require);
}

static bool takes(const fit_t *fit, const char *pointer, const char *text)
{
    const value_t value = {
        .type = VALUE_STRING, .as.text = text, .length = (uint32_t)strlen(text)};
    return schemas_accept(fit->schemas, fit->rule->kind, pointer, &value);
}

// A time that is counted from something else could not be reckoned, of no such message.
static bool is_moment(const fit_t *fit, const char *pointer)
{
    schema_field_t field;
    schemas_field(fit->schemas, fit->rule->kind, pointer, &field);
    return field.open || (takes(fit, pointer, "2026-01-01T00:00:00Z") &&
                             !takes(fit, pointer, "some words"));
}

static int check_moment(
    const fit_t *fit, const oblige_t *oblige, const char *pointer, const char *does)
{
    if (pointer[0] == '\0')
        return 0;
    if (check(fit, oblige->line, fit->rule->kind, pointer) != 0)
        return -1;
    if (is_moment(fit, pointer))
        return 0;
    return cause_set(fit->why, "%s:%u: duty '%s' of rule '%s' %s %s, which is no moment",
        fit->rule->path, oblige->line, oblige->duty, fit->rule->id, does, pointer);
}

static int check_delegates(const fit_t *fit)
{
    const delegates_t *delegates = &fit->rule->delegates;
    const char *const fields[] = {delegates->office, delegates->territory,
        delegates->person, delegates->from, delegates->until};
    if (delegates->line == 0)
        return 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i][0] && check(fit, delegates->line, fit->rule->kind, fields[i]) != 0)
            return -1;
    for (size_t i = 3; i < 5; i++)
        if (!is_moment(fit, fields[i]))
            return cause_set(fit->why, "%s:%u: %s of rule '%s' is no moment",
                fit->rule->path, delegates->line, fields[i], fit->rule->id);
    return 0;
}

static int check_oblige(const fit_t *fit, const oblige_t *oblige)
{
    if (check_moment(fit, oblige, oblige->from, "counts from") != 0 ||
        check_moment(fit, oblige, oblige->until, "runs until") != 0)
        return -1;
    for (size_t i = 0; i < oblige->met_when.n; i++) {
        char pointer[WANTED_POINTER];
        wanted_pointer(&oblige->met_when.test[i], pointer);
        if (check(fit, oblige->line, oblige->kind, pointer) != 0)
            return -1;
    }
    if (oblige->attested_by[0] == 0)
        return 0;
    return check(fit, oblige->line, oblige->attested_by, "/body/duty") != 0
               ? -1
               : check(fit, oblige->line, oblige->attested_by, "/body/told_at");
}

static int check_rule(const fit_t *fit)
{
    const rule_t *rule = fit->rule;
    if (!schemas_knows(fit->schemas, rule->kind))
        return cause_set(fit->why,
            "%s:%u: rule '%s' is about '%s', of which there is no schema", rule->path,
            rule->line, rule->id, rule->kind);
    for (size_t i = 0; i < rule->conditions; i++)
        if (check(fit, rule->line, rule->kind, rule->condition[i].pointer) != 0)
            return -1;
    for (size_t i = 0; i < rule->emits; i++)
        if (check_emission(fit, &rule->emit[i]) != 0)
            return -1;
    for (size_t i = 0; i < rule->requires; i++)
        if (check_require(fit, &rule->require[i]) != 0)
            return -1;
    for (size_t i = 0; i < rule->remarks; i++)
        if (check_require(fit, &rule->remark[i].met) != 0)
            return -1;
    for (size_t i = 0; i < rule->obliges; i++)
        if (check_oblige(fit, &rule->oblige[i]) != 0)
            return -1;
    if (check_delegates(fit) != 0)
        return -1;
    for (size_t i = 0; i < rule->enrolments; i++)
        if (check(fit, rule->enrolment[i].line, rule->kind, rule->enrolment[i].pointer))
            return -1;
    return 0;
}

// That some message passes all tests of one field; tests of several do not depend on each
// other.
static bool can_meet(const schemas_t *schemas, const char *kind, const condition_t *test,
    size_t n, const char *pointer)
{
    cells_t cells;
    bool met = false;
    cells_begin(&cells, schemas, kind, pointer);
    for (size_t i = 0; i < n; i++)
        if (strcmp(test[i].pointer, pointer) == 0)
            cells_test(&cells, schemas, kind, pointer, &test[i]);
    for (size_t k = 0; k < cells.n && !met; k++) {
        met = true;
        for (size_t i = 0; i < n && met; i++)
            met = strcmp(test[i].pointer, pointer) != 0 ||
                  cell_meets(&cells.cell[k], &test[i]);
    }
    met |= cells.open;
    cells_close(&cells);
    return met;
}

static int check_tests(
    const fit_t *fit, unsigned line, const char *kind, const condition_t *test, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (kind[0] && !can_meet(fit->schemas, kind, test, n, test[i].pointer))
            return cause_set(fit->why, "%s:%u: rule '%s' asks for a %s that no '%s' has",
                fit->rule->path, line, fit->rule->id, test[i].pointer, kind);
    return 0;
}

static int check_word(
    const fit_t *fit, const oblige_t *oblige, const char *pointer, const char *word)
{
    const value_t value = {.type = VALUE_STRING,
        .as.text = word,
        .length = (uint32_t)strlen(word),
        .span = 1};
    return schemas_accept(fit->schemas, oblige->kind, pointer, &value)
               ? 0
               : cause_set(fit->why,
                     "%s:%u: rule '%s' waits for '%s' in %s, which no '%s' says",
                     fit->rule->path, oblige->line, fit->rule->id, word, pointer,
                     oblige->kind);
}

// What no answer says would leave its duty open for ever.
static int check_wanted(
    const fit_t *fit, const oblige_t *oblige, const wanted_test_t *test)
{
    const value_t truth = {.type = VALUE_TRUE, .span = 1};
    char pointer[WANTED_POINTER];
    wanted_pointer(test, pointer);
    for (size_t i = 0; i < test->words; i++)
        if (check_word(fit, oblige, pointer, test->word[i]) != 0)
            return -1;
    return test->words > 0 || schemas_accept(fit->schemas, oblige->kind, pointer, &truth)
               ? 0
               : cause_set(fit->why,
                     "%s:%u: rule '%s' asks whether %s is true, which no '%s' says",
                     fit->rule->path, oblige->line, fit->rule->id, pointer, oblige->kind);
}

static int check_answers(const fit_t *fit, const oblige_t *oblige)
{
    for (size_t i = 0; i < oblige->met_when.n; i++)
        if (check_wanted(fit, oblige, &oblige->met_when.test[i]) != 0)
            return -1;
    return 0;
}

// Whether the rule's tests can be met at all.
static int check_tested(const fit_t *fit)
{
    const rule_t *rule = fit->rule;
    for (size_t i = 0; i < rule->obliges; i++)
        if (check_answers(fit, &rule->oblige[i]) != 0)
            return -1;
    if (check_tests(fit, rule->line, rule->kind, rule->condition, rule->conditions) != 0)
        return -1;
    for (size_t i = 0; i < rule->requires; i++) {
        const require_t *require = &rule->require[i];
        const char *kind;
        for (size_t k = 0; (kind = require_kind(require, k)) != NULL; k++)
            if (check_tests(fit, require->line, kind, require->condition,
                    require->conditions) != 0)
                return -1;
    }
    return 0;
}

int rules_fit(const rules_t *rules, const schemas_t *schemas, cause_t *why)
{
    fit_t fit = {.schemas = schemas, .why = why};
    for (size_t i = 0; i < rules_count(rules); i++) {
        fit.rule = rules_at(rules, i);
        if (check_rule(&fit) != 0)
            return -1;
    }
    for (size_t i = 0; i < rules_count(rules); i++) {
        fit.rule = rules_at(rules, i);
        if (check_tested(&fit) != 0 || rules_follow(rules, fit.rule, schemas, why) != 0)
            return -1;
    }
    return 0;
}
