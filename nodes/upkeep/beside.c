// beside - see the header.

#include "nodes/upkeep/beside.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/standard.h"
#include "lib/sys/program.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

void beside_find(const char *daemon, char out[PATH_MAX])
{
    cause_t why;
    char folder[PATH_MAX];
    program_folder(folder);
    if (path_join(out, PATH_MAX, folder, daemon, &why) != 0 || access(out, X_OK) != 0)
        (void)snprintf(out, PATH_MAX, "%s", daemon);
}

int beside_check(const char *daemon, const char *conf, cause_t *why)
{
    char program[PATH_MAX];
    pid_t pid;
    int status = 0;
    beside_find(daemon, program);
    if (standard_flush(why) != 0)
        return -1;
    char *const words[] = {(char *)daemon, "-n", (char *)conf, NULL};
    errno = posix_spawnp(&pid, program, NULL, NULL, words, environ);
    if (errno == ENOENT)
        return cause_set(why, say("%s is not installed here"), daemon);
    if (errno != 0)
        return cause_errno(why, "%s", program);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return cause_errno(why, "%s", daemon);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
