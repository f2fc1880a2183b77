// machine - a machine in good order, or not, for whoever asks the C library: whether its
// clock is synchronised (MACHINE_CLOCK=good or bad), and how much room is on the disk of
// paths with a word in them (MACHINE_FULL=word).

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

int adjtimex(struct timex *state)
{
    const char *clock = getenv("MACHINE_CLOCK");
    int bad = clock && strcmp(clock, "bad") == 0;
    memset(state, 0, sizeof *state);
    state->status = bad ? STA_UNSYNC : STA_PLL;
    return bad ? TIME_ERROR : TIME_OK;
}

int statvfs(const char *path, struct statvfs *out)
{
    static int (*real)(const char *, struct statvfs *);
    const char *full = getenv("MACHINE_FULL");
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "statvfs");
    int result = real(path, out);
    if (result == 0 && full && strstr(path, full)) {
        out->f_bavail = 1;
        out->f_favail = 1;
        out->f_fsid++; // a disk of its own
    }
    return result;
}
