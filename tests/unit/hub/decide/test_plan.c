// hub/etc/plan.rules: each kind goes where the exchange catalogue says, by the paragraph
// it names.

#include "lib/rules/rules.h"

#include "tests/lib/data.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

static rules_t *rules;

static int set_up(void **state)
{
    (void)state;
    cause_t why = {""};
    rules = rules_open("hub/etc/plan.rules", &why);
    if (rules == NULL)
        print_error("%s\n", why.text);
    return rules == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    rules_close(&rules);
    return 0;
}

static void print_targets(const rule_t *rule, buf_t *out)
{
    for (size_t i = 0; i < rule->targets; i++) {
        const target_t *target = &rule->target[i];
        buf_printf(out, " %s", target->type == TARGET_ROLE ? target->role : target->word);
    }
    for (size_t i = 0; i < rule->emits; i++)
        buf_printf(
            out, " +%s%s", rule->emit[i].kind, rule->emit[i].carry ? " (carried)" : "");
}

// What happens to a message, one rule a line: "[cites] receivers +derived".
static void route(const char *kind, const char *role, const char *body, buf_t *out)
{
    char text[256];
    (void)snprintf(text, sizeof text, "{\"body\": {%s}}", body);
    value_t *message = value_read(text);
    const rule_t *rule;
    rules_walk_t walk = rules_walk(rules, kind, role, message);
    while ((rule = rules_next(&walk)) != NULL) {
        if (!rule_allows(rule))
            continue; // see what_must_come_first
        buf_printf(out, "[%s]", rule->cites);
        print_targets(rule, out);
        buf_put_text(out, "\n");
    }
    value_free(&message);
}

#define COURSE                                                                           \
    "[488:8.5, 8.6, 8.7, 8.8, 8.9, 8.10, 8.11, 12] parties\n"                            \
    "[488:8.5] object.owner object.isoc\n"
#define COURSE_OF_OTHERS                                                                 \
    "[488:8.5, default] parties\n[488:8.5, default] object.owner object.isoc\n"
#define NAMED_BY_NCCIS "[488:8.5, 10, default] to:owner to:isoc\n"
#define NOTICE_OF_OTHERS "[488:8.5, 10, default] nccis object.owner object.isoc\n"
#define NOTICE                                                                           \
    "[488:8.3, 8.5, 10] nccis\n[488:8.5] object.owner\n[488:8.3, 8.5] object.isoc\n"
#define ALERT "[488:14] +security.alert (carried)\n"
#define ITEM "[488:17, default] +crossborder.item (carried)\n"

