// rules_words - roles and kinds are printed as rules and certificates write them.  Where
// a single kind or paragraph is shown, its title in the reader's language stands beside
// it.

#include "nodes/rules/rules_words.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/words.h"
#include "nodes/inbox/mail.h"

#include <stdlib.h>
#include <string.h>

static uint32_t all_roles(void)
{
    uint32_t all = 0;
    for (size_t i = 0; cert_roles[i]; i++)
        all |= role_bit(cert_roles[i]);
    return all & ~(role_bit("hub") | role_bit("officer"));
}

void rules_print_roles(uint32_t roles, FILE *out)
{
    const char *between = "";
    if ((roles & all_roles()) == all_roles()) {
        fputs(say("every node"), out);
        roles &= ~all_roles();
        between = ", ";
    }
    for (size_t i = 0; cert_roles[i]; i++)
        if (roles & role_bit(cert_roles[i])) {
            fprintf(out, "%s%s", between, cert_roles[i]);
            between = ", ";
        }
}

// "/body/level" is "level"; what is not in the body keeps its pointer.
static const char *field_of(const char *pointer)
{
    static const char body[] = "/body/";
    bool inside = strncmp(pointer, body, sizeof body - 1) == 0;
    return inside ? pointer + sizeof body - 1 : pointer;
}

static void print_values(const value_t *values, FILE *out)
{
    const char *before = "";
    value_each(value, values)
    {
        if (value_is(value, VALUE_INTEGER))
            fprintf(out, "%s%lld", before, (long long)value_integer(value));
        else if (value_is(value, VALUE_STRING))
            fprintf(out, "%s%s", before, value_text(value));
        else
            fprintf(out, "%s%s", before, value_is(value, VALUE_TRUE) ? "true" : "false");
        before = ", ";
    }
}

static void print_test(const condition_t *test, FILE *out)
{
    const char *field = field_of(test->pointer);
    switch (test->type) {
    case CONDITION_AT_LEAST:
        fprintf(out, say("%s at least %lld"), field, (long long)test->bound);
        break;
    case CONDITION_AT_MOST:
        fprintf(out, say("%s at most %lld"), field, (long long)test->bound);
        break;
    case CONDITION_IN:
        fprintf(out, "%s: ", field);
        print_values(test->values, out);
        break;
    case CONDITION_PRESENT:
        fprintf(out, test->wanted ? say("%s given") : say("%s not given"), field);
        break;
    case CONDITION_IS_TRUE:
        fprintf(out, test->wanted ? say("%s true") : say("%s not true"), field);
        break;
    }
}

void rules_print_when(const rule_t *rule, FILE *out)
{
    if (rule->conditions == 0)
        fputs(say("always"), out);
    for (size_t i = 0; i < rule->conditions; i++) {
        fputs(i > 0 ? ", " : "", out);
        print_test(&rule->condition[i], out);
    }
}

void rules_print_target(const target_t *target, FILE *out)
{
    switch (target->type) {
    case TARGET_ROLE:
        fputs(target->role, out);
        return;
    case TARGET_ALL:
        fputs(say("everyone the marking allows"), out);
        return;
    case TARGET_OBJECT_OWNER:
        fputs(say("the object's owner"), out);
        return;
    case TARGET_OBJECT_ISOC:
        fputs(say("the operational centre serving the object"), out);
        return;
    case TARGET_TO:
        if (target->role[0] != '\0')
            fprintf(out, say("%s named in to"), target->role);
        else
            fputs(say("those named in to"), out);
        return;
    case TARGET_RE_AUTHOR:
        fputs(say("the author of what it answers"), out);
        return;
    case TARGET_RE_RECEIVERS:
        fputs(say("all who had what it answers"), out);
        return;
    case TARGET_PARTIES:
        fputs(say("all parties to the incident"), out);
        return;
    case TARGET_AUTHOR:
        fputs(say("its author"), out);
        return;
    case TARGET_MEMBERS:
        fputs(say("the members of what it begins"), out);
        return;
    case TARGET_RE_MEMBERS:
        fputs(say("the members of what re began"), out);
        return;
    }
}

