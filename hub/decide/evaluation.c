// evaluation - the rules that apply are gone through in the order of the file.  Each adds
// lines to the routing record, messages to be derived, and duties.  A receiver whom
// several rules name has the message by the first of them, and of each kind one message
// is derived, by the first rule too.

#include "hub/decide/evaluation.h"

#include "hub/decide/backfill.h"
#include "hub/decide/delegating.h"
#include "hub/decide/membership.h"
#include "hub/decide/original.h"
#include "hub/decide/subscribers.h"
#include "hub/state/withdrawal.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void evaluation_remark(evaluation_t *evaluation, const char *code)
{
    route_t *route =
        routing_next(&evaluation->decision->routing, ROUTE_REMARK, TELL_SENDER);
    (void)text_copy(span_text(code), route->code, sizeof route->code);
}

void evaluation_remark_once(evaluation_t *evaluation, const char *code)
{
    const routing_t *routing = &evaluation->decision->routing;
    for (size_t i = 0; i < routing->n; i++)
        if (routing->route[i].type == ROUTE_REMARK &&
            strcmp(routing->route[i].code, code) == 0)
            return;
    evaluation_remark(evaluation, code);
}

static void set_rule(route_t *route, const rule_t *rule)
{
    memcpy(route->rule, rule->id, sizeof route->rule);
    memcpy(route->cites, rule->cites, sizeof route->cites);
}

// A line that says which rule it is by.
static route_t *add_line(routing_t *routing, route_type_t type, const rule_t *rule)
{
    route_t *route = routing_next(routing, type, rule->tell);
    set_rule(route, rule);
    return route;
}

static bool addressed(const document_t *document, const char *node)
{
    for (size_t i = 0; i < document->to_count; i++)
        if (strcmp(document->to[i], node) == 0)
            return true;
    return false;
}

static bool is_in(const evaluation_t *evaluation, exercise_act_t act, const char *node)
{
    return history_exercise(evaluation->history, act, evaluation->exercise, node);
}

// A role that the rule needs somebody of, and nobody has: said once for each rule.
static void remark_absent(
    evaluation_t *evaluation, const rule_t *rule, const target_t *target)
{
    routing_t *routing = &evaluation->decision->routing;
    if (!audience_absent(&evaluation->audience, target))
        return;
    for (size_t i = 0; i < routing->n; i++)
        if (routing->route[i].type == ROUTE_ABSENT &&
            strcmp(routing->route[i].node, target->role) == 0 &&
            strcmp(routing->route[i].rule, rule->id) == 0)
            return;
    route_t *route = add_line(routing, ROUTE_ABSENT, rule);
    memcpy(route->node, target->role, sizeof target->role);
}

static bool names_object(const document_t *document)
{
    return value_get(document->body, "object") || value_get(document->body, "objects");
}

// Whom the target names.
static const audience_t *listeners(evaluation_t *evaluation, const target_t *target)
{
    if (target->type == TARGET_OBJECT_OWNER &&
        evaluation->audience.which == OBJECTS_ALL && !names_object(evaluation->document))
        evaluation_remark_once(evaluation, "object.none");
    audience_find(&evaluation->audience, target);
    return &evaluation->audience;
}

// Nobody who has not joined has what is said within an exercise.
static bool is_absent(const evaluation_t *evaluation, const member_t *member)
{
    return evaluation->exercise && !is_in(evaluation, EXERCISE_JOINS, member->id);
}

static receiver_t receiver_of(const evaluation_t *evaluation, const listener_t *listener)
{
    const member_t *member = listener->member;
    return (receiver_t){.role = member->role,
        .reach = listener->reach,
        .addressed = addressed(evaluation->document, member->id),
        .served_owner = strcmp(member->role, "owner") == 0 &&
                        registry_served(evaluation->law->registry, member->organisation)};
}

bool evaluation_lets(
    const evaluation_t *evaluation, const member_t *member, reach_t reach)
{
    receiver_t receiver = receiver_of(evaluation, &(listener_t){member, reach});
    return audience_may_receive(evaluation->author, member) &&
           !is_absent(evaluation, member) &&
           marking_allows(evaluation->document->marking, &receiver);
}