static const struct {
    const char *kind, *role, *body, *routes;
} table[] = {
    {"incident.notice", "isoc", "\"level\": 0, \"cross_border\": false", NOTICE},
    {"incident.notice", "isoc", "\"level\": 2", NOTICE},
    {"incident.notice", "isoc", "\"level\": 3", NOTICE ALERT},
    {"incident.notice", "isoc", "\"level\": 3.0", NOTICE ALERT},
    {"incident.notice", "isoc", "\"level\": 4", NOTICE ALERT},
    {"incident.notice", "isoc", "\"level\": 5, \"cross_border\": true",
        NOTICE ALERT ITEM},
    {"incident.notice", "isoc", "\"level\": 1, \"cross_border\": true", NOTICE ITEM},
    {"incident.notice", "owner", "\"level\": 4", NOTICE ALERT},
    {"incident.notice", "response-service", "\"level\": 4", NOTICE_OF_OTHERS ALERT},
    {"incident.notice", "nccis", "\"level\": 4", NOTICE_OF_OTHERS NAMED_BY_NCCIS ALERT},
    {"incident.update", "isoc", "", COURSE},
    {"incident.update", "isoc", "\"level\": 2", COURSE},
    {"incident.update", "owner", "\"level\": 4", COURSE ALERT},
    {"incident.update", "nccis", "\"level\": 3, \"cross_border\": true",
        COURSE_OF_OTHERS NAMED_BY_NCCIS ALERT ITEM},
    {"incident.closure", "isoc", "\"level\": 2", COURSE},
    {"incident.closure", "isoc", "\"level\": 5", COURSE ALERT},
    {"incident.closure", "nccis", "\"level\": 1", COURSE_OF_OTHERS NAMED_BY_NCCIS},
    {"incident.sharing", "nccis", "",
        "[488:8.5, default] parties\n"
        "[488:8.5, default] to:isoc to:owner to:response-service to:authority "
        "to:national-security to:headquarters to:communications to:prosecutor\n"
        "[488:8.5, default] to:nccis to:foreign-affairs\n"},
    {"security.alert", "hub", "\"level\": 4", "[488:14] national-security nccis\n"},
    {"crossborder.item", "hub", "", "[488:17, default] foreign-affairs nccis\n"},
    {"crossborder.item", "nccis", "", "[488:17] foreign-affairs nccis\n"},
    {"crossborder.item", "foreign-affairs", "", "[488:17, default] nccis\n"},
    {"advisory", "nccis", "", "[488:4] all\n"},
    {"threat.report", "isoc", "", "[488:4, 5] nccis\n"},
    {"information.request", "nccis", "",
        "[488:6, 8.3] to:nccis to:isoc\n[488:6, 8.3] to:owner\n"},
    {"information.request", "isoc", "",
        "[488:6, 8.3] to:nccis to:isoc\n[488:6, 8.3] to:owner\n"
        "[488:6, default] nccis\n"},
    {"information.request", "owner", "",
        "[488:6, 8.3] to:nccis to:isoc\n[488:8.3, default] to:owner\n"},
    {"information.reply", "isoc", "", "[488:6, 8.3] re.author\n"},
    {"trace.manifest", "response-service", "", "[488:8.7, default] nccis\n"},
    {"plan.submission", "owner", "", "[488:8, 9] authority\n"},
    {"response.engagement", "owner", "", "[488:11] to:response-service to:isoc\n"},
    {"response.engagement", "owner", "\"object\": \"o\"",
        "[488:11] to:response-service to:isoc\n[488:8.3, 11, default] object.isoc\n"},
    {"recommendation", "authority", "", "[488:12] to:owner\n[488:12, default] to:isoc\n"},
    {"recommendation", "nccis", "\"object\": \"o\"",
        "[488:12] to:owner\n[488:12, default] to:isoc\n[488:12] object.owner\n"
        "[488:8.3, 12, default] object.isoc\n"},
    {"recovery.report", "owner", "",
        "[488:12, default] re.author\n[488:12, default] nccis\n"},
    {"contact.change", "owner", "", "[488:13] nccis\n"},
    {"suspension.notice", "national-security", "",
        "[488:15] communications prosecutor\n"},
    {"suspension.lifted", "national-security", "",
        "[488:15, default] communications prosecutor\n"},
    {"attestation", "national-security", "",
        "[488:14, 15, default] re.author to:nccis to:national-security "
        "to:communications to:prosecutor\n"},
    {"emergency.coordination", "authority", "",
        "[488:16] owner isoc communications\n[488:16, default] nccis\n"},
    {"emergency.report", "owner", "", "[488:16, default] re.author nccis\n"},
    {"crossborder.measure", "nccis", "",
        "[488:17] foreign-affairs nccis\n[488:17, 23, default] to:headquarters\n"},
    {"crossborder.position", "foreign-affairs", "",
        "[488:17] nccis\n[488:17, 23, default] to:headquarters\n"},
    {"crossborder.release", "nccis", "",
        "[488:17] to:partner to:owner to:isoc to:response-service to:authority "
        "to:national-security to:communications\n[488:17] foreign-affairs nccis\n"},
    {"response.task", "nccis", "",
        "[488:19] to:owner\n[488:19, default] to:isoc to:response-service\n"},
    {"response.report", "response-service", "", "[488:19, default] nccis\n"},
    {"headquarters.proposal", "nccis", "", "[488:22] headquarters\n"},
    {"headquarters.decision", "headquarters", "", "[488:21, 22, default] nccis\n"},
    {"headquarters.convening", "headquarters", "", "[488:18, 20, 21] members to nccis\n"},
    {"headquarters.adjournment", "headquarters", "",
        "[488:18, default] re.members to nccis\n"},
    {"headquarters.membership", "headquarters", "", "[488:21] re.members nccis\n"},
    {"headquarters.directive", "headquarters", "", "[488:23] to\n"},
    {"directive.report", "communications", "", "[488:23, default] headquarters\n"},
    {"public.notice", "headquarters", "", "[488:23] owner\n"},
    {"publication.report", "media", "", "[488:23, default] headquarters\n"},
    {"investigation.request", "headquarters", "", "[488:23] to\n"},
    {"investigation.report", "prosecutor", "", "[488:23, default] headquarters\n"},
    {"signature", "media", "", "[default] re.receivers\n"},
    {"delegation", "headquarters", "\"office\": \"head\"", "[488:20, default] nccis\n"},
    {"delegation", "nccis", "\"office\": \"head\"", "[488:22, default] headquarters\n"},
    {"delegation", "national-security", "\"office\": \"chairman\"",
        "[488:15, default] communications prosecutor\n"},
    {"delegation", "national-security", "\"office\": \"head\"", ""},
    {"exercise.opening", "headquarters", "", "[default] all\n"},
    {"exercise.joining", "media", "", "[default] re.author nccis\n"},
    {"exercise.closing", "nccis", "", "[default] all\n"},
    {"subscription", "media", "", "[default] author\n"},
    {"acknowledgement", "isoc", "", "[default] re.author\n"},
    {"acknowledgement", "partner", "", "[default] re.author\n"},
    {"acknowledgement", "national-security", "",
        "[default] re.author\n[488:14, default] nccis\n"},
    {"acknowledgement", "foreign-affairs", "",
        "[default] re.author\n[488:17, default] nccis\n"},
    {"service.notice", "hub", "", "[default] to\n"},
};

