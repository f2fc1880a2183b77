// rules_json - rules for programs, and where rules are found.

#include "nodes/rules/rules_words.h"

#include "lib/base/file.h"
#include "lib/json/value_json.h"
#include "lib/rules/citation.h"
#include "lib/sys/program.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

json_t *rules_json_roles(uint32_t roles)
{
    json_t *list = json_array();
    for (size_t i = 0; cert_roles[i]; i++)
        if (roles & role_bit(cert_roles[i]))
            json_array_append_new(list, json_string(cert_roles[i]));
    return list;
}

static json_t *test_json(const condition_t *test)
{
    json_t *object = json_pack("{s:s}", "field", test->pointer);
    switch (test->type) {
    case CONDITION_AT_LEAST:
        json_object_set_new(object, "at_least", json_integer(test->bound));
        break;
    case CONDITION_AT_MOST:
        json_object_set_new(object, "at_most", json_integer(test->bound));
        break;
    case CONDITION_IN:
        json_object_set_new(object, "in", value_json(test->values));
        break;
    case CONDITION_PRESENT:
        json_object_set_new(object, "present", json_boolean(test->wanted));
        break;
    case CONDITION_IS_TRUE:
        json_object_set_new(object, "is_true", json_boolean(test->wanted));
        break;
    }
    return object;
}

static json_t *tests_json(const condition_t *tests, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, test_json(&tests[i]));
    return list;
}

json_t *rules_json_when(const rule_t *rule)
{
    return tests_json(rule->condition, rule->conditions);
}

static json_t *pointers_json(const char (*at)[POINTER_MAX], size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(at[i]));
    return list;
}

static json_t *wanted_json(const seal_wanted_t *wanted)
{
    json_t *offices = json_array();
    for (size_t i = 0; i < wanted->offices; i++)
        json_array_append_new(offices, json_string(wanted->office[i]));
    if (wanted->pointer[0])
        json_array_append_new(offices, json_string(wanted->pointer));
    return json_pack("{s:o, s:s, s:b}", "office", offices, "territory", wanted->territory,
        "held", wanted->held);
}

static json_t *seals_json(const seals_t *seals)
{
    json_t *list = json_array();
    for (size_t i = 0; i < seals->n; i++)
        json_array_append_new(list, wanted_json(&seals->wanted[i]));
    return json_pack("{s:i, s:o}", "seals", (int)seals->n, "by", list);
}

static json_t *looked_at_json(const require_t *require)
{
    if (require_has_pointer(require))
        return json_string(require->pointer[0] ? require->pointer : "members");
    if (require->others == 0)
        return json_string(require->kind);
    json_t *list = json_array();
    for (size_t i = 0; i <= require->others; i++)
        json_array_append_new(list, json_string(require_kind(require, i)));
    return list;
}

json_t *rules_json_require(const require_t *require)
{
    if (require->type == REQUIRE_SEALS)
        return seals_json(&require->seals);
    const agreement_t *agreement = &require->agreement;
    json_t *json =
        json_pack("{s:s, s:o, s:b, s:o, s:o, s:s, s:o}", "of", refer_name(require->of),
            require_word(require->type), looked_at_json(require), "stands",
            require->stands, "same", pointers_json(agreement->same_at, agreement->same),
            "part", pointers_json(agreement->part_at, agreement->part), "digest",
            agreement->digest_at, "where",
            tests_json(require->condition, require->conditions));
    if (require->subject[0])
        json_object_set_new(json, "subject", json_string(require->subject));
    if (agreement->moment_at[0])
        json_object_set_new(json, agreement->after ? "after" : "not_before",
            json_pack("[s, s]", agreement->moment_at, agreement->since_at));
    if (require_looks_about(require)) {
        char writer[ROLE_MAX + 8];
        require_by(require, writer);
        json_object_set_new(json, "refers", json_string(refers_word(require->refers)));
        json_object_set_new(json, "version",
            json_string(require->version == THIS_VERSION ? "this" : "any"));
        json_object_set_new(json, "author", json_string(writer));
    }
    return json;
}

const char *rules_target_word(const target_t *target)
{
    return target->type == TARGET_ROLE ? target->role : target->word;
}

static json_t *wanted_test_json(const wanted_test_t *test)
{
    char pointer[WANTED_POINTER];
    json_t *words = json_array();
    wanted_pointer(test, pointer);
    for (size_t i = 0; i < test->words; i++)
        json_array_append_new(words, json_string(test->word[i]));
    if (test->words > 0)
        return json_pack("{s:s, s:o}", "field", pointer, "in", words);
    json_decref(words);
    return json_pack("{s:s, s:b}", "field", pointer, "is_true", test->truth);
}

