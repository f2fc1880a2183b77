// hub_retain - what hub.conf lets go by its age: looked for after everything else of a
// turn, tried by the way of an operator's erasure, and ordered in the hub's own name.
//
// Nothing is looked at, and nothing goes, while the clock is in doubt.  Only a start
// finds no second clock that bears witness: where the log ends long before it, an
// operator has to vouch for the clock before anything is taken for old.

#include "hub/erase_plan.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/json/writer.h"

#include <inttypes.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define GAP_MS (7 * DAY_MS)

enum {
    LOOK_MS = 1000,      // between two looks at what is past its age
    LOOK_WORK = 1 << 20, // bytes read for one of them
    MINUTE_MS = 60000,
    CREDIT_MOST = 10 * MINUTE_MS, // messages that may go at once, times 60000
};

static int rules_of(const hub_options_t *options, retain_rules_t *rules, cause_t *why)
{
    rules->erases = options->retention_erase;
    rules->a_minute = options->retention_a_minute;
    rules->pause_ms = moment_span(options->retention_pause, MINUTE_MS);
    return ages_read(&rules->ages, &options->retention_ages, why);
}

int hub_retain_read(hub_t *self, cause_t *why)
{
    hub_options_t options;
    if (conf_read(hub_options_table, self->start->config, &options, why) != 0)
        return -1;
    int result = rules_of(&options, &self->retain.next, why);
    if (result != 0)
        (void)cause_prefix(why, "%s", self->start->config);
    conf_free(hub_options_table, &options);
    return result;
}

// The log ends so long before this start that its clock may be wrong by years.
static void doubt_clock(hub_t *self)
{
    char text[128];
    if (self->retain.gap_ms <= GAP_MS || duties_held(self->duties))
        return;
    (void)snprintf(text, sizeof text,
        "the wall clock stands %" PRId64 " ms behind the last entry\n",
        self->retain.gap_ms);
    log_line(LOG_WARNING, "retention.clock",
        "days=%" PRId64 " action=\"see that the time is right, then dabyl hub clock "
        "accept\"",
        self->retain.gap_ms / DAY_MS);
    owed_add(self->owed, "clock", "", text);
    duties_hold(self->duties, true);
    self->retain.gap_ms = 0;
}

static void use(hub_t *self, const retain_rules_t *rules)
{
    retain_t *retain = &self->retain;
    retain->rules = *rules;
    retain->walks = retention_set(retain->found, &rules->ages);
    if (retain->walks)
        retain->begins_ms = moment_after(self->now.monotonic_ms, rules->pause_ms);
    law_warn_of_ages(&self->law, &rules->ages);
    if (!retention_on(retain->found))
        return;
    log_line(LOG_INFO, "retention.rules", "kinds=%zu erase=%s begins_in_s=%" PRId64,
        rules->ages.n, rules->erases ? "yes" : "no",
        moment_left(retain->begins_ms, self->now.monotonic_ms) / 1000);
    doubt_clock(self);
}

void hub_retain_use(hub_t *self)
{
    const retain_rules_t rules = self->retain.next;
    use(self, &rules);
}

void hub_retain_begin(hub_t *self)
{
    cause_t ignored; // hub_options_check has read them
    retain_rules_t rules;
    self->retain.begins_ms = MOMENT_PAST;
    self->retain.looked_ms = self->now.monotonic_ms;
    if (tree_size(self->tree) > 0 && self->start->trust != CLOCK_ACCEPTED)
        self->retain.gap_ms = moment_between(fold_time_ms(self->fold), self->now.wall_ms);
    if (rules_of(self->options, &rules, &ignored) == 0)
        use(self, &rules);
}

// --------------------------------------------------------------------------------

// What is past its age: whether it is gone, what holds it, or what goes with it.
typedef struct {
    bool gone;
    hold_t hold;
    leaf_t leaf;
    erasure_t goes;
} aged_t;

// Whether the newest that names it, or one of its corrections, is still young.
static bool is_named(erase_plan_t *self, const retention_item_t *item, uint64_t position)
{
    thread_walk_t walk = {0};
    leaf_t leaf, by;
    if (!history_leaf(self->hub->history, position, &leaf))
        return false;
    const reference_t name = message_name(&leaf);
    return self->log.refers(
               self->log.context, &name, ANY_VERSION, REFERS, "", &walk, &by) &&
           retention_younger(self->hub->retain.found, item, by.position);
}

// What goes along has an age of its own, and is past that.
static hold_t hold_of_company(erase_plan_t *self, const retention_item_t *item)
{
    leaf_t leaf;
    for (size_t i = 0; i < self->goes.n; i++) {
        uint64_t position = self->goes.position[i];
        if (!history_leaf(self->hub->history, position, &leaf) ||
            (position != item->position &&
                !retention_past(self->hub->retain.found, &leaf)))
            return HOLD_COMPANY;
        if (is_named(self, item, position))
            return HOLD_NAMED;
    }
    return HOLD_NONE;
}

static void look_aged(hub_t *self, const retention_item_t *item, aged_t *found)
{
    erase_plan_t wanted;
    cause_t ignored; // it is counted by what holds it
    *found = (aged_t){.gone = hub_erased(self, item->position), .hold = HOLD_NONE};
    if (found->gone)
        return;
    erase_plan_begin(&wanted, self);
    if (!history_leaf(self->history, item->position, &wanted.leaf) ||
        erase_plan_gather(&wanted, &ignored) != 0)
        found->hold = wanted.hold;
    else
        found->hold = hold_of_company(&wanted, item);
    found->leaf = wanted.leaf;
    found->goes = wanted.goes;
}

