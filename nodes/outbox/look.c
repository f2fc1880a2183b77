// look - whether somebody has a file open for writing is learnt by asking the kernel for
// a read lease, which it does not give in that case.

#include "nodes/outbox/look.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/vfs.h>
#include <unistd.h>

// On network file systems EAGAIN may only mean that the server gave no lease to this
// machine.
static bool is_remote(int fd)
{
    struct statfs info;
    if (fstatfs(fd, &info) != 0)
        return false;
    return (unsigned)info.f_type == NFS_SUPER_MAGIC ||
           (unsigned)info.f_type == CIFS_SUPER_MAGIC ||
           (unsigned)info.f_type == SMB2_SUPER_MAGIC;
}

// Somebody who writes meanwhile makes the lease fail; whoever wants to write afterwards
// waits until the descriptor is closed.  The kernel tells of that by a signal: one that
// is ignored where nobody asks for it.
static bool lease(int fd, bool *busy)
{
    (void)fcntl(fd, F_SETSIG, SIGURG);
    bool leased = fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
    *busy = !leased && errno == EAGAIN && !is_remote(fd);
    return leased;
}

look_result_t look_open(int folder, const char *name, look_t *out, cause_t *why)
{
    bool busy = false;
    *out = (look_t){.fd = -1};
    if (fstatat(folder, name, &out->info, AT_SYMLINK_NOFOLLOW) != 0)
        return LOOK_GONE;
    // Never opened: a device may do something when it is.
    if (!S_ISREG(out->info.st_mode))
        return LOOK_ODD;
    out->fd =
        openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (out->fd < 0 && (errno == ENOENT || errno == ELOOP || errno == ENXIO))
        return LOOK_GONE; // it was replaced between the two calls: look again
    if (out->fd < 0 || fstat(out->fd, &out->info) != 0) {
        (void)cause_errno(why, "it cannot be read by user %ld", (long)geteuid());
        look_close(out);
        return LOOK_BARRED;
    }
    out->leased = lease(out->fd, &busy);
    if (S_ISREG(out->info.st_mode) && !busy)
        return LOOK_GOOD;
    look_close(out);
    return busy ? LOOK_BUSY : LOOK_ODD;
}

void look_close(look_t *self)
{
    if (self->fd >= 0)
        (void)close(self->fd);
    self->fd = -1;
    self->leased = false;
}
