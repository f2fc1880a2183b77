// ca_print - how `dabyl ca` shows requests and certificates, to people and to programs.

#include "certs/ca_command.h"
#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "nodes/cli/screen.h"

#include <stdlib.h>
#include <string.h>

void ca_print_request(const enrol_t *request, FILE *out)
{
    char fingerprint[FINGERPRINT_TEXT];
    const holder_t *holder = &request->holder;
    enrol_fingerprint(request, fingerprint);
    (void)fprintf(
        out, "id            %s\nrole          %s\n", holder->name, holder->role);
    if (holder_is_officer(holder))
        (void)fprintf(out, say("officer of    %s\n"), holder->node);
    if (holder->office[0])
        (void)fprintf(out, say("office        %s\n"), holder->office);
    if (holder->territory[0])
        (void)fprintf(out, say("territory     %s\n"), holder->territory);
    (void)fprintf(
        out, "organisation  %s\nfingerprint   %s\n", holder->organisation, fingerprint);
}

json_t *ca_request_json(const enrol_t *request)
{
    char fingerprint[FINGERPRINT_TEXT];
    const holder_t *holder = &request->holder;
    enrol_fingerprint(request, fingerprint);
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "id", holder->name, "role",
        holder->role, "organisation", holder->organisation, "node", holder->node,
        "office", holder->office, "territory", holder->territory, "fingerprint",
        fingerprint);
}

void ca_print_line(json_t *json)
{
    char *line = json_dumps(json, JSON_COMPACT);
    if (!line)
        abort();
    puts(line);
    free(line);
    json_decref(json);
}

json_t *ca_entry_json(const issued_t *entry, int64_t now_ms)
{
    json_t *json = issued_json(entry);
    const char *state = standing_name(issued_standing(entry, now_ms));
    if (json_object_set_new(json, "state", json_string(state)) != 0)
        abort();
    return json;
}

static size_t widest(size_t width, const char *text)
{
    return strlen(text) > width ? strlen(text) : width;
}

static void print_row(const issued_t *entry, const int width[3], int64_t now_ms)
{
    char until[TIME_TEXT];
    standing_t standing = issued_standing(entry, now_ms);
    // Of what has not begun, the beginning is what one wants to know.
    time_print(standing == NOT_YET ? entry->not_before_ms : entry->not_after_ms, until);
    printf("%-*s  %-*s  %-*s  %-7s  %.10s  %s  %s", width[0], entry->holder.name,
        width[1], entry->holder.role, width[2], entry->holder.organisation,
        cert_use_name(entry->use), until, entry->serial, say(standing_name(standing)));
    if (standing == REVOKED)
        printf(" (%s)", entry->reason);
    if (holder_is_officer(&entry->holder))
        printf(say(", %s%sofficer of %s"), entry->holder.office,
            entry->holder.office[0] ? ", " : "", entry->holder.node);
    if (entry->holder.territory[0])
        printf(", %s", entry->holder.territory);
    (void)putchar('\n');
}

void ca_print_entries(const issued_t *const *entries, size_t n, int64_t now_ms)
{
    size_t id = strlen("ID");
    size_t role = strlen("ROLE");
    size_t organisation = strlen("ORGANISATION");
    for (size_t i = 0; i < n; i++) {
        id = widest(id, entries[i]->holder.name);
        role = widest(role, entries[i]->holder.role);
        organisation = widest(organisation, entries[i]->holder.organisation);
    }
    const int width[3] = {(int)id, (int)role, (int)organisation};
    const char *const head[] = {say_as("column", "ID"), say_as("column", "ROLE"),
        say_as("column", "ORGANISATION"), say_as("column", "USE"),
        say_as("column", "UNTIL"), say_as("column", "SERIAL")};
    const size_t wide[] = {id, role, organisation, 7, 10, 32};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        screen_column(stdout, head[i], wide[i] + 2);
    puts(say_as("column", "STATE"));
    for (size_t i = 0; i < n; i++)
        print_row(entries[i], width, now_ms);
}
