// audience - targets name roles, addressees or those of a thread; the roster says who
// that is now.

#include "hub/decide/audience.h"

#include <string.h>

typedef struct {
    const audience_t *audience;
    audience_fn visit;
    void *context;
} walk_t;

bool audience_may_receive(const member_t *author, const member_t *member)
{
    return strcmp(member->id, author->id) != 0 && strcmp(member->role, "hub") != 0;
}

static void take(const walk_t *walk, const member_t *member, reach_t reach)
{
    if (audience_may_receive(walk->audience->author, member))
        walk->visit(walk->context, member, reach);
}

// All members with this role and organisation; "" stands for any.
static void take_members(
    const walk_t *walk, const char *role, const char *organisation, reach_t reach)
{
    const roster_t *roster = walk->audience->roster;
    for (size_t i = 0; i < roster_count(roster); i++) {
        const member_t *member = roster_at(roster, i);
        if ((role[0] == 0 || strcmp(member->role, role) == 0) &&
            (organisation[0] == 0 || strcmp(member->organisation, organisation) == 0))
            take(walk, member, reach);
    }
}

static bool take_node(void *context, const char *node)
{
    const walk_t *walk = context;
    const member_t *member = roster_member(walk->audience->roster, node);
    if (member)
        take(walk, member, NAMED);
    return false;
}

// Those in `to` who have this role; "" stands for any.
static void take_addressees(const walk_t *walk, const char *role)
{
    const document_t *document = walk->audience->document;
    for (size_t i = 0; i < document->to_count; i++) {
        const member_t *member = roster_member(walk->audience->roster, document->to[i]);
        if (member && (role[0] == 0 || strcmp(member->role, role) == 0))
            take(walk, member, NAMED);
    }
}

static void take_parties(walk_t *walk)
{
    const recipients_t *recipients = walk->audience->recipients;
    const reference_t *incident = &walk->audience->document->incident;
    leaf_t leaf;
    if (recipients->log->find(
            recipients->log->context, incident->author, incident->id, &leaf))
        (void)recipients_concerned(recipients, incident, &leaf, take_node, walk);
}

void audience_each(
    const audience_t *self, const target_t *target, audience_fn visit, void *context)
{
    walk_t walk = {self, visit, context};
    const object_t *object = self->object;
    switch (target->type) {
    case TARGET_ROLE:
        take_members(&walk, target->role, "", NAMED);
        break;
    case TARGET_ALL:
        take_members(&walk, "", "", BROAD);
        break;
    case TARGET_OBJECT_OWNER:
        if (object)
            take_members(&walk, "owner", object->owner, NAMED);
        break;
    case TARGET_OBJECT_ISOC:
        if (object && object->isoc[0])
            take_members(&walk, "isoc", object->isoc, NAMED);
        break;
    case TARGET_TO:
        take_addressees(&walk, target->role);
        break;
    case TARGET_RE_AUTHOR:
        (void)take_node(&walk, self->document->re.author);
        break;
    case TARGET_PARTIES:
        take_parties(&walk);
        break;
    case TARGET_AUTHOR:
        visit(context, self->author, NAMED);
        break;
    }
}
