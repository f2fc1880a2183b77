// tallies - spans without an incident are there as well, so that a chart has no holes;
// but only between the first and the last that has one, and only so many.

#include "web/figures/tallies.h"

#include "lib/base/memory.h"
#include "nodes/inbox/mail.h"
#include "nodes/index/index_counts.h"

#include <stdlib.h>
#include <string.h>

enum { SPANS_MOST = 4000, LEVELS = 6, ALARM_LEVEL = 3 };

static bool in_period(const period_t *period, int64_t ms)
{
    return (!period->has_since || ms >= period->since_ms) &&
           (!period->has_until || ms < period->until_ms);
}

// --- incidents over time ---------------------------------------------------------------

typedef struct {
    const period_t *period;
    calendar_t by;
    bool by_sector;
    json_t *spans; // {name of the span: {column: count}}
    json_t *columns;
    bool any;
    int64_t first_ms, last_ms; // of spans
} over_time_t;

static void add_one(json_t *object, const char *key)
{
    json_int_t n = json_integer_value(json_object_get(object, key));
    json_object_set_new(object, key, json_integer(n + 1));
}

static void count_incident(void *context, const index_incident_t *incident)
{
    over_time_t *self = context;
    char name[CALENDAR_TEXT], column[96];
    if (!in_period(self->period, incident->at_ms))
        return;
    int64_t begin_ms = calendar_begin(self->by, incident->at_ms);
    if (!self->any || begin_ms < self->first_ms)
        self->first_ms = begin_ms;
    if (!self->any || begin_ms > self->last_ms)
        self->last_ms = begin_ms;
    self->any = true;
    (void)snprintf(column, sizeof column, "unknown");
    if (self->by_sector && incident->sector[0])
        (void)snprintf(column, sizeof column, "%s", incident->sector);
    if (!self->by_sector && incident->level >= 0 && incident->level < LEVELS)
        (void)snprintf(column, sizeof column, "%d", incident->level);
    calendar_name(self->by, begin_ms, name);
    json_t *span = json_object_get(self->spans, name);
    if (!span) {
        span = json_object();
        json_object_set_new(self->spans, name, span);
    }
    add_one(span, column);
    add_one(self->columns, column);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// All levels, or the sectors that there are, and what is not known.
static json_t *columns_of(const over_time_t *self)
{
    json_t *columns = json_pack("[s]", "period");
    size_t n = 0;
    const char *name, **names;
    json_t *count;
    char level[2] = "0";
    for (; !self->by_sector && level[0] < '0' + LEVELS; level[0]++)
        json_array_append_new(columns, json_string(level));
    names = memory_new(json_object_size(self->columns) + 1, sizeof *names);
    json_object_foreach(self->columns, name, count)
    {
        if (self->by_sector && strcmp(name, "unknown") != 0)
            names[n++] = name;
    }
    if (n > 1)
        qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(columns, json_string(names[i]));
    free(names);
    json_array_append_new(columns, json_string("unknown"));
    return columns;
}

static json_t *row_of(const over_time_t *self, const json_t *columns, int64_t begin_ms)
{
    char name[CALENDAR_TEXT];
    calendar_name(self->by, begin_ms, name);
    json_t *row = json_pack("[s]", name), *span = json_object_get(self->spans, name);
    for (size_t i = 1; i < json_array_size(columns); i++) {
        const char *column = json_string_value(json_array_get(columns, i));
        json_array_append_new(
            row, json_integer(json_integer_value(json_object_get(span, column))));
    }
    return row;
}

static json_t *table_of(const over_time_t *self)
{
    json_t *columns = columns_of(self), *rows = json_array();
    int64_t at_ms = self->first_ms;
    for (int i = 0; self->any && i < SPANS_MOST && at_ms <= self->last_ms; i++) {
        json_array_append_new(rows, row_of(self, columns, at_ms));
        at_ms = calendar_next(self->by, at_ms);
    }
    return json_pack("{s:o, s:o, s:b}", "columns", columns, "rows", rows, "more",
        self->any && at_ms <= self->last_ms);
}

static json_t *over_time(mail_index_t *index, const period_t *period, calendar_t by,
    bool by_sector, cause_t *why)
{
    over_time_t self = {.period = period,
        .by = by,
        .by_sector = by_sector,
        .spans = json_object(),
        .columns = json_object()};
    json_t *table =
        index_incidents(index, count_incident, &self, why) == 0 ? table_of(&self) : NULL;
    json_decref(self.spans);
    json_decref(self.columns);
    return table;
}

json_t *tally_levels(
    mail_index_t *index, const period_t *period, calendar_t by, cause_t *why)
{
    return over_time(index, period, by, false, why);
}

json_t *tally_sectors(
    mail_index_t *index, const period_t *period, calendar_t by, cause_t *why)
{
    return over_time(index, period, by, true, why);
}

// --- answers ---------------------------------------------------------------------------

typedef struct {
    char kind[KIND_MAX];
    uint64_t asked;
    size_t n, room;
    int64_t *took_ms; // of each answer
} kind_times_t;

typedef struct {
    const period_t *period;
    size_t n, room;
    kind_times_t *kinds;
} times_t;

static kind_times_t *kind_of(times_t *self, const char *kind)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->kinds[i].kind, kind) == 0)
            return &self->kinds[i];
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->kinds = memory_grow(self->kinds, self->room, sizeof *self->kinds);
    }
    kind_times_t *fresh = &self->kinds[self->n++];
    *fresh = (kind_times_t){.asked = 0};
    (void)snprintf(fresh->kind, sizeof fresh->kind, "%.63s", kind);
    return fresh;
}

