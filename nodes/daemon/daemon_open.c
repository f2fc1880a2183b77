// daemon_open - puts a node together and takes it apart.
//
// The order matters: the lock before anything is touched, signals before any thread is
// made, the store before the link that starts from its numbers, the link before the
// parcels that are published again through it.

#include "lib/base/memory.h"
#include "nodes/daemon/daemon_state.h"
#include "nodes/inbox/footing.h"
#include "nodes/inbox/former.h"

#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/base/version.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    DOCUMENT_BYTES = 1 << 20, // until the hub has said its limit
    DOCUMENT_DEPTH = 64,
};

letter_rules_t daemon_letter_rules(const daemon_t *self)
{
    link_status_t status;
    link_status(self->link, &status);
    return (letter_rules_t){
        .node = self->conf->node,
        .schemas = self->schemas,
        .limits = {.size = status.size_limit ? status.size_limit : DOCUMENT_BYTES,
            .depth = DOCUMENT_DEPTH},
    };
}

// Two daemons over one folder would publish one file twice.
static int take_lock(daemon_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->conf->folder, "state", why) != 0 ||
        folder_make(path, 0700, why) != 0 ||
        path_join(path, sizeof path, self->conf->folder, "state/lock", why) != 0)
        return -1;
    self->lock = lock_take(path, why);
    return self->lock >= 0 ? 0 : -1;
}

// Before any thread is made, so that all of them leave the signals to us.
static int open_signals(daemon_t *self, cause_t *why)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGCHLD);
    (void)signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return cause_errno(why, "signals");
    self->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return self->signals < 0 ? cause_errno(why, "signals") : 0;
}

static int open_link(daemon_t *self, cause_t *why)
{
    const node_conf_t *conf = self->conf;
    link_options_t options = {
        .node = conf->node,
        .agent = "dabyl-node " DABYL_VERSION,
        .endpoint = (const char *const *)conf->endpoints.text,
        .endpoints = conf->endpoints.n,
        .seal = &self->credentials.seal,
        .vkey = self->credentials.vkey,
        .ca = self->credentials.ca,
        .stored = store_stored(self->store),
        .position = store_position(self->store),
        .checkpoint = store_checkpoint(self->store),
        .window = (uint32_t)conf->window,
        .paths = true,
    };
    memcpy(options.hub_key, self->credentials.hub_cert.key, 32);
    memcpy(options.secret_key, self->credentials.channel_secret, 32);
    memcpy(options.public_key, self->credentials.channel_public, 32);
    link_events_t events = daemon_link_events(self);
    self->link = link_open(&options, &events, why);
    if (!self->link)
        return -1;
    link_identity_t identity; // with the hub's next key, where it is known
    daemon_identity(self, &identity);
    link_identify(self->link, &identity);
    explicit_bzero(&identity, sizeof identity);
    return 0;
}

static void publish(void *context, parcel_t **parcel_p)
{
    daemon_t *self = context;
    link_publish(self->link, parcel_p);
}

static void file_taken(void *context, const char *file, const char *id, const char *kind)
{
    (void)context;
    log_line(LOG_INFO, "outbox.taken", "file=\"%s\" id=%s kind=%s", file, id, kind);
}

static void file_refused(void *context, const char *file, const refusal_t *refusal)
{
    ((daemon_t *)context)->refused_here++;
    log_line(LOG_WARNING, "outbox.refused",
        "file=\"%s\" code=%s pointer=\"%s\" reason=\"%s\"", file, refusal->code,
        refusal->pointer, refusal->text);
}

static void file_left(void *context, const char *file, const char *reason)
{
    (void)context;
    log_line(LOG_WARNING, "outbox.left", "file=\"%s\" reason=\"%s\"", file, reason);
}

static int open_outbox(daemon_t *self, cause_t *why)
{
    pending_options_t kept = {
        .folder = self->conf->folder, .vkey = &self->credentials.vkey};
    if (!(self->tray = kept.tray = tray_open(self->conf->folder, why)) ||
        !(self->pending = pending_open(&kept, publish, self, why)))
        return -1;
    outbox_options_t options = {
        .folder = self->conf->folder,
        .rules = daemon_letter_rules(self),
        .origin = self->credentials.vkey.origin,
        .key = &self->credentials.seal,
        .tray = self->tray,
        .store = self->store,
        .pending = self->pending,
    };
    outbox_events_t events = {
        .context = self, .taken = file_taken, .refused = file_refused, .left = file_left};
    self->outbox = outbox_open(&options, &events, why);
    return self->outbox ? 0 : -1;
}

