// rule_apply - each test is tried with every value that the tests can tell apart.

#include "lib/rules/rule_apply.h"

#include "lib/rules/cells.h"

#include <string.h>

typedef struct {
    const rule_t *rule;
    const schemas_t *schemas;
    cause_t *why;
} apply_t;

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

static int check_tests(const apply_t *self, unsigned line, const char *kind,
    const condition_t *test, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (kind[0] && !can_meet(self->schemas, kind, test, n, test[i].pointer))
            return cause_set(self->why, "%s:%u: rule '%s' asks for a %s that no '%s' has",
                self->rule->path, line, self->rule->id, test[i].pointer, kind);
    return 0;
}

// A word that no answer has would leave its duty open for ever.
static int check_answers(const apply_t *self, const oblige_t *oblige)
{
    for (size_t i = 0; i < oblige->answers.n; i++) {
        const char *word = oblige->answers.word[i];
        const value_t value = {.type = VALUE_STRING,
            .as.text = word,
            .length = (uint32_t)strlen(word),
            .span = 1};
        if (!schemas_accept(self->schemas, oblige->kind, "/body/answer", &value))
            return cause_set(self->why,
                "%s:%u: rule '%s' waits for the answer '%s', which no '%s' gives",
                self->rule->path, oblige->line, self->rule->id, word, oblige->kind);
    }
    return 0;
}

int rule_can_apply(const rule_t *rule, const schemas_t *schemas, cause_t *why)
{
    const apply_t self = {rule, schemas, why};
    for (size_t i = 0; i < rule->obliges; i++)
        if (check_answers(&self, &rule->oblige[i]) != 0)
            return -1;
    if (check_tests(&self, rule->line, rule->kind, rule->condition, rule->conditions) !=
        0)
        return -1;
    for (size_t i = 0; i < rule->requires; i++) {
        const require_t *require = &rule->require[i];
        if (check_tests(&self, require->line, require->kind, require->condition,
                require->conditions) != 0)
            return -1;
    }
    return 0;
}
