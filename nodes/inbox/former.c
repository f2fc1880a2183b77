// former - numbered folders, and the newest is the one that was left last.

#include "nodes/inbox/former.h"

#include "lib/base/file.h"
#include "lib/tlog/note.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FORMER_MAX = 1000 };

void former_nth(const char *node, int n, char out[PATH_MAX])
{
    char name[32];
    cause_t ignored;
    (void)snprintf(name, sizeof name, "former/%d", n);
    if (path_join(out, PATH_MAX, node, name, &ignored) != 0)
        out[0] = 0;
}

int former_last(const char *node)
{
    char path[PATH_MAX];
    int n = 0;
    for (; n < FORMER_MAX; n++) {
        former_nth(node, n + 1, path);
        if (access(path, F_OK) != 0)
            break;
    }
    return n;
}

bool former_unfinished(const char *node)
{
    char folder[PATH_MAX], path[PATH_MAX];
    cause_t ignored;
    int n = former_last(node);
    former_nth(node, n, folder);
    return n > 0 && path_join(path, sizeof path, folder, "going", &ignored) == 0 &&
           access(path, F_OK) == 0;
}

int former_find(const char *node, const char *origin, char out[PATH_MAX], cause_t *why)
{
    char path[PATH_MAX];
    log_vkey_t vkey;
    cause_t ignored;
    for (int n = former_last(node); n > 0; n--) {
        former_nth(node, n, out);
        if (path_join(path, sizeof path, out, "hub.vkey", &ignored) == 0 &&
            log_vkey_read(&vkey, path, &ignored) == 0 && strcmp(vkey.origin, origin) == 0)
            return 0;
    }
    return cause_set(why, "%s: this node has left no log of the name %s", node, origin);
}
