// going - looks at the old log, at the successor and at what the node has of the old one,
// and says whether the node can go over.  Nothing is changed here but that state/ and its
// lock are made.

#include "nodes/tools/going.h"

#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/times.h"
#include "lib/pki/authority.h"
#include "lib/pki/cert.h"
#include "nodes/inbox/store.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

int going_below(const char *folder, const char *name, char out[PATH_MAX], cause_t *why)
{
    return path_join(out, PATH_MAX, folder, name, why);
}

bool going_there(const char *folder, const char *name)
{
    char path[PATH_MAX];
    cause_t ignored;
    return going_below(folder, name, path, &ignored) == 0 && access(path, F_OK) == 0;
}

static bool same_log(const log_vkey_t *a, const log_vkey_t *b)
{
    return strcmp(a->origin, b->origin) == 0 && memcmp(a->key, b->key, 32) == 0;
}

// The old log's own state, which has to be sound before anything is built on it.
static int check_state(going_t *self, cause_t *why)
{
    const changeover_wish_t *wish = self->wish;
    store_t *store =
        store_open(&(store_options_t){wish->node, wish->id, &self->old}, why);
    checkpoint_t own = {0};
    if (!store)
        return -1;
    span_t note = store_checkpoint(store);
    int result = note.size == 0 ? 0 : checkpoint_open(&own, note, &self->old, why);
    uint64_t stored = store_stored(store), done = stored;
    store_close(&store);
    if (result != 0)
        return cause_prefix(why, "%s/state/checkpoint", wish->node);
    int leads = successor_check(&self->successor, &own, why);
    self->report->proven = leads > 0;
    if (leads < 0 && !(wish->beyond && own.size > self->successor.origin.checkpoint.size))
        return own.size > self->successor.origin.checkpoint.size
                   ? cause_prefix(why, "tell the hub's operator of state/checkpoint "
                                       "before you go over, "
                                       "or say --beyond")
                   : -1;
    if (!wish->skip_command && going_there(wish->node, "state/command")) {
        char path[PATH_MAX];
        buf_t text = {0};
        if (going_below(wish->node, "state/command", path, why) != 0 ||
            file_read(path, 64, &text, why) != 0)
            return -1;
        if (text.size < 2 || !decimal_decode(span_of(text.data, text.size - 1), &done))
            done = 0;
        buf_destroy(&text);
    }
    if (done < stored)
        return cause_set(why,
            "the command was not run yet for the deliveries %" PRIu64 " to %" PRIu64
            ": start dabyl-node once more until it was (the hub need not be there), or "
            "say --skip-command",
            done + 1, stored);
    return 0;
}

static int check_certificate(const going_t *self, cause_t *why)
{
    char path[PATH_MAX];
    cert_t cert = {0};
    if (!going_there(self->wish->from, "hub-channel.pem"))
        return 0; // the hub kept its key
    authority_t *ca = authority_open(self->wish->ca, NULL, why);
    int result = ca && going_below(self->wish->from, "hub-channel.pem", path, why) == 0
                     ? cert_read(&cert, path, why)
                     : -1;
    if (result == 0 && (strcmp(cert.role, "hub") != 0 || cert.use != CERT_CHANNEL))
        result = cause_set(why, "not the channel certificate of a hub");
    if (result == 0)
        result = cert_check(&cert, ca, clock_now().wall_ms, why);
    if (result != 0)
        (void)cause_prefix(why, "hub-channel.pem");
    cert_close(&cert);
    authority_close(&ca);
    return result;
}

int going_open(going_t *self, const changeover_wish_t *wish, changeover_report_t *report,
    cause_t *why)
{
    char path[PATH_MAX];
    *self = (going_t){.wish = wish, .report = report, .lock = -1};
    *report = (changeover_report_t){.proven = true};
    if (going_below(wish->node, "state", path, why) != 0 ||
        folder_make(path, 0700, why) != 0 ||
        going_below(wish->node, "state/lock", path, why) != 0)
        return -1;
    self->lock = lock_take(path, why);
    if (self->lock < 0)
        return cause_prefix(why, "stop the daemon first");
    if (log_vkey_read(&self->old, wish->vkey, why) != 0 ||
        successor_read(&self->successor, wish->from, why) != 0)
        return -1;
    const origin_t *origin = &self->successor.origin;
    report->vkey = origin->vkey;
    report->checkpoint = origin->checkpoint.size;
    report->carried = origin_carried(origin);
    return 0;
}

void going_close(going_t *self)
{
    successor_close(&self->successor);
    if (self->lock >= 0)
        (void)close(self->lock);
}

int going_check(going_t *self, cause_t *why)
{
    const origin_t *origin = &self->successor.origin;
    if (same_log(&self->old, &origin->vkey))
        return cause_set(why, "this node is with the log %s already", self->old.origin);
    if (!same_log(&self->old, &origin->predecessor))
        return cause_set(why,
            "the log %s goes on from %s, and this node is with %s and its key: go over "
            "to "
            "the logs between, one after the other",
            origin->vkey.origin, origin->predecessor.origin, self->old.origin);
    return check_certificate(self, why) == 0 ? check_state(self, why) : -1;
}
