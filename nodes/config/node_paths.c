// node_paths - a node's folder has its node.conf, or the link that the daemon left in
// state/ when it was started with one from elsewhere.
//
// Relative paths are taken from where the configuration really lies, so a link is
// followed first.

#include "nodes/config/node_paths.h"

#include "lib/base/file.h"
#include "lib/config/given.h"
#include "nodes/config/node_conf.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char own_conf[] = "node.conf", linked_conf[] = "state/node.conf";

// Where a node keeps a file of which its configuration says nothing, and the field that
// would say it.
static const struct {
    const char *usual;
    size_t field;
} places[] = {
    [NODE_CONTROL] = {"run/control", offsetof(node_conf_t, control)},
    [NODE_VKEY] = {"hub.vkey", offsetof(node_conf_t, vkey)},
    [NODE_CA] = {"certs/ca.pem", offsetof(node_conf_t, ca)},
    [NODE_CRL] = {"certs/crl.pem", offsetof(node_conf_t, crl)},
    [NODE_SEAL_CERTIFICATE] = {"certs/seal.pem", offsetof(node_conf_t, seal_certificate)},
};

static char *find_conf(const char *folder)
{
    char path[PATH_MAX];
    cause_t ignored;
    char *found = NULL;
    if (path_join(path, sizeof path, folder, own_conf, &ignored) == 0)
        found = realpath(path, NULL);
    if (!found && path_join(path, sizeof path, folder, linked_conf, &ignored) == 0)
        found = realpath(path, NULL);
    return found;
}

int node_conf_path(const char *folder, char out[PATH_MAX], cause_t *why)
{
    char *path = find_conf(folder);
    if (!path)
        return cause_set(why, "%s has no node.conf", folder);
    (void)snprintf(out, PATH_MAX, "%s", path);
    free(path);
    return 0;
}

// Whether the configured path is the usual one below this folder.  Then the path is made
// of the folder as it was given: a socket's path must be short, and somebody who is in
// the folder can name it as ".".
static bool is_usual(const char *folder, const char *usual, const char *configured)
{
    char path[PATH_MAX];
    cause_t ignored;
    char *here = realpath(folder, NULL);
    bool same = here && path_join(path, sizeof path, here, usual, &ignored) == 0 &&
                strcmp(path, configured) == 0;
    free(here);
    return same;
}

void node_path(const char *folder, node_path_t which, char out[PATH_MAX])
{
    cause_t ignored;
    node_conf_t conf;
    const char *usual = places[which].usual;
    if (path_join(out, PATH_MAX, folder, usual, &ignored) != 0)
        out[0] = '\0';
    char *path = find_conf(folder);
    if (path && conf_read(node_conf_table, path, &conf, &ignored) == 0) {
        const char *configured = *(char **)(void *)((char *)&conf + places[which].field);
        if (configured[0] && !is_usual(folder, usual, configured))
            (void)snprintf(out, PATH_MAX, "%s", configured);
        conf_free(node_conf_table, &conf);
    }
    free(path);
}

// "folder/." is how a configuration says "here".
static void tidy(char *folder)
{
    size_t size = strlen(folder);
    if (size > 2 && strcmp(folder + size - 2, "/.") == 0)
        folder[size - 2] = '\0';
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

int node_folder(const char *given, char out[PATH_MAX], cause_t *why)
{
    char path[PATH_MAX];
    node_conf_t conf;
    (void)snprintf(out, PATH_MAX, "%s", given);
    (void)snprintf(path, sizeof path, "%s", given);
    if (!is_file(given) &&
        (path_join(path, sizeof path, given, own_conf, why) != 0 || !is_file(path)))
        return 0; // a folder that the daemon may know by another configuration
    char *real = realpath(path, NULL);
    int result = real ? conf_read(node_conf_table, real, &conf, why)
                      : cause_errno(why, "%s", path);
    if (result == 0) {
        if (is_file(given) || !is_usual(given, ".", conf.folder))
            (void)snprintf(out, PATH_MAX, "%s", conf.folder);
        tidy(out);
        conf_free(node_conf_table, &conf);
    }
    free(real);
    return result;
}

bool node_is_hub(const char *given, char hub[PATH_MAX])
{
    char path[PATH_MAX];
    cause_t ignored;
    (void)snprintf(hub, PATH_MAX, "%s", given);
    if (is_file(given)) {
        const char *whose = given_whose(given), *folder = dirname(hub);
        memmove(hub, folder, strlen(folder) + 1);
        return whose && strcmp(whose, "dabyl-hub") == 0;
    }
    return node_conf_path(given, path, &ignored) != 0 &&
           path_join(path, sizeof path, given, "hub.conf", &ignored) == 0 &&
           is_file(path);
}

int node_paths_record(const char *folder, const char *config, cause_t *why)
{
    char link[PATH_MAX], fresh[PATH_MAX], own[PATH_MAX];
    struct stat used, here;
    if (path_join(link, sizeof link, folder, linked_conf, why) != 0 ||
        path_join(fresh, sizeof fresh, folder, "state/node.conf.new", why) != 0 ||
        path_join(own, sizeof own, folder, own_conf, why) != 0)
        return -1;
    bool its_own = stat(config, &used) == 0 && stat(own, &here) == 0 &&
                   used.st_ino == here.st_ino && used.st_dev == here.st_dev;
    if (its_own)
        return unlink(link) == 0 || errno == ENOENT ? 0 : cause_errno(why, "%s", link);
    char *real = realpath(config, NULL);
    (void)unlink(fresh);
    int result = real && symlink(real, fresh) == 0 && rename(fresh, link) == 0
                     ? 0
                     : cause_errno(why, "%s", link);
    free(real);
    return result;
}
