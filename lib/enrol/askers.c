// askers - names are in order, so that what became of a request stands beside it.

#include "lib/enrol/askers.h"

#include "lib/base/folder.h"
#include "lib/base/moment.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static const char ending[] = ".pem";
enum { NAME_SIZE = HASH_HEX - 1 };

static bool same_request(const names_t *files, size_t i, size_t j)
{
    return j < files->n && strncmp(files->name[i], files->name[j], NAME_SIZE) == 0;
}

// A request, and nothing that says what became of it.
static bool is_alone(const names_t *files, size_t i)
{
    const char *name = files->name[i];
    return strlen(name) == NAME_SIZE + sizeof ending - 1 &&
           strcmp(name + NAME_SIZE, ending) == 0 && !same_request(files, i, i + 1) &&
           !(i > 0 && same_request(files, i, i - 1));
}

// It is written once, when it was asked.
static bool is_young(const joins_limits_t *limits, const char *name, int64_t now_ms)
{
    char path[PATH_MAX];
    struct stat info;
    cause_t ignored;
    if (path_join(path, sizeof path, limits->folder, name, &ignored) != 0 ||
        lstat(path, &info) != 0)
        return false;
    return moment_between((int64_t)info.st_mtim.tv_sec * 1000, now_ms) <= limits->life_ms;
}

size_t askers_count(const joins_limits_t *limits, int64_t now_ms)
{
    names_t files = {0};
    cause_t ignored;
    size_t count = 0;
    if (names_list(&files, limits->folder, "", &ignored) != 0)
        return 0;
    for (size_t i = 0; i < files.n; i++)
        count += is_alone(&files, i) && is_young(limits, files.name[i], now_ms);
    names_free(&files);
    return count;
}
