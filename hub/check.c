// check - the order is that of hub_open, so that the cause is the one that a start would
// give.
//
// Beside a running hub the end of the journal moves: it is read as far as it goes, and
// what the hub holds (lock, addresses, socket) is left alone.

#include "hub/check.h"

#include "hub/attach/attachment_server.h"
#include "hub/housekeeping.h"
#include "hub/join/porter.h"
#include "hub/journal/journal.h"
#include "hub/journal/logmarks.h"
#include "hub/journal/published_checkpoint.h"
#include "hub/law/identity.h"
#include "hub/law/law.h"
#include "hub/net/gate.h"
#include "hub/state/fold.h"
#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/lock.h"
#include "lib/net/control.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const hub_options_t *options;
    hub_start_t *start;
    now_t now;
    bool running; // a hub holds the journal
    identity_t identity;
    logmarks_t marks;
    char scratch[64]; // folder, or ""
    erasures_t erasures;
    tree_t *tree;
    inboxes_t *inboxes;
    readback_t *readback;
    fold_t *fold;
    buf_t roster, rules, rules_seal; // the newest in the journal, as text
    law_t law;
} trial_t;

static int check_folders(const hub_options_t *options, cause_t *why)
{
    const char *const folders[] = {
        options->journal, options->state, options->attachments};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (folder_check(folders[i], why) != 0)
            return -1;
    return 0;
}

static int look_for_hub(trial_t *self, check_t *found, cause_t *why)
{
    char path[1024];
    if (path_join(path, sizeof path, self->options->journal, "lock", why) != 0)
        return -1;
    cause_t holder;
    self->running = lock_held(path, &holder);
    if (self->running)
        (void)snprintf(found->untried, sizeof found->untried,
            say("%.120s, so that its addresses, its socket and the end of its journal "
                "were "
                "not tried"),
            holder.text);
    return 0;
}

static int open_state(trial_t *self, cause_t *why)
{
    (void)snprintf(self->scratch, sizeof self->scratch, "/tmp/dabyl-check-XXXXXX");
    if (!mkdtemp(self->scratch)) {
        self->scratch[0] = '\0';
        return cause_errno(why, "/tmp");
    }
    if (!(self->tree = tree_open(self->scratch, why)) ||
        !(self->inboxes = inboxes_open(self->scratch, why)))
        return -1;
    self->readback = readback_new(&self->identity.vkey);
    self->fold = fold_new(&(fold_setup_t){.vkey = &self->identity.vkey,
        .readback = self->readback,
        .quarantine = &self->start->quarantine,
        .erasures = &self->erasures,
        .tree = self->tree,
        .inboxes = self->inboxes});
    return 0;
}

static void keep(buf_t *text, span_t words)
{
    buf_clear(text);
    buf_put_span(text, words);
}

// The newest roster and rules are needed for judging the next; a start reads them again.
static int replay(void *context, uint64_t position, const entry_t *entry, cause_t *why)
{
    trial_t *self = context;
    if (fold_replay(self->fold, position, entry, why) != 0)
        return -1;
    const enacted_t *enacted = fold_enacted(self->fold);
    if (enacted->roster_position == position && position > 0)
        keep(&self->roster, entry->document);
    if (enacted->rules_position == position && position > 0) {
        keep(&self->rules, entry->document);
        keep(&self->rules_seal, entry->seal);
    }
    return 0;
}

static void root(void *context, hash_t *out)
{
    fold_root(((trial_t *)context)->fold, out);
}

static int read_journal(trial_t *self, cause_t *why)
{
    const hub_options_t *options = self->options;
    checkpoint_t published;
    uint64_t next = 0;
    if (published_checkpoint_read(
            &published, options->journal, &self->identity.vkey, why) != 0)
        return -1;
    if (published.size < self->marks.newest.size)
        published = self->marks.newest;
    journal_options_t journal =
        journal_options_of(options, self->running ? 0 : published.size);
    journal_replay_t into = {replay, root, self};
    if (journal_read_all(&journal, &into, &next, why) != 0)
        return self->running ? 0 : -1; // what it is just writing
    if (!self->running && fold_check_published(self->fold, &published, why) != 0)
        return cause_prefix(why, "%s", options->journal);
    if (erasures_check(&self->erasures, why) != 0)
        return self->running ? 0 : cause_prefix(why, "%s", options->journal);
    return quarantine_check(&self->start->quarantine, next, why);
}

static int check_law(trial_t *self, cause_t *why)
{
    law_source_t source = law_source_of(self->options, &self->identity);
    law_texts_t texts = {.roster = buf_span(&self->roster),
        .rules = buf_span(&self->rules),
        .rules_seal = buf_span(&self->rules_seal)};
    ages_t ages;
    if (law_begin(&self->law, &source, fold_enacted(self->fold), &texts,
            self->now.wall_ms, why) != 0 ||
        ages_read(&ages, &self->options->retention_ages, why) != 0)
        return -1;
    law_warn_of_ages(&self->law, &ages);
    return 0;
}

// For a moment the hub is there, and lets nobody in.
static int bind_all(trial_t *self, cause_t *why)
{
    gate_options_t options = gate_options_of(
        self->options, self->identity.channel_secret, self->identity.channel_public);
    gate_t *gate = gate_new();
    int result = gate_open(gate, &options, why);
    sodium_memzero(&options, sizeof options);
    gate_close(&gate);
    return result;
}

static int try_all(trial_t *self, check_t *found, cause_t *why)
{
    const hub_options_t *options = self->options;
    if (hub_options_check(options, why) != 0 || porter_check(options, why) != 0 ||
        control_check(options->control, why) != 0)
        return -1;
    identity_source_t who = identity_source_of(options);
    if (identity_open(&self->identity, &who, why) != 0 ||
        logmarks_open(&self->marks, options, &self->identity.vkey, self->start->new_log,
            why) != 0 ||
        logmarks_check(&self->marks, why) != 0 || check_folders(options, why) != 0 ||
        look_for_hub(self, found, why) != 0 || open_state(self, why) != 0 ||
        read_journal(self, why) != 0)
        return -1;
    self->now = clock_now(); // a running hub may have written while its journal was read
    if (self->start->trust != CLOCK_ACCEPTED &&
        housekeeping_check(self->now, fold_time_ms(self->fold), why) != 0)
        return -1;
    return check_law(self, why) != 0 ? -1 : self->running ? 0 : bind_all(self, why);
}

int hub_check(
    check_t *found, const hub_options_t *options, hub_start_t *start, cause_t *why)
{
    *found = (check_t){0};
    trial_t self = {.options = options, .start = start, .now = clock_now()};
    int result = try_all(&self, found, why);
    found->warnings = self.law.warnings;
    self.law.warnings = (warnings_t){0};
    law_close(&self.law);
    buf_destroy(&self.roster);
    buf_destroy(&self.rules);
    buf_destroy(&self.rules_seal);
    fold_destroy(&self.fold);
    erasures_close(&self.erasures);
    readback_destroy(&self.readback);
    tree_close(&self.tree);
    inboxes_close(&self.inboxes);
    identity_close(&self.identity);
    if (self.scratch[0])
        folder_remove(self.scratch);
    return result;
}

void check_close(check_t *self)
{
    warnings_close(&self->warnings);
}
