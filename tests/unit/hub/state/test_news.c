// What is derived of an incident, over random sequences of notices, updates, corrections
// and withdrawals by several authors, under the plan's own rules, compared with a small
// model: a receiver of what an author reports of a level has it exactly once, whoever
// else reported what, whatever was marked how, unless what it came from was taken back.
//
// NEWS=n tries so many incidents, SEED=n begins elsewhere.

#include "tests/lib/mini.h"
#include "tests/lib/test.h"

static const char *const members[][3] = {
    {"hub", "hub", "STS"},
    {"isoc", "isoc", "SOC"},
    {"kib", "national-security", "KNB"},
    {"kib-2", "national-security", "KNB"},
    {"mid", "foreign-affairs", "MID"},
    {"nccis", "nccis", "STS"},
    {"owner", "owner", "GRID"},
};

enum { AUTHORS = 3, KINDS = 2, LEVELS = 7, NODES = 7, STEPS = 30, MESSAGES = STEPS + 1 };

static const char *const authors[AUTHORS] = {"isoc", "owner", "nccis"};
static const char *const kinds[KINDS] = {"security.alert", "crossborder.item"};

// What was reported, and what of it stands.
typedef struct {
    reference_t name;
    size_t author, level; // 6: none
    bool abroad, stands;
    size_t first;     // of its chain of corrections
    size_t narrowest; // marking that a correction may have
} said_t;

// Who has had what was derived: by kind, author and level; and from which chain.
typedef struct {
    bool had[KINDS][AUTHORS][LEVELS][NODES];
    size_t from[KINDS][AUTHORS][LEVELS][NODES]; // first message of the chain
} model_t;

static uint64_t seed;

static unsigned draw(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % below;
}

static const char *const markings[] = {
    "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"};

static json_t *message(mini_t *mini, said_t *said, const char *kind, size_t marking)
{
    char id[MESSAGE_ID_MAX];
    mini_id(mini, id);
    said->name = (reference_t){0};
    (void)snprintf(said->name.author, NODE_ID_MAX, "%s", authors[said->author]);
    (void)snprintf(said->name.id, MESSAGE_ID_MAX, "%s", id);
    json_t *body = json_object();
    if (said->level < 6)
        (void)json_object_set_new(body, "level", json_integer((json_int_t)said->level));
    if (said->abroad)
        (void)json_object_set_new(body, "cross_border", json_true());
    (void)json_object_set_new(body, "determination", json_string("confirmed"));
    (void)json_object_set_new(body, "sector", json_string("power-supply"));
    (void)json_object_set_new(body, "object", json_string("ob-1"));
    return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s}, s:o}", "dabyl", 1,
        "id", id, "kind", kind, "from", authors[said->author], "sent",
        "2026-11-22T12:00:00Z", "status", "actual", "marking", markings[marking], "nonce",
        "8f2a1c7be09d4436a5d1f07c93be6e12", "summary", "en", "x", "body", body);
}

static void refer(json_t *json, const char *field, const reference_t *to)
{
    (void)json_object_set_new(
        json, field, json_pack("{s:s, s:s}", "author", to->author, "id", to->id));
}

// By paragraph 14 from level 3, whatever the marking; of what crosses the border to whom
// the marking lets have it: the plan's rules, and no more is known of them here.
static bool should_reach(
    size_t kind, const said_t *said, size_t marking, bool to_mid, const char *node)
{
    bool red = marking == 4;
    if (kind == 0)
        return said->level >= 3 && said->level < 6 &&
               (strncmp(node, "kib", 3) == 0 || strcmp(node, "nccis") == 0);
    if (!said->abroad)
        return false;
    return strcmp(node, "mid") == 0 ? !red || to_mid
                                    : strcmp(node, "nccis") == 0; // always addressed
}

// Whether the chain of corrections that the message is of was taken back.
static bool taken_back(const said_t *list, size_t n, size_t first)
{
    bool stands = false;
    for (size_t i = 0; i < n; i++)
        stands |= list[i].first == first && list[i].stands;
    return !stands;
}

// Which entries of the batch are of this kind and went to the node.
static size_t reached(const mini_t *mini, size_t from, const char *kind, const char *node)
{
    size_t n = 0;
    for (size_t i = from; i < draft_count(mini->draft); i++) {
        const draft_item_t *item = draft_at(mini->draft, i);
        n += strcmp(item->leaf.kind, kind) == 0 && mini_delivers(item->record, node);
    }
    return n;
}

static size_t derived(const mini_t *mini, size_t from, const char *kind)
{
    size_t n = 0;
    for (size_t i = from; i < draft_count(mini->draft); i++)
        n += strcmp(draft_at(mini->draft, i)->leaf.kind, kind) == 0;
    return n;
}

