// status: the names scripts read, and numbers that do not lose their upper half.

#include "hub/ask/status.h"
#include "lib/base/version.h"
#include "tests/lib/data.h"
#include "tests/lib/people.h"
#include "tests/lib/test.h"

typedef struct {
    people_t people;
    law_t law;
    inboxes_t *inboxes;
    sessions_t *sessions;
    limits_t *limits;
} world_t;

static char *nobody = "nobody";

// isoc-a is connected, has had two messages and signed for one; nccis was never here.
static void open_world(world_t *world)
{
    static const uint8_t key[32] = {7};
    cause_t why;
    people_open(&world->people, INT64_C(1795348800000));
    people_certify(&world->people, &(person_t){"isoc-a", "isoc", "SOC", NULL, NULL, 0},
        CERT_CHANNEL);
    people_certify(&world->people, &(person_t){"nccis", "nccis", "STS", NULL, NULL, 0},
        CERT_CHANNEL);
    people_certify(
        &world->people, &(person_t){"hub", "hub", "STS", NULL, NULL, 0}, CERT_SEAL);
    people_publish(&world->people, 1);
    world->law.roster = people_roster(&world->people);
    world->law.rules = data_rules("law.rules");
    world->law.warnings = (warnings_t){1, &nobody};
    world->inboxes = inboxes_open(world->people.scratch.path, &why);
    world->sessions = sessions_new();
    int inbox = inboxes_of(world->inboxes, "isoc-a", &why);
    assert_int_equal(inboxes_add(world->inboxes, inbox, 5, &why), 0);
    assert_int_equal(inboxes_add(world->inboxes, inbox, 6, &why), 0);
    inboxes_set_acked(world->inboxes, inbox, 1);
    world->limits = limits_new();
    limits_set(world->limits, LIMIT_HELLO, 3, "");
    limits_set(world->limits, LIMIT_CONNECTIONS, 2, "");
    (void)sessions_open(world->sessions, span_text("r"), key, "isoc-a", inbox);
}

static void close_world(world_t *world)
{
    sessions_destroy(&world->sessions);
    inboxes_close(&world->inboxes);
    limits_destroy(&world->limits);
    roster_close(&world->law.roster);
    rules_close(&world->law.rules);
    people_close(&world->people);
}

static void every_name_is_there(void **state)
{
    (void)state;
    world_t world;
    open_world(&world);
    quarantine_t quarantine = {
        .n = 1, .item = {{.position = 9, .entered = true, .reason = "why"}}};
    drafting_trouble_t trouble = {2, "", "service.notice", {.code = "doc.size"}};
    checkpoint_t checkpoint = {.size = UINT64_C(1) << 40, .root = {{0xab}}};
    retention_t *retention = retention_new(NULL);
    const ages_t ages = {1, {{"advisory", 9}}};
    assert_true(retention_set(retention, &ages));
    (void)refuse(&trouble.refusal, "doc.size", "", "", "it is large");
    hub_status_t hub = {.hub = "hub",
        .origin = "hub.example/log",
        .checkpoint = &checkpoint,
        .rules_position = 4,
        .law = &world.law,
        .files = "a \"quoted\" file",
        .trouble = &trouble,
        .quarantine = &quarantine,
        .retention = retention,
        .erases = true,
        .limits = world.limits,
        .inboxes = world.inboxes,
        .sessions = world.sessions,
        .refused = UINT64_C(1) << 41,
        .duties = 5,
        .owed_nobody = 3,
        .clock_held = true,
        .unreadable = 7,
        .reloading = true,
        .questions = 6,
        .crl_stale = true,
        .kept = 8,
        .kept_s = 90,
        .unkept = true};
    buf_t text = {0};
    status_print(&hub, &text);
    assert_string_equal(buf_text(&text),
        "{\"hub\":\"hub\",\"version\":\"" DABYL_VERSION "\","
        "\"origin\":\"hub.example/log\",\"entries\":1099511627776,\"root\":\"ab000000"
        "00000000000000000000000000000000000000000000000000000000\","
        "\"rules_position\":4,\"rules\":1,\"packs\":[\"488\"],\"sessions\":1,"
        "\"refused_since_start\":2199023255552,\"duties\":5,\"duties_towards_nobody\":3,"
        "\"clock_held\":true,"
        "\"disk_full\":false,\"rolled_back\":false,"
        "\"crl_stale\":true,\"alarms\":["
        "\"the files of the law are not in force (a \\\"quoted\\\" file): what was "
        "before "
        "is; mend them, then `dabyl hub reload`\","
        "\"2 messages were not taken, or not said by the hub, because of what these "
        "rules derive: service.notice is refused, doc.size at /: it is large\"],"
        "\"warnings\":[\"the state could not be kept: a start reads the journal from "
        "entry 8 on\",\"nobody\"],\"absent\":[],\"nodes\":["
        "{\"node\":\"isoc-a\",\"role\":\"isoc\",\"organisation\":\"SOC\","
        "\"connected\":true,\"since\":\"1970-01-01T00:00:00.000Z\","
        "\"heard\":\"1970-01-01T00:00:00.000Z\",\"contradicts\":false,\"delivered\":2,"
        "\"acknowledged\":1},"
        "{\"node\":\"nccis\",\"role\":\"nccis\",\"organisation\":\"STS\","
        "\"connected\":false,\"contradicts\":false,\"delivered\":0,\"acknowledged\":0}],"
        "\"standbys\":[],\"unreadable_since_start\":7,"
        "\"quarantined\":[{\"position\":9,\"reason\":\"why\"}],"
        "\"retention\":{\"erase\":true,\"due\":0,\"held\":0,\"gone\":0},"
        "\"state_entries\":8,\"state_age_s\":90,"
        "\"reloading\":true,\"questions\":6,\"joins_waiting\":0,"
        "\"log_lost\":0,"
        "\"limits\":{\"limits.connections\":2,\"timing.hello_ms\":3}}");
    buf_destroy(&text);
    retention_destroy(&retention);
    close_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_name_is_there)};
    return test_group(tests, NULL, NULL);
}