static void print_agreement(const agreement_t *agreement, FILE *out)
{
    for (size_t i = 0; i < agreement->same; i++) {
        fputs(", ", out);
        fprintf(out, say("%s the same in both"), field_of(agreement->same_at[i]));
    }
    for (size_t i = 0; i < agreement->part; i++) {
        fputs(", ", out);
        fprintf(out, say("%s a part of what is there"), field_of(agreement->part_at[i]));
    }
    if (agreement->moment_at[0]) {
        fputs(", ", out);
        fprintf(out,
            agreement->after ? say("%s after its %s") : say("%s not before its %s"),
            field_of(agreement->moment_at), field_of(agreement->since_at));
    }
    if (agreement->digest_at[0]) {
        fputs(", ", out);
        fprintf(out, say("its SHA-256 in %s"), field_of(agreement->digest_at));
    }
}

static void print_tests(const require_t *require, FILE *out)
{
    for (size_t i = 0; i < require->conditions; i++) {
        fputs(", ", out);
        print_test(&require->condition[i], out);
    }
    print_agreement(&require->agreement, out);
}

static void print_writer(const require_t *require, FILE *out)
{
    switch (require->by) {
    case BY_ANY:
        return;
    case BY_SELF:
        fprintf(out, ", %s", say("by the author of this message"));
        return;
    case BY_AUTHOR:
        fprintf(out, ", %s", say("by the author of what is named"));
        return;
    case BY_ADDRESSEE:
        fprintf(out, ", %s", say("by an addressee of what is named"));
        return;
    case BY_RECEIVER:
        fprintf(out, ", %s", say("by a receiver of what is named"));
        return;
    case BY_ROLE:
        fprintf(out, say(", by a node with the role %s"), require->role);
        return;
    }
}

// How what is about the subject names it, and whose it is.
static void print_about(const require_t *require, FILE *out)
{
    fputs(", ", out);
    if (require->refers == REFERS)
        fputs(say("that names it in any field"), out);
    else
        fprintf(out, say("that names it in %s"), refers_word(require->refers));
    if (require->version == THIS_VERSION)
        fprintf(out, ", %s", say("in this very version"));
    print_writer(require, out);
}

static void print_wanted(const seal_wanted_t *wanted, FILE *out)
{
    for (size_t i = 0; i < wanted->offices; i++) {
        fputs(i == 0 ? "" : say(" or "), out);
        fputs(words_title(&words_offices, wanted->office[i]), out);
    }
    if (wanted->pointer[0])
        fprintf(out, say("the office that %s names"), field_of(wanted->pointer));
    else if (wanted->offices == 0)
        fputs(say("any officer"), out);
    if (wanted->territory[0])
        fprintf(out, say(", of the territory in %s"), field_of(wanted->territory));
    if (wanted->held)
        fprintf(out, ", %s", say("and nobody acting"));
}

static void print_seals(const seals_t *seals, FILE *out)
{
    bool offices = false;
    for (size_t i = 0; i < seals->n; i++)
        offices |= seals->wanted[i].offices > 0 || seals->wanted[i].pointer[0];
    fprintf(out, say("the seals of officers of its author: %zu"), seals->n);
    for (size_t i = 0; offices && i < seals->n; i++) {
        fputs(i == 0 ? " (" : "; ", out);
        print_wanted(&seals->wanted[i], out);
    }
    fputs(offices ? ")" : "", out);
}

void rules_print_require(const require_t *require, FILE *out)
{
    const char *of = refer_name(require->of);
    switch (require->type) {
    case REQUIRE_KIND:
        if (require->kind[0])
            fprintf(out, say("%s names %s"), of, require->kind);
        else
            fprintf(out, say("%s is given"), of);
        for (size_t i = 0; i < require->others; i++)
            fprintf(out, say(" or %s"), require->other[i]);
        if (require->stands)
            fprintf(out, ", %s", say("not withdrawn"));
        break;
    case REQUIRE_LATEST:
        fprintf(out, say("the latest %1$s about what %2$s names"), require->kind, of);
        break;
    case REQUIRE_NONE:
        fprintf(out, say("no %1$s about what %2$s names"), require->kind, of);
        break;
    case REQUIRE_SOME:
        fprintf(out, say("a %1$s about what %2$s names"), require->kind, of);
        break;
    case REQUIRE_SEALS:
        print_seals(&require->seals, out);
        break;
    case REQUIRE_AUTHOR_AMONG:
        if (!require->pointer[0]) {
            fprintf(out, say("its author is a member of what %s began"), of);
            break;
        }
        fprintf(out, say("its author is in %1$s of what %2$s names"),
            field_of(require->pointer), of);
        break;
    case REQUIRE_TO_AMONG:
        if (!require->pointer[0]) {
            fprintf(out, say("every addressee is a member of what %s began"), of);
            break;
        }
        fprintf(out, say("every addressee is in %1$s of what %2$s names"),
            field_of(require->pointer), of);
        break;
    }
    if (require_looks_about(require))
        print_about(require, out);
    if (require->subject[0])
        fprintf(out, say(", where %1$s wrote what %2$s names"), require->subject, of);
    print_tests(require, out);
}

