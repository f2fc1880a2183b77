// schema_check - what a clause asserts about a value by itself, and how a refusal is
// written.
//
// The first clause that says no writes the refusal, unless a branch is only being tried.
// The chain of places becomes a JSON pointer only then.  Values of the message are not
// quoted: the pointer says which one it is, and refusals pass through hands that must not
// see bodies.

#include "lib/json/schema_tree.h"
#include "lib/json/writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_key(buf_t *out, const char *key, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (key[i] == '~' || key[i] == '/')
            buf_put_text(out, key[i] == '~' ? "~0" : "~1");
        else
            buf_put(out, &key[i], 1);
}

static void put_place(buf_t *out, const schema_place_t *at)
{
    if (!at)
        return;
    put_place(out, at->up);
    buf_put_text(out, "/");
    if (at->key)
        put_key(out, at->key, at->number);
    else
        buf_printf(out, "%zu", at->number);
}

bool schema_fail(schema_run_t *run, const clause_t *clause, const schema_place_t *at,
    const char *format, ...)
{
    buf_t pointer = {0};
    char by[sizeof run->refusal->by];
    char text[sizeof run->refusal->text];
    va_list args;
    // Before anything is printed: branches that are only tried fail all the time.
    if (run->quiet > 0)
        return false;
    put_place(&pointer, at);
    (void)snprintf(by, sizeof by, "%s %s", clause->file, clause->keyword->name);
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    refuse(run->refusal, "doc.schema", buf_text(&pointer), by, "%s", text);
    buf_destroy(&pointer);
    return false;
}

enum { VALUE_SHOWN = 256 };

// What the schema names, cut where it is long; nothing while branches are only tried.
static const char *value_shown(
    const schema_run_t *run, const clause_t *clause, char out[VALUE_SHOWN])
{
    if (run->quiet > 0)
        return "";
    buf_t text = {0};
    writer_t to = writer_to(&text);
    writer_value(&to, NULL, clause->value);
    (void)snprintf(out, VALUE_SHOWN, "%s", buf_text(&text));
    buf_destroy(&text);
    return out;
}

