// forget - preloaded into a hub, makes it write what it cannot read: FORGET=<key> <text>
// leaves out every member of that key whose text begins so.

#include <dlfcn.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int (*set_t)(json_t *object, const char *key, json_t *value);

static int forgotten(const char *key, const json_t *value)
{
    char wanted[32], begin[64];
    const char *orders = getenv("FORGET");
    const char *text = json_string_value(value);
    return orders && text && sscanf(orders, "%31s %63s", wanted, begin) == 2 &&
           strcmp(key, wanted) == 0 && strncmp(text, begin, strlen(begin)) == 0;
}

int json_object_set_new(json_t *object, const char *key, json_t *value)
{
    set_t real;
    void *symbol = dlsym(RTLD_NEXT, "json_object_set_new");
    memcpy(&real, &symbol, sizeof real);
    if (!forgotten(key, value))
        return real(object, key, value);
    json_decref(value);
    return 0;
}