void rules_print_remark(const remark_t *remark, FILE *out)
{
    fprintf(out, "%s (%s): ", remark->code, words_refusal_title(remark->code));
    rules_print_require(&remark->met, out);
}

void rules_print_enrolment(const enrolment_t *enrolment, FILE *out)
{
    const char *field = field_of(enrolment->pointer);
    if (enrolment->of == REFERS)
        fprintf(out,
            enrolment->leaves ? say("those in %s leave what this message begins")
                              : say("those in %s join what this message begins"),
            field);
    else
        fprintf(out,
            enrolment->leaves ? say("those in %1$s leave what %2$s began")
                              : say("those in %1$s join what %2$s began"),
            field, refer_name(enrolment->of));
}

void rules_print_delegates(const delegates_t *delegates, FILE *out)
{
    fprintf(out, say("who is named in %1$s acts in the office in %2$s"),
        field_of(delegates->person), field_of(delegates->office));
    fprintf(out, say(", from %1$s until %2$s"), field_of(delegates->from),
        field_of(delegates->until));
}

// In the largest unit that leaves a whole number, as rules write it.
static void print_duration(int64_t ms, FILE *out)
{
    enum { MIN = 60, HOUR = 60 * MIN };
    long long seconds = ms / 1000;
    if (seconds % HOUR == 0)
        fprintf(out, say("%lld h"), seconds / HOUR);
    else if (seconds % MIN == 0)
        fprintf(out, say("%lld min"), seconds / MIN);
    else
        fprintf(out, say("%lld s"), seconds);
}

static void print_wanted_answer(const wanted_test_t *test, FILE *out)
{
    if (test->words == 0)
        fprintf(out, test->truth ? say("%s true") : say("%s not true"), test->field);
    else
        fprintf(out, "%s: %s", test->field, test->word[0]);
    for (size_t i = 1; i < test->words; i++)
        fprintf(out, " | %s", test->word[i]);
    fputs(", ", out);
}

static void print_met_by(const oblige_t *oblige, FILE *out)
{
    switch (oblige->met_by) {
    case MET_BY_KIND:
        fprintf(out, say("met by %s"), oblige->kind);
        fputs(", ", out);
        for (size_t i = 0; i < oblige->met_when.n; i++)
            print_wanted_answer(&oblige->met_when.test[i], out);
        if (oblige->refers == REFERS)
            fputs(say("that names it in re or incident"), out);
        else
            fprintf(out, say("that names it in %s"), refers_word(oblige->refers));
        return;
    case MET_BY_DELIVERY:
        fputs(say("met by signed delivery"), out);
        return;
    case MET_BY_ACCEPTANCE:
        fputs(say("met by this message in time"), out);
        return;
    }
}

static void print_until(const oblige_t *oblige, FILE *out)
{
    if (!oblige->until[0])
        return;
    fputs(", ", out);
    fprintf(out, say("by %s"), field_of(oblige->until));
    fprintf(out, ", %s ", say("at most"));
    print_duration(oblige->bound_ms, out);
    if (oblige->extends)
        fprintf(out, ", %s", say("which its author may put off"));
    fprintf(out, ", %s", say("or else"));
}

void rules_print_oblige(const oblige_t *oblige, FILE *out)
{
    rules_print_target(&oblige->debtor, out);
    fprintf(out, ": %s, ", oblige->duty);
    if (oblige->has_towards) {
        fprintf(out, "%s ", say("towards"));
        rules_print_target(&oblige->towards, out);
        fputs(", ", out);
    }
    print_met_by(oblige, out);
    print_until(oblige, out);
    fprintf(out, ", %s ", say("within"));
    print_duration(oblige->within_ms, out);
    fputs(", ", out);
    if (oblige->from[0])
        fprintf(out, say("counted from %s"), field_of(oblige->from));
    else
        fputs(say("counted from acceptance"), out);
    if (oblige->interim)
        fprintf(out, ", %s", say("open while it is only reported on"));
    if (oblige->stays)
        fprintf(out, ", %s", say("also when the message is taken back"));
    if (oblige->by_default)
        fprintf(out, ", %s", say("the time is an operational default"));
    for (size_t i = 0; i < oblige->tells; i++) {
        fprintf(out, i == 0 ? ", %s " : ", ", say("overdue is also told to"));
        rules_print_target(&oblige->tell[i], out);
    }
}

