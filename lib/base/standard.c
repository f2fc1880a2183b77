// standard - in the place of a closed descriptor /dev/null is opened, for the direction
// in which it is not used: reading from standard input, say, then fails as it did before.

#include "lib/base/standard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// open() gives the lowest number that is free; those below are taken already.
void standard_open(void)
{
    static const int wrong_way[] = {O_WRONLY, O_RDONLY, O_WRONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", wrong_way[fd] | O_NOCTTY) != fd &&
            open("/", O_RDONLY | O_DIRECTORY) != fd)
            _exit(EXIT_FAILURE);
}

// A write that failed before is tried again here, so that errno says why.
int standard_flush(cause_t *why)
{
    if (fflush(stdout) != 0)
        return errno == EBADF ? cause_set(why, "standard output is closed")
                              : cause_errno(why, "standard output");
    return ferror(stdout) ? cause_set(why, "standard output: not all could be written")
                          : 0;
}

static int finish(cause_t *why)
{
    int result = standard_flush(why);
    // Some file systems say only now that there was no room.
    if (fclose(stdout) != 0 && result == 0)
        result = cause_errno(why, "standard output");
    return result;
}

int standard_end(const char *program, int code, int misuse)
{
    cause_t why, said;
    if (finish(&why) == 0)
        return code;
    (void)cause_set(&said, "%s: %s; what was printed is not complete", program, why.text);
    (void)fprintf(stderr, "%s\n", said.text);
    return code == misuse ? code : EXIT_FAILURE;
}
