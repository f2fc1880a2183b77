// sequence: whatever a listing misses or still shows, every number is told once, in
// order, as there or as moved away, and none as moved away that is there.
//
// The folder is a model: between two names of a listing messages come and go, and what
// came or went since the listing began is in it or not, as POSIX leaves it open.

#include "nodes/inbox/sequence.h"

#include "tests/lib/test.h"

#include <dirent.h>
#include <inttypes.h>

enum { NUMBERS = 120, SEEDS = 400, NAMES = NUMBERS + 3 };

typedef enum { COMING, THERE, MOVED } state_t;

static struct {
    uint64_t random;
    unsigned busy; // of a hundred: how often something happens
    state_t state[NUMBERS + 1];
    uint64_t came; // 1..came have had their names
    // The listing under way.
    uint64_t began; // `came` when it began
    size_t at, order[NAMES];
    bool was_there[NUMBERS + 1];
    int fails; // errno of the next listing
    struct dirent entry;
} world;

static cause_t why;

static unsigned dice(unsigned sides)
{
    world.random = world.random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(world.random >> 33) % sides;
}

static void name_of(uint64_t number, char *out, size_t room)
{
    (void)snprintf(out, room,
        "%012" PRIu64 "-01933f2a-1234-7abc-8def-%012" PRIu64 ".json", number, number);
}

static void come(void)
{
    if (world.came < NUMBERS)
        world.state[++world.came] = THERE;
}

static void move_one(void)
{
    uint64_t number = world.came ? 1 + dice((unsigned)world.came) : 0;
    if (world.state[number] == THERE)
        world.state[number] = MOVED;
}

static void something_happens(void)
{
    while (dice(100) < world.busy) {
        if (dice(4) > 0)
            come();
        else
            move_one();
    }
}

// The C library's, for this program.
DIR *opendir(const char *name)
{
    (void)name;
    for (size_t i = 0; i < NAMES; i++)
        world.order[i] = i;
    for (size_t i = NAMES - 1; i > 0; i--) {
        size_t j = dice((unsigned)i + 1), kept = world.order[i];
        world.order[i] = world.order[j];
        world.order[j] = kept;
    }
    for (uint64_t i = 1; i <= NUMBERS; i++)
        world.was_there[i] = world.state[i] == THERE;
    world.at = 0;
    return (DIR *)&world;
}

static bool is_listed(uint64_t number)
{
    if (world.was_there[number] && world.state[number] == THERE)
        return true;
    bool maybe = world.was_there[number] || world.state[number] == THERE;
    return maybe && dice(2) == 0;
}

struct dirent *readdir(DIR *folder)
{
    static const char *const others[] = {".", "notes.json", ".stage-3"};
    (void)folder;
    if (world.fails && world.at >= NAMES / 2) {
        errno = world.fails;
        return NULL;
    }
    while (world.at < NAMES) {
        size_t i = world.order[world.at++];
        something_happens();
        if (i > NUMBERS || i == 0)
            (void)snprintf(
                world.entry.d_name, sizeof world.entry.d_name, "%s", others[i % NUMBERS]);
        else if (is_listed(i))
            name_of(i, world.entry.d_name, sizeof world.entry.d_name);
        else
            continue;
        return &world.entry;
    }
    return NULL;
}

int closedir(DIR *folder)
{
    (void)folder;
    return 0;
}

static void begin(uint64_t seed)
{
    memset(&world, 0, sizeof world);
    world.random = seed * 2654435761u + 1;
    world.busy = 20 + dice(70);
}

// Sometimes a watch tells of what came, sometimes not.
static void hear(sequence_t *sequence, uint64_t *heard)
{
    char name[64];
    for (; *heard < world.came; (*heard)++) {
        name_of(*heard + 1, name, sizeof name);
        if (dice(3) > 0)
            assert_true(sequence_saw(sequence, name));
    }
}

// Takes all that can be told; returns the last number told.
static uint64_t drain(sequence_t *sequence, uint64_t told)
{
    sequence_next_t next;
    for (;;) {
        if (sequence_next(sequence, &next, &why) != 0)
            fail_msg("%s", why.text);
        if (next.place == SEQUENCE_END)
            return told;
        assert_int_equal(next.first, told + 1);
        if (next.place == SEQUENCE_GONE)
            for (uint64_t i = next.first; i <= next.last; i++)
                if (world.state[i] != MOVED)
                    fail_msg("#%" PRIu64 " is called moved away and is not", i);
        assert_true(next.last >= next.first);
        told = next.last;
        sequence_took(sequence, &next);
        assert_int_equal(sequence_after(sequence), told);
        if (dice(4) == 0)
            something_happens();
    }
}