void rules_print_source(const rule_t *rule, FILE *out)
{
    fprintf(out, "(%s %s, ", say("rule"), rule->id);
    mail_print_cites(rule->cites, out);
    fputc(')', out);
}

static void begin(const char *label, int indent, FILE *out)
{
    size_t characters = 0;
    for (const char *c = label; *c; c++)
        characters += ((unsigned char)*c & 0xC0) != 0x80;
    fprintf(out, "%*s%s%*s", indent, "", label,
        characters < 12 ? (int)(12 - characters) : 1, "");
}

static void print_kind(const char *kind, FILE *out)
{
    fputs(kind, out);
    if (words_find(&words_kinds, kind))
        fprintf(out, " (%s)", words_title(&words_kinds, kind));
}

static void print_targets(const rule_t *rule, int indent, FILE *out)
{
    if (rule->targets == 0)
        return;
    begin(say("goes to"), indent, out);
    for (size_t i = 0; i < rule->targets; i++) {
        fputs(i > 0 ? ", " : "", out);
        rules_print_target(&rule->target[i], out);
    }
    if (rule->own_objects)
        fprintf(out, ", %s", say("where the object is the author's to speak for"));
    if (rule->passes_marking)
        fprintf(out, ", %s", say("whatever its marking"));
    fputc('\n', out);
}

// What goes along for whom the message brings in.
static void print_carries(const carries_t *carries, int indent, FILE *out)
{
    if (carries->kinds == 0)
        return;
    begin(say("hands over"), indent, out);
    for (size_t i = 0; i < carries->kinds; i++) {
        fputs(i > 0 ? ", " : "", out);
        print_kind(carries->kind[i], out);
    }
    fputc('\n', out);
}

static void print_emissions(const rule_t *rule, int indent, FILE *out)
{
    for (size_t i = 0; i < rule->emits; i++) {
        begin(say("hub makes"), indent, out);
        print_kind(rule->emit[i].kind, out);
        if (rule->emit[i].carry)
            fprintf(out, ", %s", say("with the sealed message in it"));
        fputc('\n', out);
    }
}

void rules_print_rule(const rule_t *rule, int indent, FILE *out)
{
    begin(say("message"), indent, out);
    print_kind(rule->kind, out);
    fputc('\n', out);
    begin(say("sent by"), indent, out);
    rules_print_roles(rule->roles, out);
    fputc('\n', out);
    if (rule->conditions > 0) {
        begin(say("when"), indent, out);
        rules_print_when(rule, out);
        fputc('\n', out);
    }
    for (size_t i = 0; i < rule->requires; i++) {
        begin(say("needs"), indent, out);
        rules_print_require(&rule->require[i], out);
        fputc('\n', out);
    }
    print_targets(rule, indent, out);
    print_carries(&rule->carries, indent, out);
    print_emissions(rule, indent, out);
    for (size_t i = 0; i < rule->obliges; i++) {
        begin(say("duty"), indent, out);
        rules_print_oblige(&rule->oblige[i], out);
        fputc('\n', out);
    }
    for (size_t i = 0; i < rule->remarks; i++) {
        begin(say("remark"), indent, out);
        rules_print_remark(&rule->remark[i], out);
        fputc('\n', out);
    }
    for (size_t i = 0; i < rule->enrolments; i++) {
        begin(say("membership"), indent, out);
        rules_print_enrolment(&rule->enrolment[i], out);
        fputc('\n', out);
    }
    if (rule->delegates.line) {
        begin(say("acting"), indent, out);
        rules_print_delegates(&rule->delegates, out);
        fputc('\n', out);
    }
    if (rule->subscribers) {
        begin(say("offered to"), indent, out);
        rules_print_roles(rule->subscribers, out);
        fputc('\n', out);
    }
    if (rule->tell == TELL_NONE && (rule_allows(rule) || rule->subscribers)) {
        begin(say("its author"), indent, out);
        fprintf(out, "%s\n", say("is not told"));
    }
}

const char *rules_told(const told_t *told)
{
    // Translators write the name of their own language.
    return told->text[tongue_of(say_as("language", "en"))];
}

const char *rules_paragraph_words(const pack_t *pack, const char *paragraph)
{
    const told_t *words = pack_says(pack, paragraph);
    return words ? rules_told(words) : "";
}