// A marking that cannot be read lets nobody have it.
bool evaluation_lets_read(const evaluation_t *evaluation, const value_t *root)
{
    const member_t *reader = evaluation->author;
    const char *text = value_text(value_get(root, "marking"));
    receiver_t receiver = receiver_of(evaluation, &(listener_t){reader, BROAD});
    tlp_t marking = TLP_CLEAR;
    while (marking < TLP_RED && !(text && strcmp(text, tlp_name(marking)) == 0))
        marking++;
    receiver.addressed = false;
    value_each(node, value_get(root, "to"))
    {
        const char *id = value_text(node);
        receiver.addressed |= id && strcmp(id, reader->id) == 0;
    }
    return marking_allows(marking, &receiver);
}

// Why the member may not have it, or NULL.
static const char *withheld(const evaluation_t *evaluation, const rule_t *rule,
    const member_t *member, const receiver_t *receiver)
{
    if (is_absent(evaluation, member))
        return "exercise.absent"; // no duty of law is one in an exercise
    return rule->passes_marking || marking_allows(evaluation->document->marking, receiver)
               ? NULL
               : "marking.tlp";
}

// Delivered or withheld; false when it has the message by an earlier rule.
static bool add_receiver(evaluation_t *evaluation, const rule_t *rule,
    const member_t *member, const receiver_t *receiver)
{
    routing_t *routing = &evaluation->decision->routing;
    if (routing_find(routing, member->id))
        return false;
    const char *code = withheld(evaluation, rule, member, receiver);
    if (!code) {
        set_rule(routing_deliver(routing, ROUTE_DELIVER, rule->tell, member->id), rule);
        return true;
    }
    route_t *route = add_line(routing, ROUTE_WITHHOLD, rule);
    memcpy(route->node, member->id, sizeof route->node);
    (void)text_copy(span_text(code), route->code, sizeof route->code);
    return false;
}

// What began the thread that the rule hands over.
static reference_t thread_of(const evaluation_t *evaluation, const rule_t *rule)
{
    const precedents_t *log = evaluation->recipients.log;
    const document_t *document = evaluation->document;
    reference_t first = {0};
    if (rule->carries.of == REFER_INCIDENT)
        withdrawal_incident(log, document, &first);
    else if (document->re.author[0])
        log->first(log->context, &document->re, &first);
    return first;
}

static void look_at_thread(
    evaluation_t *evaluation, const rule_t *rule, const reference_t *first)
{
    bool corrects = evaluation->document->supersedes.author[0] != 0;
    if (!evaluation->looked)
        carry_thread(&evaluation->carry, &rule->carries, first,
            corrects ? &evaluation->original.position : NULL);
    evaluation->looked = true;
}

// Who joins again, after having left, lacks what there was meanwhile.
static bool is_new(
    const evaluation_t *evaluation, const reference_t *first, const char *node)
{
    return carry_is_new(&evaluation->carry, first, node) ||
           membership_begins(evaluation, first, node);
}

// Somebody is brought in who lacks what the others have.
static int hand_over(evaluation_t *evaluation, const rule_t *rule, const target_t *target,
    const member_t *member, const receiver_t *receiver)
{
    reference_t first = thread_of(evaluation, rule);
    bool wished = target->type == TARGET_TO;
    if (first.author[0] == 0 || !is_new(evaluation, &first, member->id))
        return 0;
    look_at_thread(evaluation, rule, &first);
    if (carry_to(&evaluation->carry, member->id, receiver, wished) || !rule->carries.must)
        return 0;
    return refuse(&evaluation->decision->refusal, "marking.tlp", wished ? "/to" : "",
        rule->id,
        "%s may not have what the thread began with: its marking does not name it, or "
        "you did not have it yourself",
        member->id);
}

static int add_receivers(
    evaluation_t *evaluation, const rule_t *rule, const target_t *target)
{
    const audience_t *audience = listeners(evaluation, target);
    for (size_t i = 0; i < audience->n; i++) {
        const member_t *member = audience->listener[i].member;
        receiver_t receiver = receiver_of(evaluation, &audience->listener[i]);
        if (!add_receiver(evaluation, rule, member, &receiver))
            continue;
        if (target->type == TARGET_AUTHOR)
            backfill_add(evaluation);
        if (rule->carries.kinds > 0 &&
            hand_over(evaluation, rule, target, member, &receiver) != 0)
            return -1;
    }
    return 0;
}