static void count_asked(void *context, const index_asked_t *asked)
{
    times_t *self = context;
    if (!in_period(self->period, asked->at_ms))
        return;
    kind_times_t *kind = kind_of(self, asked->kind);
    kind->asked++;
    if (!asked->answered)
        return;
    if (kind->n == kind->room) {
        kind->room = kind->room ? 2 * kind->room : 64;
        kind->took_ms = memory_grow(kind->took_ms, kind->room, sizeof *kind->took_ms);
    }
    int64_t took_ms = asked->answered_ms - asked->at_ms;
    kind->took_ms[kind->n++] = took_ms > 0 ? took_ms : 0;
}

static int by_time(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

// The least time within which so many of a hundred were answered, in seconds.
static json_t *within(const kind_times_t *kind, size_t percent)
{
    if (kind->n == 0)
        return json_null();
    size_t rank = (kind->n * percent + 99) / 100;
    return json_integer((kind->took_ms[rank > 0 ? rank - 1 : 0] + 500) / 1000);
}

static int by_kind(const void *a, const void *b)
{
    const kind_times_t *x = a, *y = b;
    return strcmp(x->kind, y->kind);
}

static json_t *times_table(times_t *self)
{
    json_t *rows = json_array();
    if (self->n > 1)
        qsort(self->kinds, self->n, sizeof *self->kinds, by_kind);
    for (size_t i = 0; i < self->n; i++) {
        kind_times_t *kind = &self->kinds[i];
        if (kind->n > 1)
            qsort(kind->took_ms, kind->n, sizeof *kind->took_ms, by_time);
        json_array_append_new(
            rows, json_pack("[s, I, I, o, o, o]", kind->kind, (json_int_t)kind->asked,
                      (json_int_t)kind->n, within(kind, 50), within(kind, 90),
                      within(kind, 100)));
        free(kind->took_ms);
    }
    free(self->kinds);
    return json_pack("{s:[s, s, s, s, s, s], s:o}", "columns", "kind", "asked",
        "answered", "median_s", "p90_s", "worst_s", "rows", rows);
}

json_t *tally_answers(mail_index_t *index, const period_t *period, cause_t *why)
{
    times_t self = {.period = period};
    int result = index_asked(index, ALARM_LEVEL, count_asked, &self, why);
    json_t *table = times_table(&self);
    if (result == 0)
        return table;
    json_decref(table);
    return NULL;
}

// --- duties ----------------------------------------------------------------------------

enum { DUTY_OPEN, DUTY_OVERDUE, DUTY_MET, DUTY_LATE, DUTY_COLUMNS };

static int column_of(const char *state)
{
    static const struct {
        const char *state;
        int column;
    } states[] = {{"open", DUTY_OPEN}, {"near", DUTY_OPEN}, {"handed", DUTY_OPEN},
        {"overdue", DUTY_OVERDUE}, {"met", DUTY_MET}, {"met-late", DUTY_LATE}};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i].state, state) == 0)
            return states[i].column;
    return -1; // withdrawn: nobody owes it any more
}

static json_t *row_of_role(json_t *rows, const char *role)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (strcmp(json_string_value(json_array_get(row, 0)), role) == 0)
            return row;
    }
    row = json_pack("[s, i, i, i, i]", role, 0, 0, 0, 0);
    json_array_append_new(rows, row);
    return row;
}

json_t *tally_overdue(const json_t *duties, tally_role_t *role, void *context)
{
    size_t i;
    const json_t *duty;
    json_t *rows = json_array();
    json_array_foreach(duties, i, duty)
    {
        int column = column_of(mail_text(duty, "state"));
        const char *node = mail_text(duty, "debtor");
        const char *found = role(context, node);
        json_t *row = column < 0 ? NULL : row_of_role(rows, found ? found : node);
        if (!row)
            continue;
        size_t at = (size_t)column + 1;
        json_array_set_new(
            row, at, json_integer(json_integer_value(json_array_get(row, at)) + 1));
    }
    return json_pack("{s:[s, s, s, s, s], s:o}", "columns", "role", "open", "overdue",
        "met", "met_late", "rows", rows);
}
