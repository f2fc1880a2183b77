// patient - everything is read and nothing is made: no lock is taken, no file written.

#include "nodes/doctor/patient.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAIT_MS = 3000 };

static bool is_there(const char *folder, const char *name)
{
    char path[PATH_MAX];
    cause_t ignored;
    struct stat info;
    return path_join(path, sizeof path, folder, name, &ignored) == 0 &&
           stat(path, &info) == 0;
}

unsigned patient_kinds(const char *folder, cause_t *why)
{
    unsigned kinds = 0;
    struct stat info;
    if (stat(folder, &info) != 0) {
        (void)cause_errno(why, "%s", folder);
        return 0;
    }
    if (is_there(folder, "hub.conf"))
        kinds |= PATIENT_HUB;
    if (is_there(folder, "node.conf") || is_there(folder, "state/node.conf"))
        kinds |= PATIENT_NODE;
    if (is_there(folder, "ca.key") ||
        (is_there(folder, "index") && is_there(folder, "ca.pem")))
        kinds |= PATIENT_CA;
    if (!kinds)
        (void)cause_set(why,
            say("%s is no hub's folder (no hub.conf), no node's (no node.conf) and no "
                "CA's "
                "(no index)"),
            folder);
    return kinds;
}

const char *patient_name(patient_kind_t kind)
{
    return kind == PATIENT_HUB ? "hub" : kind == PATIENT_NODE ? "node" : "ca";
}

bool patient_runs(const patient_t *self)
{
    return self->pid > 0 || self->status;
}

static place_t *add(patient_t *self, place_kind_t kind, const char *label)
{
    place_t *place = &self->place[self->places++];
    *place = (place_t){.kind = kind, .label = label};
    return place;
}

static void add_path(
    patient_t *self, place_kind_t kind, const char *label, const char *path)
{
    (void)snprintf(add(self, kind, label)->path, PATH_MAX, "%s", path);
}

static void add_below(patient_t *self, place_kind_t kind, const char *label,
    const char *folder, const char *name)
{
    cause_t ignored;
    if (path_join(add(self, kind, label)->path, PATH_MAX, folder, name, &ignored) != 0)
        self->places--;
}

static void add_folder_of(
    patient_t *self, place_kind_t kind, const char *label, const char *path)
{
    cause_t ignored;
    if (path_folder(path, add(self, kind, label)->path, &ignored) != 0)
        self->places--;
}

static void place_hub(patient_t *self)
{
    const hub_options_t *conf = &self->hub;
    cause_t ignored;
    add_path(self, PLACE_KEY, "log", conf->log_key);
    add_path(self, PLACE_KEY, "seal", conf->seal_key);
    add_path(self, PLACE_KEY, "channel", conf->channel_key);
    add_path(self, PLACE_CERTIFICATE, "seal", conf->certificate);
    add_path(self, PLACE_FOLDER, "journal", conf->journal);
    add_path(self, PLACE_FOLDER, "state", conf->state);
    add_path(self, PLACE_SHARED, "attachments", conf->attachments);
    add_folder_of(self, PLACE_FOLDER, "run", conf->control);
    add_folder_of(self, PLACE_SHARED, "mark", conf->mark);
    (void)path_join(self->lock, PATH_MAX, conf->journal, "lock", &ignored);
    self->control = conf->control;
    self->ca = conf->ca;
    self->crl = conf->crl;
}

static void place_node(patient_t *self)
{
    static const char *const shared[] = {"outbox", "inbox", "sent", "refused"};
    const node_conf_t *conf = &self->node;
    cause_t ignored;
    add_path(self, PLACE_KEY, "seal", conf->seal_key);
    add_path(self, PLACE_KEY, "channel", conf->channel_key);
    add_path(self, PLACE_CERTIFICATE, "seal", conf->seal_certificate);
    add_path(self, PLACE_CERTIFICATE, "channel", conf->channel_certificate);
    add_path(self, PLACE_CERTIFICATE, "hub", conf->hub_certificate);
    add_below(self, PLACE_FOLDER, "state", conf->folder, "state");
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        add_below(self, PLACE_SHARED, shared[i], conf->folder, shared[i]);
    add_folder_of(self, PLACE_FOLDER, "run", conf->control);
    (void)path_join(self->lock, PATH_MAX, conf->folder, "state/lock", &ignored);
    self->control = conf->control;
    self->ca = conf->ca;
    self->crl = conf->crl;
}

static void place_ca(patient_t *self)
{
    cause_t ignored;
    add_below(self, PLACE_KEY, "ca", self->folder, "ca.key");
    add_path(self, PLACE_FOLDER, "ca", self->folder);
    (void)path_join(self->conf_path, PATH_MAX, self->folder, "ca.pem", &ignored);
    self->configured = true;
}

static void configure(patient_t *self)
{
    if (self->kind == PATIENT_CA) {
        place_ca(self);
        return;
    }
    bool hub = self->kind == PATIENT_HUB;
    int result = hub ? path_join(self->conf_path, PATH_MAX, self->folder, "hub.conf",
                           &self->why_not)
                     : node_conf_path(self->folder, self->conf_path, &self->why_not);
    if (result == 0)
        result = hub ? conf_read(
                           hub_options_table, self->conf_path, &self->hub, &self->why_not)
                     : conf_read(
                           node_conf_table, self->conf_path, &self->node, &self->why_not);
    self->configured = result == 0;
    if (!self->configured)
        return;
    if (hub)
        place_hub(self);
    else
        place_node(self);
}

// "<path>: in use by process 7".
static void find_process(patient_t *self)
{
    cause_t holder;
    if (!lock_held(self->lock, &holder))
        return;
    const char *space = strrchr(holder.text, ' ');
    long pid = space ? strtol(space + 1, NULL, 10) : 0;
    self->pid = pid > 0 ? (pid_t)pid : 0;
}

static void find_owner(patient_t *self)
{
    char path[PATH_MAX];
    struct stat info;
    (void)snprintf(path, sizeof path, "/proc/%ld", (long)self->pid);
    if ((self->pid > 0 && stat(path, &info) == 0) || stat(self->conf_path, &info) == 0 ||
        stat(self->folder, &info) == 0)
        self->owner = info.st_uid;
}

static void ask_daemon(patient_t *self)
{
    buf_t answer = {0};
    errno = 0;
    if (access(self->control, W_OK) != 0)
        self->error_silent = errno;
    if (ask(self->control, span_text("status"), WAIT_MS, &answer, &self->why_silent) == 0)
        self->status = json_loadb((const char *)answer.data, answer.size, 0, NULL);
    buf_destroy(&answer);
}

void patient_open(patient_t *self, patient_kind_t kind, const char *folder)
{
    cause_t ignored;
    *self = (patient_t){.kind = kind, .now = clock_now()};
    (void)snprintf(self->folder, sizeof self->folder, "%s", folder);
    configure(self);
    if (self->configured && kind != PATIENT_CA) {
        find_process(self);
        ask_daemon(self);
        self->authority = authority_open(self->ca, NULL, &ignored);
    }
    find_owner(self);
}

void patient_close(patient_t *self)
{
    if (self->configured && self->kind == PATIENT_HUB)
        conf_free(hub_options_table, &self->hub);
    if (self->configured && self->kind == PATIENT_NODE)
        conf_free(node_conf_table, &self->node);
    authority_close(&self->authority);
    json_decref(self->status);
    *self = (patient_t){0};
}