// Whoever names what others speak for brings nobody in, and is told so: whom it would
// concern does not have the message by now.
static void remark_others(
    evaluation_t *evaluation, const rule_t *rule, const target_t *target)
{
    audience_t *audience = &evaluation->audience;
    if (!rule->own_objects)
        return;
    audience->which = OBJECTS_OTHERS;
    audience_find(audience, target);
    for (size_t i = 0; i < audience->n; i++)
        if (!routing_find(
                &evaluation->decision->routing, audience->listener[i].member->id))
            evaluation_remark_once(evaluation, "object.not-yours");
    audience->which = OBJECTS_OWN;
}

// Whom a correction has join has not had the original, and to whom a message comes back,
// it comes back corrected.
static bool is_of_correction(const target_t *target)
{
    return target->type == TARGET_MEMBERS || target->type == TARGET_RE_MEMBERS ||
           target->type == TARGET_AUTHOR;
}

// A correction chooses its receivers only where a rule brings somebody in.
static int apply_targets(evaluation_t *evaluation, const rule_t *rule)
{
    bool withdrawn = withdrawn_by(evaluation->document) != NULL;
    evaluation->looked = false;
    evaluation->audience.which = rule->own_objects ? OBJECTS_OWN : OBJECTS_ALL;
    for (size_t i = 0; i < rule->targets; i++) {
        if (withdrawn && rule->carries.kinds == 0 && !is_of_correction(&rule->target[i]))
            continue;
        if (add_receivers(evaluation, rule, &rule->target[i]) != 0)
            return -1;
        remark_others(evaluation, rule, &rule->target[i]);
    }
    return 0;
}

// Of an exercise's duty only who has joined is told.
static void add_watcher(
    const evaluation_t *evaluation, duty_t *duty, const member_t *member)
{
    if (evaluation->exercise && !is_in(evaluation, EXERCISE_JOINS, member->id))
        return;
    for (size_t i = 0; i < duty->tells; i++)
        if (strcmp(duty->tell[i], member->id) == 0)
            return;
    if (duty->tells < DUTY_TELL_MAX)
        (void)snprintf(duty->tell[duty->tells++], NODE_ID_MAX, "%s", member->id);
}

static void add_watchers(evaluation_t *evaluation, duty_t *duty, const target_t *target)
{
    const audience_t *audience = listeners(evaluation, target);
    for (size_t i = 0; i < audience->n; i++)
        add_watcher(evaluation, duty, audience->listener[i].member);
}

static bool is_planned(const decision_t *decision, const duty_t *duty)
{
    for (size_t i = 0; i < decision->duties; i++) {
        const duty_t *other = &decision->planned[i].duty;
        if (strcmp(other->debtor, duty->debtor) == 0 &&
            strcmp(other->towards, duty->towards) == 0 &&
            strcmp(other->name, duty->name) == 0)
            return true;
    }
    return false;
}

static void add_planned(decision_t *decision, const duty_t *duty, tell_t tell)
{
    if (is_planned(decision, duty))
        return;
    if (decision->duties == decision->duties_room) {
        decision->duties_room = decision->duties_room ? 2 * decision->duties_room : 4;
        decision->planned = memory_grow(
            decision->planned, decision->duties_room, sizeof *decision->planned);
    }
    decision->planned[decision->duties++] = (planned_t){*duty, tell};
}

// Each who owes it, towards one of those it is owed.
static void add_debtors(
    evaluation_t *evaluation, const rule_t *rule, const oblige_t *oblige, duty_t *duty)
{
    const audience_t *debtors = listeners(evaluation, &oblige->debtor);
    for (size_t i = 0; i < debtors->n; i++) {
        const char *debtor = debtors->listener[i].member->id;
        (void)snprintf(duty->debtor, sizeof duty->debtor, "%s", debtor);
        if (strcmp(duty->debtor, duty->towards) != 0) // nobody owes himself
            add_planned(evaluation->decision, duty, rule->tell);
    }
}

// An audience is of one target at a time.
static size_t find_creditors(
    evaluation_t *evaluation, const oblige_t *oblige, const member_t ***creditor)
{
    const audience_t *audience = listeners(evaluation, &oblige->towards);
    *creditor = memory_new(audience->n + 1, sizeof **creditor);
    for (size_t i = 0; i < audience->n; i++)
        (*creditor)[i] = audience->listener[i].member;
    return audience->n;
}

static bool has_it(const evaluation_t *evaluation, const char *node)
{
    return strcmp(node, evaluation->author->id) == 0 ||
           routing_find(&evaluation->decision->routing, node) != NULL;
}

