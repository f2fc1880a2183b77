// daemon_check - first what can be checked without changing anything.  Then the daemon is
// opened and closed again, but only where that leaves nothing behind which a start would
// not make: in a folder that was used before, by the same user, while no other daemon
// runs.

#include "nodes/daemon/daemon_state.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/lock.h"
#include "nodes/inbox/footing.h"
#include "nodes/link/channel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_conf(const node_conf_t *conf, cause_t *why)
{
    schemas_t *schemas = NULL;
    for (size_t i = 0; i < conf->endpoints.n; i++)
        if (channel_check(conf->endpoints.text[i], why) != 0)
            return -1;
    if (conf->schemas[0] && !(schemas = schemas_open(conf->schemas, why)))
        return -1;
    schemas_close(&schemas);
    if (conf->command[0] && access(conf->command, X_OK) != 0)
        return cause_errno(why, "command: %s", conf->command);
    return 0;
}

static int check_credentials(const node_conf_t *conf, cause_t *why)
{
    credentials_t credentials;
    if (credentials_open(&credentials, conf, why) != 0)
        return -1;
    int result = credentials_valid(&credentials, clock_now().wall_ms, why);
    credentials_close(&credentials);
    return result;
}

// Whether what it keeps can be opened: there is something, it is ours, and nobody holds
// it.  Else `found` may say why not.
static int look_for_daemon(
    daemon_check_t *found, const node_conf_t *conf, bool *free, cause_t *why)
{
    char lock[PATH_MAX], state[PATH_MAX];
    struct stat info;
    cause_t holder;
    if (path_join(state, sizeof state, conf->folder, "state", why) != 0 ||
        path_join(lock, sizeof lock, conf->folder, "state/lock", why) != 0)
        return -1;
    bool started = stat(state, &info) == 0;
    if (!started && footing_check(conf->folder, why) != 0) // all of it may be elsewhere
        return -1;
    if (started && info.st_uid != geteuid())
        (void)snprintf(found->untried, sizeof found->untried, "%s",
            say("what it keeps was not tried: that is another user's"));
    else if (started && lock_held(lock, &holder))
        (void)snprintf(found->untried, sizeof found->untried,
            say("%.160s, so that what it keeps was not tried"), holder.text);
    *free = started && !found->untried[0];
    return 0;
}

int daemon_check(daemon_check_t *found, const node_conf_t *conf, cause_t *why)
{
    bool free = false;
    *found = (daemon_check_t){0};
    if (check_credentials(conf, why) != 0 || check_conf(conf, why) != 0 ||
        folder_check(conf->folder, why) != 0 ||
        folder_check_socket(conf->control, why) != 0 ||
        look_for_daemon(found, conf, &free, why) != 0)
        return -1;
    if (!free)
        return 0;
    daemon_t *daemon = daemon_open(conf, why);
    if (!daemon)
        return -1;
    daemon_close(&daemon);
    return 0;
}
