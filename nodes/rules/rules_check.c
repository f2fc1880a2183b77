// dabyl rules check - find what is wrong with rules before anybody seals them: errors of
// the rules themselves, kinds and fields that no schema knows, and rules without effect.

#include "lib/base/catalogue.h"
#include "lib/lawcheck/rules_fit.h"
#include "lib/lawcheck/rules_warn.h"
#include "lib/pki/cert_list.h"
#include "lib/rules/citation.h"
#include "lib/rules/rules_roles.h"
#include "nodes/cli/screen.h"
#include "nodes/inbox/mail.h"
#include "nodes/rules/effects.h"
#include "nodes/rules/rules_commands.h"
#include "nodes/rules/rules_words.h"
#include "nodes/rules/vacancies.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *cert, *origin, *schemas, *roster;
} options_t;

static const option_t options[] = {
    {"schemas", OPTION_TEXT, offsetof(options_t, schemas), "DIR", NULL,
        "the hub's schemas, for kinds and fields (else ../schemas, else those shipped)"},
    {"roster", OPTION_TEXT, offsetof(options_t, roster), "DIR", NULL,
        "list the roles and offices that the rules need somebody of, and that no "
        "certificate there has"},
    {"cert", OPTION_TEXT, offsetof(options_t, cert), "FILE", NULL,
        "also check FILE.seal with this officer's certificate"},
    {"origin", OPTION_TEXT, offsetof(options_t, origin), "NAME", NULL,
        "the log's name, as in hub.conf"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// A hub's folder has rules/, schemas/ and roster/ beside each other.
static bool beside_rules(const char *rules, const char *name, char out[PATH_MAX])
{
    const char *slash = strrchr(rules, '/');
    int length = slash ? (int)(slash - rules) : 1;
    length = snprintf(out, PATH_MAX, "%.*s/../%s", length, slash ? rules : ".", name);
    return length > 0 && length < PATH_MAX && access(out, R_OK) == 0;
}

static int check_fields(const rules_t *rules, const char *path, const char *folder,
    bool *checked, cause_t *why)
{
    char place[PATH_MAX];
    if (!folder && (beside_rules(path, "schemas", place) ||
                       rules_shipped("schemas", "schemas", place)))
        folder = place;
    *checked = folder != NULL;
    if (!folder)
        return 0;
    schemas_t *schemas = schemas_open(folder, why);
    int result = schemas ? rules_fit(rules, schemas, why) : -1;
    schemas_close(&schemas);
    return result;
}

// Whether the rule has an effect that no other rule has.  That it allows a kind to be
// sent does not count.
static bool has_effect(const effects_t *effects, const rule_t *rule)
{
    for (size_t i = 0; i < effects->n; i++)
        if (effects->effect[i].rule == rule && effects->effect[i].type != EFFECT_SEND)
            return true;
    return false;
}

static void print_rules(const rules_t *rules, const effects_t *effects)
{
    size_t defaults = 0;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        printf("  %-24s %-24s ", rule->id, rule->kind);
        mail_print_cites(rule->cites, stdout);
        putchar('\n');
        defaults += citation_by_default(rule->cites);
        if (!has_effect(effects, rule))
            printf(say("    note: other rules already do all that it does (%s:%u)\n"),
                rule->path, rule->line);
    }
    printf(
        say("%zu rules carry out paragraphs of the law, %zu are operational defaults\n"),
        rules_count(rules) - defaults, defaults);
}

static void print_json(const rules_t *rules, const effects_t *effects)
{
    for (size_t i = 0; i < rules_count(rules); i++) {
        json_t *object = rules_json_rule(rules_at(rules, i));
        json_object_set_new(
            object, "effect", json_boolean(has_effect(effects, rules_at(rules, i))));
        screen_json(stdout, object);
        json_decref(object);
    }
}

// Roles of the certificates beside the rules, as a hub's folder has them.  Whether they
// are any good is for `dabyl-hub -n`.
static bool is_beside(const void *context, const char *role)
{
    const cert_list_t *roster = context;
    for (size_t i = 0; i < roster->n; i++)
        if (strcmp(roster->item[i].cert.role, role) == 0)
            return true;
    return false;
}

// What may leave somebody untold: to standard error, so that scripts keep what they read.
static void print_warnings(const rules_t *rules, const char *path)
{
    char folder[PATH_MAX];
    cert_list_t roster = {0};
    warnings_t warnings;
    cause_t why;
    bool beside = beside_rules(path, "roster", folder) &&
                  cert_list_add_folder(&roster, folder, &why) == 0 && roster.n > 0;
    rules_warn(rules, beside ? is_beside : NULL, &roster, &warnings);
    for (size_t i = 0; i < warnings.n; i++)
        (void)fprintf(stderr, say("warning: %s\n"), warnings.text[i]);
    warnings_close(&warnings);
    cert_list_close(&roster);
}

static void print_absent(const need_t *need, bool json)
{
    if (json) {
        json_t *object = json_pack("{s:s, s:s, s:b}", "absent", need->role, "cites",
            need->cites, "by_law", need->by_law);
        screen_json(stdout, object);
        json_decref(object);
        return;
    }
    printf(say("  nobody has %-20s needed by "), need->role);
    mail_print_cites(need->cites, stdout);
    putchar('\n');
}

static void print_vacant(const vacancy_t *vacancy, bool json)
{
    const need_t *need = &vacancy->need;
    if (json) {
        json_t *object = json_pack("{s:s, s:s, s:s, s:b}", "vacant", vacancy->office,
            "role", need->role, "cites", need->cites, "by_law", need->by_law);
        screen_json(stdout, object);
        json_decref(object);
        return;
    }
    printf(say("  no officer of %s %s %s, whose seal is needed by "), need->role,
        vacancy->office[0] == '/' ? say("has an office that may stand in") : "is",
        vacancy->office);
    mail_print_cites(need->cites, stdout);
    putchar('\n');
}

static bool check_offices(const rules_t *rules, const cert_list_t *roster, bool json)
{
    vacancies_t vacant = {0};
    bool by_law = false;
    vacancies_find(&vacant, rules, roster);
    for (size_t i = 0; i < vacant.n; i++) {
        print_vacant(&vacant.vacancy[i], json);
        by_law |= vacant.vacancy[i].need.by_law;
    }
    vacancies_close(&vacant);
    return by_law;
}

// DONE_NO when the law itself needs somebody who is not there.
static done_t check_roster(const call_t *call, const rules_t *rules, const char *folder)
{
    cert_list_t roster = {0};
    done_t done = DONE_OK;
    cause_t why;
    need_t need;
    if (cert_list_add_folder(&roster, folder, &why) != 0) {
        cert_list_close(&roster);
        return call_fail(call, DONE_NO, "%s", why.text);
    }
    for (size_t i = 0; cert_roles[i] != NULL; i++) {
        if (rules_need(rules, cert_roles[i], &need) == 0 ||
            is_beside(&roster, cert_roles[i]))
            continue;
        print_absent(&need, call->common.json);
        if (need.by_law)
            done = DONE_NO;
    }
    if (check_offices(rules, &roster, call->common.json))
        done = DONE_NO;
    cert_list_close(&roster);
    return done;
}

static void print(const call_t *call, const rules_t *rules, bool fields_checked)
{
    effects_t effects;
    effects_of(&effects, rules);
    if (call->common.json)
        print_json(rules, &effects);
    else {
        printf(say("%s: %zu rules, no error%s\n"), call->operand[0], rules_count(rules),
            fields_checked ? "" : "; kinds and fields NOT checked (no --schemas)");
        print_rules(rules, &effects);
    }
    effects_close(&effects);
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    bool fields_checked;
    if (call->operands != 1)
        return call_usage(call, "which file?");
    rules_t *rules = rules_open(call->operand[0], &why);
    if (!rules)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = DONE_OK;
    if (check_fields(rules, call->operand[0], o->schemas, &fields_checked, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else {
        print(call, rules, fields_checked);
        print_warnings(rules, call->operand[0]);
        if (o->roster)
            done = check_roster(call, rules, o->roster);
    }
    if (done == DONE_OK && o->cert &&
        rules_check_seals(rules, o->cert, o->origin, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    rules_close(&rules);
    return done;
}

const command_t rules_check_command = {
    .name = "check",
    .operands = "FILE",
    .summary = "find errors, and list the rules with the paragraphs they rest on",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
};