static bool fail_wanted(schema_run_t *run, const clause_t *clause,
    const schema_place_t *at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bool fail_wanted(schema_run_t *run, const clause_t *clause,
    const schema_place_t *at, const char *format, ...)
{
    char text[VALUE_SHOWN + 32];
    va_list args;
    if (run->quiet > 0)
        return false;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return schema_fail(run, clause, at, "expected %s", text);
}

// The format has one %s, the value that the schema names.
#define fail_value(run, clause, at, format)                                              \
    fail_wanted(run, clause, at, format, value_shown(run, clause, (char[VALUE_SHOWN]){0}))

bool check_never(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    (void)value;
    return schema_fail(run, clause, at, "nothing may stand here");
}

bool check_type(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    if (type_matches(clause->as.types, value))
        return true;
    if (value_is(clause->value, VALUE_STRING))
        return schema_fail(run, clause, at, "expected type %s, found %s",
            value_text(clause->value), type_words(value));
    return fail_value(run, clause, at, "one of the types %s");
}

bool check_const(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    return value_equal(clause->value, value) || fail_value(run, clause, at, "exactly %s");
}

bool check_enum(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    value_each(one, clause->value)
    {
        if (value_equal(one, value))
            return true;
    }
    return fail_value(run, clause, at, "one of %s");
}

bool check_minimum(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    return value_compare(value, clause->value) >= 0 ||
           fail_value(run, clause, at, "at least %s");
}

bool check_maximum(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    return value_compare(value, clause->value) <= 0 ||
           fail_value(run, clause, at, "at most %s");
}

bool check_exclusive_minimum(schema_run_t *run, const clause_t *clause,
    const value_t *value, const schema_place_t *at)
{
    return value_compare(value, clause->value) > 0 ||
           fail_value(run, clause, at, "more than %s");
}

bool check_exclusive_maximum(schema_run_t *run, const clause_t *clause,
    const value_t *value, const schema_place_t *at)
{
    return value_compare(value, clause->value) < 0 ||
           fail_value(run, clause, at, "less than %s");
}

bool check_multiple_of(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    return number_divides(clause->value, value) ||
           fail_value(run, clause, at, "a multiple of %s");
}

// Found and wanted counts are safe to tell; values are not.
static bool at_least(schema_run_t *run, const clause_t *clause, const schema_place_t *at,
    size_t found, const char *unit)
{
    return found >= clause->as.count ||
           schema_fail(run, clause, at, "expected at least %zu %s, found %zu",
               clause->as.count, unit, found);
}

static bool at_most(schema_run_t *run, const clause_t *clause, const schema_place_t *at,
    size_t found, const char *unit)
{
    return found <= clause->as.count ||
           schema_fail(run, clause, at, "expected at most %zu %s, found %zu",
               clause->as.count, unit, found);
}

bool check_min_length(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    // A character has at most four bytes: most strings need no counting.
    if (value_length(value) / 4 >= clause->as.count)
        return true;
    return at_least(run, clause, at, schema_characters(value), "characters");
}

bool check_max_length(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    if (value_length(value) <= clause->as.count)
        return true;
    return at_most(run, clause, at, schema_characters(value), "characters");
}

bool check_min_properties(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    return at_least(run, clause, at, value_count(value), "fields");
}

bool check_max_properties(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    return at_most(run, clause, at, value_count(value), "fields");
}

bool check_min_items(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    return at_least(run, clause, at, value_count(value), "items");
}

bool check_max_items(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    return at_most(run, clause, at, value_count(value), "items");
}

bool check_unique_items(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    size_t i = 0;
    value_each(item, value)
    {
        size_t j = 0;
        value_each(before, value)
        {
            if (before == item)
                break;
            if (value_equal(before, item))
                return schema_fail(run, clause, at, "items %zu and %zu are equal", j, i);
            j++;
        }
        i++;
    }
    return true;
}

bool check_format(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    span_t text = span_of(value_text(value), value_length(value));
    return clause->as.format->check(text) ||
           schema_fail(run, clause, at, "expected %s", clause->as.format->words);
}

// `why` goes behind the sentence.  The pointer names the field that ought to be there.
static bool fail_missing(schema_run_t *run, const clause_t *clause, const char *key,
    size_t length, const schema_place_t *at, const char *why)
{
    schema_place_t missing = {at, key, length};
    return schema_fail(run, clause, &missing, "the field \"%s\" is missing%s%s", key,
        why ? ", needed with " : "", why ? why : "");
}

static bool is_next(const value_t *member, const field_t *name)
{
    return member && member->key_hash == name->hash &&
           member->key_length == name->length &&
           value_same_key(member->key, name->key, name->length);
}

// Most messages have their fields in the order of the schema: the next one is looked at
// first.
bool check_required(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    const value_t *found = NULL;
    for (size_t i = 0; i < clause->as.required.n; i++) {
        const field_t *name = &clause->as.required.name[i];
        const value_t *next = value_next(value, found);
        found = is_next(next, name)
                    ? next
                    : value_member(value, name->key, name->length, name->hash);
        if (!found)
            return fail_missing(run, clause, name->key, name->length, at, NULL);
    }
    return true;
}

bool check_dependent_required(schema_run_t *run, const clause_t *clause,
    const value_t *value, const schema_place_t *at)
{
    value_each(names, clause->value)
    {
        if (!value_member(value, names->key, names->key_length, names->key_hash))
            continue;
        value_each(name, names)
        {
            const char *key = value_text(name);
            size_t length = value_length(name);
            if (!value_getn(value, key, length))
                return fail_missing(run, clause, key, length, at, names->key);
        }
    }
    return true;
}