static void add_owed(
    evaluation_t *evaluation, const rule_t *rule, const oblige_t *oblige, duty_t *duty)
{
    const target_t *towards = &oblige->towards;
    remark_absent(evaluation, rule, &oblige->debtor);
    if (!oblige->has_towards) {
        add_debtors(evaluation, rule, oblige, duty);
        return;
    }
    remark_absent(evaluation, rule, towards);
    if (audience_absent(&evaluation->audience, towards)) {
        (void)snprintf(duty->towards, sizeof duty->towards, "role:%s", towards->role);
        add_debtors(evaluation, rule, oblige, duty);
        return;
    }
    const member_t **creditor;
    size_t creditors = find_creditors(evaluation, oblige, &creditor);
    size_t reached = 0;
    for (size_t i = 0; i < creditors; i++)
        reached += has_it(evaluation, creditor[i]->id);
    // A correction goes to nobody who came later: what was owed to the role stays so.
    if (withdrawn_by(evaluation->document) && towards->type == TARGET_ROLE &&
        reached == 0) {
        (void)snprintf(duty->towards, sizeof duty->towards, "role:%s", towards->role);
        add_debtors(evaluation, rule, oblige, duty);
        creditors = 0;
    }
    for (size_t i = 0; i < creditors; i++) {
        (void)snprintf(duty->towards, sizeof duty->towards, "%s", creditor[i]->id);
        add_debtors(evaluation, rule, oblige, duty);
    }
    free(creditor);
}

// A derived message is named by the incident (as it began, whichever of its corrections
// is referred to), its kind, the level, and who reported that.  Two who report the same
// incident bring two alerts.  Whether an alert is news to anybody is found out later,
// when it is decided on.
static void name_emission(
    const evaluation_t *evaluation, const char *kind, derived_name_t *name)
{
    const document_t *document = evaluation->document;
    const value_t *level = value_get(document->body, "level");
    *name = (derived_name_t){0};
    withdrawal_incident(evaluation->recipients.log, document, &name->incident);
    recipients_source(&evaluation->recipients, document, name->author);
    (void)snprintf(name->kind, sizeof name->kind, "%s", kind);
    if (value_is_number(level))
        (void)snprintf(name->stage, sizeof name->stage, "%.0f", value_number(level));
}

// How many messages of this name there are, and the id of the next.  Each was sent
// because somebody had none of those before it, so there are few.
static size_t count_earlier(
    const evaluation_t *evaluation, const derived_name_t *name, char id[MESSAGE_ID_MAX])
{
    const precedents_t *log = evaluation->recipients.log;
    leaf_t leaf;
    size_t n = 0;
    derived_id(name, n, id);
    while (log->find(log->context, evaluation->recipients.hub, id, &leaf))
        derived_id(name, ++n, id);
    return n;
}

static bool is_derived(const decision_t *decision, const char *kind)
{
    for (size_t i = 0; i < decision->emissions; i++)
        if (strcmp(decision->emission[i].emit->kind, kind) == 0)
            return true;
    return false;
}

// Of each kind one message, by the first rule: as a receiver has the message once.
static int add_emission(evaluation_t *evaluation, const rule_t *rule, const emit_t *emit)
{
    decision_t *decision = evaluation->decision;
    if (is_derived(decision, emit->kind))
        return 0;
    if (decision->emissions == EMISSIONS_MAX)
        return refuse(&decision->refusal, "rule.emit", "", rule->id,
            "more than %d messages would be derived from this one: the hub's operator "
            "must act",
            EMISSIONS_MAX);
    emission_t *emission = &decision->emission[decision->emissions++];
    *emission = (emission_t){.rule = rule, .emit = emit};
    name_emission(evaluation, emit->kind, &emission->name);
    emission->earlier = count_earlier(evaluation, &emission->name, emission->id);
    route_t *route = add_line(&decision->routing, ROUTE_EMIT, rule);
    memcpy(route->id, emission->id, sizeof route->id);
    memcpy(route->kind, emit->kind, sizeof route->kind);
    return 0;
}