json_t *rules_json_oblige(const oblige_t *oblige)
{
    const char *met_by = oblige->met_by == MET_BY_KIND       ? oblige->kind
                         : oblige->met_by == MET_BY_DELIVERY ? "delivery"
                                                             : "acceptance";
    json_t *tell = json_array(), *wanted = json_array();
    for (size_t i = 0; i < oblige->tells; i++)
        json_array_append_new(tell, json_string(rules_target_word(&oblige->tell[i])));
    for (size_t i = 0; i < oblige->met_when.n; i++)
        json_array_append_new(wanted, wanted_test_json(&oblige->met_when.test[i]));
    const char *towards = oblige->has_towards ? rules_target_word(&oblige->towards) : "";
    json_t *json = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:s, s:I, s:I, s:o, s:s, s:b}", "duty",
        oblige->duty, "debtor", rules_target_word(&oblige->debtor), "towards", towards,
        "met_by", met_by, "refers", refers_word(oblige->refers), "met_when", wanted,
        "interim", oblige->interim, "from", oblige->from[0] ? oblige->from : "accepted",
        "within_ms", (json_int_t)oblige->within_ms, "near_ms",
        (json_int_t)oblige->near_ms, "tell", tell, "withdrawal",
        oblige->stays ? "stays" : "ends", "default", oblige->by_default);
    if (oblige->until[0])
        json_object_update_new(
            json, json_pack("{s:s, s:I, s:b}", "until", oblige->until, "bound_ms",
                      (json_int_t)oblige->bound_ms, "extends", oblige->extends));
    return json;
}

json_t *rules_json_remark(const remark_t *remark)
{
    return json_pack(
        "{s:s, s:o}", "code", remark->code, "met", rules_json_require(&remark->met));
}

json_t *rules_json_enrolment(const enrolment_t *enrolment)
{
    return json_pack(
        "{s:s, s:s}", "of", enrolment_of(enrolment), "nodes", enrolment->pointer);
}

json_t *rules_json_delegates(const delegates_t *delegates)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "office", delegates->office,
        "territory", delegates->territory, "person", delegates->person, "from",
        delegates->from, "until", delegates->until);
}

static json_t *lists_json(const rule_t *rule)
{
    json_t *require = json_array(), *oblige = json_array(), *carries = json_array();
    json_t *to = json_array(), *emit = json_array();
    json_t *joins = json_array(), *leaves = json_array(), *remarks = json_array();
    for (size_t i = 0; i < rule->remarks; i++)
        json_array_append_new(remarks, rules_json_remark(&rule->remark[i]));
    for (size_t i = 0; i < rule->requires; i++)
        json_array_append_new(require, rules_json_require(&rule->require[i]));
    for (size_t i = 0; i < rule->obliges; i++)
        json_array_append_new(oblige, rules_json_oblige(&rule->oblige[i]));
    for (size_t i = 0; i < rule->targets; i++)
        json_array_append_new(to, json_string(rules_target_word(&rule->target[i])));
    for (size_t i = 0; i < rule->emits; i++)
        json_array_append_new(emit, json_pack("{s:s, s:b}", "kind", rule->emit[i].kind,
                                        "carry", rule->emit[i].carry));
    for (size_t i = 0; i < rule->carries.kinds; i++)
        json_array_append_new(carries, json_string(rule->carries.kind[i]));
    for (size_t i = 0; i < rule->enrolments; i++)
        json_array_append_new(rule->enrolment[i].leaves ? leaves : joins,
            rules_json_enrolment(&rule->enrolment[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "require", require,
        "deliver", to, "carries", carries, "emit", emit, "oblige", oblige, "remarks",
        remarks, "joins", joins, "leaves", leaves);
}

json_t *rules_json_rule(const rule_t *rule)
{
    json_t *lists = lists_json(rule);
    if (rule->delegates.line)
        json_object_set_new(lists, "delegates", rules_json_delegates(&rule->delegates));
    json_t *object = json_pack("{s:s, s:s, s:b, s:s, s:s, s:b, s:i}", "rule", rule->id,
        "cites", rule->cites, "default", citation_by_default(rule->cites), "kind",
        rule->kind, "tell", rule->tell == TELL_SENDER ? "sender" : "none",
        "passes_marking", rule->passes_marking, "line", (int)rule->line);
    json_object_set_new(object, "from", rules_json_roles(rule->roles));
    json_object_set_new(object, "when", rules_json_when(rule));
    json_object_set_new(
        object, "objects", json_string(rule->own_objects ? "own" : "any"));
    if (rule->carries.kinds > 0)
        json_object_set_new(
            object, "carries_of", json_string(refer_name(rule->carries.of)));
    json_object_set_new(object, "carries_must", json_boolean(rule->carries.must));
    json_object_set_new(object, "subscribe", rules_json_roles(rule->subscribers));
    json_object_update(object, lists);
    json_decref(lists);
    return object;
}

bool rules_shipped(const char *installed, const char *source, char out[PATH_MAX])
{
    char program[PATH_MAX];
    program_folder(program);
    int length = snprintf(out, PATH_MAX, "%.3000s/../share/dabyl/%s", program, installed);
    if (length > 0 && access(out, R_OK) == 0)
        return true;
    length = snprintf(out, PATH_MAX, "%.3000s/../../%s", program, source);
    return length > 0 && access(out, R_OK) == 0;
}

rules_t *rules_find(const char *path, cause_t *why)
{
    char place[PATH_MAX];
    const char *hub = getenv("DABYL_HUB");
    if (!path)
        path = getenv("DABYL_RULES");
    if (!path && hub) {
        if (path_join(place, sizeof place, hub, "rules", why) != 0)
            return NULL;
        path = place;
    }
    if (!path && access("plan.rules", R_OK) == 0)
        path = "plan.rules";
    if (!path && access("rules", X_OK) == 0)
        path = "rules";
    if (!path && rules_shipped("etc/plan.rules", "hub/etc/plan.rules", place))
        path = place;
    if (!path) {
        cause_set(why, "which rules?  Name them with --rules FILE or DABYL_RULES");
        return NULL;
    }
    return rules_open(path, why);
}
