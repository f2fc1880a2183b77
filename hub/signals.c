// signals - they are blocked and read, so that nothing of ours runs in a handler.

#include "hub/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

int signals_open(cause_t *why)
{
    sigset_t set;
    int descriptor = -1;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
        descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return descriptor < 0 ? cause_errno(why, "signalfd") : descriptor;
}

signals_t signals_next(int descriptor, uint32_t *uid)
{
    struct signalfd_siginfo info;
    if (read(descriptor, &info, sizeof info) != sizeof info)
        return SIGNALS_NONE;
    *uid = info.ssi_uid;
    return info.ssi_signo == SIGHUP ? SIGNALS_RELOAD : SIGNALS_STOP;
}
