// changeover - in steps, each of which may be done again:
//
//     1  former/N is made, with the old log's key and the file `going`
//     2  what has no receipt below what was carried is copied to former/N/again, and what
//        the node has to former/N/before; then the file `ready`
//     3  inbox, sent and what state says of that log move there
//     4  state/before, the successor's key and the hub's certificate take their places
//     5  what is in `again` goes to the outbox, as it was
//     6  `going` is removed: until then the daemon does not start

#include "nodes/tools/changeover.h"

#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "nodes/inbox/before.h"
#include "nodes/inbox/footing.h"
#include "nodes/inbox/former.h"
#include "nodes/inbox/proof.h"
#include "nodes/inbox/store.h"
#include "nodes/inbox/stored.h"
#include "nodes/link/parcel.h"
#include "nodes/outbox/pending.h"
#include "nodes/tools/going.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DOCUMENT_MAX = 64 << 20 };

static int put(const char *folder, const char *name, span_t data, cause_t *why)
{
    char path[PATH_MAX];
    return going_below(folder, name, path, why) == 0 ? file_replace(path, data, 0600, why)
                                                     : -1;
}

int changeover_checkpoint(
    const char *node, const char *id, const char *vkey, buf_t *note, cause_t *why)
{
    char path[PATH_MAX];
    log_vkey_t log;
    store_t *store = NULL;
    int lock =
        going_below(node, "state/lock", path, why) == 0 ? lock_take(path, why) : -1;
    if (lock < 0)
        return cause_prefix(why, "stop the daemon first");
    int result = log_vkey_read(&log, vkey, why);
    if (result == 0 && !(store = store_open(&(store_options_t){node, id, &log}, why)))
        result = -1;
    if (result == 0)
        buf_put_span(note, store_checkpoint(store));
    store_close(&store);
    (void)close(lock);
    return result;
}

int changeover_check(
    const changeover_wish_t *wish, changeover_report_t *report, cause_t *why)
{
    going_t self;
    int result = going_open(&self, wish, report, why);
    if (result == 0 && !former_unfinished(wish->node))
        result = going_check(&self, why);
    going_close(&self);
    return result;
}

static int copy_again(going_t *self, const char *id, span_t document, cause_t *why)
{
    char name[64 + MESSAGE_ID_MAX];
    (void)snprintf(name, sizeof name, "again/%s.json", id);
    return put(self->home, name, document, why);
}

// A receipt counts where what it proves is in the successor's log too.
static int look_at_sent(going_t *self, const char *name, cause_t *why)
{
    char path[PATH_MAX], folder[PATH_MAX], file[NAME_MAX + 1], id[MESSAGE_ID_MAX] = "";
    buf_t proof = {0}, document = {0};
    leaf_t leaf;
    checkpoint_t checkpoint;
    cause_t ignored;
    size_t stem = strlen(name) - strlen(".json");
    if (stem != MESSAGE_ID_MAX - 1)
        return 0;
    memcpy(id, name, stem);
    (void)snprintf(file, sizeof file, "%s.tlog-proof", id);
    int result = going_below(self->wish->node, "sent", folder, why);
    bool carried =
        result == 0 && going_below(folder, file, path, &ignored) == 0 &&
        file_read(path, STORED_MAX, &proof, &ignored) == 0 &&
        proof_receipt(buf_span(&proof), &self->old, &leaf, &checkpoint, &ignored) == 0 &&
        leaf.position < self->report->carried;
    if (result == 0 && !carried && going_below(folder, name, path, why) == 0)
        result = file_read(path, DOCUMENT_MAX, &document, why) == 0
                     ? copy_again(self, id, buf_span(&document), why)
                     : -1;
    buf_destroy(&proof);
    buf_destroy(&document);
    return result;
}

static int copy_sent(going_t *self, cause_t *why)
{
    char folder[PATH_MAX];
    names_t names;
    if (going_below(self->wish->node, "sent", folder, why) != 0 ||
        names_list(&names, folder, ".json", why) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < names.n && result == 0; i++)
        result = look_at_sent(self, names.name[i], why);
    names_free(&names);
    return result;
}

typedef struct {
    going_t *going;
    int result;
    cause_t *why;
} spooled_t;