static void every_kind_goes_where_the_catalogue_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        buf_t routes = {0};
        assert_true(rules_permit(rules, table[i].kind, table[i].role));
        route(table[i].kind, table[i].role, table[i].body, &routes);
        if (strcmp(buf_text(&routes), table[i].routes) != 0)
            fail_msg("%s from %s {%s}:\n%s", table[i].kind, table[i].role, table[i].body,
                buf_text(&routes));
        buf_destroy(&routes);
    }
}

// Rules whose tests are about the envelope: the marking, and whether anybody is named.
static void the_envelope_decides_where_a_rule_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *role, *message, *rules;
    } rows[] = {
        {"threat.report", "partner", "{\"marking\": \"TLP:CLEAR\"}",
            "threat.nccis threat.isoc "},
        {"threat.report", "partner", "{\"marking\": \"TLP:GREEN\"}",
            "threat.nccis threat.isoc "},
        {"threat.report", "partner", "{\"marking\": \"TLP:AMBER\"}",
            "threat.nccis threat.isoc "},
        {"threat.report", "partner", "{\"marking\": \"TLP:AMBER+STRICT\"}",
            "threat.nccis "},
        {"threat.report", "partner", "{\"marking\": \"TLP:RED\"}",
            "threat.nccis threat.isoc "},
        {"public.notice", "headquarters", "{\"marking\": \"TLP:CLEAR\"}",
            "public.media public.convened public.adjourned public.confirmed "
            "public.owners public.head "},
        {"public.notice", "headquarters", "{\"marking\": \"TLP:GREEN\"}",
            "public.convened public.adjourned public.owners public.head "},
        {"public.notice", "headquarters", "{\"marking\": \"TLP:RED\", \"to\": [\"m\"]}",
            "public.convened public.adjourned public.owners public.head "},
        {"trace.manifest", "owner", "{}", "traces.nccis "},
        {"trace.manifest", "owner", "{\"to\": [\"a\"]}", "traces.nccis custody.offered "},
        {"acknowledgement", "isoc", "{\"body\": {\"answer\": \"read\"}}",
            "acknowledgement.author "},
        {"acknowledgement", "isoc", "{\"body\": {\"answer\": \"custody-declined\"}}",
            "custody.answered acknowledgement.author "},
        {"acknowledgement", "isoc", "{\"body\": {\"answer\": \"custody-taken\"}}",
            "custody.answered custody.officer acknowledgement.author "},
        {"emergency.coordination", "authority", "{}", "emergency.all emergency.nccis "},
        {"emergency.coordination", "authority", "{\"to\": [\"a\"]}",
            "emergency.named emergency.nccis "},
    };
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        value_t *message = value_read(rows[k].message);
        const rule_t *rule;
        buf_t ids = {0};
        rules_walk_t walk = rules_walk(rules, rows[k].kind, rows[k].role, message);
        while ((rule = rules_next(&walk)) != NULL)
            if (!rule->subscribers) // which only offers, to who asks for it
                buf_printf(&ids, "%s ", rule->id);
        assert_string_equal(buf_text(&ids), rows[k].rules);
        buf_destroy(&ids);
        value_free(&message);
    }
}

