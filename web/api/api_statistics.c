// api_statistics - what a supervisor looks at: figures of the catalogue, and of duties
// what the hub answers.  Where one of the two does not answer its tables are missing and
// it is said why; the others are there.

#include "nodes/inbox/mail.h"
#include "nodes/index/index_keeper.h"
#include "web/api/api.h"
#include "web/figures/period.h"
#include "web/figures/table.h"
#include "web/figures/tallies.h"
#include "web/law.h"

#include <stdio.h>
#include <string.h>

enum { WAIT_MS = 1500, FRESH_MS = 10000 };

static const char *const tables[] = {"levels", "sectors", "answers", "overdue"};
enum { TABLE_LEVELS, TABLE_SECTORS, TABLE_ANSWERS, TABLE_OVERDUE, TABLES };

typedef struct {
    web_t *web;
    period_t period;
    calendar_t by;
    int only; // one table; -1: all
    bool csv;
    json_t *made;    // {name: table}
    json_t *missing; // {name: why}
} statistics_t;

// --- what is asked ---------------------------------------------------------------------

static int find_table(const char *name)
{
    for (int i = 0; i < TABLES; i++)
        if (strcmp(tables[i], name) == 0)
            return i;
    return -1;
}

static int read_asked(statistics_t *self, const request_t *request, reply_t *reply)
{
    const char *by = request_query(request, "by"),
               *table = request_query(request, "table");
    const char *format = request_query(request, "format");
    self->by = CALENDAR_MONTH;
    self->only = find_table(table);
    self->csv = strcmp(format, "csv") == 0;
    const char *wrong = by[0] && !calendar_parse(by, &self->by)
                            ? "by: day, week or month is wanted"
                        : table[0] && self->only < 0
                            ? "table: levels, sectors, answers or overdue is wanted"
                        : format[0] && !self->csv && strcmp(format, "json") != 0
                            ? "format: json or csv is wanted"
                        : self->csv && self->only < 0 ? "csv is of one table: name it"
                                                      : NULL;
    if (wrong) {
        reply_error(reply, 400, "malformed", "%s", wrong);
        return -1;
    }
    return period_read(request, &self->period, reply);
}

static bool wants(const statistics_t *self, int table)
{
    return self->only < 0 || self->only == table;
}

// --- what is counted -------------------------------------------------------------------

static json_t *count(
    const statistics_t *self, mail_index_t *index, int table, cause_t *why)
{
    return table == TABLE_LEVELS    ? tally_levels(index, &self->period, self->by, why)
           : table == TABLE_SECTORS ? tally_sectors(index, &self->period, self->by, why)
                                    : tally_answers(index, &self->period, why);
}

static void lacks(statistics_t *self, int table, const cause_t *why)
{
    json_object_set_new(self->missing, tables[table], json_string(why->text));
}

// Whether the catalogue was damaged.
static bool add_counted(statistics_t *self)
{
    cause_t why = {""};
    bool fresh;
    mail_index_t *index = index_keeper_open(self->web->index, WAIT_MS, &fresh, &why);
    json_object_clear(self->missing);
    for (int i = 0; i < TABLE_OVERDUE; i++) {
        json_t *table = index && wants(self, i) ? count(self, index, i, &why) : NULL;
        if (table)
            json_object_set_new(self->made, tables[i], table);
        else if (wants(self, i))
            lacks(self, i, &why);
    }
    bool damaged = index && mail_index_damaged(index);
    mail_index_close(&index);
    if (damaged)
        index_keeper_damaged(self->web->index);
    return damaged;
}

typedef struct {
    const web_t *web;
    const json_t *nodes;
} roles_t;

// Nccis alone is told of every node; everybody knows his own role.
static const char *role_of(void *context, const char *node)
{
    const roles_t *self = context;
    size_t i;
    const json_t *one;
    if (strcmp(node, self->web->name) == 0)
        return self->web->role;
    json_array_foreach(self->nodes, i, one)
    {
        if (strcmp(mail_text(one, "node"), node) == 0)
            return mail_text(one, "role");
    }
    return NULL;
}

static void add_overdue(statistics_t *self)
{
    cause_t why;
    asker_t *asker = self->web->asker;
    json_t *answer = asker_ask(asker, "ask duties\n{\"all\":true}", FRESH_MS, &why);
    if (!answer) {
        lacks(self, TABLE_OVERDUE, &why);
        return;
    }
    json_t *nodes = strcmp(self->web->role, "nccis") == 0
                        ? asker_ask(asker, "ask nodes\n{}", FRESH_MS, &why)
                        : NULL;
    roles_t roles = {self->web, json_object_get(nodes, "nodes")};
    json_object_set_new(self->made, tables[TABLE_OVERDUE],
        tally_overdue(json_object_get(answer, "duties"), role_of, &roles));
    json_decref(nodes);
    json_decref(answer);
}

// What people call the sectors that stand above a table: {"banking": {"kk": ...}}.
static json_t *sector_words(const schemas_t *schemas, const json_t *columns)
{
    static const char *const languages[] = {"kk", "ru", "en"};
    size_t i;
    json_t *column, *all = json_object();
    json_array_foreach(columns, i, column)
    {
        json_t *said = json_object();
        for (size_t l = 0; l < 3; l++) {
            const char *words = schemas_value_words(schemas, "incident.notice",
                "/body/sector", json_string_value(column), languages[l]);
            if (words)
                json_object_set_new(said, languages[l], json_string(words));
        }
        if (json_object_size(said) > 0)
            json_object_set(all, json_string_value(column), said);
        json_decref(said);
    }
    return all;
}

static void name_sectors(statistics_t *self)
{
    cause_t ignored;
    json_t *table = json_object_get(self->made, tables[TABLE_SECTORS]);
    const law_copy_t *law = table ? web_law_take(self->web->law, &ignored) : NULL;
    if (law)
        json_object_set_new(table, "words",
            sector_words(law->schemas, json_object_get(table, "columns")));
    web_law_give(self->web->law, &law);
}

static void reply_csv(statistics_t *self, reply_t *reply)
{
    char name[32];
    buf_t text = {0};
    const json_t *table = json_object_get(self->made, tables[self->only]);
    if (!table) {
        reply_error(
            reply, 503, "unanswered", "%s", mail_text(self->missing, tables[self->only]));
        return;
    }
    (void)snprintf(name, sizeof name, "%s.csv", tables[self->only]);
    table_csv(table, &text);
    reply_bytes(reply, "text/csv; charset=utf-8", name, &text);
}

static void answer_statistics(web_t *web, const request_t *request, reply_t *reply)
{
    statistics_t self = {.web = web};
    if (read_asked(&self, request, reply) != 0)
        return;
    self.made = json_object();
    self.missing = json_object();
    if (self.only != TABLE_OVERDUE && add_counted(&self))
        (void)add_counted(&self);
    name_sectors(&self);
    if (wants(&self, TABLE_OVERDUE))
        add_overdue(&self);
    if (self.csv)
        reply_csv(&self, reply);
    else
        reply_json(
            reply, json_pack("{s:O, s:O}", "tables", self.made, "missing", self.missing));
    json_decref(self.made);
    json_decref(self.missing);
}

const web_route_t api_statistics[] = {
    {METHOD_GET, "/api/statistics", BODY_NONE, answer_statistics},
    {0, NULL, BODY_NONE, NULL},
};
