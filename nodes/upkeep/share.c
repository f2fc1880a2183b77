// share - see the header.

#include "nodes/upkeep/share.h"

#include "lib/base/folder.h"
#include "lib/sys/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int has_schemas(const char *folder)
{
    char path[PATH_MAX];
    cause_t ignored;
    return path_join(path, sizeof path, folder, "schemas", &ignored) == 0 &&
           access(path, F_OK) == 0;
}

// Without "..", as people want to read it in a configuration.
static void tidy(char path[PATH_MAX])
{
    char *real = realpath(path, NULL);
    if (real)
        (void)snprintf(path, PATH_MAX, "%s", real);
    free(real);
}

int share_find(const char *told, char out[PATH_MAX], cause_t *why)
{
    char bin[PATH_MAX];
    static const char *const places[] = {"../share/dabyl", "../.."};
    if (told) {
        (void)snprintf(out, PATH_MAX, "%s", told);
        return has_schemas(out) ? 0 : cause_set(why, "%s has no schemas/", out);
    }
    program_folder(bin);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (path_join(out, PATH_MAX, bin, places[i], why) == 0 && has_schemas(out)) {
            tidy(out);
            return 0;
        }
    return cause_set(
        why, "schemas and rules are not beside the program: use --share DIR");
}