#define ANY                                                                              \
    "isoc nccis owner response-service authority national-security headquarters "        \
    "foreign-affairs communications prosecutor media partner "

// The roles that may publish each kind, in the order of cert_roles; nobody else may.
static void nobody_else_publishes(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *roles;
    } may[] = {
        {"incident.notice", "isoc nccis owner response-service "},
        {"incident.update", "isoc nccis owner response-service "},
        {"incident.closure", "isoc nccis owner response-service "},
        {"incident.sharing",
            "isoc nccis owner response-service authority national-security "
            "headquarters "},
        {"security.alert", "hub "},
        {"crossborder.item", "nccis foreign-affairs hub "},
        {"advisory", "nccis "},
        {"acknowledgement", ANY},
        {"service.notice", "hub "},
        {"threat.report", ANY},
        {"information.request", "isoc nccis owner foreign-affairs "},
        {"information.reply", "isoc nccis owner "},
        {"trace.manifest", "isoc nccis owner response-service national-security "},
        {"plan.submission", "owner "},
        {"response.engagement", "owner "},
        {"recommendation", "nccis authority "},
        {"recovery.report", "owner "},
        {"contact.change", "owner "},
        {"suspension.notice", "national-security "},
        {"suspension.lifted", "national-security "},
        {"attestation", "nccis national-security "},
        {"emergency.coordination", "authority "},
        {"emergency.report", "isoc owner communications "},
        {"crossborder.measure", "nccis "},
        {"crossborder.position", "foreign-affairs "},
        {"crossborder.release", "nccis "},
        {"response.task", "nccis "},
        {"response.report", "isoc owner response-service "},
        {"headquarters.proposal", "nccis "},
        {"headquarters.decision", "headquarters "},
        {"headquarters.convening", "headquarters "},
        {"headquarters.adjournment", "headquarters "},
        {"headquarters.membership", "headquarters "},
        {"headquarters.directive", "headquarters "},
        {"directive.report", "isoc nccis owner response-service authority "
                             "national-security foreign-affairs communications "
                             "prosecutor "},
        {"public.notice", "headquarters "},
        {"publication.report", "media "},
        {"investigation.request", "headquarters "},
        {"investigation.report", "isoc nccis owner response-service authority "
                                 "national-security foreign-affairs communications "
                                 "prosecutor "},
        {"delegation", "nccis national-security headquarters "},
        {"signature", ANY},
        {"exercise.opening", "nccis headquarters "},
        {"exercise.joining", ANY},
        {"exercise.closing", "nccis headquarters "},
        {"subscription", ANY},
        {"incident", ""},
    };
    for (size_t i = 0; i < sizeof may / sizeof may[0]; i++) {
        buf_t roles = {0};
        for (size_t r = 0; cert_roles[r] != NULL; r++)
            if (rules_permit(rules, may[i].kind, cert_roles[r]))
                buf_printf(&roles, "%s ", cert_roles[r]);
        assert_string_equal(buf_text(&roles), may[i].roles);
        buf_destroy(&roles);
    }
}

