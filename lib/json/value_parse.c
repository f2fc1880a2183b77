// value_parse - JSON to values, in one pass over a copy of the text; value_scalar.c has
// strings and numbers.

#include "lib/base/memory.h"
#include "lib/json/value_parser.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// Values are known by their place while they are read: the array may move.
enum { KEEPER = 0, ROOT = 1 };

bool parser_fail_at(
    parser_t *self, const char *at, value_fault_kind_t kind, const char *what)
{
    *self->fault = (value_fault_t){kind, (size_t)(at - self->text), what};
    return false;
}

bool parser_fail(parser_t *self, const char *what)
{
    if ((unsigned char)*self->at >= 0x80)
        return parser_fail_at(
            self, self->at, VALUE_UTF8, "outside of strings there is only ASCII");
    bool nul = *self->at == 0 && self->at < self->end;
    return parser_fail_at(
        self, self->at, VALUE_SYNTAX, nul ? "a NUL byte is not JSON" : what);
}

static void skip_space(parser_t *self)
{
    while (
        *self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t')
        self->at++;
}

// For so many values, as far as they may be; the first is not one of the text's.
static uint32_t room_for(const parser_t *self, size_t values)
{
    size_t most = self->limits->values + ROOT;
    return (uint32_t)(values < most ? values : most);
}

// The first array stands in one block with the text, which stays.
static __attribute__((noinline)) bool grow(parser_t *self)
{
    value_t *old = self->values;
    uint32_t room = room_for(self, self->room * (size_t)2);
    if (room == self->room)
        return parser_fail_at(self, self->at, VALUE_MANY, "too many values");
    self->values = memory_grow(NULL, room, sizeof *self->values);
    memcpy(self->values, old, self->room * sizeof *old);
    if (old != self->block)
        free(old);
    self->room = room;
    return true;
}

static bool add(parser_t *self, value_type_t type, uint32_t *index)
{
    if (self->n == self->room && !grow(self))
        return false;
    *index = self->n++;
    self->values[*index] = (value_t){.type = type, .span = 1};
    return true;
}

static bool take_literal(parser_t *self, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(self->at, word, length) != 0)
        return parser_fail(self, "a value must stand here");
    self->at += length;
    return true;
}

static bool take_value(parser_t *self, uint32_t *index);

static bool enter(parser_t *self)
{
    if (self->depth == self->limits->depth)
        return parser_fail_at(self, self->at, VALUE_DEPTH, "nested too deep");
    self->depth++;
    self->at++;
    skip_space(self);
    return true;
}

// Behind an item: 1 at the end, 0 when another one follows, -1 failed.
static int take_comma(parser_t *self, char close, const char *what)
{
    skip_space(self);
    if (*self->at == close) {
        self->at++;
        return 1;
    }
    if (*self->at != ',') {
        (void)parser_fail(self, what);
        return -1;
    }
    self->at++;
    skip_space(self);
    return 0;
}

static bool take_items(parser_t *self, uint32_t index)
{
    uint32_t item, n = 0;
    int end = *self->at == ']';
    self->at += end;
    for (; end == 0; n++) {
        if (!take_value(self, &item))
            return false;
        end = take_comma(self, ']', "a comma or ] must stand here");
    }
    self->values[index].length = n;
    return end > 0;
}

static bool take_member(parser_t *self)
{
    const char *key;
    uint32_t length, member;
    if (*self->at != '"')
        return parser_fail(self, "a key in quotes must stand here");
    char *start = self->at;
    if (!parser_string(self, &key, &length))
        return false;
    // Keys are compared as C strings as well.
    if (self->nul && memchr(key, 0, length))
        return parser_fail_at(self, start, VALUE_SYNTAX, "a key has no NUL");
    skip_space(self);
    if (*self->at != ':')
        return parser_fail(self, "a colon must stand here");
    self->at++;
    skip_space(self);
    if (!take_value(self, &member))
        return false;
    self->values[member].key = key;
    self->values[member].key_length = length;
    self->values[member].key_hash = value_hash(key, length);
    return true;
}

static bool same_key(const value_t *a, const value_t *b)
{
    return a->key_hash == b->key_hash && a->key_length == b->key_length &&
           memcmp(a->key, b->key, a->key_length) == 0;
}

static bool fail_twice(parser_t *self, const value_t *a, const value_t *b)
{
    const char *second = a->key < b->key ? b->key : a->key;
    return parser_fail_at(self, second - 1, VALUE_DUPLICATE, "this key is there twice");
}

static int by_key(const void *a, const void *b)
{
    const value_t *x = *(const value_t *const *)a;
    const value_t *y = *(const value_t *const *)b;
    if (x->key_length != y->key_length)
        return x->key_length < y->key_length ? -1 : 1;
    return memcmp(x->key, y->key, x->key_length);
}

