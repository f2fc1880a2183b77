// wanted - read as any other test of the rules, and then cut down to what has a place in
// every duty: a few short words.

#include "lib/rules/wanted.h"

#include "lib/base/text.h"
#include "lib/rules/condition.h"

#include <stdio.h>
#include <string.h>

static const char body[] = "/body/";
enum { BODY = sizeof body - 1 };

// The member of the body that a pointer names, or NULL.
static const char *member_at(const char *pointer)
{
    bool plain = strncmp(pointer, body, BODY) == 0 && pointer[BODY] &&
                 !strpbrk(pointer + BODY, "/~") &&
                 strlen(pointer + BODY) < WANTED_WORD_MAX;
    return plain ? pointer + BODY : NULL;
}

static bool keep_word(wanted_test_t *self, const value_t *word)
{
    const char *text = value_text(word);
    return text && text[0] && self->words < WANTED_WORDS_MAX &&
           text_copy(span_text(text), self->word[self->words++], WANTED_WORD_MAX);
}

static bool take_words(wanted_test_t *self, const value_t *list)
{
    value_each(word, list)
    {
        if (!keep_word(self, word))
            return false;
    }
    return self->words > 0;
}

static bool take_condition(wanted_test_t *self, const condition_t *condition)
{
    const char *member = member_at(condition->pointer);
    if (!member)
        return false;
    (void)snprintf(self->field, sizeof self->field, "%s", member);
    self->truth = condition->wanted;
    return condition->type == CONDITION_IN ? take_words(self, condition->values)
                                           : condition->type == CONDITION_IS_TRUE;
}

int wanted_read(
    wanted_t *self, const settings_t *file, const config_setting_t *at, cause_t *why)
{
    int n = config_setting_is_list(at) ? config_setting_length(at) : 0;
    *self = (wanted_t){0};
    if (n < 1 || n > WANTED_TESTS_MAX)
        return settings_fail(
            at, file, why, "met_when must be a list of 1 to %d tests", WANTED_TESTS_MAX);
    for (int i = 0; i < n; i++) {
        const config_setting_t *group = config_setting_get_elem(at, (unsigned)i);
        condition_t condition;
        if (condition_read(&condition, file, group, why) != 0)
            return -1;
        bool good = take_condition(&self->test[self->n++], &condition);
        condition_close(&condition);
        if (!good)
            return settings_fail(group, file, why,
                "met_when asks a field of the body for one of 1 to %d words (equals, in) "
                "of at most %d bytes, or whether it is true (is_true)",
                WANTED_WORDS_MAX, WANTED_WORD_MAX - 1);
    }
    return 0;
}

static bool test_met(const wanted_test_t *self, const value_t *field)
{
    const char *said = value_text(field);
    if (self->words == 0)
        return value_is(field, VALUE_TRUE) == self->truth;
    for (size_t i = 0; said && i < self->words; i++)
        if (strcmp(self->word[i], said) == 0)
            return true;
    return false;
}

bool wanted_met(const wanted_t *self, const value_t *message)
{
    const value_t *of = value_get(message, "body");
    for (size_t i = 0; i < self->n; i++)
        if (!test_met(&self->test[i], value_get(of, self->test[i].field)))
            return false;
    return true;
}

static bool test_same(const wanted_test_t *a, const wanted_test_t *b)
{
    bool same = strcmp(a->field, b->field) == 0 && a->words == b->words &&
                (a->words > 0 || a->truth == b->truth);
    for (size_t i = 0; same && i < a->words; i++)
        same = strcmp(a->word[i], b->word[i]) == 0;
    return same;
}

bool wanted_same(const wanted_t *a, const wanted_t *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = test_same(&a->test[i], &b->test[i]);
    return same;
}

void wanted_pointer(const wanted_test_t *test, char out[WANTED_POINTER])
{
    (void)snprintf(out, WANTED_POINTER, "%s%s", body, test->field);
}

static void write_test(const wanted_test_t *self, writer_t *to)
{
    char pointer[WANTED_POINTER];
    wanted_pointer(self, pointer);
    writer_object(to, NULL);
    writer_text(to, "field", pointer);
    if (self->words > 0)
        writer_array(to, "in");
    else
        writer_bool(to, "is_true", self->truth);
    for (size_t i = 0; i < self->words; i++)
        writer_text(to, NULL, self->word[i]);
    if (self->words > 0)
        writer_end(to);
    writer_end(to);
}

void wanted_write(const wanted_t *self, writer_t *to)
{
    for (size_t i = 0; i < self->n; i++)
        write_test(&self->test[i], to);
}

static bool take_test(wanted_test_t *self, const value_t *from)
{
    const char *pointer = value_text(value_get(from, "field"));
    const char *member = pointer ? member_at(pointer) : NULL;
    const value_t *words = value_get(from, "in"), *truth = value_get(from, "is_true");
    if (!member)
        return false;
    (void)snprintf(self->field, sizeof self->field, "%s", member);
    self->truth = value_is(truth, VALUE_TRUE);
    return words ? value_is(words, VALUE_ARRAY) && take_words(self, words)
                 : self->truth || value_is(truth, VALUE_FALSE);
}

bool wanted_take(wanted_t *self, const value_t *list)
{
    *self = (wanted_t){0};
    if (!value_is(list, VALUE_ARRAY) || value_count(list) == 0 ||
        value_count(list) > WANTED_TESTS_MAX)
        return false;
    value_each(test, list)
    {
        if (!take_test(&self->test[self->n++], test))
            return false;
    }
    return true;
}
