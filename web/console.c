// console - the order matters: signals are blocked before there is a thread, the lock is
// taken before anything is touched, and what listens comes last and goes first.

#include "web/console_state.h"

#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "lib/sys/program.h"
#include "nodes/config/node_conf.h"
#include "nodes/config/node_paths.h"
#include "nodes/index/index_keeper.h"
#include "web/desk/turnstile.h"
#include "web/keys.h"
#include "web/last.h"
#include "web/law.h"
#include "web/shared.h"
#include "web/web_routes.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { TURN_MS = 1000, SPARE_DESCRIPTORS = 256 };
// Of what a hub lets a node ask (limits.explain_rate) most is left to the node itself.
enum { EXPLAINING_MOST = 2, EXPLAINING_EACH_S = 5 };

// Those beside the program, in the tree it was built in or where it was installed.
static int find_pages(console_t *self, cause_t *why)
{
    static const char *const places[] = {"../share/dabyl/web", "../../web/pages"};
    char program[PATH_MAX], path[2 * PATH_MAX];
    const char *given = self->conf->pages;
    program_folder(program);
    for (size_t i = 0; i < sizeof places / sizeof *places && !given[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", program, places[i]);
        if (access(path, X_OK) == 0 && realpath(path, self->pages))
            return 0;
    }
    if (given[0] && access(given, X_OK) == 0 && strlen(given) < sizeof self->pages)
        return text_copy(span_text(given), self->pages, sizeof self->pages) ? 0 : -1;
    return cause_set(why, "the pages are not there: %s",
        given[0] ? given : "neither ../share/dabyl/web beside the program nor web/pages");
}

// Which node this is: its id by its configuration, what it is by its certificate.
static int read_node(console_t *self, cause_t *why)
{
    char path[PATH_MAX];
    node_conf_t conf;
    if (node_folder(self->conf->node, self->node, why) != 0 ||
        node_conf_path(self->node, path, why) != 0 ||
        conf_read(node_conf_table, path, &conf, why) != 0)
        return -1;
    bool fits = text_copy(span_text(conf.node), self->name, sizeof self->name);
    int result = fits ? cert_read(&self->cert, conf.seal_certificate, why)
                      : cause_set(why, "%s: node: not a node's id", path);
    conf_free(node_conf_table, &conf);
    if (result == 0 && strcmp(self->cert.name, self->name) != 0)
        return cause_set(why, "the node's certificate is that of %s, and not of %s",
            self->cert.name, self->name);
    return result;
}

// Who may come in and who was put out is what the node has of its CA.
static int read_tls(console_t *self, cause_t *why)
{
    char ca[PATH_MAX], crl[PATH_MAX];
    if (!self->conf->certificate[0])
        return 0;
    if (!self->conf->key[0])
        return cause_set(why, "tls.key: a certificate needs its key");
    node_path(self->node, NODE_CA, ca);
    node_path(self->node, NODE_CRL, crl);
    if (tls_read(&self->tls, self->conf->certificate, self->conf->key, ca, why) != 0)
        return cause_prefix(why, "tls");
    self->papers = papers_open(ca, crl, self->name, why);
    return self->papers ? 0 : -1;
}

static int read_all(console_t *self, cause_t *why)
{
    if (listening_parse(&self->listening, self->conf->listen, why) != 0)
        return cause_prefix(why, "listen");
    if (self->conf->public_log[0])
        return cause_set(why, "public: a log is a hub's: set hub, beside that");
    if (self->conf->monitor[0] && monitor_check(self->conf->monitor, why) != 0)
        return -1;
    if (!self->listening.loopback && !self->conf->certificate[0])
        return cause_set(why,
            "listen: %s is no loopback address, and there TLS is needed "
            "(tls.certificate)",
            self->conf->listen);
    return read_node(self, why) != 0 || read_tls(self, why) != 0 ? -1
                                                                 : find_pages(self, why);
}

int console_check(const web_conf_t *conf, cause_t *why)
{
    console_t self = {.conf = conf};
    int result = read_all(&self, why);
    papers_close(&self.papers);
    tls_close(&self.tls);
    cert_close(&self.cert);
    return result;
}

// More than a shell usually grants.
static int raise_descriptors(const console_t *self, cause_t *why)
{
    struct rlimit limit;
    rlim_t needed = (rlim_t)self->conf->connections + SPARE_DESCRIPTORS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return cause_errno(why, "descriptors");
    if (limit.rlim_cur >= needed)
        return 0;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < needed)
        return cause_set(why,
            "connections: %lld need %llu descriptors, and the system grants %llu "
            "(ulimit -n, LimitNOFILE=)",
            (long long)self->conf->connections, (unsigned long long)needed,
            (unsigned long long)limit.rlim_max);
    limit.rlim_cur = needed;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? 0 : cause_errno(why, "descriptors");
}

