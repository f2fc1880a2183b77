// topic_plans - the register of response plans (plan, paras 8 and 9): what each owner has
// sent last, what of 8.1 to 8.11 it provides for, and who has sent none.
//
// The authorised body has all plans by law; every organisation sees its own.  One node of
// the roster a step.

#include "hub/ask/topics.h"
#include "lib/base/times.h"

#include <stdio.h>
#include <string.h>

static const char *const measures[] = {
    "8.1", "8.2", "8.3", "8.4", "8.5", "8.6", "8.7", "8.8", "8.9", "8.10", "8.11"};

static bool may_see(const questions_t *self, const char *asker, const member_t *owner)
{
    const member_t *member = roster_member(self->law->roster, asker);
    return member && (strcmp(member->role, "authority") == 0 ||
                         strcmp(member->organisation, owner->organisation) == 0);
}

// The newest that stands.
static bool find_plan(const questions_t *self, const char *owner, leaf_t *leaf)
{
    const precedents_t *log = &self->log;
    const contacts_owner_t *sent = contacts_of(self->plans, owner);
    for (uint64_t i = sent ? contacts_said(sent) : 0; i > 0; i--) {
        if (i - 1 < contacts_first(sent))
            return false;
        reference_t latest = {0};
        (void)snprintf(latest.author, sizeof latest.author, "%s", owner);
        (void)snprintf(
            latest.id, sizeof latest.id, "%s", contacts_change(sent, i - 1)->id);
        log->latest(log->context, &latest, &latest);
        if (log->find(log->context, latest.author, latest.id, leaf) &&
            message_stands(log, leaf))
            return true;
    }
    return false;
}

static bool lists(const value_t *covers, const char *measure)
{
    value_each(one, covers)
    {
        const char *text = value_text(one);
        if (text && strcmp(text, measure) == 0)
            return true;
    }
    return false;
}

static void write_plan(const questions_t *self, const leaf_t *leaf, writer_t *to)
{
    static const char *const copied[] = {"approved_on", "approved_by", "edition"};
    char time[TIME_TEXT];
    value_t *root = self->log.document(self->log.context, leaf);
    const value_t *body = value_get(root, "body");
    time_print(leaf->time_ms, time);
    writer_text(to, "id", leaf->id);
    writer_text(to, "time", time);
    writer_integer(to, "position", (int64_t)leaf->position);
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
        if (value_get(body, copied[i]))
            writer_value(to, copied[i], value_get(body, copied[i]));
    writer_array(to, "missing");
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++)
        if (!lists(value_get(body, "covers"), measures[i]))
            writer_text(to, NULL, measures[i]);
    writer_end(to);
    value_free(&root);
}

bool topic_plans(const questions_t *self, const char *asker, asking_t *asking)
{
    (void)self;
    (void)asker;
    writer_array(&asking->to, "plans");
    return true;
}

bool topic_plans_step(const questions_t *self, const char *asker, asking_t *asking)
{
    writer_t *to = &asking->to;
    leaf_t leaf;
    if (asking->at >= roster_count(self->law->roster)) {
        writer_end(to);
        return false;
    }
    const member_t *owner = roster_at(self->law->roster, asking->at++);
    if (strcmp(owner->role, "owner") != 0 || !may_see(self, asker, owner))
        return true;
    bool sent = find_plan(self, owner->id, &leaf);
    writer_object(to, NULL);
    writer_text(to, "owner", owner->id);
    writer_text(to, "organisation", owner->organisation);
    writer_bool(to, "sent", sent);
    if (sent)
        write_plan(self, &leaf, to);
    writer_end(to);
    return true;
}
