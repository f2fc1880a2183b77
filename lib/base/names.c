// names - one block of memory holds the pointers and, behind them, the names with their
// zeros.

#include "lib/base/names.h"

#include "lib/base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool ends_in(const char *name, const char *suffix)
{
    size_t n = strlen(name);
    size_t m = strlen(suffix);
    return n >= m && strcmp(name + n - m, suffix) == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// Of sorted names, one of each.
static void drop_twins(names_t *self)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n; i++)
        if (kept == 0 || strcmp(self->name[kept - 1], self->name[i]) != 0)
            self->name[kept++] = self->name[i];
    self->n = kept;
}

void names_of(names_t *self, size_t n, const buf_t *text)
{
    self->name = memory_grow(NULL, 1, n * sizeof(char *) + text->size + 1);
    char *at = (char *)(self->name + n);
    if (n > 0)
        memcpy(at, text->data, text->size);
    for (self->n = 0; self->n < n; at += strlen(at) + 1)
        self->name[self->n++] = at;
    if (n > 1)
        qsort(self->name, n, sizeof *self->name, by_name);
}

// The name as it is listed, with its zero; how many that adds.
static size_t put_name(
    buf_t *text, const char *name, const char *suffix, const char *other)
{
    if (ends_in(name, suffix)) {
        buf_put(text, name, strlen(name) + 1);
        return 1;
    }
    if (!other || !ends_in(name, other))
        return 0;
    buf_put(text, name, strlen(name) - strlen(other));
    buf_put(text, suffix, strlen(suffix) + 1);
    return 1;
}

int names_list_or(names_t *self, const char *folder, const char *suffix,
    const char *other, cause_t *why)
{
    buf_t text = {0};
    size_t n = 0;
    *self = (names_t){0};
    DIR *dir = opendir(folder);
    if (!dir)
        return cause_errno(why, "%s", folder);
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir)); errno = 0)
        if (entry->d_name[0] != '.')
            n += put_name(&text, entry->d_name, suffix, other);
    int result = errno == 0 ? 0 : cause_errno(why, "%s", folder);
    (void)closedir(dir);
    if (result == 0)
        names_of(self, n, &text);
    if (other)
        drop_twins(self);
    buf_destroy(&text);
    return result;
}

int names_list(names_t *self, const char *folder, const char *suffix, cause_t *why)
{
    return names_list_or(self, folder, suffix, NULL, why);
}

void names_free(names_t *self)
{
    free(self->name);
    *self = (names_t){0};
}