// A withdrawal is not held to what rules require of such a message, since nothing of it
// is to hold any more.  Two things it must meet all the same: the requirements of rules
// that are about withdrawals (they test /cancels), and the number of officers.
static int check_requires(const evaluation_t *evaluation, const rule_t *rule)
{
    bool cancels =
        evaluation->document->cancels.author[0] && !rule_tests(rule, "/cancels");
    for (size_t i = 0; i < rule->requires; i++) {
        const require_t *require = &rule->require[i];
        if (cancels && require->type != REQUIRE_SEALS)
            continue;
        if (require_check(require, evaluation->recipients.log, evaluation->document,
                rule->id, rule->cites, &evaluation->decision->refusal) != 0)
            return -1;
        if (require->type == REQUIRE_SEALS)
            delegating_note(evaluation, &require->seals, evaluation->document->root);
    }
    return 0;
}

// What the hub derived a message from, as that began; author "": from nothing.
static reference_t cause_of(const evaluation_t *evaluation)
{
    const value_t *said = value_get(evaluation->document->body, "cause");
    const char *author = value_text(value_get(said, "author"));
    const char *id = value_text(value_get(said, "id"));
    reference_t cause = {0};
    if (strcmp(evaluation->author->role, "hub") != 0 || !author || !id)
        return cause;
    (void)snprintf(cause.author, sizeof cause.author, "%s", author);
    (void)snprintf(cause.id, sizeof cause.id, "%s", id);
    evaluation->recipients.log->first(
        evaluation->recipients.log->context, &cause, &cause);
    return cause;
}

// Whether a correction says in this field what the message says that it corrects.
static bool keeps(const evaluation_t *evaluation, const char *pointer)
{
    const precedents_t *log = evaluation->recipients.log;
    if (!pointer[0] || evaluation->document->supersedes.author[0] == 0)
        return false;
    value_t *root = log->document(log->context, &evaluation->original);
    const value_t *before = value_at(root, pointer),
                  *now = value_at(evaluation->document->root, pointer);
    bool same = before && now && value_equal(before, now);
    value_free(&root);
    return same;
}

// When what the message began as was taken.
static int64_t begun_ms(const evaluation_t *evaluation, const reference_t *first)
{
    const precedents_t *log = evaluation->recipients.log;
    leaf_t leaf;
    return log->find(log->context, first->author, first->id, &leaf)
               ? leaf.time_ms
               : evaluation->entry_ms;
}

static int add_duties(
    evaluation_t *evaluation, const rule_t *rule, const oblige_t *oblige)
{
    duty_t duty;
    duty_cause_t cause = {.rule = rule->id,
        .cites = rule->cites,
        .oblige = oblige,
        .document = evaluation->document,
        .exercise = evaluation->exercise,
        .cause = cause_of(evaluation),
        .entry_ms = evaluation->entry_ms,
        .begun_ms = evaluation->entry_ms,
        .kept = keeps(evaluation, oblige->until),
        .latest_ms = evaluation->latest_ms,
        .earliest_ms = evaluation->earliest_ms};
    withdrawal_first(evaluation->recipients.log, evaluation->document, &cause.first);
    withdrawal_incident(
        evaluation->recipients.log, evaluation->document, &cause.incident);
    if (withdrawn_by(evaluation->document))
        cause.begun_ms = begun_ms(evaluation, &cause.first);
    if (duty_begin(&duty, &cause, &evaluation->decision->refusal) != 0)
        return -1;
    if (evaluation->entry_ms > duty.due_ms && !duty.until)
        evaluation_remark_once(evaluation, "duty.late");
    for (size_t i = 0; i < oblige->tells; i++)
        add_watchers(evaluation, &duty, &oblige->tell[i]);
    add_owed(evaluation, rule, oblige, &duty);
    return 0;
}

// Who does not receive the message owes nothing, and is owed no delivery of it: a marking
// kept it away, or a correction goes to the receivers of the original alone.
static void drop_strangers(evaluation_t *evaluation)
{
    decision_t *decision = evaluation->decision;
    size_t kept = 0;
    for (size_t i = 0; i < decision->duties; i++) {
        const planned_t *planned = &decision->planned[i];
        if (has_it(evaluation, planned->duty.debtor) &&
            (!duty_deliverable(&planned->duty) ||
                has_it(evaluation, planned->duty.towards)))
            decision->planned[kept++] = *planned;
    }
    decision->duties = kept;
}

static rules_walk_t rules_for(const evaluation_t *evaluation)
{
    const document_t *document = evaluation->document;
    return rules_walk(
        evaluation->law->rules, document->kind, evaluation->author->role, document->root);
}

