// reserve - fallocate() where the file system has it, else zeros are written.
//
// posix_fallocate() is not used: its emulation writes single bytes and reads what is
// there.

#include "hub/journal/reserve.h"

#include "lib/base/pio.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static reserve_result_t fail(cause_t *why)
{
    reserve_result_t result =
        errno == ENOSPC || errno == EDQUOT ? RESERVE_FULL : RESERVE_FAILED;
    (void)cause_errno(why, "reserve space");
    return result;
}

static int grow(int fd, uint64_t from, uint64_t size)
{
    if (fallocate(fd, 0, 0, (off_t)size) == 0)
        return 0;
    if (errno != EOPNOTSUPP && errno != ENOSYS)
        return -1;
    return from < size ? pio_write_zeros(fd, from, size - from) : 0;
}

reserve_result_t reserve_room(int fd, uint64_t size, cause_t *why)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return fail(why);
    uint64_t before = (uint64_t)info.st_size;
    if (grow(fd, before, size) == 0)
        return RESERVE_OK;
    reserve_result_t result = fail(why);
    if (ftruncate(fd, (off_t)before) != 0) // give back what a half-done attempt took
        return RESERVE_FAILED;
    return result;
}