// What is looked at waits for what is sent: on a machine that has too much to do the
// node's daemon goes first.  Threads that are made later have it of this one.
enum { GIVE_WAY = 10 };

static void give_way(void)
{
    int now = getpriority(PRIO_PROCESS, 0);
    if (now < GIVE_WAY)
        (void)setpriority(PRIO_PROCESS, 0, GIVE_WAY);
}

static int open_signals(console_t *self, cause_t *why)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return cause_errno(why, "signals");
    self->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return self->signals < 0 ? cause_errno(why, "signals") : 0;
}

static void remove_old(void *context, int folder, const char *name)
{
    (void)context;
    (void)unlinkat(folder, name, 0);
}

// What an upload left when the console was killed is nobody's.
static int open_folder(console_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(self->uploads, sizeof self->uploads, self->node, "state/web/uploads",
            why) != 0 ||
        folder_make(self->uploads, 0700, why) != 0 ||
        path_join(path, sizeof path, self->node, "state/web/lock", why) != 0)
        return -1;
    self->lock = lock_take(path, why);
    int folder = self->lock >= 0 ? folder_open(self->uploads, why) : -1;
    if (folder < 0)
        return -1;
    (void)folder_each(folder, remove_old, NULL);
    (void)close(folder);
    return 0;
}

static int open_parts(console_t *self, cause_t *why)
{
    const web_conf_t *conf = self->conf;
    char path[PATH_MAX];
    logins_limits_t ends = {.link_ms = conf->link_s * 1000,
        .idle_ms = conf->idle_min * 60000,
        .end_ms = conf->session_h * 3600000};
    streams_limits_t streams = {
        .all = (size_t)conf->streams, .each = (size_t)conf->streams_each};
    node_path(self->node, NODE_CONTROL, path);
    self->web = (web_t){.node = self->node,
        .name = self->name,
        .role = self->cert.role,
        .organisation = self->cert.organisation,
        .asker = asker_new(path),
        .logins = logins_new(&ends),
        .streams = streams_new(&streams),
        .law = web_law_new(self->node),
        .keys = web_keys_new(self->node),
        .last = last_new(),
        .queue = shared_new(),
        .explaining = turnstile_new(EXPLAINING_MOST, EXPLAINING_EACH_S),
        .seen_ms = conf->seen_min * 60000,
        .file_bytes = (uint64_t)conf->upload_mb << 20,
        .document_bytes = (uint64_t)conf->document_kb << 10};
    watch_options_t watch = {
        .node = self->node, .asker = self->web.asker, .streams = self->web.streams};
    self->web.watch = watch_open(&watch, why);
    self->web.index = self->web.watch ? index_keeper_new(self->node, why) : NULL;
    if (!self->web.index ||
        path_join(path, sizeof path, self->node, "run/web", why) != 0 ||
        !(self->control = control_open(path, why)))
        return -1;
    return 0;
}

static int open_server(console_t *self, cause_t *why)
{
    const web_conf_t *conf = self->conf;
    server_options_t options = {.listening = self->listening,
        .names = &conf->names,
        .pages = self->pages,
        .uploads = self->uploads,
        .upload_bytes = self->web.file_bytes,
        .document_bytes = (size_t)self->web.document_bytes,
        .connections = (unsigned)conf->connections,
        .silence_s = (unsigned)conf->silence_s,
        .workers = (size_t)conf->workers,
        .routes = web_routes,
        .web = &self->web,
        .logins = self->web.logins,
        .tls = self->papers ? &self->tls : NULL,
        .papers = self->papers,
        .streams = self->web.streams};
    self->server = server_open(&options, why);
    return self->server ? 0 : -1;
}

static int open_monitor(console_t *self, cause_t *why)
{
    char control[PATH_MAX];
    if (!self->conf->monitor[0])
        return 0;
    node_path(self->node, NODE_CONTROL, control);
    monitor_options_t options = {.of = MONITOR_NODE,
        .control = control,
        .listen = self->conf->monitor,
        .names = &self->conf->names};
    self->monitor = monitor_open(&options, why);
    return self->monitor ? 0 : -1;
}

console_t *console_open(const web_conf_t *conf, cause_t *why)
{
    console_t *self = memory_new(1, sizeof *self);
    self->conf = conf;
    self->lock = self->signals = -1;
    give_way();
    if (read_all(self, why) != 0 || raise_descriptors(self, why) != 0 ||
        open_signals(self, why) != 0 || open_folder(self, why) != 0 ||
        open_parts(self, why) != 0 || open_server(self, why) != 0 ||
        open_monitor(self, why) != 0)
        console_close(&self);
    return self;
}

