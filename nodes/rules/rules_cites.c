// dabyl rules cites - every rule that rests on a paragraph of the plan, said so that
// somebody who has read the plan recognises it.
//
// "8" also finds what rests on its subparagraphs; "default" what the plan is silent on.
// Rules that carry the paragraph out come before the defaults that serve it.

#include "lib/base/catalogue.h"
#include "lib/base/memory.h"
#include "lib/rules/citation.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/inbox/mail.h"
#include "nodes/rules/rules_commands.h"
#include "nodes/rules/rules_words.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *rules;
} options_t;

static const option_t options[] = {
    {"rules", OPTION_TEXT, offsetof(options_t, rules), "PATH", NULL,
        "rules file or folder (else DABYL_RULES, DABYL_HUB, here, those shipped)"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void print_rule(const call_t *call, const rule_t *rule)
{
    if (call->common.json) {
        json_t *object = rules_json_rule(rule);
        screen_json(stdout, object);
        json_decref(object);
        return;
    }
    printf("\n  %s, ", rule->id);
    mail_print_cites(rule->cites, stdout);
    putchar('\n');
    rules_print_rule(rule, 4, stdout);
}

static int by_place(const void *a, const void *b)
{
    const rule_t *one = *(const rule_t *const *)a, *other = *(const rule_t *const *)b;
    int order = strcmp(one->path, other->path);
    return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

// In the order in which they are written: that of the plan.
static size_t print_group(const call_t *call, const rules_t *rules, const char *wanted,
    bool defaults, const char *title)
{
    size_t n = 0;
    const rule_t **found = memory_new(rules_count(rules), sizeof(const rule_t *));
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (citation_names(rule->cites, wanted) &&
            citation_by_default(rule->cites) == defaults)
            found[n++] = rule;
    }
    qsort(found, n, sizeof(const rule_t *), by_place);
    if (n > 0 && title && !call->common.json)
        printf("\n%s\n", title);
    for (size_t i = 0; i < n; i++)
        print_rule(call, found[i]);
    free(found);
    return n;
}

static void print_title(const pack_t *pack, const citation_t *wanted)
{
    if (!wanted->by_default) {
        char paragraph[CITES_MAX];
        (void)snprintf(
            paragraph, sizeof paragraph, "%s:%s", pack->instrument, wanted->paragraphs);
        printf(say("para %s"), paragraph);
        fputs(": ", stdout);
    }
    puts(wanted->by_default ? say("operational defaults: the law says nothing of this")
                            : rules_paragraph_words(pack, wanted->paragraphs));
}

static size_t print(const call_t *call, const rules_t *rules, const pack_t *pack,
    const citation_t *citation)
{
    char wanted[CITES_MAX] = "default";
    if (!citation->by_default)
        (void)snprintf(
            wanted, sizeof wanted, "%s:%s", pack->instrument, citation->paragraphs);
    if (!call->common.json)
        print_title(pack, citation);
    size_t found = print_group(call, rules, wanted, false, NULL);
    found += print_group(call, rules, wanted, true,
        citation->by_default ? NULL : say("in its service, as operational defaults:"));
    if (found == 0 && !call->common.json)
        puts(say("no rule rests on it"));
    return found;
}

// A paragraph without its instrument is looked for in every pack.
static done_t print_all(const call_t *call, const rules_t *rules, const char *wanted)
{
    size_t known = 0, found = 0;
    cause_t why = {""}, first = {""};
    for (size_t i = 0; i < rules_packs(rules); i++) {
        citation_t citation;
        if (citation_parse(wanted, rules_pack(rules, i), &citation, &why) == 0 &&
            (known++ == 0 || !citation.by_default))
            found += print(call, rules, rules_pack(rules, i), &citation);
        if (i == 0)
            first = why;
    }
    return known == 0   ? call_usage(call, "%s", first.text)
           : found == 0 ? DONE_NO
                        : DONE_OK;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    if (call->operands != 1)
        return call_usage(call, "which paragraph?");
    const char *wanted = call->operand[0];
    if (strchr(wanted, ','))
        return call_usage(call, "one paragraph at a time");
    rules_t *rules = rules_find(o->rules, &why);
    if (!rules)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = print_all(call, rules, wanted);
    rules_close(&rules);
    return done;
}

const command_t rules_cites_command = {
    .name = "cites",
    .operands = "PARAGRAPH|default",
    .summary = "the rules that rest on a paragraph of the plan",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
    .notes =
        "A paragraph is named by its number: 488:14 or 14, 8.3 for subparagraph 3 of 8.\n"
        "Exit code 1: no rule rests on it.\n",
};
