// recipients: everyone who had a message or what was derived from it, and nobody else.

#include "hub/state/recipients.h"

#include "hub/state/derived.h"
#include "lib/base/times.h"
#include "tests/lib/test.h"

#define NOTICE "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01"
// Two that brought it along later: for owner, and once it was corrected for late.
#define BRINGS "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d02"
#define BRINGS_LATER "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d03"

static char alert[MESSAGE_ID_MAX], raised[MESSAGE_ID_MAX];

// A notice of isoc that nccis had and whose alert went to knb; the alert that an update
// derived at level 5 went to mfa.
static bool find(void *context, const char *author, const char *id, leaf_t *leaf)
{
    (void)context;
    bool notice = strcmp(author, "isoc") == 0 && strcmp(id, NOTICE) == 0;
    bool derived =
        strcmp(author, "hub") == 0 && (strcmp(id, alert) == 0 || strcmp(id, raised) == 0);
    *leaf = (leaf_t){0};
    (void)snprintf(leaf->author, sizeof leaf->author, "%s", author);
    (void)snprintf(leaf->id, sizeof leaf->id, "%s", id);
    return notice || derived;
}

static int record(void *context, const leaf_t *leaf, span_t *text, cause_t *why)
{
    static char said[512];
    const char *head =
        "dabyl-routing/v1\nnonce 00112233445566778899aabbccddeeff\nrules 1\n";
    (void)context;
    (void)why;
    if (strcmp(leaf->id, NOTICE) == 0)
        (void)snprintf(said, sizeof said,
            "%sdeliver nccis n sender 8.3\nwithhold press n sender marking.tlp 8.3\n"
            "emit alert %s n sender 14\n",
            head, alert);
    else if (strcmp(leaf->id, BRINGS) == 0)
        (void)snprintf(said, sizeof said,
            "%sdeliver owner n sender 8.5\ncarries owner isoc " NOTICE "\n"
            "deliver press n sender 8.5\ncarries press isoc other\n",
            head);
    else if (strcmp(leaf->id, BRINGS_LATER) == 0)
        (void)snprintf(said, sizeof said,
            "%sdeliver late n sender 8.5\ncarries late isoc corrected\n", head);
    else
        (void)snprintf(said, sizeof said,
            "%scause isoc " NOTICE "\ndeliver %s a sender 14\n", head,
            strcmp(leaf->id, alert) == 0 ? "knb" : "mfa");
    *text = span_text(said);
    return 0;
}

static const reference_t incident = {"isoc", NOTICE};
// The first of the incident's corrections is the incident itself.
static void first_of(void *context, const reference_t *message, reference_t *first)
{
    (void)context;
    *first = strcmp(message->id, "corrected") == 0 ? incident : *message;
}

// What was derived of the incident: newest first.
static bool derived_of(
    void *context, const reference_t *about, thread_walk_t *walk, leaf_t *leaf)
{
    reference_t first;
    first_of(NULL, about, &first);
    const char *const ids[] = {raised, alert};
    return reference_same(&first, &incident) && walk->past < 2 &&
           find(context, "hub", ids[walk->past++], leaf);
}

static bool brought; // it was

static bool carried_by(void *context, const reference_t *message, version_t version,
    const char *node, thread_walk_t *walk, leaf_t *leaf)
{
    static const char *const ids[] = {BRINGS_LATER, BRINGS};
    static const char *const nodes[] = {"late", "owner"};
    static const char *const olds[] = {"corrected", NOTICE};
    reference_t first;
    (void)context;
    first_of(NULL, message, &first);
    for (; brought && reference_same(&first, &incident) && walk->past < 2; walk->past++) {
        size_t i = walk->past;
        if ((node[0] && strcmp(node, nodes[i]) != 0) ||
            (version == THIS_VERSION && strcmp(olds[i], message->id) != 0))
            continue;
        walk->past++;
        *leaf = (leaf_t){0};
        (void)snprintf(leaf->author, sizeof leaf->author, "nccis");
        (void)snprintf(leaf->id, sizeof leaf->id, "%s", ids[i]);
        return true;
    }
    return false;
}

// Nothing was corrected.
static void latest_of(void *context, const reference_t *message, reference_t *latest)
{
    (void)context;
    *latest = *message;
}

static bool taken_back; // what was derived from

static bool withdrawn(void *context, const reference_t *message)
{
    (void)context;
    return taken_back && strcmp(message->id, NOTICE) == 0;
}

static const precedents_t log_ = {.find = find,
    .record = record,
    .first = first_of,
    .derived = derived_of,
    .carried = carried_by,
    .latest = latest_of,
    .withdrawn = withdrawn};

// Those of the message, or of the incident as well, up to one of them.
static const char *walked(const leaf_t *leaf, const reference_t *about, const char *until)
{
    static char names[128];
    const recipients_t recipients = {&log_, "hub"};
    recipients_walk_t walk;
    const char *node;
    names[0] = 0;
    recipients_begin(&walk, &recipients, leaf, about);
    while ((node = recipients_next(&walk)) != NULL) {
        (void)strncat(names, node, 20);
        (void)strncat(names, " ", 2);
        if (until && strcmp(node, until) == 0)
            break;
    }
    recipients_end(&walk);
    return names;
}

