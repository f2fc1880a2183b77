// status - names are promised to scripts: add, never rename.

#include "hub/ask/status.h"
#include "lib/base/version.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Also what is ordered and, for want of room, not written yet.
static void add_quarantine(json_t *self, const quarantine_t *quarantine)
{
    json_t *list = json_array();
    for (size_t i = 0; i < quarantine->n; i++)
        (void)json_array_append_new(list,
            json_pack("{s:I, s:s}", "position", (json_int_t)quarantine->item[i].position,
                "reason", quarantine->item[i].reason));
    (void)json_object_set_new(self, "quarantined", list);
}

json_t *status_new(const hub_status_t *status)
{
    char root[HASH_HEX];
    hex_encode(status->root.bytes, sizeof status->root.bytes, root);
    json_t *self = json_pack("{s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:b, "
                             "s:b, s:b, s:b, s:[], s:[], s:[]}",
        "hub", status->hub, "version", DABYL_VERSION, "origin", status->origin, "entries",
        (json_int_t)status->entries, "root", root, "rules_position",
        (json_int_t)status->rules_position, "rules", (json_int_t)status->rules,
        "sessions", (json_int_t)status->sessions, "refused_since_start",
        (json_int_t)status->refused, "duties", (json_int_t)status->duties, "clock_held",
        status->clock_held, "disk_full", status->disk_full, "rolled_back",
        status->rolled_back, "crl_stale", status->crl_stale, "alarms", "warnings",
        "nodes");
    if (!self)
        abort();
    (void)json_object_set_new(
        self, "unreadable_since_start", json_integer((json_int_t)status->unreadable));
    add_quarantine(self, status->quarantine);
    (void)json_object_set_new(self, "reloading", json_boolean(status->reloading));
    (void)json_object_set_new(
        self, "questions", json_integer((json_int_t)status->questions));
    return self;
}

void status_add_alarm(json_t *self, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    json_t *alarm = json_string(text);
    if (!alarm) // a character was cut in two
        alarm = json_string("an alarm that is too long to show: see the log");
    (void)json_array_append_new(json_object_get(self, "alarms"), alarm);
}

void status_add_warning(json_t *self, const char *text)
{
    (void)json_array_append_new(json_object_get(self, "warnings"), json_string(text));
}

void status_add_nodes(
    json_t *self, const roster_t *roster, inboxes_t *inboxes, sessions_t *sessions)
{
    cause_t why;
    for (size_t i = 0; i < roster_count(roster); i++) {
        const member_t *member = roster_at(roster, i);
        int inbox = inboxes_of(inboxes, member->id, &why);
        if (inbox < 0 || strcmp(member->role, "hub") == 0)
            continue;
        (void)json_array_append_new(json_object_get(self, "nodes"),
            json_pack("{s:s, s:s, s:s, s:b, s:b, s:I, s:I}", "node", member->id, "role",
                member->role, "organisation", member->organisation, "connected",
                sessions_of_inbox(sessions, inbox) != NULL, "contradicts",
                sessions_contradicted(sessions, inbox), "delivered",
                (json_int_t)inboxes_last(inboxes, inbox), "acknowledged",
                (json_int_t)inboxes_acked(inboxes, inbox)));
    }
}

void status_print(const json_t *self, buf_t *out)
{
    char *text = json_dumps(self, JSON_COMPACT);
    if (!text)
        abort();
    buf_put_text(out, text);
    free(text);
}
