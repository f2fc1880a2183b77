// clock - moves a program's wall clock: the file CLOCK_FILE holds milliseconds to add, as
// text.
//
// Read at every call, so that a test can step the clock of a running hub.  Other clocks
// are left alone, as they are when somebody sets the time; but where CLOCK_FAST says so,
// each look at the one that goes on by itself finds it so many milliseconds later.

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long long offset_ms(void)
{
    const char *path = getenv("CLOCK_FILE");
    char text[32] = "";
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return 0;
    ssize_t size = read(fd, text, sizeof text - 1);
    (void)close(fd);
    return size > 0 ? strtoll(text, NULL, 10) : 0;
}

static long long fast_ms(void)
{
    static _Atomic long long looks;
    const char *each = getenv("CLOCK_FAST");
    return each ? strtoll(each, NULL, 10) * looks++ : 0;
}

int clock_gettime(clockid_t clock, struct timespec *at)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, at);
    if (result == 0 && clock == CLOCK_BOOTTIME)
        at->tv_sec += (time_t)(fast_ms() / 1000);
    if (result == 0 && clock == CLOCK_REALTIME) {
        long long ms = offset_ms();
        at->tv_sec += (time_t)(ms / 1000);
        at->tv_nsec += (long)(ms % 1000) * 1000000;
        while (at->tv_nsec < 0) {
            at->tv_nsec += 1000000000;
            at->tv_sec--;
        }
        while (at->tv_nsec >= 1000000000) {
            at->tv_nsec -= 1000000000;
            at->tv_sec++;
        }
    }
    return result;
}