static bool sorted_keys_differ(parser_t *self, const value_t *object)
{
    const value_t **member = memory_new(object->length, sizeof(const value_t *));
    bool differ = true;
    uint32_t n = 0;
    value_each(one, object)
    {
        member[n++] = one;
    }
    qsort(member, n, sizeof(const value_t *), by_key);
    for (uint32_t i = 1; i < n && differ; i++)
        if (same_key(member[i - 1], member[i]))
            differ = fail_twice(self, member[i - 1], member[i]);
    free(member);
    return differ;
}

static bool is_new_key(parser_t *self, const value_t *object, const value_t *member)
{
    value_each(before, object)
    {
        if (before == member)
            break;
        if (same_key(before, member))
            return fail_twice(self, before, member);
    }
    return true;
}

// A key whose bit no other has set is new; otherwise it is compared with all before it.
// That would never end for the objects that an attacker writes.
static bool keys_differ(parser_t *self, const value_t *object)
{
    enum { PAIRS_MAX = 32 };
    uint64_t seen = 0;
    if (object->length > PAIRS_MAX)
        return sorted_keys_differ(self, object);
    value_each(member, object)
    {
        uint64_t bit = UINT64_C(1) << (member->key_hash % 64);
        if ((seen & bit) && !is_new_key(self, object, member))
            return false;
        seen |= bit;
    }
    return true;
}

static bool take_members(parser_t *self, uint32_t index)
{
    uint32_t n = 0;
    int end = *self->at == '}';
    self->at += end;
    for (; end == 0; n++) {
        if (!take_member(self))
            return false;
        end = take_comma(self, '}', "a comma or } must stand here");
    }
    self->values[index].length = n;
    self->values[index].span = self->n - index;
    return end > 0 && keys_differ(self, &self->values[index]);
}

static bool take_nested(parser_t *self, uint32_t index, bool object)
{
    if (!enter(self) || !(object ? take_members : take_items)(self, index))
        return false;
    self->depth--;
    self->values[index].span = self->n - index;
    return true;
}

static bool take_text(parser_t *self, uint32_t index)
{
    value_t *value = &self->values[index];
    return parser_string(self, &value->as.text, &value->length);
}

// Recursion goes as deep as the limit.
static bool take_value(parser_t *self, uint32_t *index)
{
    switch (*self->at) {
    case '{':
        return add(self, VALUE_OBJECT, index) && take_nested(self, *index, true);
    case '[':
        return add(self, VALUE_ARRAY, index) && take_nested(self, *index, false);
    case '"':
        return add(self, VALUE_STRING, index) && take_text(self, *index);
    case 't':
        return add(self, VALUE_TRUE, index) && take_literal(self, "true");
    case 'f':
        return add(self, VALUE_FALSE, index) && take_literal(self, "false");
    case 'n':
        return add(self, VALUE_NULL, index) && take_literal(self, "null");
    default:
        if (*self->at == '-' || (*self->at >= '0' && *self->at <= '9'))
            return add(self, VALUE_INTEGER, index) &&
                   parser_number(self, &self->values[*index]);
        return parser_fail(self, "a value must stand here");
    }
}

static bool take_all(parser_t *self)
{
    uint32_t root;
    skip_space(self);
    if (!take_value(self, &root))
        return false;
    skip_space(self);
    return self->at == self->end ||
           parser_fail(self, "something follows behind the value");
}

value_t *value_parse(span_t text, const value_limits_t *limits, value_fault_t *fault)
{
    assert(text.size <= INT32_MAX);
    parser_t self = {.limits = limits, .fault = fault, .n = ROOT};
    // Most documents have a value for every sixteen bytes, or fewer.
    self.room = room_for(&self, text.size / 16 + 16);
    size_t values_size = self.room * sizeof *self.values;
    self.block = memory_grow(NULL, values_size + text.size + PARSER_BEHIND, 1);
    self.values = self.block;
    self.at = self.text = (char *)self.block + values_size;
    self.end = self.text + text.size;
    if (text.size)
        memcpy(self.text, text.data, text.size);
    memset(self.end, 0, PARSER_BEHIND);
    bool taken = take_all(&self);
    self.values[KEEPER].as.block = self.block;
    value_t *root = &self.values[ROOT];
    if (!taken)
        value_free(&root);
    return root;
}

void value_free(value_t **root_p)
{
    if (!*root_p)
        return;
    value_t *values = *root_p - ROOT;
    void *block = values[KEEPER].as.block;
    if (block != values)
        free(values);
    free(block);
    *root_p = NULL;
}
