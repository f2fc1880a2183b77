// words_refusals - a title for every code of refusal.c, which has the sentences.

#include "nodes/cli/words.h"

#include "lib/base/refusal.h"
#include "nodes/cli/catalogue.h"

static const word_t titles[] = {
    {"file.kind", "no regular file", NULL},
    {"doc.size", "too large", NULL},
    {"doc.depth", "nested too deeply", NULL},
    {"doc.utf8", "not UTF-8", NULL},
    {"doc.syntax", "not JSON", NULL},
    {"doc.number", "number not canonical", NULL},
    {"doc.duplicate-key", "key given twice", NULL},
    {"doc.version", "unknown format version", NULL},
    {"doc.kind", "unknown kind", NULL},
    {"doc.schema", "does not fit its schema", NULL},
    {"seal.malformed", "seal not readable", NULL},
    {"seal.origin", "sealed for another hub", NULL},
    {"seal.key", "key not certified", NULL},
    {"seal.node", "sealed by another node", NULL},
    {"seal.place", "not what was sealed", NULL},
    {"seal.signature", "wrong signature", NULL},
    {"seals.missing", "more officers must seal", NULL},
    {"seals.office", "another office must seal", NULL},
    {"delegation.person", "not an officer of the node", NULL},
    {"delegation.self", "holds the office already", NULL},
    {"delegation.time", "no time to act in", NULL},
    {"from.mismatch", "wrong author", NULL},
    {"role.kind", "not for this role", NULL},
    {"rule.none", "no rule allows it", NULL},
    {"rule.emit", "derived message refused", NULL},
    {"id.reused", "id used before", NULL},
    {"time.future", "sent in the future", NULL},
    {"time.late", "late", NULL},
    {"marking.red", "no addressees named", NULL},
    {"marking.tlp", "kept back by its marking", NULL},
    {"secret.declared", "state secret declared", NULL},
    {"object.unknown", "unknown object", NULL},
    {"object.out-of-scope", "object out of scope", NULL},
    {"object.not-yours", "another's object", NULL},
    {"carry.limit", "too many at once", NULL},
    {"object.none", "no object named", NULL},
    {"reference.unknown", "unknown reference", NULL},
    {"reference.kind", "wrong kind referred to", NULL},
    {"precondition.unmet", "not yet", NULL},
    {"precondition.withdrawn", "its ground was withdrawn", NULL},
    {"precondition.ended", "ended", NULL},
    {"to.outside", "addressee not named there", NULL},
    {"author.outside", "another is named for this", NULL},
    {"member.unknown", "unknown member", NULL},
    {"member.already", "member already", NULL},
    {"member.absent", "no member", NULL},
    {"member.both", "joins and leaves at once", NULL},
    {"withdrawal.author", "not its author", NULL},
    {"withdrawal.kind", "another kind than the original", NULL},
    {"withdrawal.both", "corrects and takes back", NULL},
    {"withdrawal.subject", "about something else", NULL},
    {"withdrawal.marking", "marked too narrowly", NULL},
    {"withdrawal.nature", "another nature than the original", NULL},
    {"for.reserved", "reserved for the hub", NULL},
    {"to.unknown", "unknown addressee", NULL},
    {"duty.unknown", "no such duty of yours", NULL},
    {"role.absent", "nobody has the role", NULL},
    {"to.unreached", "addressee not reached", NULL},
    {"exercise.unknown", "unknown exercise", NULL},
    {"exercise.closed", "exercise closed", NULL},
    {"exercise.absent", "not in the exercise", NULL},
    {"exercise.taken", "exercise name taken", NULL},
    {"exercise.reference", "exercise and reality mixed", NULL},
    {"frame.malformed", "frame not readable", NULL},
    {"frame.version", "unknown protocol version", NULL},
    {"flow.window", "too many unanswered", NULL},
    {"rate.limit", "too often", NULL},
    {"disk.full", "no room", NULL},
    {"hub.stopping", "hub stopping", NULL},
    {"node.unknown", "unknown node", NULL},
    {"node.revoked", "certificate revoked", NULL},
    {"node.expired", "certificate not valid", NULL},
    {"session.replaced", "newer connection", NULL},
    {"session.route", "routing id chosen", NULL},
    {"ack.root", "acknowledged under another root", NULL},
    {"session.stored", "deliveries do not fit", NULL},
    {"session.checkpoint", "log does not fit", NULL},
    {"explain.kind", "not yours to ask", NULL},
    {"duty.moment", "no moment to count from", NULL},
    {"entry.unreadable", "not readable as it would be written", NULL},
    {"moment.absurd", "moment cannot be meant", NULL},
    {"duty.late", "late by the rules", NULL},
    {"attachment.unknown", "attachment not known", NULL},
    {"attachment.absent", "attachment not there yet", NULL},
    {"attachment.size", "attachment too large", NULL},
    {"attachment.digest", "not the bytes that were named", NULL},
    {"ask.topic", "no such question", NULL},
    {"ask.arguments", "question not readable", NULL},
    {NULL, NULL, NULL},
};

const words_t words_refusals = {"refusal", titles};

const char *words_refusal_title(const char *code)
{
    return words_find(&words_refusals, code) ? words_title(&words_refusals, code) : "";
}

const char *words_refusal(const char *code)
{
    const char *sentence = refusal_sentence(code);
    return sentence[0] ? say_as("refusal", sentence) : "";
}
