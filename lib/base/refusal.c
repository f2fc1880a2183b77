// refusal - the codes are promises to integrators: add, never rename or reuse one.

#include "lib/base/refusal.h"

#include "lib/base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const refusal_code_t refusal_codes[] = {
    // The document's bytes.
    {"file.kind", "What lies in the outbox is no regular file, and nothing else is read: "
                  "no link, folder, pipe or device."},
    {"doc.size", "The document is larger than the hub takes."},
    {"doc.depth", "The document's arrays and objects are nested too deeply."},
    {"doc.utf8", "The document is not valid UTF-8."},
    {"doc.syntax", "The document is not one well-formed JSON object."},
    {"doc.number", "A number of the document is not in canonical form."},
    {"doc.duplicate-key", "An object of the document has the same key twice."},
    {"doc.version", "The document's format version (dabyl) is not one the hub knows."},
    {"doc.kind", "The document's kind is not one the hub knows."},
    {"doc.schema", "The document does not satisfy the schema of its kind."},
    // The seal.
    {"seal.malformed", "The seal is not a dabyl-seal/v1 text in canonical form."},
    {"seal.origin", "The seal was made for another hub's log."},
    {"seal.key", "A key that sealed the document is not certified, or no longer valid."},
    {"seal.node", "The seal's first signature is not by the node that published it."},
    {"seal.place", "The document is not at the place of the batch that its seal names."},
    {"seal.signature", "A signature of the seal is wrong."},
    // Who may say what.
    {"seals.missing",
        "A rule demands the seals of more officers of the author's node: see dabyl "
        "cosign."},
    {"delegation.person", "Who is to act is no officer of the author's node."},
    {"delegation.self", "Who holds an office does not act in it for somebody else."},
    {"delegation.time",
        "A delegation ends after it begins, and has not ended when it is entered."},
    {"seals.office",
        "A rule demands the seal of an office of the author's node, and nobody who "
        "sealed holds it."},
    {"from.mismatch", "The document's from is not the node that published it."},
    {"role.kind", "The node's role may not publish messages of this kind."},
    {"rule.none", "No rule allows this message, and what no rule allows is refused."},
    {"rule.emit", "What the rules derive from this message is refused."},
    {"id.reused", "The author has already used this id for other bytes."},
    {"time.future",
        "The document's sent lies further ahead of the hub's clock than allowed."},
    {"time.late", "The message was sent long before it arrived, and is marked late."},
    {"marking.red", "A TLP:RED message must name its addressees in to."},
    {"marking.tlp", "The message's marking does not let this node have it."},
    {"secret.declared", "The message declares state secrets, which this system must not "
                        "carry; the hub has "
                        "kept none of it."},
    {"object.unknown", "The registry knows no object of this id."},
    {"object.out-of-scope",
        "The object is outside what this system may carry messages about."},
    {"object.not-yours",
        "Who is concerned with an object that is another's to speak for is not told: the "
        "coordination centre can do it. Where it has not this message, it learns nothing "
        "of that: tell it, or name it in to."},
    {"carry.limit", "They are more than can be handed over with one message."},
    {"backfill.depth", "So many older entries of the log were not looked at."},
    {"object.none",
        "The message names no object, so it goes to the coordination centre alone."},
    {"reference.unknown",
        "The message refers to one that does not exist or is not yours."},
    {"reference.kind", "The message referred to is not of the kind that this one needs."},
    {"precondition.unmet",
        "Something that must come first has not happened: the rule names the paragraph."},
    {"precondition.withdrawn",
        "What this message builds on was superseded or cancelled by its author."},
    {"precondition.ended", "What this message belongs to has ended."},
    {"to.outside",
        "An addressee in to is not among those that the message referred to names."},
    {"author.outside",
        "The message referred to names another for this than the message's author."},
    {"member.unknown", "Who is to join is not a node of the system."},
    {"member.already", "Who is to join belongs to it already."},
    {"member.absent", "Who is to leave does not belong to it."},
    {"member.both", "One message has the same node join and leave."},
    {"incident.reopened",
        "The incident was closed before: what is said now opens it again."},
    {"answer.expired", "What this answers had expired."},
    {"sector.contradicts", "The registry has the object in another sector."},
    {"notice.late", "The notice comes long after the incident was detected."},
    {"withdrawal.author", "Only the author of a message may correct it or take it back."},
    {"withdrawal.kind", "A message is corrected or taken back by one of its own kind."},
    {"withdrawal.both", "A message corrects another or takes one back, and not both."},
    {"withdrawal.subject", "A correction or withdrawal is about the same incident or "
                           "exercise as the original."},
    {"withdrawal.marking", "A correction or withdrawal must reach whoever had the "
                           "original: mark it no narrower."},
    {"withdrawal.nature",
        "A message is corrected or taken back by what the same rules ask "
        "something of."},
    {"for.reserved",
        "Only the hub derives messages and speaks for another: leave out for, cause and "
        "carried."},
    {"to.unknown", "An addressee in to is not a node of the system."},
    {"duty.unknown", "There is no such duty of the author, or none that notice meets."},
    {"role.absent", "Nobody has a role that the message should have reached: who owes it "
                    "notice gives it otherwise, and attests that."},
    {"subscription.kind",
        "No rule offers messages of this kind to subscribers of the node's role."},
    {"subscription.object",
        "The registry knows no object of this id that is the node's to watch."},
    {"subscription.author", "An author that the feed names is no node of the system."},
    {"subscription.taken", "The node has a feed of this name already."},
    {"subscription.name", "The subscription to be changed began no feed of this name."},
    {"subscription.limit", "The node has as many feeds as one may have."},
    {"to.unreached", "No rule lets an addressee in to have this message."},
    {"exercise.unknown", "No exercise of the name that the message gives was opened."},
    {"exercise.closed", "The exercise that the message names has been closed."},
    {"exercise.absent", "The node has not joined the exercise."},
    {"exercise.taken",
        "An exercise of this name was opened before: choose another name."},
    {"exercise.reference", "An exercise's messages refer to each other alone, and "
                           "nothing else refers to them."},
    // Duties.
    {"duty.moment",
        "The moment that a duty counts from is not in the message, or is none."},
    {"entry.unreadable",
        "The hub could not read back what it would have written for this message, so "
        "that nothing of it was written: the hub's operator must act."},
    {"moment.before", "A moment lies before one that it must follow."},
    {"moment.absurd",
        "The moment that a duty counts from lies too far back to be meant."},
    {"due.past", "The time that the message gives is over already."},
    {"due.beyond", "The message gives more time than its rule lets it."},
    {"duty.late",
        "The message came after the time for it: it was accepted and is marked late."},
    // Attachments.
    {"attachment.unknown",
        "No message that the node sent or had names such an attachment."},
    {"attachment.absent",
        "The author has not handed this attachment in yet: ask again later."},
    {"attachment.erased", "The attachment was erased by law: nobody gets it any more."},
    {"attachment.size", "The attachment is larger than the hub takes."},
    {"attachment.digest",
        "The bytes are not those that the message names: none of them were kept."},
    // The conversation.
    {"frame.malformed", "The frame is not in the form that the protocol gives."},
    {"frame.version", "The frame is of a protocol version that the hub does not speak."},
    {"flow.window", "More messages are unanswered than the hub's window allows."},
    {"rate.limit", "Too much in too short a time: send it again later."},
    {"disk.full", "The hub has no room on its disk: send it again later."},
    {"hub.stopping", "The hub is stopping: send it again when it is back."},
    {"node.unknown", "The key belongs to no node of the roster."},
    {"node.revoked", "The node's certificate has been revoked."},
    {"node.expired", "The node's certificate is not, or no longer, valid."},
    {"session.replaced",
        "The node has said hello on another connection, and the newest wins."},
    {"session.route",
        "The node chose a routing id: leave it unset, the hub gives the connection one."},
    {"ack.root",
        "The acknowledgement is over a root that the hub did not deliver under."},
    {"session.stored",
        "The node says that it has deliveries which this log did not make to it."},
    {"session.checkpoint",
        "The node has seen a checkpoint of this log that the hub cannot account for."},
    {"explain.kind", "The hub explains only messages that the asker itself may publish."},
    {"ask.topic", "The hub answers no questions about this."},
    {"ask.arguments", "What the question is about is missing or cannot be read."},
    {NULL, NULL},
};

