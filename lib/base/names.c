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

int names_list(names_t *self, const char *folder, const char *suffix, cause_t *why)
{
    buf_t text = {0};
    size_t n = 0;
    *self = (names_t){0};
    DIR *dir = opendir(folder);
    if (!dir)
        return cause_errno(why, "%s", folder);
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir)); errno = 0) {
        if (entry->d_name[0] == '.' || !ends_in(entry->d_name, suffix))
            continue;
        buf_put(&text, entry->d_name, strlen(entry->d_name) + 1);
        n++;
    }
    int result = errno == 0 ? 0 : cause_errno(why, "%s", folder);
    (void)closedir(dir);
    if (result == 0)
        names_of(self, n, &text);
    buf_destroy(&text);
    return result;
}

void names_free(names_t *self)
{
    free(self->name);
    *self = (names_t){0};
}
