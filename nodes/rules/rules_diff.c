// dabyl rules diff - what new rules change, and for whom.
//
// Both files are expanded to their effects and these are compared: a rule that was split,
// renamed or moved changes nothing for anybody, and nothing is printed.

#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/inbox/mail.h"
#include "nodes/rules/changes.h"
#include "nodes/rules/pack_changes.h"
#include "nodes/rules/rules_commands.h"
#include "nodes/rules/rules_words.h"

#include <stdlib.h>
#include <string.h>

// Who or what the sentence is about; to be freed.
static char *subject_of(const change_t *change)
{
    const effect_t *effect = change->matter;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    if (effect->type == EFFECT_SEND)
        rules_print_roles(change->from, out);
    else if (effect->type == EFFECT_RECEIVE)
        rules_print_target(effect->to, out);
    else if (effect->type == EFFECT_REQUIRE)
        rules_print_require(effect->require, out);
    else if (effect->type == EFFECT_OBLIGE)
        rules_print_oblige(effect->oblige, out);
    else if (effect->type == EFFECT_REMARK)
        rules_print_remark(effect->remark, out);
    else if (effect->type == EFFECT_ENROL)
        rules_print_enrolment(effect->enrolment, out);
    else if (effect->type == EFFECT_DELEGATE)
        rules_print_delegates(effect->delegates, out);
    else if (effect->type == EFFECT_OFFER)
        fputs(effect->reader, out);
    else
        fputs(effect->emit->kind, out);
    if (fclose(out) != 0) // no memory
        abort();
    return text;
}

static void print_send(change_type_t type, const char *who, const char *kind)
{
    if (type == CHANGE_ADDED)
        printf(say("%s may now publish %s"), who, kind);
    else if (type == CHANGE_REMOVED)
        printf(say("%s may no longer publish %s"), who, kind);
    else
        printf(say("%s may publish %s"), who, kind);
}

static void print_receive(change_type_t type, const char *who, const char *kind)
{
    if (type == CHANGE_ADDED)
        printf(say("%s will also receive %s"), who, kind);
    else if (type == CHANGE_REMOVED)
        printf(say("%s will no longer receive %s"), who, kind);
    else
        printf(say("%s receives %s"), who, kind);
}

static void print_derive(change_type_t type, const char *kind, const char *derived)
{
    if (type == CHANGE_ADDED)
        printf(say("of %s the hub will also make %s"), kind, derived);
    else if (type == CHANGE_REMOVED)
        printf(say("of %s the hub will no longer make %s"), kind, derived);
    else
        printf(say("of %s the hub makes %s"), kind, derived);
}

static void print_need(change_type_t type, const char *kind, const char *what)
{
    if (type == CHANGE_ADDED)
        printf(say("%s will also need: %s"), kind, what);
    else if (type == CHANGE_REMOVED)
        printf(say("%s will no longer need: %s"), kind, what);
    else
        printf(say("%s needs: %s"), kind, what);
}

static void print_duty(change_type_t type, const char *kind, const char *what)
{
    if (type == CHANGE_ADDED)
        printf(say("%s will also open a duty: %s"), kind, what);
    else if (type == CHANGE_REMOVED)
        printf(say("%s will no longer open a duty: %s"), kind, what);
    else
        printf(say("%s opens a duty: %s"), kind, what);
}

static void print_enrolment(change_type_t type, const char *kind, const char *what)
{
    if (type == CHANGE_REMOVED)
        printf(say("by a %1$s no longer %2$s"), kind, what);
    else
        printf(say("by a %1$s %2$s"), kind, what);
}

static void print_offer(change_type_t type, const char *who, const char *kind)
{
    if (type == CHANGE_ADDED)
        printf(say("%s may now subscribe to %s"), who, kind);
    else if (type == CHANGE_REMOVED)
        printf(say("%s may no longer subscribe to %s"), who, kind);
    else
        printf(say("%s may subscribe to %s"), who, kind);
}

static void print_matter(const change_t *change)
{
    const char *kind = change->matter->kind;
    char *subject = subject_of(change);
    switch (change->matter->type) {
    case EFFECT_SEND:
        print_send(change->type, subject, kind);
        break;
    case EFFECT_RECEIVE:
        print_receive(change->type, subject, kind);
        break;
    case EFFECT_DERIVE:
        print_derive(change->type, kind, subject);
        break;
    case EFFECT_REQUIRE:
        print_need(change->type, kind, subject);
        break;
    case EFFECT_OBLIGE:
        print_duty(change->type, kind, subject);
        break;
    case EFFECT_REMARK:
    case EFFECT_ENROL:
    case EFFECT_DELEGATE:
        print_enrolment(change->type, kind, subject);
        break;
    case EFFECT_OFFER:
        print_offer(change->type, subject, kind);
        break;
    }
    free(subject);
}

// Named only where it is not so for all who send the kind.
static void print_senders(const change_t *change, const rules_t *rules)
{
    const effect_t *effect = change->matter;
    uint32_t all = 0;
    for (size_t i = 0; i < rules_count(rules); i++)
        if (strcmp(rules_at(rules, i)->kind, effect->kind) == 0)
            all |= rules_at(rules, i)->roles;
    if (effect->type == EFFECT_SEND || change->from == all)
        return;
    printf(", %s ", say("sent by"));
    rules_print_roles(change->from, stdout);
}

static void print_now_before(
    const change_t *change, void (*print)(const rule_t *rule, FILE *out))
{
    printf(": %s ", say("now"));
    print(change->after->rule, stdout);
    printf("; %s ", say("before"));
    print(change->before->rule, stdout);
}

static void print_cites(const rule_t *rule, FILE *out)
{
    mail_print_cites(rule->cites, out);
}

