// topic_messages - of a message that the asker wrote or had: who has a withdrawal and
// what they answered to it; which files it names and whether they are there.

#include "hub/ask/topics.h"

#include "hub/state/recipients.h"
#include "lib/base/memory.h"

#include <stdio.h>
#include <string.h>

enum { ROUTES_A_STEP = 16 }; // which cost little

// Who was to have a correction or withdrawal, as far as its author was told, and who has
// it: {"id"} of what the asker sent.
bool topic_withdrawal(const questions_t *self, const char *asker, asking_t *asking)
{
    const char *id = value_text(value_get(asking->arguments, "id"));
    (void)snprintf(asking->message.author, sizeof asking->message.author, "%s", asker);
    (void)snprintf(asking->message.id, sizeof asking->message.id, "%s", id ? id : "");
    return topic_routing(self, asking) ||
           refuse(&asking->refusal, "reference.unknown", "/id", "",
               "you have sent no message of this id") == 0;
}

// The place of the first node that is not before this one.
static size_t place_of(const asking_t *asking, const char *node)
{
    size_t low = 0, high = asking->answers;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(asking->by_node[middle].node, node) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const said_t *said_by(const asking_t *asking, const char *node)
{
    size_t at = place_of(asking, node);
    return at < asking->answers && strcmp(asking->by_node[at].node, node) == 0
               ? &asking->by_node[at]
               : NULL;
}

static void add_answer(asking_t *asking, const char *node, const value_t *answer)
{
    size_t at = place_of(asking, node);
    said_t one = {0};
    writer_t to = writer_to(&one.said);
    writer_value(&to, NULL, answer);
    (void)snprintf(one.node, sizeof one.node, "%s", node);
    if (asking->answers == asking->answers_room) {
        asking->answers_room = asking->answers_room ? 2 * asking->answers_room : 8;
        asking->by_node =
            memory_grow(asking->by_node, asking->answers_room, sizeof *asking->by_node);
    }
    memmove(&asking->by_node[at + 1], &asking->by_node[at],
        (asking->answers++ - at) * sizeof *asking->by_node);
    asking->by_node[at] = one;
}

// The next answer to it ("read", "done"): of each node the newest that stands counts.
static bool step_answers(const questions_t *self, asking_t *asking)
{
    const precedents_t *log = &self->log;
    leaf_t leaf;
    if (!log->refers(log->context, &asking->message, THIS_VERSION, REFER_RE,
            "acknowledgement", &asking->walk_of_answers, &leaf))
        return false;
    if (said_by(asking, leaf.author) || !message_stands(log, &leaf))
        return true;
    value_t *document = log->document(log->context, &leaf);
    const value_t *answer = value_at(document, "/body/answer");
    if (answer)
        add_answer(asking, leaf.author, answer);
    value_free(&document);
    return true;
}

// What it withdraws, and the beginning of who was to have it.
static void write_withdraws(asking_t *asking)
{
    writer_t *to = &asking->to;
    writer_integer(to, "position", (int64_t)asking->leaf.position);
    writer_array(to, "withdraws");
    for (size_t i = 0; i < asking->routing.n; i++) {
        const route_t *route = &asking->routing.route[i];
        if (route->type != ROUTE_REFER ||
            (route->refer != REFER_SUPERSEDES && route->refer != REFER_CANCELS))
            continue;
        writer_object(to, NULL);
        writer_text(to, "by", refer_name(route->refer));
        writer_text(to, "id", route->id);
        writer_end(to);
    }
    writer_end(to);
    writer_array(to, "receivers");
}

static void write_receiver(
    const questions_t *self, asking_t *asking, const route_t *route)
{
    writer_t *to = &asking->to;
    const said_t *said = said_by(asking, route->node);
    if (!route_delivers(route) || route->tell != TELL_SENDER)
        return;
    writer_object(to, NULL);
    writer_text(to, "node", route->node);
    writer_bool(to, "stored",
        inboxes_stored(
            self->inboxes, route->node, asking->leaf.position, self->former_last));
    if (said)
        writer_json(to, "answer", buf_span(&said->said));
    writer_end(to);
}

bool topic_withdrawal_step(const questions_t *self, const char *asker, asking_t *asking)
{
    (void)asker;
    if (!asking->listing) {
        asking->listing = !step_answers(self, asking);
        if (asking->listing)
            write_withdraws(asking);
        return true;
    }
    for (size_t i = 0; i < ROUTES_A_STEP && asking->at < asking->routing.n; i++)
        write_receiver(self, asking, &asking->routing.route[asking->at++]);
    if (asking->at < asking->routing.n)
        return true;
    writer_end(&asking->to);
    return false;
}

// The files that a message names, and which of them its author has handed in: {"author",
// "id"} of what the asker wrote or had.
bool topic_attachments(const questions_t *self, const char *asker, asking_t *asking)
{
    const char *missing;
    bool party = topic_message(asking, &missing) && topic_routing(self, asking) &&
                 recipients_had(&self->log, &asking->leaf, &asking->routing, asker);
    if (!party)
        return refuse(&asking->refusal, "reference.unknown", "/id", "",
                   "there is no message of this author and id that you were party to") ==
               0;
    writer_array(&asking->to, "attachments");
    return true;
}

static void write_attachment(
    const questions_t *self, asking_t *asking, const route_t *route)
{
    char digest[HASH_HEX];
    uint64_t position;
    cause_t why;
    writer_t *to = &asking->to;
    if (route->type != ROUTE_ATTACHMENT)
        return;
    int author = inboxes_of(self->inboxes, asking->message.author, &why);
    hex_encode(route->digest.bytes, sizeof route->digest.bytes, digest);
    writer_object(to, NULL);
    writer_text(to, "sha256", digest);
    writer_integer(to, "size", (int64_t)route->size);
    if (author >= 0 &&
        attachments_entry(self->attachments, &route->digest, author, &position))
        writer_integer(to, "position", (int64_t)position);
    writer_end(to);
}

bool topic_attachments_step(const questions_t *self, const char *asker, asking_t *asking)
{
    (void)asker;
    for (size_t i = 0; i < ROUTES_A_STEP && asking->at < asking->routing.n; i++)
        write_attachment(self, asking, &asking->routing.route[asking->at++]);
    if (asking->at < asking->routing.n)
        return true;
    writer_end(&asking->to);
    return false;
}
