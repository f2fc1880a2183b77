// topics - the table of what can be asked, and the topics that are a few lines each.

#include "hub/ask/topics.h"

#include "lib/base/text.h"
#include "lib/base/version.h"

#include <string.h>

static const topic_t *topic_at(size_t i);

bool topic_is_nccis(const questions_t *self, const char *asker)
{
    // Under no law nobody has a role.
    const member_t *member = self->law ? roster_member(self->law->roster, asker) : NULL;
    return member && strcmp(member->role, "nccis") == 0;
}

bool topic_message(asking_t *asking, const char **missing)
{
    const char *author = value_text(value_get(asking->arguments, "author"));
    const char *id = value_text(value_get(asking->arguments, "id"));
    *missing = author ? "/id" : "/author";
    return author && id &&
           text_copy(span_text(author), asking->message.author, NODE_ID_MAX) &&
           text_copy(span_text(id), asking->message.id, MESSAGE_ID_MAX);
}

bool topic_routing(const questions_t *self, asking_t *asking)
{
    const precedents_t *log = &self->log;
    span_t record;
    cause_t why;
    return log->find(
               log->context, asking->message.author, asking->message.id, &asking->leaf) &&
           log->record(log->context, &asking->leaf, &record, &why) == 0 &&
           routing_parse(&asking->routing, record, &why) == 0;
}

static bool is_for(const questions_t *self, const char *asker, const topic_t *topic)
{
    return topic->audience == FOR_ALL || topic_is_nccis(self, asker);
}

static bool begin_hub(const questions_t *self, const char *asker, asking_t *asking)
{
    writer_t *to = &asking->to;
    writer_text(to, "hub", self->hub);
    writer_text(to, "version", DABYL_VERSION);
    writer_text(to, "origin", self->origin);
    writer_integer(to, "entries", (int64_t)self->size);
    writer_array(to, "topics");
    for (size_t i = 0; topic_at(i); i++)
        if (is_for(self, asker, topic_at(i)))
            writer_text(to, NULL, topic_at(i)->name);
    writer_end(to);
    return false;
}

static directory_t directory_for(const questions_t *self, const char *asker)
{
    return (directory_t){self->contacts, self->law->roster, &self->log, asker};
}

static bool begin_contacts(const questions_t *self, const char *asker, asking_t *asking)
{
    directory_t directory = directory_for(self, asker);
    asking->directory = directory_begin(&directory);
    return true;
}

static bool step_contacts(const questions_t *self, const char *asker, asking_t *asking)
{
    directory_t directory = directory_for(self, asker);
    if (directory_step(&directory, asking->directory, asking->work))
        return true;
    directory_write(asking->directory, &asking->to);
    return false;
}

// What the asker's role may send by the rules in force, whatever else they ask of it.
static bool begin_kinds(const questions_t *self, const char *asker, asking_t *asking)
{
    const rules_t *rules = self->law->rules;
    const member_t *member = roster_member(self->law->roster, asker);
    const char *last = "";
    writer_t *to = &asking->to;
    writer_text(to, "role", member ? member->role : "");
    writer_array(to, "kinds");
    for (size_t i = 0; member && i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i); // by kind
        if (strcmp(rule->kind, last) != 0 &&
            rules_permit(rules, rule->kind, member->role))
            writer_text(to, NULL, last = rule->kind);
    }
    writer_end(to);
    return false;
}

static const topic_t topics[] = {
    {"hub", FOR_ALL, begin_hub, NULL},
    {"withdrawal", FOR_ALL, topic_withdrawal, topic_withdrawal_step},
    {"duties", FOR_ALL, topic_duties, topic_duties_step},
    {"incident", FOR_ALL, topic_incident, topic_incident_step},
    {"contacts", FOR_ALL, begin_contacts, step_contacts},
    {"plans", FOR_ALL, topic_plans, topic_plans_step},
    {"attachments", FOR_ALL, topic_attachments, topic_attachments_step},
    {"kinds", FOR_ALL, begin_kinds, NULL},
    {"feeds", FOR_ALL, topic_feeds, NULL},
    {"law", FOR_ALL, topic_law, topic_law_step},
    {"trust", FOR_ALL, topic_trust, NULL},
    {"erasures", FOR_ALL, topic_erasures, topic_erasures_step},
    {"nodes", FOR_NCCIS, topic_nodes, topic_nodes_step},
};

static const topic_t *topic_at(size_t i)
{
    return i < sizeof topics / sizeof topics[0] ? &topics[i] : NULL;
}

const topic_t *topic_named(const questions_t *self, const char *asker, span_t name)
{
    size_t i = 0;
    while (topic_at(i) && !span_is(name, topic_at(i)->name))
        i++;
    return topic_at(i) && is_for(self, asker, topic_at(i)) ? topic_at(i) : NULL;
}