static void copy_parcel(void *context, parcel_t **parcel_p)
{
    spooled_t *self = context;
    for (size_t i = 0; i < parcel_count(*parcel_p) && self->result == 0; i++) {
        parcel_item_t item = parcel_item(*parcel_p, i);
        self->result = copy_again(self->going, item.id, item.document, self->why);
    }
    parcel_destroy(parcel_p);
}

// What was sealed and never answered.
static int copy_spooled(going_t *self, cause_t *why)
{
    spooled_t spooled = {self, 0, why};
    tray_t *tray = tray_open(self->wish->node, why);
    pending_options_t options = {
        .folder = self->wish->node, .vkey = &self->old, .tray = tray};
    pending_t *pending = tray ? pending_open(&options, copy_parcel, &spooled, why) : NULL;
    int result = pending ? spooled.result : -1;
    pending_close(&pending);
    tray_close(&tray);
    return result;
}

static void print_had(going_t *self, const char *folder, const char *name, buf_t *out)
{
    char path[PATH_MAX];
    buf_t proof = {0};
    leaf_t leaf;
    checkpoint_t checkpoint;
    cause_t ignored;
    if (going_below(folder, name, path, &ignored) == 0 &&
        file_read(path, STORED_MAX, &proof, &ignored) == 0 &&
        proof_receipt(buf_span(&proof), &self->old, &leaf, &checkpoint, &ignored) == 0 &&
        leaf_is_message(&leaf))
        before_print_had(out, &leaf);
    buf_destroy(&proof);
}

// What was had of logs before that one is still had.
static int add_older(going_t *self, buf_t *out, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    if (!going_there(self->wish->node, "state/before"))
        return 0;
    if (going_below(self->wish->node, "state/before", path, why) != 0 ||
        file_read(path, DOCUMENT_MAX, &text, why) != 0)
        return -1;
    reader_t reader = reader_of(buf_span(&text));
    while (reader.rest.size > 0 && !reader.bad) {
        span_t line = take_line(&reader);
        if (line.size > 4 && memcmp(line.data, "had ", 4) == 0)
            buf_printf(out, "%.*s\n", (int)line.size, (const char *)line.data);
    }
    buf_destroy(&text);
    return 0;
}

static int write_before(going_t *self, cause_t *why)
{
    char folder[PATH_MAX];
    buf_t text = {0};
    names_t names;
    store_t *store =
        store_open(&(store_options_t){self->wish->node, self->wish->id, &self->old}, why);
    if (!store)
        return -1;
    before_print(&text, store_stored(store) > 0, store_position(store));
    store_close(&store);
    int result = going_below(self->wish->node, "inbox", folder, why) == 0
                     ? names_list(&names, folder, ".tlog-proof", why)
                     : -1;
    if (result == 0) {
        for (size_t i = names.n > BEFORE_HAD ? names.n - BEFORE_HAD : 0; i < names.n; i++)
            print_had(self, folder, names.name[i], &text);
        names_free(&names);
        result = add_older(self, &text, why);
    }
    if (result == 0)
        result = put(self->home, "before", buf_span(&text), why);
    buf_destroy(&text);
    return result;
}

static int prepare(going_t *self, cause_t *why)
{
    char line[VKEY_MAX + 1], folder[PATH_MAX];
    int n = former_last(self->wish->node);
    former_nth(self->wish->node, n, self->home);
    // One without `ready` was being made when a crash came.
    if (n == 0 || (going_there(self->home, "ready") && !going_there(self->home, "going")))
        former_nth(self->wish->node, n + 1, self->home);
    if (going_there(self->home, "ready"))
        return 0;
    log_vkey_print(&self->old, line);
    (void)strcat(line, "\n");
    if (folder_make(self->home, 0700, why) != 0 ||
        put(self->home, "going", span_text(self->report->vkey.origin), why) != 0 ||
        put(self->home, "hub.vkey", span_text(line), why) != 0 ||
        going_below(self->home, "again", folder, why) != 0 ||
        folder_make(folder, 0700, why) != 0 ||
        going_below(self->home, "state", folder, why) != 0 ||
        folder_make(folder, 0700, why) != 0 || copy_sent(self, why) != 0 ||
        copy_spooled(self, why) != 0 || write_before(self, why) != 0)
        return -1;
    return put(self->home, "ready", span_text("\n"), why);
}

