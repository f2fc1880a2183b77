// drafting_absent - of what was taken, whose record has roles that nobody has: nccis is
// to hear of that in the same batch.

#include "hub/decide/drafting_inside.h"
#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Whether every node of nccis has the message.
static bool is_known(
    const drafting_t *self, const document_t *document, const routing_t *routing)
{
    roster_group_t group = roster_group(self->turn.law->roster, "nccis", "");
    for (size_t i = 0; i < group.n; i++) {
        const char *node = group.member[i]->id;
        if (strcmp(node, document->from) != 0 && !routing_find(routing, node))
            return false;
    }
    return true;
}

// What finds no room is in the record.
static void add_role(absence_t *absence, const route_t *route)
{
    char one[NODE_ID_MAX + CITES_MAX + 16];
    size_t used = strlen(absence->roles);
    int size = snprintf(
        one, sizeof one, "%s%s (para %s)", used ? ", " : "", route->node, route->cites);
    if (!strstr(absence->roles, one + (used ? 2 : 0)) &&
        used + (size_t)size < sizeof absence->roles)
        memcpy(absence->roles + used, one, (size_t)size + 1);
}

static bool lacks(const routing_t *routing)
{
    for (size_t i = 0; i < routing->n; i++)
        if (routing->route[i].type == ROUTE_ABSENT)
            return true;
    return false;
}

void drafting_note_absent(
    drafting_t *self, const document_t *document, const routing_t *routing)
{
    if (!lacks(routing))
        return;
    absence_t *absence = memory_new(1, sizeof *absence);
    reference_t name = {0};
    memcpy(name.author, document->from, sizeof name.author);
    memcpy(name.id, document->id, sizeof name.id);
    history_first(self->setup.history, &name, &absence->message);
    (void)snprintf(absence->kind, sizeof absence->kind, "%s", document->kind);
    (void)snprintf(
        absence->exercise, sizeof absence->exercise, "%s", routing_within(routing));
    absence->known = is_known(self, document, routing);
    for (size_t i = 0; i < routing->n; i++)
        if (routing->route[i].type == ROUTE_ABSENT)
            add_role(absence, &routing->route[i]);
    if (self->absences == self->absences_room) {
        self->absences_room = self->absences_room ? 2 * self->absences_room : 8;
        self->absence =
            memory_grow(self->absence, self->absences_room, sizeof *self->absence);
    }
    self->absence[self->absences++] = absence;
}

absence_t *drafting_absence(drafting_t *self)
{
    return self->absences > 0 ? self->absence[--self->absences] : NULL;
}

void drafting_forget_absent(drafting_t *self)
{
    absence_t *absence;
    while ((absence = drafting_absence(self)) != NULL)
        free(absence);
    free(self->absence);
    self->absence = NULL;
    self->absences_room = 0;
}