static void print_aspect(const change_t *change)
{
    switch (change->type) {
    case CHANGE_ADDED:
    case CHANGE_REMOVED:
        if (change->matter->rule->conditions > 0) {
            printf(", %s ", say("when"));
            rules_print_when(change->matter->rule, stdout);
        }
        break;
    case CHANGE_WHEN:
        print_now_before(change, rules_print_when);
        break;
    case CHANGE_CITES:
        print_now_before(change, print_cites);
        break;
    case CHANGE_TELL:
        printf(": %s", change->after->rule->tell == TELL_SENDER
                           ? say("its author is now told so")
                           : say("its author is no longer told so"));
        break;
    case CHANGE_PASSES:
        printf(": %s", change->after->rule->passes_marking
                           ? say("now whatever its marking")
                           : say("now only as far as its marking allows"));
        break;
    case CHANGE_TERMS:
        printf("; %s ", say("before"));
        rules_print_oblige(change->before->oblige, stdout);
        break;
    case CHANGE_CARRIES:
        printf(": %s", say("with other contents"));
        break;
    }
}

static void print_change(
    const change_t *change, const rules_t *before, const rules_t *after)
{
    const effect_t *effect = change->matter;
    screen_paint(stdout, change->type == CHANGE_REMOVED ? PAINT_BAD : PAINT_GOOD, "%s ",
        change->type == CHANGE_ADDED     ? "+"
        : change->type == CHANGE_REMOVED ? "-"
                                         : "~");
    print_matter(change);
    print_senders(change, change->after ? after : before);
    print_aspect(change);
    fputs("  ", stdout);
    rules_print_source(effect->rule, stdout);
    putchar('\n');
}

static json_t *side_json(const effect_t *effect)
{
    if (!effect)
        return json_null();
    const rule_t *rule = effect->rule;
    return json_pack("{s:s, s:s, s:o, s:s, s:b}", "rule", rule->id, "cites", rule->cites,
        "when", rules_json_when(rule), "tell",
        rule->tell == TELL_SENDER ? "sender" : "none", "passes_marking",
        rule->passes_marking);
}

static void print_json(const change_t *change)
{
    static const char *const types[] = {[CHANGE_ADDED] = "added",
        [CHANGE_REMOVED] = "removed",
        [CHANGE_WHEN] = "when",
        [CHANGE_CITES] = "cites",
        [CHANGE_TELL] = "tell",
        [CHANGE_PASSES] = "passes_marking",
        [CHANGE_CARRIES] = "contents",
        [CHANGE_TERMS] = "terms"};
    static const char *const whats[] = {[EFFECT_SEND] = "publish",
        [EFFECT_RECEIVE] = "receive",
        [EFFECT_DERIVE] = "derive",
        [EFFECT_REQUIRE] = "require",
        [EFFECT_OBLIGE] = "oblige",
        [EFFECT_ENROL] = "enrol",
        [EFFECT_DELEGATE] = "delegate",
        [EFFECT_OFFER] = "offer",
        [EFFECT_REMARK] = "remark"};
    const effect_t *effect = change->matter;
    json_t *object = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "change",
        types[change->type], "what", whats[effect->type], "kind", effect->kind, "from",
        rules_json_roles(change->from), "before", side_json(change->before), "after",
        side_json(change->after));
    if (effect->to)
        json_object_set_new(
            object, "receiver", json_string(rules_target_word(effect->to)));
    if (effect->reader)
        json_object_set_new(object, "subscriber", json_string(effect->reader));
    if (effect->require)
        json_object_set_new(object, "require", rules_json_require(effect->require));
    if (effect->oblige)
        json_object_set_new(object, "oblige", rules_json_oblige(effect->oblige));
    if (effect->enrolment)
        json_object_set_new(object, enrolment_key(effect->enrolment),
            rules_json_enrolment(effect->enrolment));
    if (effect->delegates)
        json_object_set_new(object, "delegates", rules_json_delegates(effect->delegates));
    if (effect->remark)
        json_object_set_new(object, "remark", rules_json_remark(effect->remark));
    if (effect->emit)
        json_object_set_new(object, "derived", json_string(effect->emit->kind));
    screen_json(stdout, object);
    json_decref(object);
}

static done_t compare(const call_t *call, const rules_t *before, const rules_t *after)
{
    effects_t old, new;
    changes_t changes;
    effects_of(&old, before);
    effects_of(&new, after);
    changes_between(&changes, &old, &new);
    size_t packs = pack_changes_print(before, after, call->common.json);
    for (size_t i = 0; i < changes.n; i++)
        if (call->common.json)
            print_json(&changes.change[i]);
        else
            print_change(&changes.change[i], before, after);
    done_t done = packs + changes.n > 0 ? DONE_NO : DONE_OK;
    if (done == DONE_OK && !call->common.json)
        puts(say("nothing changes for anybody"));
    changes_close(&changes);
    effects_close(&old);
    effects_close(&new);
    return done;
}

static done_t run(const call_t *call)
{
    cause_t why;
    if (call->operands != 2)
        return call_usage(call, "which two files?");
    rules_t *before = rules_open(call->operand[0], &why), *after = NULL;
    if (before)
        after = rules_open(call->operand[1], &why);
    done_t done = after ? compare(call, before, after)
                        : call_fail(call, DONE_USAGE, "%s", why.text);
    rules_close(&before);
    rules_close(&after);
    return done;
}

const command_t rules_diff_command = {
    .name = "diff",
    .operands = "OLD NEW",
    .summary = "what new rules change, and for whom",
    .run = run,
    .pages = true,
    .notes =
        "What the rules do is compared, not how they are written.\n"
        "Exit code, as of diff(1): 0 nothing changes for anybody, 1 something does,\n"
        "2 a file cannot be read.\n",
};