void console_close(console_t **self_p)
{
    console_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    monitor_close(&self->monitor);
    server_close(&self->server);
    control_close(&self->control);
    watch_close(&self->web.watch);
    index_keeper_destroy(&self->web.index);
    asker_destroy(&self->web.asker);
    streams_destroy(&self->web.streams);
    logins_destroy(&self->web.logins);
    web_law_destroy(&self->web.law);
    web_keys_destroy(&self->web.keys);
    last_destroy(&self->web.last);
    shared_destroy(&self->web.queue);
    turnstile_destroy(&self->web.explaining);
    papers_close(&self->papers);
    tls_close(&self->tls);
    cert_close(&self->cert);
    if (self->signals >= 0)
        (void)close(self->signals);
    if (self->lock >= 0)
        (void)close(self->lock);
    free(self);
}

static bool goes_on(void *context, const char *session, span_t certificate)
{
    const console_t *self = context;
    person_t person;
    char token[SECRET_TEXT];
    cause_t ignored;
    now_t now = clock_now();
    return certificate.size > 0
               ? papers_check(self->papers, certificate, now.wall_ms, &person, token,
                     &ignored) == 0
               : logins_alive(self->web.logins, session, now.monotonic_ms);
}

// Browsers are told at each handshake whose certificates are looked at, and libmicrohttpd
// knows that from its start on: it is begun anew, and pages connect again by themselves.
static int begin_anew(console_t *self, cause_t *why)
{
    char ca[PATH_MAX];
    tls_t fresh;
    node_path(self->node, NODE_CA, ca);
    if (tls_read(&fresh, self->conf->certificate, self->conf->key, ca, why) != 0)
        return cause_prefix(why, "tls");
    server_close(&self->server);
    tls_close(&self->tls);
    self->tls = fresh;
    streams_begin(self->web.streams);
    return open_server(self, why);
}

// The node believes other CAs.  Whoever cannot listen any more ends.
static void take_cas(console_t *self)
{
    cause_t why;
    if (begin_anew(self, &why) == 0)
        log_line(LOG_INFO, "web.ca", "node=%s", self->name);
    else
        log_line(LOG_ERROR, "web.ca-bad", "reason=\"%s\"", why.text);
}

static void papers_turn(console_t *self)
{
    cause_t why;
    switch (papers_renew(self->papers, &why)) {
    case PAPERS_CAS:
        take_cas(self);
        break;
    case PAPERS_LIST:
        log_line(LOG_INFO, "web.crl", "node=%s", self->name);
        break;
    case PAPERS_BAD:
        log_line(LOG_ERROR, "web.crl-bad", "reason=\"%s\"", why.text);
        break;
    default:
        break;
    }
}

// Whoever was put out, or has ended, is told nothing more.
static void people_turn(console_t *self)
{
    if (self->papers)
        papers_turn(self);
    if (!self->server)
        return;
    streams_check(self->web.streams, goes_on, self);
    server_turn(self->server);
    monitor_turn(self->monitor);
}

static bool asked_to_end(const console_t *self)
{
    struct signalfd_siginfo info;
    bool end = false;
    while (read(self->signals, &info, sizeof info) == (ssize_t)sizeof info)
        end |= info.ssi_signo != SIGHUP;
    return end;
}

bool console_run(console_t *self, supervisor_t *supervisor)
{
    char text[512];
    (void)snprintf(text, sizeof text, "node %s, on %s", self->name, self->listening.text);
    supervisor_is(supervisor, SUPERVISOR_READY, text);
    log_line(
        LOG_INFO, "web.ready", "node=%s listen=%s", self->name, self->listening.text);
    while (!asked_to_end(self) && self->server) {
        console_ask_turn(self);
        people_turn(self);
        log_turn();
        struct pollfd fds[] = {
            {self->signals, POLLIN, 0}, {control_fd(self->control), POLLIN, 0}};
        if (supervisor_hungry(supervisor))
            supervisor_feed(supervisor, text);
        int64_t wait_ms = TURN_MS;
        moment_sooner(&wait_ms, supervisor_left_ms(supervisor));
        if (!control_waits(self->control))
            (void)poll(fds, 2, (int)wait_ms);
    }
    supervisor_is(supervisor, SUPERVISOR_STOPS, text);
    log_line(LOG_INFO, "web.ends", "node=%s", self->name);
    return self->server != NULL;
}
