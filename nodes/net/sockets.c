// sockets - what CZMQ would only find by an assertion is looked for before.
//
// What CZMQ keeps is the process's and not ours to make twice: so is the one flag here.
// It takes no signal (ours come by descriptor), prints nothing, and whatever ZSYS_...
// says in the environment counts for nothing: it could make sockets of its own and change
// every limit.  Setters of options end the process only for values that libzmq refuses;
// ours are constants and keys of 32 bytes.

#include "nodes/net/sockets.h"

#include "lib/base/descriptors.h"
#include "lib/sys/task.h"

enum {
    // The context with its two threads takes 5, a socket that connects 2, a monitor 4;
    // the rest is for who connects to us meanwhile.
    SPARE_DESCRIPTORS = 32,
};

static bool prepared; // by the one thread that makes sockets

static void prepare(void)
{
    static char *nothing[] = {NULL};
    char **kept = environ;
    environ = nothing;
    zsys_handler_set(NULL);
    (void)zsys_init();
    zsys_set_logstream(NULL);
    environ = kept;
    prepared = true;
}

static void *do_nothing(void *context)
{
    return context;
}

static int check_threads(cause_t *why)
{
    task_t trial;
    if (task_start(&trial, "trial", do_nothing, NULL) != 0)
        return cause_errno(why, "there is no room for a thread (ulimit -u, TasksMax=)");
    task_join(trial);
    return 0;
}

static int check(cause_t *why)
{
    if (descriptors_left(SPARE_DESCRIPTORS, why) != 0 || check_threads(why) != 0)
        return -1;
    if (!prepared)
        prepare();
    return 0;
}

zsock_t *sockets_new(int type, cause_t *why)
{
    return check(why) == 0 ? zsock_new(type) : NULL;
}

zactor_t *sockets_monitor(zsock_t *socket, const char *const *event, cause_t *why)
{
    if (check(why) != 0)
        return NULL;
    zactor_t *self = zactor_new(zmonitor, socket);
    for (; *event; event++)
        (void)zstr_sendx(self, "LISTEN", *event, NULL);
    (void)zstr_sendx(self, "START", NULL);
    (void)zsock_wait(self);
    return self;
}

bool sockets_waits(void *socket)
{
    return (zsock_events(socket) & ZMQ_POLLIN) != 0;
}
