// hub_law - the law in force: found at a start, replaced at a reload.  hub_record.c
// writes it down before anything is decided under it.
//
// What the journal has is enough to start from: files that somebody has half edited are
// an alarm, never a reason to stay down.  A new law is read and verified on a thread of
// its own while turns go on; it takes its place at the beginning of one, whole or not at
// all.

#include "hub/hub_inside.h"
#include "lib/base/log.h"

// A part of the law in force as the journal has it; empty when it has none.
static int read_law(hub_t *self, arena_t *arena, uint64_t position, span_t *document,
    span_t *seal, cause_t *why)
{
    entry_t entry = {0};
    if (position > 0 && entries_read(self->entries, position, &entry, why) != 0)
        return -1;
    *document = arena_copy(arena, entry.document);
    *seal = arena_copy(arena, entry.seal);
    return 0;
}

static int read_texts(hub_t *self, arena_t *arena, law_texts_t *texts, cause_t *why)
{
    const enacted_t *enacted = fold_enacted(self->fold);
    span_t none;
    if (read_law(self, arena, enacted->roster_position, &texts->roster, &none, why) !=
            0 ||
        read_law(self, arena, enacted->registry_position, &texts->registry, &none, why) !=
            0 ||
        read_law(self, arena, enacted->schemas_position, &texts->schemas, &none, why) !=
            0)
        return -1;
    return read_law(
        self, arena, enacted->rules_position, &texts->rules, &texts->rules_seal, why);
}

// Files that somebody has half edited are an alarm, for as long as the journal has a law.
// Which hub this is: the journal says it, too.
static int recall_identity(hub_t *self, span_t roster_text, cause_t *why)
{
    cause_t ignored;
    identity_t *own = &self->identity;
    roster_t *roster =
        roster_text.size ? roster_recall(roster_text, self->now.wall_ms, &ignored) : NULL;
    const cert_t *cert = roster ? roster_any_seal(roster, own->seal.id) : NULL;
    int result = cert ? identity_certify(own, cert, why) : -1;
    roster_close(&roster);
    if (!cert)
        *why = own->uncertified;
    if (result != 0)
        return -1;
    self->files = own->uncertified;
    log_line(LOG_ERROR, "law.files",
        "kept=\"the hub's own certificate, from the journal\" reason=\"%s\"",
        own->uncertified.text);
    return 0;
}

static int choose_law(hub_t *self, const law_texts_t *texts, cause_t *why)
{
    cause_t recalled;
    if (self->identity.uncertified.text[0] &&
        recall_identity(self, texts->roster, why) != 0)
        return -1;
    const enacted_t *enacted = fold_enacted(self->fold);
    law_source_t source = law_source_of(self->options, &self->identity);
    int64_t now_ms = self->now.wall_ms;
    if (law_begin(&self->law, &source, enacted, texts, now_ms, why) == 0)
        return 0;
    if (enacted->schemas_position == 0 || enacted->rules_position == 0)
        return -1; // a first start
    if (law_recall(&self->law, &source, texts, now_ms, &recalled) != 0)
        return cause_set(
            why, "%.200s; and the law of the journal: %.200s", why->text, recalled.text);
    self->files = *why;
    log_line(LOG_ERROR, "law.files",
        "kept=\"what was in force, from the journal\" reason=\"%s\"", why->text);
    return 0;
}

int hub_open_law(hub_t *self, cause_t *why)
{
    law_texts_t texts;
    arena_t *arena = arena_new();
    int result = read_texts(self, arena, &texts, why);
    if (result == 0)
        result = choose_law(self, &texts, why);
    arena_destroy(&arena);
    return result;
}

void hub_log_warnings(const hub_t *self)
{
    for (size_t i = 0; i < self->law.warnings.n; i++)
        log_line(LOG_WARNING, "law.warning", "reason=\"%s\"", self->law.warnings.text[i]);
}

// What is in force stays until the new law is there, whole.
static void use_law(hub_t *self, const law_t *law)
{
    self->files.text[0] = 0;
    if (self->identity.uncertified.text[0] &&
        identity_read(&self->identity, self->options->certificate, &self->files) == 0)
        self->identity.uncertified.text[0] = self->files.text[0] = 0;
    law_close(&self->law);
    self->law = *law;
    hub_retain_use(self);
    trust_read(&self->trust, self->options);
    hub_log_warnings(self);
    hub_begin_drafting(self, fold_enacted(self->fold)->rules_position);
    drafting_forget_trouble(self->drafting);
    sessions_forget_certs(self->sessions, NULL);
    self->recorded = false;
    hub_begin_reception(self);
    reception_expel(self->reception);
    housekeeping_certificates_soon(&self->watch);
}

static int begin_reading(hub_t *self, cause_t *why)
{
    law_source_t source = law_source_of(self->options, &self->identity);
    law_before_t before = {.roster = self->law.roster,
        .enacted = *fold_enacted(self->fold),
        .rules = rules_text(self->law.rules),
        .rules_seal = buf_span(&self->law.rules_seal)};
    if (!hub_may_write(self))
        return cause_set(why, "nothing can be journalled now: see the status");
    if (hub_retain_read(self, why) != 0)
        return -1;
    return law_reading_begin(self->reading, &source, &before, self->now.wall_ms, why);
}

static int end_reading(hub_t *self, cause_t *why)
{
    law_t law;
    if (law_reading_take(self->reading, &law, why) != 0) {
        self->files = *why;
        return -1;
    }
    if (!hub_may_write(self)) {
        law_close(&law);
        return cause_set(why, "nothing can be journalled now: see the status");
    }
    use_law(self, &law);
    return 0;
}

// Each who wanted it did it, and is told when the log says so.
static void enter_reload(hub_t *self)
{
    reloads_wish_t wish;
    cause_t why;
    while (reloads_take(self->reloads, &wish)) {
        const control_asker_t *asker = wish.asks ? &wish.asker : NULL;
        if (hub_operation(self, &wish.operation, NULL, asker, &why) != 0 && asker)
            control_reply_to(self->control, asker, &why);
    }
}

static void answer_reload(hub_t *self, int result, const cause_t *why)
{
    if (result == 0)
        enter_reload(self);
    if (result == 0)
        log_line(LOG_INFO, "law.reloaded",
            "members=%zu packs=%zu rules=%zu objects=%zu certificates=%zu",
            roster_count(self->law.roster), rules_packs(self->law.rules),
            rules_count(self->law.rules), registry_objects(self->law.registry),
            roster_verified(self->law.roster));
    else
        log_line(LOG_ERROR, "law.refused", "kept=\"what was in force\" reason=\"%s\"",
            why->text);
    reloads_ended(self->reloads, why);
    hub_tell_state(self, SUPERVISOR_READY);
}

// The law that was read takes its place at the beginning of a turn, and the next is begun
// when its entries are written.
void hub_reload_turn(hub_t *self)
{
    cause_t why = {""};
    if (law_reading_ended(self->reading)) {
        int result = end_reading(self, &why);
        answer_reload(self, result, &why);
    } else if (reloads_due(self->reloads)) {
        if (begin_reading(self, &why) == 0) {
            reloads_begun(self->reloads);
            hub_tell_state(self, SUPERVISOR_RELOADS);
        } else
            answer_reload(self, -1, &why);
    }
}