static int find_message(
    void *context, uint64_t number, char *path, size_t room, cause_t *why)
{
    daemon_t *self = context;
    return store_find(self->store, number, path, room, why);
}

static void command_failed(
    void *context, uint64_t number, run_outcome_t outcome, const char *text)
{
    static const char *const ids[] = {
        "command.failed", "command.given-up", "command.skipped", "command.waits"};
    daemon_t *self = context;
    self->command_failures += outcome == RUN_FAILED || outcome == RUN_GIVEN_UP;
    self->command_given_up += outcome == RUN_GIVEN_UP;
    log_line(outcome == RUN_GIVEN_UP ? LOG_ERROR : LOG_WARNING, ids[outcome],
        "number=%" PRIu64 " reason=\"%s\"", number, text);
}

static void command_printed(void *context, uint64_t number, const char *text)
{
    (void)context;
    log_line(LOG_INFO, "command.output", "number=%" PRIu64 " text=\"%s\"", number, text);
}

static int open_runner(daemon_t *self, cause_t *why)
{
    runner_options_t options = {
        .folder = self->conf->folder,
        .program = self->conf->command,
        .timeout_ms = moment_span(self->conf->command_timeout_s, 1000),
        .pause_ms = 1000,
        .tries = (unsigned)self->conf->command_tries,
    };
    runner_events_t events = {.context = self,
        .find = find_message,
        .failed = command_failed,
        .printed = command_printed};
    self->runner = runner_open(&options, &events, store_stored(self->store), why);
    return self->runner ? 0 : -1;
}

static int open_store(daemon_t *self, cause_t *why)
{
    if (former_unfinished(self->conf->folder))
        return cause_set(why, "going over to another log was not finished: say `dabyl "
                              "node accept-log` again");
    if (footing_take(self->conf->folder, why) != 0)
        return -1;
    self->store = store_open(
        &(store_options_t){self->conf->folder, self->conf->node, &self->credentials.vkey},
        why);
    if (!self->store)
        return -1;
    if (store_stray(self->store))
        log_line(LOG_WARNING, "inbox.stray",
            "reason=\"%s\" action=\"it is no delivery and counts for nothing: take it "
            "out of the inbox\"",
            store_stray(self->store));
    return 0;
}

static int open_parts(daemon_t *self, cause_t *why)
{
    const node_conf_t *conf = self->conf;
    if (credentials_open(&self->credentials, conf, why) != 0)
        return -1;
    if (conf->schemas[0] && !(self->schemas = schemas_open(conf->schemas, why)))
        return -1;
    if (take_lock(self, why) != 0 || open_signals(self, why) != 0 ||
        open_store(self, why) != 0)
        return -1;
    if (!(self->waiting = waiting_open(conf->folder, why)) || open_link(self, why) != 0 ||
        open_outbox(self, why) != 0 || daemon_attachments_open(self, why) != 0 ||
        open_runner(self, why) != 0)
        return -1;
    daemon_law_open(self);
    daemon_erased_open(self);
    self->control = control_open(conf->control, why);
    return self->control ? 0 : -1;
}

daemon_t *daemon_open(const node_conf_t *conf, cause_t *why)
{
    daemon_t *self = memory_new(1, sizeof *self);
    self->conf = conf;
    self->lock = self->signals = self->attachments.fd = -1;
    self->now = clock_now();
    self->started_ms = self->now.monotonic_ms;
    self->question_due_ms = self->duties_at_ms = self->trust_at_ms = MOMENT_NEVER;
    self->remind_at_ms = self->now.monotonic_ms;
    if (open_parts(self, why) != 0)
        daemon_close(&self);
    return self;
}

void daemon_close(daemon_t **self_p)
{
    daemon_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    control_close(&self->control);
    folder_watch_close(&self->attachments);
    download_close(&self->download);
    upload_close(&self->upload);
    runner_close(&self->runner);
    outbox_close(&self->outbox);
    link_close(&self->link);
    pending_close(&self->pending);
    tray_close(&self->tray);
    waiting_close(&self->waiting);
    store_close(&self->store);
    schemas_close(&self->schemas);
    law_copy_close(&self->law);
    credentials_close(&self->credentials);
    if (self->signals >= 0)
        (void)close(self->signals);
    if (self->lock >= 0)
        (void)close(self->lock);
    free(self);
}