static const refusal_code_t *find(span_t code)
{
    for (const refusal_code_t *at = refusal_codes; at->code; at++)
        if (span_is(code, at->code))
            return at;
    return NULL;
}

// Cuts at the end of a character: what is left must still be UTF-8.
static void cut_text(char *out, size_t room, const char *text)
{
    size_t size = strlen(text);
    if (size >= room)
        for (size = room - 1; size > 0 && ((uint8_t)text[size] & 0xc0) == 0x80;)
            size--;
    memcpy(out, text, size);
    out[size] = 0;
    text_clean(out);
}

int refuse(refusal_t *self, const char *code, const char *pointer, const char *by,
    const char *format, ...)
{
    const refusal_code_t *known = find(span_text(code));
    char text[2 * sizeof self->text];
    va_list args;
    assert(known);
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    self->code = known->code;
    self->retry = false;
    cut_text(self->pointer, sizeof self->pointer, pointer);
    cut_text(self->by, sizeof self->by, by);
    cut_text(self->text, sizeof self->text, text);
    return -1;
}

const char *refusal_sentence(const char *code)
{
    const refusal_code_t *known = find(span_text(code));
    return known ? known->sentence : "";
}

const char *refusal_code(span_t code)
{
    const refusal_code_t *known = find(code);
    return known ? known->code : NULL;
}
