// store_open - how far the inbox goes is read from the record in state/stored, which is
// written after the files that it counts.
//
// It cannot be had from the inbox alone, since people and programs may take files out of
// it.  After a crash between the two, the files beyond the record are counted in as far
// as they are proven, so that nothing is delivered twice; a file's name alone is not
// believed.

#include "nodes/inbox/store_state.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"

#include <inttypes.h>
#include <stdlib.h>

int store_path(const store_t *self, const char *name, char out[PATH_MAX], cause_t *why)
{
    return path_join(out, PATH_MAX, self->folder, name, why);
}

static int make_folders(const store_t *self, cause_t *why)
{
    static const char *const names[] = {"outbox", "sent", "refused", "inbox", "aside",
        "carried", "state", "state/waiting", "certs/known"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (store_path(self, names[i], path, why) != 0 ||
            folder_make(path, 0700, why) != 0)
            return -1;
    return 0;
}

static int open_stage(const store_t *self, const char *name, stage_t **out, cause_t *why)
{
    char path[PATH_MAX];
    if (store_path(self, name, path, why) != 0)
        return -1;
    *out = stage_open(path, why);
    return *out ? 0 : -1;
}

// A small file of state/; an absent one reads as empty.
static int read_state(const store_t *self, const char *name, buf_t *out, cause_t *why)
{
    char path[PATH_MAX];
    if (store_path(self, name, path, why) != 0)
        return -1;
    if (file_absent(path))
        return 0;
    return file_read_plain(path, STORED_MAX, out, why);
}

int store_write_state(const store_t *self, const char *name, span_t data, cause_t *why)
{
    char path[PATH_MAX];
    return store_path(self, name, path, why) == 0 ? file_replace(path, data, 0600, why)
                                                  : -1;
}

static int read_record(store_t *self, const store_options_t *options, cause_t *why)
{
    buf_t text = {0};
    span_t proof;
    int result = read_state(self, "state/stored", &text, why);
    if (result == 0 && text.size > 0) {
        result = stored_parse(&self->stored, buf_span(&text), options->vkey, &proof, why);
        if (result == 0)
            buf_put_span(&self->proof, proof);
        else
            (void)cause_prefix(why, "%s/state/stored", self->folder);
    }
    buf_destroy(&text);
    return result;
}

int store_write_record(store_t *self, uint64_t number, cause_t *why)
{
    buf_t text = {0};
    stored_print(&text, number, buf_span(&self->proof));
    int result = store_write_state(self, "state/stored", buf_span(&text), why);
    buf_destroy(&text);
    return result;
}

// Take this file for the delivery that comes next, if it is proven to be one.
static void count_file(
    store_t *self, const store_options_t *options, const char *inbox, const char *name)
{
    cause_t why;
    if (stored_follow(&self->stored, inbox, name, options->node, options->vkey,
            &self->scratch, &why) == 0) {
        buf_clear(&self->proof);
        buf_put_span(&self->proof, buf_span(&self->scratch));
        return;
    }
    (void)cause_prefix(&why, "inbox/%s", name);
    if (self->strays++ == 0)
        self->stray = why;
}

// Numbers were lost with the record: what lies there would be taken for new.
static int check_record(const store_t *self, bool lost, uint64_t last, cause_t *why)
{
    if (!lost || last <= self->stored.number)
        return 0;
    return cause_set(why,
        "%s: state/stored is missing, and inbox/ goes up to number %" PRIu64
        ", of which 1 to %" PRIu64
        " are there and proven: bring state/ back, or move the inbox's files away to "
        "have everything delivered anew",
        self->folder, last, self->stored.number);
}

static int count_files(store_t *self, const store_options_t *options, cause_t *why)
{
    char path[PATH_MAX];
    names_t names;
    uint64_t before = self->stored.number, last = 0;
    if (store_path(self, "inbox", path, why) != 0 ||
        names_list(&names, path, ".json", why) != 0)
        return -1;
    for (size_t i = 0; i < names.n; i++) {
        uint64_t number = stored_number_of(names.name[i]);
        last = number > last ? number : last;
        if (number == self->stored.number + 1)
            count_file(self, options, path, names.name[i]);
    }
    names_free(&names);
    return check_record(self, before == 0, last, why);
}

// Count in what was stored just before a crash.  When the record cannot be written, as on
// a full disk, the node starts all the same with the old number; what lies beyond it is
// delivered again once there is room.
static int count_in(store_t *self, const store_options_t *options, cause_t *why)
{
    cause_t no;
    stored_t before = self->stored;
    buf_t proof = {0};
    buf_put_span(&proof, buf_span(&self->proof));
    int result = count_files(self, options, why);
    if (result == 0 && self->stored.number > before.number &&
        store_write_record(self, self->stored.number, &no) != 0) {
        self->stored = before;
        buf_clear(&self->proof);
        buf_put_span(&self->proof, buf_span(&proof));
    }
    buf_destroy(&proof);
    return result;
}

// The newest checkpoint that was verified: the one kept, or the one that the last
// delivery is proven in, which was kept with it.
static int read_checkpoint(store_t *self, const store_options_t *options, cause_t *why)
{
    checkpoint_t kept;
    tlog_proof_t proof;
    if (read_state(self, "state/checkpoint", &self->checkpoint, why) != 0)
        return -1;
    if (self->stored.number == 0)
        return 0;
    if (self->checkpoint.size > 0 &&
        checkpoint_open(&kept, buf_span(&self->checkpoint), options->vkey, why) != 0)
        return cause_prefix(why, "%s/state/checkpoint", self->folder);
    if (self->checkpoint.size > 0 && kept.size >= self->stored.checkpoint.size)
        return 0;
    if (tlog_proof_parse(&proof, buf_span(&self->proof), why) != 0)
        return -1;
    buf_clear(&self->checkpoint);
    buf_put_span(&self->checkpoint, proof.note);
    tlog_proof_close(&proof);
    return 0;
}

store_t *store_open(const store_options_t *options, cause_t *why)
{
    store_t *self = memory_new(1, sizeof *self);
    self->folder = memory_text(options->folder);
    if (make_folders(self, why) != 0 || open_stage(self, "sent", &self->sent, why) != 0 ||
        open_stage(self, "inbox", &self->inbox, why) != 0 ||
        open_stage(self, "aside", &self->aside, why) != 0 ||
        open_stage(self, "carried", &self->carried, why) != 0 ||
        !(self->before = before_open(options->folder, why)) ||
        read_record(self, options, why) != 0 || count_in(self, options, why) != 0 ||
        read_checkpoint(self, options, why) != 0)
        store_close(&self);
    return self;
}

void store_close(store_t **self_p)
{
    store_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    stage_close(&self->sent);
    stage_close(&self->inbox);
    stage_close(&self->aside);
    stage_close(&self->carried);
    sequence_destroy(&self->sequence);
    before_close(&self->before);
    buf_destroy(&self->checkpoint);
    buf_destroy(&self->proof);
    buf_destroy(&self->scratch);
    free(self->folder);
    free(self);
}
