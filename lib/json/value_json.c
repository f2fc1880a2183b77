// value_json - one function a type; recursion goes as deep as the value.

#include "lib/json/value_json.h"

static json_t *copy_items(const value_t *array)
{
    json_t *copy = json_array();
    value_each(item, array)
    {
        (void)json_array_append_new(copy, value_json(item));
    }
    return copy;
}

static json_t *copy_members(const value_t *object)
{
    json_t *copy = json_object();
    value_each(member, object)
    {
        (void)json_object_setn_new(
            copy, member->key, member->key_length, value_json(member));
    }
    return copy;
}

json_t *value_json(const value_t *self)
{
    if (!self)
        return NULL;
    switch (self->type) {
    case VALUE_OBJECT:
        return copy_members(self);
    case VALUE_ARRAY:
        return copy_items(self);
    case VALUE_STRING:
        return json_stringn(self->as.text, self->length);
    case VALUE_INTEGER:
        return json_integer(self->as.integer);
    case VALUE_REAL:
        return json_real(self->as.real);
    case VALUE_NULL:
        return json_null();
    default:
        return json_boolean(self->type == VALUE_TRUE);
    }
}
