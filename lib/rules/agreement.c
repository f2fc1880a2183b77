// agreement - what differs is looked for from the outside in, so that a refusal can name
// the very measure, and not the list that has a hundred of them.

#include "lib/rules/agreement.h"

#include "lib/base/times.h"
#include "lib/rules/rule_load.h"

#include <stdio.h>
#include <string.h>

static int read_pointer(const load_t *load, const config_setting_t *at, const char *key,
    char out[POINTER_MAX])
{
    const char *text = config_setting_get_string(at);
    if (text == NULL || !pointer_valid(text))
        return complain(load, at, "%s must be a JSON pointer such as /body/treaty%s", key,
            strcmp(key, "digest") == 0 ? "" : ", or an array of them");
    (void)snprintf(out, POINTER_MAX, "%s", text);
    return 0;
}

// One pointer, or an array of them.
static int read_pointers(
    const load_t *load, const char *key, char (*out)[POINTER_MAX], int most, size_t *n)
{
    const config_setting_t *at = member_of(load, key);
    if (at == NULL)
        return 0;
    if (!config_setting_is_array(at)) {
        *n = 1;
        return read_pointer(load, at, key, out[0]);
    }
    int length = config_setting_length(at);
    if (length < 1 || length > most)
        return complain(load, at, "%s must have 1 to %d pointers", key, most);
    for (; *n < (size_t)length; (*n)++)
        if (read_pointer(load, config_setting_get_elem(at, (unsigned)*n), key, out[*n]) !=
            0)
            return -1;
    return 0;
}

// The moment here, and the one there.
static int read_moments(agreement_t *self, const load_t *load)
{
    const config_setting_t *before = member_of(load, "not_before"),
                           *after = member_of(load, "after");
    const config_setting_t *at = after ? after : before;
    const char *key = after ? "after" : "not_before";
    if (at == NULL)
        return 0;
    if (after && before)
        return complain(load, at, "not_before and after do not go together");
    if (!config_setting_is_array(at) || config_setting_length(at) != 2)
        return complain(load, at,
            "%s must have two pointers: to the moment here, and to that which it %s", key,
            after ? "is after" : "may not be before");
    self->after = after != NULL;
    return read_pointer(load, config_setting_get_elem(at, 0), key, self->moment_at) != 0
               ? -1
               : read_pointer(load, config_setting_get_elem(at, 1), key, self->since_at);
}

int agreement_read(agreement_t *self, const settings_t *file,
    const config_setting_t *group, cause_t *why)
{
    const load_t load = {file, group, why};
    const config_setting_t *digest = member_of(&load, "digest");
    if (read_pointers(&load, "same", self->same_at, AGREEMENT_SAME_MAX, &self->same) !=
            0 ||
        read_pointers(&load, "part", self->part_at, AGREEMENT_PART_MAX, &self->part) !=
            0 ||
        read_moments(self, &load) != 0)
        return -1;
    return digest ? read_pointer(&load, digest, "digest", self->digest_at) : 0;
}

bool agreement_asks(const agreement_t *self)
{
    return self->same > 0 || self->part > 0 || self->digest_at[0] || self->moment_at[0];
}

bool agreement_equal(const agreement_t *a, const agreement_t *b)
{
    bool equal = a->same == b->same && a->part == b->part &&
                 strcmp(a->digest_at, b->digest_at) == 0 &&
                 strcmp(a->moment_at, b->moment_at) == 0 &&
                 strcmp(a->since_at, b->since_at) == 0 && a->after == b->after;
    for (size_t i = 0; equal && i < a->same; i++)
        equal = strcmp(a->same_at[i], b->same_at[i]) == 0;
    for (size_t i = 0; equal && i < a->part; i++)
        equal = strcmp(a->part_at[i], b->part_at[i]) == 0;
    return equal;
}

static void step_key(char *where, const value_t *member)
{
    size_t used = strlen(where);
    (void)snprintf(where + used, AGREEMENT_WHERE - used, "/%s", member->key);
}

static void step_index(char *where, size_t index)
{
    size_t used = strlen(where);
    (void)snprintf(where + used, AGREEMENT_WHERE - used, "/%zu", index);
}

