// dabyl rules explain - what the rules do with one kind: who may send it, who receives
// it, what the hub makes of it, and by which paragraph.

#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/rules/rules_commands.h"
#include "nodes/rules/rules_words.h"

#include <string.h>

typedef struct {
    const char *rules;
} options_t;

static const option_t options[] = {
    {"rules", OPTION_TEXT, offsetof(options_t, rules), "PATH", NULL,
        "rules file or folder (else DABYL_RULES, DABYL_HUB, here, those shipped)"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static uint32_t senders(const rules_t *rules, const char *kind)
{
    uint32_t roles = 0;
    for (size_t i = 0; i < rules_count(rules); i++)
        if (strcmp(rules_at(rules, i)->kind, kind) == 0 &&
            rule_allows(rules_at(rules, i)))
            roles |= rules_at(rules, i)->roles;
    return roles;
}

// From whom where not from all, when where not always, and by which rule.
static void print_how(const rule_t *rule, uint32_t all)
{
    if (rule->roles != all) {
        printf(", %s ", say("sent by"));
        rules_print_roles(rule->roles, stdout);
    }
    if (rule->conditions > 0) {
        printf(", %s ", say("when"));
        rules_print_when(rule, stdout);
    }
    if (rule->tell == TELL_NONE && rule_allows(rule))
        printf(", %s", say("which its author does not learn"));
    fputs("  ", stdout);
    rules_print_source(rule, stdout);
    putchar('\n');
}

// Of messages that one of these roles sends.
static void print_receivers(
    const rules_t *rules, const char *kind, int indent, uint32_t by)
{
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (strcmp(rule->kind, kind) != 0 || (rule->roles & by) == 0)
            continue;
        for (size_t t = 0; t < rule->targets; t++) {
            printf("%*s", indent, "");
            rules_print_target(&rule->target[t], stdout);
            if (rule->passes_marking)
                printf(", %s", say("whatever its marking"));
            print_how(rule, by);
        }
    }
}

static void print_needs(const rules_t *rules, const char *kind)
{
    const char *title = say("needs first:");
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        for (size_t r = 0; strcmp(rule->kind, kind) == 0 && r < rule->requires; r++) {
            if (title)
                puts(title);
            title = NULL;
            fputs("  ", stdout);
            rules_print_require(&rule->require[r], stdout);
            print_how(rule, senders(rules, kind));
        }
    }
}

static void print_duties(const rules_t *rules, const char *kind)
{
    const char *title = say("opens duties:");
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        for (size_t o = 0; strcmp(rule->kind, kind) == 0 && o < rule->obliges; o++) {
            if (title)
                puts(title);
            title = NULL;
            fputs("  ", stdout);
            rules_print_oblige(&rule->oblige[o], stdout);
            print_how(rule, senders(rules, kind));
        }
    }
}

static void print_offers(const rules_t *rules, const char *kind)
{
    const char *title = say("is offered to subscribers:");
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (strcmp(rule->kind, kind) != 0 || rule->subscribers == 0)
            continue;
        if (title)
            puts(title);
        title = NULL;
        fputs("  ", stdout);
        rules_print_roles(rule->subscribers, stdout);
        print_how(rule, senders(rules, kind));
    }
}

static bool makes(const rule_t *rule, const char *kind)
{
    for (size_t i = 0; i < rule->emits; i++)
        if (strcmp(rule->emit[i].kind, kind) == 0)
            return true;
    return false;
}

static void print_made_of_it(const rules_t *rules, const char *kind)
{
    const char *title = say("the hub makes of it:");
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (strcmp(rule->kind, kind) != 0)
            continue;
        for (size_t e = 0; e < rule->emits; e++) {
            if (title)
                puts(title);
            title = NULL;
            printf("  %s", rule->emit[e].kind);
            print_how(rule, senders(rules, kind));
            print_receivers(rules, rule->emit[e].kind, 4, role_bit("hub"));
        }
    }
}

static void print_made_from(const rules_t *rules, const char *kind)
{
    const char *title = say("the hub makes it of:");
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (!makes(rule, kind))
            continue;
        if (title)
            puts(title);
        title = NULL;
        printf("  %s", rule->kind);
        print_how(rule, senders(rules, rule->kind));
    }
}

static void print_senders(uint32_t roles)
{
    for (size_t i = 0; cert_roles[i]; i++)
        if (roles & role_bit(cert_roles[i])) {
            fputs("  ", stdout);
            screen_column(stdout, cert_roles[i], 20);
            puts(words_title(&words_roles, cert_roles[i]));
        }
}

static void print(const rules_t *rules, const char *kind)
{
    uint32_t all = senders(rules, kind);
    screen_paint(stdout, PAINT_STRONG, "%s", kind);
    if (words_find(&words_kinds, kind))
        printf(": %s", words_title(&words_kinds, kind));
    printf("\n%s\n", say("may be sent by:"));
    print_senders(all);
    print_needs(rules, kind);
    puts(say("is received by:"));
    print_receivers(rules, kind, 2, all);
    print_offers(rules, kind);
    print_made_of_it(rules, kind);
    print_duties(rules, kind);
    print_made_from(rules, kind);
    puts(say("What no rule allows is refused."));
}

static void print_json(const rules_t *rules, const char *kind)
{
    json_t *about = json_array(), *made = json_array();
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (strcmp(rule->kind, kind) == 0)
            json_array_append_new(about, rules_json_rule(rule));
        if (makes(rule, kind))
            json_array_append_new(made, rules_json_rule(rule));
    }
    json_t *object = json_pack("{s:s, s:o, s:o, s:o}", "kind", kind, "from",
        rules_json_roles(senders(rules, kind)), "rules", about, "made_by", made);
    screen_json(stdout, object);
    json_decref(object);
}

// As rules_at goes by kind, each is met once.
static done_t unknown(const call_t *call, const rules_t *rules, const char *kind)
{
    const char *last = "";
    done_t done = call_fail(call, DONE_NO,
        "no rule lets anybody send '%s'; the kinds of these rules are:", kind);
    for (size_t i = 0; i < rules_count(rules); i++) {
        if (strcmp(rules_at(rules, i)->kind, last) != 0)
            fprintf(stderr, "  %s\n", rules_at(rules, i)->kind);
        last = rules_at(rules, i)->kind;
    }
    return done;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    if (call->operands != 1)
        return call_usage(call, "which kind?");
    const char *kind = call->operand[0];
    rules_t *rules = rules_find(o->rules, &why);
    if (!rules)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = DONE_OK;
    if (senders(rules, kind) == 0)
        done = unknown(call, rules, kind);
    else if (call->common.json)
        print_json(rules, kind);
    else
        print(rules, kind);
    rules_close(&rules);
    return done;
}

const command_t rules_explain_command = {
    .name = "explain",
    .operands = "KIND",
    .summary = "who may send a kind, who receives it, what is made of it, and why",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
};