// Nothing follows from a withdrawal, and it goes to whoever had the original.
static int apply_cancellation(evaluation_t *evaluation)
{
    rules_walk_t walk = rules_for(evaluation);
    const rule_t *rule;
    while ((rule = rules_next(&walk)) != NULL)
        if (check_requires(evaluation, rule) != 0)
            return -1;
    return 0;
}

// What is so when a precondition is met.
static void apply_remarks(evaluation_t *evaluation, const rule_t *rule)
{
    for (size_t i = 0; i < rule->remarks; i++) {
        refusal_t unmet;
        if (require_check(&rule->remark[i].met, evaluation->recipients.log,
                evaluation->document, rule->id, rule->cites, &unmet) == 0)
            evaluation_remark_once(evaluation, rule->remark[i].code);
    }
}

static int apply_rules(evaluation_t *evaluation)
{
    rules_walk_t walk = rules_for(evaluation);
    const rule_t *rule;
    size_t applied = 0;
    while ((rule = rules_next(&walk)) != NULL) {
        if (check_requires(evaluation, rule) != 0)
            return -1;
        if (rule_allows(rule))
            applied++;
        for (size_t k = 0; k < rule->targets; k++)
            remark_absent(evaluation, rule, &rule->target[k]);
        apply_remarks(evaluation, rule);
        if (delegating_apply(evaluation, rule) != 0 ||
            membership_apply(evaluation, rule) != 0 ||
            apply_targets(evaluation, rule) != 0)
            return -1;
        for (size_t k = 0; k < rule->emits; k++)
            if (add_emission(evaluation, rule, &rule->emit[k]) != 0)
                return -1;
        for (size_t k = 0; k < rule->obliges; k++)
            if (add_duties(evaluation, rule, &rule->oblige[k]) != 0)
                return -1;
    }
    if (applied == 0)
        return refuse(&evaluation->decision->refusal, "rule.none", "", "rules",
            "no rule applies to this %s from role %s", evaluation->document->kind,
            evaluation->author->role);
    drop_strangers(evaluation);
    return 0;
}

static void add_unreached(evaluation_t *evaluation, const char *node)
{
    evaluation_remark_once(evaluation, "to.unreached");
    route_t *route =
        routing_next(&evaluation->decision->routing, ROUTE_UNREACHED, TELL_SENDER);
    (void)text_copy(span_text(node), route->node, sizeof route->node);
}

// An addressee whom no rule lets have it gets nothing: the author should know.
static void remark_unreached(evaluation_t *evaluation)
{
    const document_t *document = evaluation->document;
    for (size_t i = 0; !document->for_[0] && i < document->to_count; i++) {
        const member_t *member = roster_member(evaluation->law->roster, document->to[i]);
        if (member && audience_may_receive(evaluation->author, member) &&
            !routing_find(&evaluation->decision->routing, member->id))
            add_unreached(evaluation, member->id);
    }
}

void evaluation_test(evaluation_t *evaluation)
{
    static const rule_t rule = {
        .id = "status.test", .cites = "default", .tell = TELL_SENDER};
    receiver_t receiver =
        receiver_of(evaluation, &(listener_t){evaluation->author, NAMED});
    (void)add_receiver(evaluation, &rule, evaluation->author, &receiver);
}

static int apply(evaluation_t *evaluation)
{
    const document_t *document = evaluation->document;
    if (withdrawn_by(document) && original_check(evaluation) != 0)
        return -1;
    if (withdrawn_by(document))
        original_add_holders(evaluation);
    if ((document->cancels.author[0] ? apply_cancellation : apply_rules)(evaluation) != 0)
        return -1;
    remark_unreached(evaluation);
    subscribers_add(evaluation);
    return 0;
}

int evaluation_apply(evaluation_t *evaluation)
{
    evaluation->audience = (audience_t){.roster = evaluation->law->roster,
        .recipients = &evaluation->recipients,
        .author = evaluation->author,
        .document = evaluation->document,
        .object = evaluation->object,
        .objects = evaluation->objects,
        .routing = &evaluation->decision->routing};
    evaluation->carry = (carry_t){.recipients = &evaluation->recipients,
        .author = evaluation->author,
        .routing = &evaluation->decision->routing};
    int result = apply(evaluation);
    carry_close(&evaluation->carry);
    audience_close(&evaluation->audience);
    return result;
}
