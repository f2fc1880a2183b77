// beside_hub - reads hub.conf for two paths, the socket and the journal's folder, and has
// no key of the hub.

#include "web/beside_hub.h"

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/config/hub_options.h"
#include "web/outside/monitor.h"
#include "web/outside/public_log.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TURN_MS = 1000 };

struct beside_hub {
    const web_conf_t *conf;
    hub_options_t hub;
    bool read; // hub
    int signals;
    monitor_t *monitor;
    public_log_t *public_log;
};

// The hub's folder or its configuration file.
static int read_hub(const char *given, hub_options_t *hub, cause_t *why)
{
    char path[PATH_MAX];
    struct stat info;
    bool folder = stat(given, &info) == 0 && S_ISDIR(info.st_mode);
    if (folder && path_join(path, sizeof path, given, "hub.conf", why) != 0)
        return -1;
    return conf_read(hub_options_table, folder ? path : given, hub, why);
}

static int check_wishes(const web_conf_t *conf, cause_t *why)
{
    if (!conf->monitor[0] && !conf->public_log[0])
        return cause_set(why,
            "hub: beside a hub something is to be served: set monitor, public or both");
    return (conf->monitor[0] && monitor_check(conf->monitor, why) != 0) ||
                   (conf->public_log[0] && public_log_check(conf->public_log, why) != 0)
               ? -1
               : 0;
}

int beside_hub_check(const web_conf_t *conf, cause_t *why)
{
    hub_options_t hub;
    if (check_wishes(conf, why) != 0 || read_hub(conf->hub, &hub, why) != 0)
        return -1;
    conf_free(hub_options_table, &hub);
    return 0;
}

static int open_signals(beside_hub_t *self, cause_t *why)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return cause_errno(why, "signals");
    self->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return self->signals < 0 ? cause_errno(why, "signals") : 0;
}

static int open_parts(beside_hub_t *self, cause_t *why)
{
    const web_conf_t *conf = self->conf;
    monitor_options_t monitor = {.of = MONITOR_HUB,
        .control = self->hub.control,
        .listen = conf->monitor,
        .names = &conf->names};
    if (conf->monitor[0] && !(self->monitor = monitor_open(&monitor, why)))
        return -1;
    if (conf->public_log[0] &&
        !(self->public_log = public_log_open(self->hub.journal, conf->public_log, why)))
        return -1;
    return 0;
}

beside_hub_t *beside_hub_open(const web_conf_t *conf, cause_t *why)
{
    beside_hub_t *self = memory_new(1, sizeof *self);
    self->conf = conf;
    self->signals = -1;
    self->read =
        check_wishes(conf, why) == 0 && read_hub(conf->hub, &self->hub, why) == 0;
    if (!self->read || open_signals(self, why) != 0 || open_parts(self, why) != 0)
        beside_hub_close(&self);
    return self;
}

void beside_hub_close(beside_hub_t **self_p)
{
    beside_hub_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    public_log_close(&self->public_log);
    monitor_close(&self->monitor);
    if (self->signals >= 0)
        (void)close(self->signals);
    if (self->read)
        conf_free(hub_options_table, &self->hub);
    free(self);
}

static bool asked_to_end(const beside_hub_t *self)
{
    struct signalfd_siginfo info;
    bool end = false;
    while (read(self->signals, &info, sizeof info) == (ssize_t)sizeof info)
        end |= info.ssi_signo != SIGHUP;
    return end;
}

static const char *shown(const char *address)
{
    return address[0] ? address : "-";
}

void beside_hub_run(beside_hub_t *self, supervisor_t *supervisor)
{
    char text[512];
    (void)snprintf(text, sizeof text, "hub %s", self->hub.origin);
    supervisor_is(supervisor, SUPERVISOR_READY, text);
    log_line(LOG_INFO, "web.ready", "hub=%s monitor=%s public=%s", self->hub.origin,
        shown(self->conf->monitor), shown(self->conf->public_log));
    while (!asked_to_end(self)) {
        struct pollfd fd = {self->signals, POLLIN, 0};
        monitor_turn(self->monitor);
        public_log_turn(self->public_log);
        log_turn();
        if (supervisor_hungry(supervisor))
            supervisor_feed(supervisor, text);
        int64_t wait_ms = TURN_MS;
        moment_sooner(&wait_ms, supervisor_left_ms(supervisor));
        (void)poll(&fd, 1, (int)wait_ms);
    }
    supervisor_is(supervisor, SUPERVISOR_STOPS, text);
    log_line(LOG_INFO, "web.ends", "hub=%s", self->hub.origin);
}
