// descriptors - they are opened and closed again, so that the answer counts all limits:
// the process's own and that of the whole system.

#include "lib/base/descriptors.h"

#include <assert.h>
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

int descriptors_left(size_t n, cause_t *why)
{
    int fd[DESCRIPTORS_MOST];
    size_t opened = 0;
    assert(n <= DESCRIPTORS_MOST);
    while (opened < n && (fd[opened] = eventfd(0, EFD_CLOEXEC)) >= 0)
        opened++;
    int error = errno;
    for (size_t i = 0; i < opened; i++)
        (void)close(fd[i]);
    if (opened == n)
        return 0;
    errno = error;
    return cause_errno(why,
        "there are too few file descriptors (ulimit -n, LimitNOFILE=): %zu are needed "
        "now",
        n);
}
