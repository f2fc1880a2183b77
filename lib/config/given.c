// given - a configuration is known by a key that it must have, and no other may.

#include "lib/config/given.h"

#include "lib/base/file.h"
#include "lib/config/settings.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *program, *file, *key;
} kinds[] = {
    {"dabyl-hub", "hub.conf", "origin"}, {"dabyl-node", "node.conf", "hub.endpoints"},
    {"dabyl-web", "web.conf", NULL}, // has none that it must have
};
enum { KINDS = sizeof kinds / sizeof *kinds };

// NULL also where a key of another was written into it by mistake.
static const char *only_kind(const config_t *config)
{
    const char *found = NULL;
    for (size_t i = 0; i < KINDS; i++) {
        if (!kinds[i].key || !config_lookup(config, kinds[i].key))
            continue;
        if (found)
            return NULL;
        found = kinds[i].program;
    }
    return found;
}

const char *given_whose(const char *path)
{
    settings_t file;
    buf_t text = {0};
    cause_t ignored;
    const char *whose = NULL;
    if (settings_read(&file, path, &text, &ignored) == 0) {
        whose = only_kind(&file.config);
        settings_close(&file);
    }
    buf_destroy(&text);
    return whose;
}

// What its configuration is usually called.
static const char *file_of(const char *program)
{
    size_t i = 0;
    while (i + 1 < KINDS && strcmp(kinds[i].program, program) != 0)
        i++;
    return kinds[i].file;
}

static void explain_folder(const char *program, const char *folder, cause_t *why)
{
    char inside[PATH_MAX];
    cause_t ignored;
    if (path_join(inside, sizeof inside, folder, file_of(program), &ignored) == 0 &&
        access(inside, F_OK) == 0)
        (void)cause_set(why,
            "a folder was given, and %s takes the configuration in it: %s %s", program,
            program, inside);
    else
        (void)cause_set(why,
            "%s is a folder without a %s, and %s takes such a file: its configuration",
            folder, file_of(program), program);
}

void given_explain(const char *program, const char *path, cause_t *why)
{
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        explain_folder(program, path, why);
        return;
    }
    const char *whose = given_whose(path);
    if (whose && strcmp(whose, program) != 0)
        (void)cause_set(why,
            "%s is a configuration of %s; %s takes another, which is called %s", path,
            whose, program, file_of(program));
}
