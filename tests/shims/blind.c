// blind - preloaded into a program, leaves it no inotify instance: on a busy machine all
// of a user's may be taken.

#include <errno.h>
#include <sys/inotify.h>

int inotify_init(void)
{
    errno = EMFILE;
    return -1;
}

int inotify_init1(int flags)
{
    (void)flags;
    errno = EMFILE;
    return -1;
}