static int move(going_t *self, const char *name, cause_t *why)
{
    char from[PATH_MAX], to[PATH_MAX];
    if (going_below(self->wish->node, name, from, why) != 0 ||
        going_below(self->home, name, to, why) != 0)
        return -1;
    if (access(from, F_OK) != 0 || access(to, F_OK) == 0)
        return 0; // it was never there, or has gone before
    return rename(from, to) == 0 ? 0 : cause_errno(why, "%s", from);
}

static int move_bookmarks(going_t *self, cause_t *why)
{
    char folder[PATH_MAX], name[NAME_MAX + 16];
    names_t names;
    if (going_below(self->wish->node, "state", folder, why) != 0 ||
        names_list(&names, folder, "", why) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < names.n && result == 0; i++) {
        (void)snprintf(name, sizeof name, "state/%s", names.name[i]);
        if (strncmp(names.name[i], "bookmark-", strlen("bookmark-")) == 0)
            result = move(self, name, why);
    }
    names_free(&names);
    return result;
}

static int move_all(going_t *self, cause_t *why)
{
    static const char *const names[] = {"inbox", "sent", "carried", "state/stored",
        "state/checkpoint", "state/command", "state/spool", "state/withdrawn"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (move(self, names[i], why) != 0)
            return -1;
    if (move_bookmarks(self, why) != 0)
        return -1;
    return folder_sync(self->home, why) == 0 ? folder_sync(self->wish->node, why) : -1;
}

static int copy(const char *from, const char *to, mode_t mode, cause_t *why)
{
    buf_t bytes = {0};
    int result = file_read(from, DOCUMENT_MAX, &bytes, why);
    if (result == 0)
        result = file_replace(to, buf_span(&bytes), mode, why);
    buf_destroy(&bytes);
    return result;
}

static int install(going_t *self, cause_t *why)
{
    char from[PATH_MAX], to[PATH_MAX], line[VKEY_MAX + 1];
    log_vkey_print(&self->report->vkey, line);
    (void)strcat(line, "\n");
    if (footing_forget(self->wish->node, why) != 0 ||
        going_below(self->home, "before", from, why) != 0 ||
        going_below(self->wish->node, "state/before", to, why) != 0 ||
        copy(from, to, 0600, why) != 0)
        return -1;
    if (going_there(self->wish->from, "hub-channel.pem") &&
        (going_below(self->wish->from, "hub-channel.pem", from, why) != 0 ||
            copy(from, self->wish->certificate, 0644, why) != 0))
        return -1;
    return file_replace(self->wish->vkey, span_text(line), 0644, why);
}

// A document that lacks nothing is sealed as it is, byte for byte.
static int publish_again(going_t *self, cause_t *why)
{
    char folder[PATH_MAX], from[PATH_MAX], to[PATH_MAX], name[NAME_MAX + 16];
    names_t names;
    if (going_below(self->home, "again", folder, why) != 0 ||
        going_below(self->wish->node, "outbox", to, why) != 0 ||
        folder_make(to, 0700, why) != 0 || names_list(&names, folder, ".json", why) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < names.n && result == 0; i++) {
        (void)snprintf(name, sizeof name, "outbox/%s", names.name[i]);
        result = going_below(folder, names.name[i], from, why) == 0 &&
                         going_below(self->wish->node, name, to, why) == 0
                     ? copy(from, to, 0600, why)
                     : -1;
        self->report->again++;
    }
    for (size_t i = 0; i < names.n && result == 0; i++)
        if (going_below(folder, names.name[i], from, why) == 0)
            (void)unlink(from);
    names_free(&names);
    return result;
}

static int finish(going_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (going_below(self->home, "going", path, why) != 0)
        return -1;
    if (unlink(path) != 0 && errno != ENOENT)
        return cause_errno(why, "%s", path);
    return folder_sync(self->home, why);
}

int changeover_go(
    const changeover_wish_t *wish, changeover_report_t *report, cause_t *why)
{
    going_t self;
    int result = going_open(&self, wish, report, why);
    if (result == 0 && !former_unfinished(wish->node))
        result = going_check(&self, why);
    if (result == 0 && (prepare(&self, why) != 0 || move_all(&self, why) != 0 ||
                           install(&self, why) != 0 || publish_again(&self, why) != 0 ||
                           finish(&self, why) != 0))
        result = -1;
    (void)snprintf(report->former, sizeof report->former, "%s", self.home);
    going_close(&self);
    return result;
}
