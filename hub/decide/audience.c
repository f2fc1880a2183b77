// audience - a target names a role, the addressees or the parties of an incident.  Which
// members those are is looked up in the roster in force: who has left it gets nothing.

#include "hub/decide/audience.h"

#include "hub/state/withdrawal.h"
#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

bool audience_may_receive(const member_t *author, const member_t *member)
{
    return strcmp(member->id, author->id) != 0 && cert_role_takes_part(member->role);
}

bool audience_absent(const audience_t *self, const target_t *target)
{
    return target->type == TARGET_ROLE &&
           roster_group(self->roster, target->role, "").n == 0;
}

bool audience_speaks_for(const member_t *author, const object_t *object)
{
    const char *role = author->role, *organisation = author->organisation;
    return strcmp(role, "nccis") == 0 ||
           (strcmp(role, "owner") == 0 && strcmp(organisation, object->owner) == 0) ||
           (strcmp(role, "isoc") == 0 && strcmp(organisation, object->isoc) == 0);
}

static void add(audience_t *self, const member_t *member, reach_t reach)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->listener = memory_grow(self->listener, self->room, sizeof *self->listener);
    }
    self->listener[self->n++] = (listener_t){member, reach};
}

static void add_other(audience_t *self, const member_t *member, reach_t reach)
{
    if (audience_may_receive(self->author, member))
        add(self, member, reach);
}

static void add_all(audience_t *self)
{
    for (size_t i = 0; i < roster_count(self->roster); i++)
        add_other(self, roster_at(self->roster, i), BROAD);
}

// All members with this role, and of this organisation; "" stands for any.
static void add_members(audience_t *self, const char *role, const char *organisation)
{
    roster_group_t group = roster_group(self->roster, role, organisation);
    for (size_t i = 0; i < group.n; i++)
        add_other(self, group.member[i], NAMED);
}

// One node, if it is a member and has this role; "" stands for any.
static void add_node(audience_t *self, const char *node, const char *role)
{
    const member_t *member = roster_member(self->roster, node);
    if (member && (role[0] == 0 || strcmp(member->role, role) == 0))
        add_other(self, member, NAMED);
}

// All who had a message; and, of an incident, what was derived from it.
static void add_holders(
    audience_t *self, const reference_t *message, const reference_t *incident)
{
    const recipients_t *recipients = self->recipients;
    const precedents_t *log = recipients->log;
    recipients_walk_t walk;
    const char *node;
    leaf_t leaf;
    if (!log->find(log->context, message->author, message->id, &leaf))
        return;
    recipients_begin(&walk, recipients, &leaf, incident);
    walk.lawful = true; // who asked to read along is no party
    while ((node = recipients_next(&walk)) != NULL)
        add_node(self, node, "");
    recipients_end(&walk);
}

// Who belongs to the set, and who joins or leaves it with this message.
static void add_set(audience_t *self, const reference_t *named)
{
    const precedents_t *log = self->recipients->log;
    const char *member;
    reference_t first;
    size_t next = 0;
    log->first(log->context, named, &first);
    while ((member = log->member(log->context, &first, &next)) != NULL)
        add_node(self, member, "");
    for (size_t i = 0; i < self->routing->n; i++) {
        const route_t *route = &self->routing->route[i];
        if (route->type != ROUTE_JOINS && route->type != ROUTE_LEAVES)
            continue;
        reference_t set = members_set(route);
        if (reference_same(&set, &first))
            add_node(self, route->node, "");
    }
}

// Owners, or serving centres, of the objects that count.
static void add_concerned(audience_t *self, target_type_t type)
{
    for (size_t i = 0; i < self->objects; i++) {
        const object_t *object = self->object[i];
        bool own = audience_speaks_for(self->author, object);
        if ((self->which == OBJECTS_OWN && !own) ||
            (self->which == OBJECTS_OTHERS && own))
            continue;
        if (type == TARGET_OBJECT_OWNER)
            add_members(self, "owner", object->owner);
        else if (object->isoc[0])
            add_members(self, "isoc", object->isoc);
    }
}

void audience_find(audience_t *self, const target_t *target)
{
    const document_t *document = self->document;
    reference_t own;
    self->n = 0;
    switch (target->type) {
    case TARGET_ROLE:
        add_members(self, target->role, "");
        break;
    case TARGET_ALL:
        add_all(self);
        break;
    case TARGET_OBJECT_OWNER:
    case TARGET_OBJECT_ISOC:
        add_concerned(self, target->type);
        break;
    case TARGET_TO:
        for (size_t i = 0; i < document->to_count; i++)
            add_node(self, document->to[i], target->role);
        break;
    case TARGET_RE_AUTHOR:
        add_node(self, document->re.author, "");
        break;
    case TARGET_RE_RECEIVERS:
        add_holders(self, &document->re, NULL);
        break;
    case TARGET_PARTIES:
        add_holders(self, &document->incident, &document->incident);
        break;
    case TARGET_AUTHOR:
        add(self, self->author, NAMED);
        break;
    case TARGET_MEMBERS:
        withdrawal_first(self->recipients->log, document, &own);
        add_set(self, &own);
        break;
    case TARGET_RE_MEMBERS:
        add_set(self, &document->re);
        break;
    }
}

void audience_close(audience_t *self)
{
    free(self->listener);
    *self = (audience_t){0};
}
