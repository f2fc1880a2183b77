// dabyl rules packs - which acts of law the rules carry out, and who has a part in each
// by the name that it bears on a day.

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "lib/rules/citation.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/rules/rules_commands.h"
#include "nodes/rules/rules_words.h"

#include <string.h>

typedef struct {
    const char *rules, *day;
} options_t;

static const option_t options[] = {
    {"rules", OPTION_TEXT, offsetof(options_t, rules), "PATH", NULL,
        "rules file or folder (else DABYL_RULES, DABYL_HUB, here, those shipped)"},
    {"day", OPTION_TEXT, offsetof(options_t, day), "DATE", NULL,
        "the names that hold on this day, such as 2026-11-22 (else today)"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

typedef struct {
    size_t rules, defaults;
} counts_t;

static counts_t count(const rules_t *rules, const pack_t *pack)
{
    counts_t counts = {0};
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (rule->pack != pack)
            continue;
        counts.rules++;
        counts.defaults += citation_by_default(rule->cites);
    }
    return counts;
}

static const char *act_title(act_t act)
{
    switch (act) {
    case ACT_LAW:
        return say("law");
    case ACT_DECREE:
        return say("decree of the President");
    case ACT_RESOLUTION:
        return say("resolution of the Government");
    case ACT_ORDER:
        return say("order of a minister");
    case ACT_LOCAL:
    case ACTS:
        break;
    }
    return say("rules of the hub's own");
}

static void print_paragraphs(const pack_t *pack)
{
    buf_t there = {0};
    pack_print_paragraphs(pack, &there);
    if (there.size == 0)
        printf("  %s\n",
            say("its text is not at hand: no paragraph can be cited, and all its rules "
                "are operational defaults"));
    else
        printf("  %s: %s\n", say("paragraphs"), buf_text(&there));
    for (size_t i = 0; i < pack->times; i++)
        printf("%s%s (%s:%s)%s", i == 0 ? "  " : ", ", pack->time[i].within,
            pack->instrument, pack->time[i].paragraph, i + 1 == pack->times ? "\n" : "");
    buf_destroy(&there);
}

static void print_bodies(const pack_t *pack, const char *day)
{
    for (size_t i = 0; i < pack->bodies; i++) {
        const body_t *body = &pack->body[i];
        if (pack_body(pack, body->role, day) != body)
            continue;
        printf("  %-18s %s  (", body->role, rules_told(&body->name));
        printf(say("since %s"), body->from);
        if (body->until[0]) {
            fputs(", ", stdout);
            printf(say("until %s"), body->until);
        }
        puts(")");
    }
}

static void print_pack(const rules_t *rules, size_t i, const char *day)
{
    const pack_t *pack = rules_pack(rules, i);
    counts_t counts = count(rules, pack);
    printf("%s%s  %s\n", i > 0 ? "\n" : "", pack->instrument, rules_told(&pack->title));
    printf("  %s, ", act_title(pack->act));
    printf(say("No. %s of %s, as of %s"), pack->number, pack->date, pack->edition);
    printf("\n  %s\n", pack->source);
    print_paragraphs(pack);
    printf(say("  %s: %zu rules, %zu of them operational defaults\n"),
        rules_pack_path(rules, i), counts.rules, counts.defaults);
    print_bodies(pack, day);
}

static json_t *told_json(const told_t *told)
{
    json_t *object = json_object();
    for (tongue_t i = 0; i < TONGUES; i++)
        json_object_set_new(object, tongue_name(i), json_string(told->text[i]));
    return object;
}

static json_t *bodies_json(const pack_t *pack)
{
    json_t *list = json_array();
    for (size_t i = 0; i < pack->bodies; i++) {
        const body_t *body = &pack->body[i];
        json_t *object = json_pack("{s:s, s:s, s:o}", "role", body->role, "from",
            body->from, "name", told_json(&body->name));
        if (body->until[0])
            json_object_set_new(object, "until", json_string(body->until));
        json_array_append_new(list, object);
    }
    return list;
}

static void print_json(const rules_t *rules, size_t i)
{
    const pack_t *pack = rules_pack(rules, i);
    counts_t counts = count(rules, pack);
    buf_t there = {0};
    json_t *times = json_array();
    pack_print_paragraphs(pack, &there);
    for (size_t t = 0; t < pack->times; t++)
        json_array_append_new(
            times, json_pack("{s:s, s:s}", "paragraph", pack->time[t].paragraph, "within",
                       pack->time[t].within));
    json_t *object = json_pack(
        "{s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:I, s:I}", "instrument",
        pack->instrument, "act", act_name(pack->act), "title", told_json(&pack->title),
        "number", pack->number, "date", pack->date, "edition", pack->edition, "source",
        pack->source, "paragraphs", buf_text(&there), "times", times, "bodies",
        bodies_json(pack), "file", rules_pack_path(rules, i), "rules",
        (json_int_t)counts.rules, "defaults", (json_int_t)counts.defaults);
    screen_json(stdout, object);
    json_decref(object);
    buf_destroy(&there);
}

static const char *today(char out[DATE_MAX])
{
    char moment[TIME_TEXT];
    time_print(clock_now().wall_ms, moment);
    (void)snprintf(out, DATE_MAX, "%.10s", moment);
    return out;
}

static bool is_day(const char *text)
{
    char moment[32];
    int64_t ignored;
    (void)snprintf(moment, sizeof moment, "%.12sT00:00:00Z", text);
    return time_parse(span_text(moment), &ignored);
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    char day[DATE_MAX];
    cause_t why;
    if (call->operands != 0)
        return call_usage(call, "takes no operand");
    if (o->day && !is_day(o->day))
        return call_usage(call, "--day must be a date, such as 2026-11-22");
    rules_t *rules = rules_find(o->rules, &why);
    if (!rules)
        return call_fail(call, DONE_NO, "%s", why.text);
    for (size_t i = 0; i < rules_packs(rules); i++)
        if (call->common.json)
            print_json(rules, i);
        else
            print_pack(rules, i, o->day ? o->day : today(day));
    rules_close(&rules);
    return DONE_OK;
}

const command_t rules_packs_command = {
    .name = "packs",
    .operands = "",
    .summary = "the acts of law that the rules carry out, and who has a part in them",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
};
