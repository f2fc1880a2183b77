// placeholder - found by its first words, wherever it stands.

#include "nodes/roles/placeholder.h"

#include <stdio.h>
#include <string.h>

static bool is_left(const json_t *value, char *pointer, size_t room)
{
    const char *text = json_string_value(value);
    if (text)
        return strncmp(text, PLACEHOLDER, strlen(PLACEHOLDER)) == 0;
    size_t used = strlen(pointer), i;
    const char *key;
    json_t *inner;
    json_array_foreach(value, i, inner)
    {
        snprintf(pointer + used, room - used, "/%zu", i);
        if (is_left(inner, pointer, room))
            return true;
    }
    json_object_foreach((json_t *)value, key, inner)
    {
        snprintf(pointer + used, room - used, "/%s", key);
        if (is_left(inner, pointer, room))
            return true;
    }
    pointer[used] = '\0';
    return false;
}

bool placeholder_left(const json_t *document, char *pointer, size_t room)
{
    pointer[0] = '\0';
    return is_left(document, pointer, room);
}