static void tells_every_number_once(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        begin(seed);
        uint64_t told = 0, heard = 0;
        sequence_t *sequence = sequence_new("inbox", 0);
        while (world.came < NUMBERS) {
            something_happens();
            come();
            hear(sequence, &heard);
            if (dice(4) == 0)
                assert_int_equal(sequence_look(sequence, &why), 0);
            told = drain(sequence, told);
        }
        sequence_expect(sequence, NUMBERS);
        assert_int_equal(drain(sequence, told), NUMBERS);
        sequence_destroy(&sequence);
    }
}

// Somebody may put files there: names of numbers that nobody has counted.
static void believes_no_name_beyond_what_was_counted(void **state)
{
    (void)state;
    char name[64];
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        begin(seed);
        uint64_t told = 0, heard = 0;
        sequence_t *sequence = sequence_new("inbox", 0);
        while (world.came < NUMBERS) {
            if (dice(4) == 0)
                assert_int_equal(sequence_look(sequence, &why), 0);
            sequence_bound(sequence, world.came); // later than what was looked at
            name_of(world.came + 1 + dice(1000), name, sizeof name);
            assert_true(sequence_saw(sequence, name));
            told = drain(sequence, told);
            something_happens();
            come();
            hear(sequence, &heard);
            told = drain(sequence, told);
            assert_true(sequence_known(sequence) <= world.came);
            told = drain(sequence, told);
        }
        sequence_bound(sequence, NUMBERS);
        assert_int_equal(drain(sequence, told), NUMBERS);
        sequence_destroy(&sequence);
    }
}

// With a watch that tells of everything nothing is ever listed but at the beginning.
static void needs_no_listing_for_what_it_heard(void **state)
{
    (void)state;
    char name[64];
    begin(1);
    sequence_t *sequence = sequence_new("inbox", 0);
    assert_int_equal(sequence_look(sequence, &why), 0);
    uint64_t told = drain(sequence, 0);
    size_t before = sequence_listings(sequence);
    while (world.came < NUMBERS) {
        come();
        name_of(world.came, name, sizeof name);
        assert_true(sequence_saw(sequence, name));
        world.busy = 0;
        told = drain(sequence, told);
    }
    assert_int_equal(told, NUMBERS);
    assert_true(sequence_listings(sequence) <= before + 1);
    sequence_destroy(&sequence);
}

// Many that were moved away cost one listing more, not one each.
static void many_gaps_cost_one_listing(void **state)
{
    (void)state;
    begin(1);
    world.busy = 0;
    while (world.came < NUMBERS)
        come();
    for (uint64_t i = 1; i < NUMBERS; i += 2)
        world.state[i] = MOVED;
    sequence_t *sequence = sequence_new("inbox", 0);
    assert_int_equal(sequence_look(sequence, &why), 0);
    assert_int_equal(drain(sequence, 0), NUMBERS);
    assert_int_equal(sequence_listings(sequence), 2);
    sequence_destroy(&sequence);
}

// A folder that cannot be read is a failure and says nothing about what is in it.
static void a_failed_listing_settles_nothing(void **state)
{
    (void)state;
    sequence_next_t next;
    char name[64];
    begin(1);
    world.busy = 0;
    for (int i = 0; i < 9; i++)
        come();
    sequence_t *sequence = sequence_new("inbox", 0);
    name_of(9, name, sizeof name);
    assert_true(sequence_saw(sequence, name));
    world.fails = EIO;
    assert_int_equal(sequence_next(sequence, &next, &why), -1);
    assert_non_null(strstr(why.text, "inbox"));
    world.fails = 0;
    assert_int_equal(drain(sequence, 0), 9);
    sequence_destroy(&sequence);
}

static void takes_names_of_messages_only(void **state)
{
    (void)state;
    char name[64];
    sequence_t *sequence = sequence_new("inbox", 5);
    static const char *const no[] = {"", ".", "notes.json", ".stage-1", "6.json"};
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_false(sequence_saw(sequence, no[i]));
    name_of(6, name, sizeof name);
    assert_true(sequence_saw(sequence, name));
    assert_true(sequence_saw(sequence, name)); // again
    sequence_next_t next;
    assert_int_equal(sequence_next(sequence, &next, &why), 0);
    assert_int_equal(next.place, SEQUENCE_MESSAGE);
    assert_string_equal(next.name, name);
    sequence_took(sequence, &next);
    assert_int_equal(sequence_next(sequence, &next, &why), 0);
    assert_int_equal(next.place, SEQUENCE_END);
    sequence_destroy(&sequence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_every_number_once),
        cmocka_unit_test(believes_no_name_beyond_what_was_counted),
        cmocka_unit_test(needs_no_listing_for_what_it_heard),
        cmocka_unit_test(many_gaps_cost_one_listing),
        cmocka_unit_test(a_failed_listing_settles_nothing),
        cmocka_unit_test(takes_names_of_messages_only),
    };
    return test_group(tests, NULL, NULL);
}
