// decide - the checks in the order a reader of the plan would make them: when it was
// sent, to whom it is addressed, whether the author may say such a thing, what it refers
// to, what it is about; then what follows (lib/matter).

#include "hub/decide.h"

#include "lib/matter.h"
#include "lib/moment.h"
#include "lib/recital.h"
#include "lib/withdrawal.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static int check_time(const decide_t *law, matter_t *matter)
{
    int64_t ahead_ms = moment_between(law->now_ms, matter->document->sent_ms);
    if (ahead_ms > law->future_tolerance_ms)
        return refuse(&matter->decision->refusal, "time.future", "/sent",
            "timing.future_ms",
            "sent is %" PRId64 " s ahead of the hub's clock; %" PRId64
            " s are tolerated (operational default)",
            ahead_ms / 1000, law->future_tolerance_ms / 1000);
    if (-ahead_ms > law->late_after_ms)
        matter_remark(matter, "time.late");
    return 0;
}

// What only the hub writes, into what it derives: for whom it speaks, from what, and the
// cause itself.  Whoever else could, would have receivers take its word for the hub's.
static int check_reserved(matter_t *matter)
{
    const document_t *document = matter->document;
    refusal_t *refusal = &matter->decision->refusal;
    if (document->for_[0])
        return strcmp(matter->author->role, "hub") == 0
                   ? 0
                   : refuse(refusal, "for.reserved", "/for", "",
                         "only the hub derives messages on behalf of others");
    if (value_at(document->root, "/body/carried"))
        return refuse(refusal, "for.reserved", "/body/carried", "",
            "only what the hub derives carries its cause");
    // a text by this name is of the incident, not of the message
    if (value_is(value_at(document->root, "/body/cause"), VALUE_OBJECT))
        return refuse(refusal, "for.reserved", "/body/cause", "",
            "only what the hub derives names its cause: name a message in re or "
            "incident");
    return 0;
}

static int check_addressees(matter_t *matter)
{
    const document_t *document = matter->document;
    refusal_t *refusal = &matter->decision->refusal;
    char pointer[32];
    if (document->marking == TLP_RED && document->to_count == 0 && !document->for_[0])
        return refuse(refusal, "marking.red", "/to", "",
            "TLP:RED is for named receivers only: list their node ids in to");
    for (size_t i = 0; i < document->to_count; i++) {
        (void)snprintf(pointer, sizeof pointer, "/to/%zu", i);
        if (!roster_member(matter->roster, document->to[i]))
            return refuse(refusal, "to.unknown", pointer, "roster",
                "'%s' is not a node of this system", document->to[i]);
    }
    return 0;
}

static int check_permission(matter_t *matter)
{
    const document_t *document = matter->document;
    refusal_t *refusal = &matter->decision->refusal;
    if (!rules_permit(matter->rules, document->kind, matter->author->role))
        return refuse(refusal, "role.kind", "/kind", "rules",
            "no rule lets %s (role %s) publish %s", matter->author->id,
            matter->author->role, document->kind);
    return 0;
}

static int check_exercise(matter_t *matter)
{
    return exercise_check(
        &matter->exercises, matter->document, matter->author, &matter->decision->refusal);
}

// What was exercised or tested is no precedent for what is real, nor the other way round.
static int check_world(matter_t *matter, const leaf_t *leaf, const char *pointer)
{
    routing_t routing = {0};
    bool mixed = parties_record(&matter->parties, leaf, &routing) == 0 &&
                 !exercise_may_refer(matter->document, &routing);
    routing_close(&routing);
    return mixed ? refuse(&matter->decision->refusal, "exercise.reference", pointer, "",
                       "what is exercised, tested or real refers only to its like")
                 : 0;
}

// A reference to nothing and one to what is not yours are refused alike.
static int check_reference(
    matter_t *matter, const reference_t *reference, const char *pointer)
{
    const precedents_t *log = matter->parties.log;
    leaf_t leaf;
    if (reference->author[0] == 0 || strcmp(matter->author->role, "hub") == 0)
        return 0;
    if (log->find(log->context, reference->author, reference->id, &leaf) &&
        parties_have(&matter->parties, reference, &leaf, matter->author->id))
        return check_world(matter, &leaf, pointer);
    return refuse(&matter->decision->refusal, "reference.unknown", pointer, "",
        "there is no message %s of %s that %s was party to", reference->id,
        reference->author, matter->author->id);
}

static int check_references(matter_t *matter)
{
    const document_t *document = matter->document;
    if (check_reference(matter, &document->incident, "/incident") != 0 ||
        check_reference(matter, &document->re, "/re") != 0 ||
        check_reference(matter, &document->supersedes, "/supersedes") != 0)
        return -1;
    return check_reference(matter, &document->cancels, "/cancels");
}

static int check_withdrawal(matter_t *matter)
{
    if (!withdrawn_by(matter->document))
        return 0;
    return withdrawal_check(matter->parties.log, matter->document, &matter->original,
        &matter->decision->refusal);
}

static int check_object(matter_t *matter)
{
    const char *named = value_text(value_at(matter->document->root, "/body/object"));
    if (!named)
        return 0;
    matter->object = registry_object(matter->registry, named);
    if (!matter->object)
        matter_remark(matter, "object.unknown");
    else if (!matter->object->in_scope)
        return refuse(&matter->decision->refusal, "object.out-of-scope", "/body/object",
            "para 2",
            "the plan does not apply to this object; no byte of the document was kept");
    return 0;
}

// Many at once: a draw costs as much for one as for dozens.
static void take_nonce(decision_t *self)
{
    if (self->nonces == 0) {
        randombytes_buf(self->nonce, sizeof self->nonce);
        self->nonces = NONCES_DRAWN;
    }
    memcpy(self->routing.nonce, self->nonce[--self->nonces], ROUTING_NONCE);
}

int decide_message(const decide_t *self, const member_t *author,
    const document_t *document, decision_t *decision)
{
    matter_t matter = {.roster = self->roster,
        .registry = self->registry,
        .parties = {&self->log, self->hub},
        .rules = self->rules,
        .exercises = {self->exercise, self->log.context},
        .entry_ms = self->entry_ms,
        .latest_ms = moment_after(self->now_ms, self->future_tolerance_ms),
        .earliest_ms = moment_after(self->now_ms, -self->past_tolerance_ms),
        .author = author,
        .document = document,
        .exercise = exercise_within(document),
        .decision = decision};
    decision->routing.n = 0;
    decision->routing.rules_position = self->rules_position;
    decision->emissions = 0;
    decision->dropped = false;
    decision->duties = 0;
    decision->refusal = (refusal_t){0};
    take_nonce(decision);
    if (check_time(self, &matter) != 0 || check_reserved(&matter) != 0 ||
        check_addressees(&matter) != 0 || check_permission(&matter) != 0 ||
        check_references(&matter) != 0 || check_exercise(&matter) != 0 ||
        check_withdrawal(&matter) != 0 || check_object(&matter) != 0)
        return -1;
    if (document->status == STATUS_TEST) { // it leaves no trace that counts
        matter_test(&matter);
        return 0;
    }
    recital_add(&decision->routing, document);
    return matter_apply(&matter);
}
