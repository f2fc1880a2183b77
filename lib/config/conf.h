// conf - a libconfig file read against one table of options.
//
// Unknown keys, wrong types and values out of range fail with file:line.  Relative paths
// are taken from the folder of the configuration file.

#ifndef LIB_CONFIG_CONF_H
#define LIB_CONFIG_CONF_H

#include "lib/base/cause.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef enum { CONF_NUMBER, CONF_TEXT, CONF_PATH, CONF_FLAG, CONF_TEXTS } conf_type_t;

typedef struct {
    const char *key; // "hub.port" style: groups are written with dots
    conf_type_t type;
    size_t offset; // of the field in the struct: int64_t, char *, char *, bool, texts_t
    int64_t low, high;  // CONF_NUMBER
    const char *preset; // default as text; NULL: the key must be there
    const char *help;   // with the unit
} conf_option_t;

typedef struct {
    size_t n;
    char **text;
} texts_t;

// Fill `out` from the file.  On failure nothing is left to free.  Table ends with key
// NULL.
int conf_read(const conf_option_t *table, const char *path, void *out, cause_t *why);
void conf_free(const conf_option_t *table, void *out);
// Each key with its type, default and help, as a commented configuration file.
void conf_print(const conf_option_t *table, FILE *out);
void conf_print_help(const conf_option_t *table); // on standard output

#endif