// Decision J: a marking yields to a duty of law that says so, and the author learns of
// it.
static void two_duties_pass_a_marking_and_tell(void **state)
{
    (void)state;
    static const char *const passing[] = {"alert.agencies", "suspension.notified"};
    size_t seen = 0;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        if (!rule->passes_marking)
            continue;
        assert_true(
            strcmp(rule->id, passing[0]) == 0 || strcmp(rule->id, passing[1]) == 0);
        assert_int_equal(rule->tell, TELL_SENDER);
        assert_null(strstr(rule->cites, "default"));
        seen++;
    }
    assert_int_equal(seen, 2);
}

// No rule that cites nothing, or that cites a paragraph only for its reason, is shown as
// law.
static void defaults_are_shown_as_defaults(void **state)
{
    (void)state;
    static const char *const defaults[] = {"notice.cross-border", "update.cross-border",
        "item.automatic", "acknowledgement.author", "acknowledgement.alert",
        "acknowledgement.item", "service.addressees", "threat.isoc", "traces.nccis",
        "custody.offered", "custody.answered", "custody.officer", "custody.handed-on",
        "custody.offered-again", "custody.offer-corrected", "custody.offer-withdrawn",
        "custody.answer-corrected", "custody.answer-withdrawn", "engagement.isoc",
        "recommendation.isoc", "recovery.recommender", "recovery.recommendation",
        "recovery.nccis", "update.reopens", "closure.centre", "directive.seals",
        "directive.members", "decision.nccis", "decision.head", "convening.decided",
        "investigation.adjourned", "investigation.head", "investigation.reported",
        "public.adjourned", "public.confirmed", "public.confirmed-later",
        "publication.headquarters", "emergency.nccis", "emergency.reported",
        "membership.adjourned", "membership.head", "suspension.seals", "proposal.head",
        "convening.head", "adjournment.head", "public.head", "delegation.security",
        "delegation.headquarters", "delegation.nccis", "signature.receivers",
        "signature.own", "exercise.joins", "exercise.closes", "lifted.suspension",
        "suspension.corrected", "directive.adjourned", "adjournment.convened",
        "suspension.end", "adjournment.members", "exercise.opened", "exercise.joined",
        "exercise.closed", "request.liaison", "item.liaison", "measure.item",
        "measure.headquarters", "position.headquarters", "task.cross-border",
        "directive.cross-border", "sharing.parties", "sharing.addressees",
        "sharing.coordination", "sharing.incident", "notice.others", "update.others",
        "closure.others", "update.objects-others", "closure.objects-others",
        "correction.objects-others", "notice.named", "correction.named", "update.named",
        "closure.named", "request.nccis", "request.among-owners",
        "recommendation.centres", "task.others", "task.report", "report.task",
        "directive.reported", "report.directive", "attestation.named",
        // what may be read along
        "subscription.own", "feed.notices", "feed.updates", "feed.closures",
        "feed.notices-shared", "feed.updates-shared", "feed.closures-shared",
        "feed.threats", "feed.advisories", "feed.public"};
    size_t seen = 0;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        bool expected = false;
        for (size_t k = 0; k < sizeof defaults / sizeof defaults[0]; k++)
            expected |= strcmp(rule->id, defaults[k]) == 0;
        seen += expected;
        assert_int_equal(strstr(rule->cites, "default") != NULL, expected);
    }
    assert_int_equal(seen, sizeof defaults / sizeof defaults[0]);
}

static void print_agreement(const agreement_t *agreement, buf_t *out)
{
    for (size_t i = 0; i < agreement->same; i++)
        buf_printf(out, "%s %s", i ? "" : ", same", agreement->same_at[i]);
    for (size_t i = 0; i < agreement->part; i++)
        buf_printf(out, "%s %s", i ? "" : ", part", agreement->part_at[i]);
    if (agreement->moment_at[0])
        buf_printf(out, ", %s %s %s", agreement->moment_at,
            agreement->after ? "after" : "not before", agreement->since_at);
    if (agreement->digest_at[0])
        buf_printf(out, ", digest %s", agreement->digest_at);
}