static void those_of_a_message_and_of_its_incident(void **state)
{
    recipients_t recipients = {&log_, "hub"};
    (void)state;
    leaf_t leaf;
    assert_true(find(NULL, "isoc", NOTICE, &leaf));
    assert_string_equal(walked(&leaf, NULL, NULL), "isoc nccis hub knb ");
    assert_string_equal(walked(&leaf, NULL, "nccis"), "isoc nccis ");
    assert_string_equal(walked(&leaf, NULL, "hub"), "isoc nccis hub ");
    static const char all[] = "isoc nccis hub knb hub mfa hub knb ";
    assert_string_equal(walked(&leaf, &incident, NULL), all);
    // what was derived of the incident is of its corrections
    const reference_t corrected = {"isoc", "corrected"};
    assert_string_equal(walked(&leaf, &corrected, NULL), all);
    static const char *const had[] = {"isoc", "nccis", "knb", "mfa"};
    for (size_t i = 0; i < sizeof had / sizeof had[0]; i++)
        assert_true(recipients_have(&recipients, &incident, &leaf, had[i]));
    assert_false(
        recipients_have(&recipients, &incident, &leaf, "press")); // it was withheld
    assert_false(recipients_have(&recipients, &incident, &leaf, "owner"));
}

// Whom it was brought along for later is one of them from then on; who only got the
// message that brought it is none.
static void who_is_brought_in_is_one_of_them(void **state)
{
    recipients_t recipients = {&log_, "hub"};
    routing_t routing = {0};
    leaf_t leaf;
    (void)state;
    brought = true;
    assert_true(find(NULL, "isoc", NOTICE, &leaf));
    assert_string_equal(walked(&leaf, NULL, NULL), "isoc nccis hub knb late owner ");
    assert_true(recipients_have(&recipients, &incident, &leaf, "owner"));
    assert_true(recipients_have(&recipients, &incident, &leaf, "late"));
    assert_false(recipients_have(&recipients, &incident, &leaf, "press"));
    assert_int_equal(recipients_record(&recipients, &leaf, &routing), 0);
    assert_true(recipients_had(&log_, &leaf, &routing, "isoc"));
    assert_true(recipients_had(&log_, &leaf, &routing, "nccis"));
    assert_true(recipients_had(&log_, &leaf, &routing, "owner"));
    // late has the correction, and not this very message
    assert_false(recipients_had(&log_, &leaf, &routing, "late"));
    assert_false(recipients_had(&log_, &leaf, &routing, "press"));
    routing_close(&routing);
    brought = false;
}

static const derived_name_t named = {{"isoc", NOTICE}, "alert", "isoc", "4"};

// See PROTOCOL.md: nothing else goes into it, and it sorts beside the incident.
static void a_derived_id_is_that_of_its_cause(void **state)
{
    (void)state;
    char one[MESSAGE_ID_MAX], two[MESSAGE_ID_MAX];
    derived_id(&named, 0, one);
    derived_id(&named, 0, two);
    assert_string_equal(one, two);
    assert_memory_equal(one, NOTICE, 13);
    assert_true(uuid7_valid(span_text(one)));
    derived_id(&named, 1, two);
    assert_string_not_equal(one, two);
    const derived_name_t others[] = {{{"isoc", NOTICE}, "alert", "isoc", "5"},
        {{"isoc", NOTICE}, "item", "isoc", "4"},
        {{"isoc", NOTICE}, "alert", "owner", "4"},
        {{"isoc-b", NOTICE}, "alert", "isoc", "4"}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        derived_id(&others[i], 0, two);
        assert_string_not_equal(one, two);
    }
}

static void deliver(routing_t *routing, const char *node)
{
    route_t route = {.type = ROUTE_DELIVER, .rule = "r", .cites = "14"};
    (void)snprintf(route.node, sizeof route.node, "%s", node);
    routing_add(routing, &route);
}

// To whoever had one before it is none, unless that was taken back.
static void news_is_what_a_receiver_did_not_have(void **state)
{
    (void)state;
    recipients_t recipients = {&log_, "hub"};
    routing_t routing = {0};
    assert_false(recipients_news(&recipients, &named, 1, &routing)); // to nobody
    deliver(&routing, "knb");
    assert_true(recipients_news(&recipients, &named, 0, &routing));
    assert_false(recipients_news(&recipients, &named, 1, &routing));
    deliver(&routing, "mfa");
    assert_true(recipients_news(&recipients, &named, 1, &routing));
    routing.n = 1;
    taken_back = true;
    assert_true(recipients_news(&recipients, &named, 1, &routing));
    taken_back = false;
    routing_close(&routing);
}

static int set_up(void **state)
{
    derived_name_t higher = named;
    (void)state;
    (void)snprintf(higher.stage, sizeof higher.stage, "5");
    derived_id(&named, 0, alert);
    derived_id(&higher, 0, raised);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_of_a_message_and_of_its_incident),
        cmocka_unit_test(who_is_brought_in_is_one_of_them),
        cmocka_unit_test(a_derived_id_is_that_of_its_cause),
        cmocka_unit_test(news_is_what_a_receiver_did_not_have),
    };
    return test_group(tests, set_up, NULL);
}