// What nothing holds goes in the hub's own name.
static int order_aged(
    hub_t *self, const retention_item_t *item, const aged_t *found, cause_t *why)
{
    operation_t operation = {.act = "erase"};
    (void)snprintf(operation.by, sizeof operation.by, "%s", self->identity.member.id);
    (void)snprintf(
        operation.to, sizeof operation.to, "%s %s", found->leaf.author, found->leaf.id);
    (void)snprintf(operation.reason, sizeof operation.reason,
        "retention: %s, %" PRId64 " days", item->age->kind, item->age->days);
    return hub_erase_go(self, &operation, &found->goes, NULL, why);
}

// False: nothing more can be ordered now.
static bool try_one(hub_t *self, const retention_item_t *item, bool may_go)
{
    aged_t found;
    cause_t why;
    retain_t *retain = &self->retain;
    look_aged(self, item, &found);
    if (found.gone)
        retention_gone(retain->found);
    else if (found.hold != HOLD_NONE || !may_go)
        retention_held(retain->found, found.hold);
    else if (order_aged(self, item, &found, &why) != 0) {
        retention_held(retain->found, HOLD_NONE);
        log_often(LOG_ERROR, "retention.refused", "position=%" PRIu64 " reason=\"%s\"",
            item->position, why.text);
        return false;
    } else {
        retain->credit -= MINUTE_MS;
        return retention_ordered(retain->found);
    }
    return true;
}

// What was ordered has gone with its batch, or could not be written.
static void settle(hub_t *self)
{
    retention_t *found = self->retain.found;
    const bool waits = operations_waiting(self->operations) > 0;
    for (size_t i = retention_orders(found); i > 0; i--) {
        bool gone = hub_erased(self, retention_order(found, i - 1));
        if (gone || !waits)
            retention_settle(found, i - 1, gone);
    }
}

// What was ordered and could not be written yet is not ordered again.
static bool may_erase(const hub_t *self)
{
    const retain_t *retain = &self->retain;
    return retain->rules.erases &&
           moment_due(retain->begins_ms, self->now.monotonic_ms) &&
           operations_waiting(self->operations) == 0;
}

static void earn(retain_t *retain, int64_t passed_ms)
{
    int64_t most = passed_ms < MINUTE_MS ? passed_ms : MINUTE_MS;
    retain->credit += most * retain->rules.a_minute;
    if (retain->credit > CREDIT_MOST)
        retain->credit = CREDIT_MOST;
}

// Once a second what was found is tried, as far as this look has work left, and as many
// go as have been earned.
static void look(hub_t *self)
{
    retention_item_t item;
    retain_t *retain = &self->retain;
    const work_t *work = entries_work(self->entries);
    const uint64_t begun = work->done;
    const int64_t now_ms = self->now.monotonic_ms;
    settle(self);
    const bool erases = may_erase(self);
    earn(retain, moment_between(retain->looked_ms, now_ms));
    retain->looked_ms = now_ms;
    while (work->done - begun < LOOK_WORK && (!erases || retain->credit >= MINUTE_MS) &&
           retention_next(retain->found, now_ms, &item))
        if (!try_one(self, &item, erases))
            return;
}

void hub_retain_turn(hub_t *self)
{
    retain_t *retain = &self->retain;
    retain->walks = false;
    if (!retention_on(retain->found) || duties_held(self->duties) || !hub_may_write(self))
        return;
    retain->walks =
        retention_walk(retain->found, self->now.wall_ms, fold_forward_ms(self->fold));
    if (moment_due(moment_after(retain->looked_ms, LOOK_MS), self->now.monotonic_ms))
        look(self);
}

// --------------------------------------------------------------------------------

static void show_kind(const retained_t *kind, writer_t *to)
{
    writer_object(to, NULL);
    writer_text(to, "kind", kind->age.kind);
    writer_integer(to, "days", kind->age.days);
    writer_integer(to, "due", (int64_t)kind->past[HOLD_NONE]);
    writer_object(to, "held");
    for (hold_t hold = HOLD_NONE + 1; hold < HOLDS; hold++)
        if (kind->past[hold] > 0)
            writer_integer(to, hold_name(hold), (int64_t)kind->past[hold]);
    writer_end(to);
    writer_integer(to, "gone", (int64_t)kind->gone);
    writer_end(to);
}

void hub_retain_show(hub_t *self, buf_t *answer)
{
    retained_t kind;
    const retain_t *retain = &self->retain;
    writer_t to = writer_to(answer);
    writer_object(&to, NULL);
    writer_bool(&to, "ok", true);
    writer_bool(&to, "on", retention_on(retain->found));
    writer_bool(&to, "erase", retain->rules.erases);
    writer_bool(&to, "clock_held", duties_held(self->duties));
    writer_integer(&to, "begins_in_s",
        moment_left(retain->begins_ms, self->now.monotonic_ms) / 1000);
    writer_bool(&to, "looking", retain->walks);
    writer_integer(&to, "a_minute", retain->rules.a_minute);
    writer_integer(&to, "looked", (int64_t)retention_looked(retain->found));
    writer_integer(&to, "entries", (int64_t)tree_size(self->tree));
    writer_array(&to, "kinds");
    for (size_t i = 0; i < retention_ages(retain->found); i++) {
        retention_count(retain->found, i, &kind);
        show_kind(&kind, &to);
    }
    writer_end(&to);
    writer_end(&to);
}