static void print_seals(const seals_t *seals, buf_t *out)
{
    buf_t list = {0};
    bool offices = false;
    for (size_t i = 0; i < seals->n; i++) {
        size_t before = list.size;
        seal_wanted_print(&seals->wanted[i], &list);
        offices |= list.size > before;
        buf_printf(
            &list, "%s%s", list.size > before ? "" : "any", i + 1 < seals->n ? ", " : "");
    }
    buf_printf(out, " (%zu officers%s%s)", seals->n, offices ? ": " : "",
        offices ? buf_text(&list) : "");
    buf_destroy(&list);
}

static void print_require(const require_t *require, buf_t *out)
{
    static const char *const words[] = {[REQUIRE_KIND] = "is",
        [REQUIRE_LATEST] = "latest",
        [REQUIRE_SOME] = "some",
        [REQUIRE_NONE] = "no",
        [REQUIRE_TO_AMONG] = "to among",
        [REQUIRE_AUTHOR_AMONG] = "author among"};
    if (require->type == REQUIRE_SEALS) {
        print_seals(&require->seals, out);
        return;
    }
    buf_printf(out, " (%s %s %s", refer_name(require->of), words[require->type],
        !require_has_pointer(require) ? require->kind
        : require->pointer[0]         ? require->pointer
                                      : "members");
    for (size_t i = 0; i < require->others; i++)
        buf_printf(out, " or %s", require->other[i]);
    for (size_t i = 0; i < require->conditions; i++)
        buf_printf(out, " %s", require->condition[i].pointer);
    static const char *const authors[] = {[BY_ANY] = "",
        [BY_SELF] = ", by its author",
        [BY_AUTHOR] = ", by the author",
        [BY_ADDRESSEE] = ", by an addressee",
        [BY_RECEIVER] = ", by a receiver",
        [BY_ROLE] = ", by a role"};
    // Whatever the plan looks for answers, and is found by re, or is of an incident.
    assert_true(!require_looks_about(require) || require->refers == REFER_RE ||
                require->of == REFER_INCIDENT);
    print_agreement(&require->agreement, out);
    buf_printf(out, "%s%s%s)", require->stands ? ", stands" : "",
        require->version == THIS_VERSION ? ", this version" : "", authors[require->by]);
}

// Every rule that requires something, by kind: "[cites] (what of which)".
static void what_must_come_first(void **state)
{
    (void)state;
    span_t rest = span_text(data_text("preconditions.txt")), kind, text;
    size_t seen = 0;
    while (data_next(&rest, &kind, &text)) {
        buf_t out = {0};
        for (size_t i = 0; i < rules_count(rules); i++) {
            const rule_t *rule = rules_at(rules, i);
            if (rule->requires == 0 || !span_is(kind, rule->kind))
                continue;
            buf_printf(&out, "[%s]", rule->cites);
            for (size_t r = 0; r < rule->requires; r++)
                print_require(&rule->require[r], &out);
            buf_put_text(&out, "\n");
            seen++;
        }
        while (text.size > 1 && text.data[text.size - 2] == '\n')
            text.size--; // the line before the next heading is empty
        if (!span_equal(buf_span(&out), text))
            fail_msg(
                "%.*s:\n%s", (int)kind.size, (const char *)kind.data, buf_text(&out));
        buf_destroy(&out);
    }
    size_t there = 0;
    for (size_t i = 0; i < rules_count(rules); i++)
    there += rules_at(rules, i)->requires > 0;
    assert_int_equal(seen, there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_goes_where_the_catalogue_says),
        cmocka_unit_test(the_envelope_decides_where_a_rule_says_so),
        cmocka_unit_test(nobody_else_publishes),
        cmocka_unit_test(two_duties_pass_a_marking_and_tell),
        cmocka_unit_test(what_must_come_first),
        cmocka_unit_test(defaults_are_shown_as_defaults),
    };
    return test_group(tests, set_up, tear_down);
}