static void check(const mini_t *mini, size_t batch, model_t *model, const said_t *list,
    size_t n, size_t i, size_t marking, bool to_mid)
{
    const said_t *said = &list[i];
    for (size_t kind = 0; kind < KINDS; kind++) {
        bool news = false, any = false;
        for (size_t node = 0; node < NODES; node++) {
            bool *had = &model->had[kind][said->author][said->level][node];
            size_t *from = &model->from[kind][said->author][said->level][node];
            bool should = should_reach(kind, said, marking, to_mid, members[node][0]);
            if (*had && taken_back(list, n, *from))
                *had = false;
            news |= should && !*had;
            any |= should;
        }
        size_t made = derived(mini, batch, kinds[kind]);
        // the first of its name is derived also when nobody gets it: its author hears why
        if (any && made != news)
            fail_msg("step %zu: %zu %s of level %zu by %s, and it %s news", i, made,
                kinds[kind], said->level, authors[said->author], news ? "is" : "is no");
        for (size_t node = 0; node < NODES; node++) {
            bool should = should_reach(kind, said, marking, to_mid, members[node][0]);
            if (reached(mini, batch, kinds[kind], members[node][0]) !=
                (size_t)(made && should))
                fail_msg("step %zu: %s has %s", i, members[node][0], kinds[kind]);
            if (!made || !should)
                continue;
            model->had[kind][said->author][said->level][node] = true;
            model->from[kind][said->author][said->level][node] = said->first;
        }
    }
}

typedef struct {
    size_t taken, derived, repeated;
} seen_t;

// An update, a correction of the author's own, or a withdrawal; NULL when there is none.
static json_t *next(
    mini_t *mini, said_t *list, size_t n, size_t *marking, size_t *withdraws)
{
    said_t *said = &list[n];
    size_t at = draw((unsigned)n);
    bool withdraw = draw(4) == 0;
    *said = (said_t){.author = draw(AUTHORS), .level = draw(LEVELS), .first = n};
    said->abroad = draw(3) == 0;
    *marking = draw(5);
    *withdraws = SIZE_MAX;
    if (withdraw && (!list[at].stands || (at == 0 && draw(2))))
        return NULL;
    if (withdraw) { // under a marking that nobody is kept away by
        said->author = list[at].author;
        said->first = list[at].first;
        *marking = list[at].narrowest;
        *withdraws = at;
    }
    bool notice = withdraw && list[at].first == 0;
    if (notice && said->level == 6)
        said->level = draw(6); // a notice has one
    json_t *json =
        message(mini, said, notice ? "incident.notice" : "incident.update", *marking);
    if (!notice)
        refer(json, "incident", &list[0].name);
    if (withdraw)
        refer(json, draw(2) ? "cancels" : "supersedes", &list[at].name);
    return json;
}

static void one_incident(mini_t *mini, seen_t *seen)
{
    static said_t list[MESSAGES];
    static model_t model;
    size_t n = 0;
    model = (model_t){0};
    for (size_t step = 0; step < STEPS; step++) {
        size_t marking = 2, withdraws = SIZE_MAX, batch = draft_count(mini->draft);
        json_t *json;
        if (n == 0) {
            list[0] = (said_t){.level = draw(6), .abroad = draw(3) == 0};
            json = message(mini, &list[0], "incident.notice", marking);
        } else
            json = next(mini, list, n, &marking, &withdraws);
        if (!json)
            continue;
        bool cancels = json_object_get(json, "cancels") != NULL, to_mid = draw(4) == 0;
        (void)json_object_set_new(json, "to",
            to_mid ? json_pack("[s, s]", "nccis", "mid") : json_pack("[s]", "nccis"));
        list[n].narrowest = marking;
        draft_item_t *item = mini_publish(mini, json);
        if (!item) {
            if (n == 0 || strcmp(mini->refusal.code, "reference.unknown") != 0)
                fail_msg("step %zu: %s at %s: %s", step, mini->refusal.code,
                    mini->refusal.pointer, mini->refusal.text);
            continue; // to whom the incident is not known yet
        }
        seen->taken++;
        list[n].stands = !cancels;
        if (withdraws != SIZE_MAX)
            list[withdraws].stands = false;
        n++;
        if (!cancels)
            check(mini, batch, &model, list, n, n - 1, marking, to_mid);
        size_t made = mini_messages(mini, batch) - 1;
        if (cancels && made > 0)
            fail_msg("step %zu: a withdrawal is an alarm", step);
        seen->derived += made;
        seen->repeated += made == 0 && list[n - 1].level >= 3 && list[n - 1].level < 6;
        if (list[0].stands == false && taken_back(list, n, 0))
            return; // of what was withdrawn nothing more is said here
    }
}

static void each_receiver_has_each_alarm_once(void **state)
{
    const char *many = getenv("NEWS"), *first = getenv("SEED");
    size_t n = many ? strtoull(many, NULL, 10) : 150;
    mini_t *mini = *state;
    seen_t seen = {0};
    buf_t law = {0};
    seed = first ? strtoull(first, NULL, 10) : 25;
    assert_int_equal(file_read("hub/etc/plan.rules", 1 << 20, &law, &mini->why), 0);
    for (size_t i = 0; i < n; i++) {
        if (mini_law(mini, buf_text(&law)) != 0)
            fail_msg("%s", mini->why.text);
        one_incident(mini, &seen);
    }
    print_message("%zu messages, %zu derived, %zu said no news\n", seen.taken,
        seen.derived, seen.repeated);
    assert_true(seen.derived > n && seen.repeated > n / 2);
    buf_destroy(&law);
}

static int set_up(void **state)
{
    static mini_t mini;
    mini_open(&mini, members, sizeof members / sizeof members[0], "news.conf");
    mini_schemas(&mini);
    *state = &mini;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            each_receiver_has_each_alarm_once, set_up, mini_tear_down),
    };
    return test_group(tests, NULL, NULL);
}