// Into the first item that is not the same, or that only one of them has.
static const value_t *differing_item(
    const value_t *here, const value_t *there, char *where, const value_t **other)
{
    const value_t *a = value_next(here, NULL), *b = value_next(there, NULL);
    size_t index = 0;
    for (; a && b && value_equal(a, b); index++) {
        a = value_next(here, a);
        b = value_next(there, b);
    }
    step_index(where, index);
    *other = b;
    return a;
}

static const value_t *differing_member(
    const value_t *here, const value_t *there, char *where, const value_t **other)
{
    value_each(member, here)
    {
        *other = value_getn(there, member->key, member->key_length);
        if (*other && value_equal(member, *other))
            continue;
        step_key(where, member);
        return member;
    }
    value_each(member, there)
    {
        if (value_getn(here, member->key, member->key_length))
            continue;
        step_key(where, member);
        *other = member;
        return NULL;
    }
    return NULL;
}

// Two values that are not equal: `where` goes on to what differs.
static void find_difference(const value_t *here, const value_t *there, char *where)
{
    while (here && there && here->type == there->type) {
        if (value_is(here, VALUE_ARRAY))
            here = differing_item(here, there, where, &there);
        else if (value_is(here, VALUE_OBJECT))
            here = differing_member(here, there, where, &there);
        else
            return;
    }
}

static bool is_same(const char *pointer, const value_t *here, const value_t *there,
    char where[AGREEMENT_WHERE])
{
    const value_t *mine = value_at(here, pointer), *other = value_at(there, pointer);
    if (there && (mine && other ? value_equal(mine, other) : mine == other))
        return true;
    (void)snprintf(where, AGREEMENT_WHERE, "%s", pointer);
    find_difference(mine, other, where);
    return false;
}

static bool has_item(const value_t *array, const value_t *wanted)
{
    if (!value_is(array, VALUE_ARRAY))
        return false;
    value_each(item, array)
    {
        if (value_equal(item, wanted))
            return true;
    }
    return false;
}

static bool is_part(const char *pointer, const value_t *here, const value_t *there,
    char where[AGREEMENT_WHERE])
{
    const value_t *mine = value_at(here, pointer), *other = value_at(there, pointer);
    size_t index = 0;
    (void)snprintf(where, AGREEMENT_WHERE, "%s", pointer);
    if (!value_is(mine, VALUE_ARRAY) || value_count(mine) == 0)
        return false;
    value_each(item, mine)
    {
        if (!has_item(other, item)) {
            step_index(where, index);
            return false;
        }
        index++;
    }
    return true;
}

static bool is_digest(const char *pointer, const value_t *here, const hash_t *digest,
    char where[AGREEMENT_WHERE])
{
    char expected[HASH_HEX];
    const char *named = value_text(value_at(here, pointer));
    hex_encode(digest->bytes, sizeof digest->bytes, expected);
    (void)snprintf(where, AGREEMENT_WHERE, "%s", pointer);
    return named && strcmp(named, expected) == 0;
}

static bool moment_of(const value_t *root, const char *pointer, int64_t *ms)
{
    const char *text = value_text(value_at(root, pointer));
    return text && time_parse(span_text(text), ms);
}

static bool is_since(const agreement_t *self, const value_t *here, const value_t *there,
    char where[AGREEMENT_WHERE])
{
    int64_t mine_ms, other_ms;
    (void)snprintf(where, AGREEMENT_WHERE, "%s", self->moment_at);
    return moment_of(here, self->moment_at, &mine_ms) &&
           moment_of(there, self->since_at, &other_ms) &&
           (self->after ? mine_ms > other_ms : mine_ms >= other_ms);
}

agreement_fault_t agreement_check(const agreement_t *self, const value_t *here,
    const value_t *there, const hash_t *digest, char where[AGREEMENT_WHERE])
{
    for (size_t i = 0; i < self->same; i++)
        if (!is_same(self->same_at[i], here, there, where))
            return NOT_SAME;
    for (size_t i = 0; i < self->part; i++)
        if (!is_part(self->part_at[i], here, there, where))
            return NOT_PART;
    if (self->digest_at[0] && !is_digest(self->digest_at, here, digest, where))
        return NOT_DIGEST;
    if (self->moment_at[0] && !is_since(self, here, there, where))
        return NOT_SINCE;
    return AGREES;
}
