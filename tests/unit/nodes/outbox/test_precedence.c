// precedence: the most urgent first, and none before what it refers to.
//
// The property is tried on random sets of files that refer to each other, in circles too,
// while more come: whoever is given was neither behind somebody it refers to, nor less
// urgent than somebody who was free to go.

#include "nodes/outbox/precedence.h"

#include "lib/message/document.h"
#include "tests/lib/test.h"

enum { FILES = 120, REFERS_MAX = 3, ROUNDS = 300 };

typedef struct {
    int level;
    bool waits;
    int refers[REFERS_MAX]; // -1: none
} file_t;

static unsigned long seed;

static int draw(int below)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (int)((seed >> 33) % (unsigned long)below);
}

static void id_of(int n, char out[40])
{
    (void)snprintf(out, 40, "0192f0c1-0000-7000-8000-%012x", (unsigned)n);
}

static void add_text(precedence_t *queue, const char *name, const char *text)
{
    const document_limits_t limits = {4096, 16};
    refusal_t refusal;
    value_t *root;
    precedence_facts_t facts;
    assert_int_equal(document_load(span_text(text), &limits, &root, &refusal), 0);
    precedence_facts_of(&facts, root);
    value_free(&root);
    precedence_add(queue, name, &facts);
}

static void add(precedence_t *queue, int n, const file_t *file)
{
    static const char *const fields[] = {"re", "incident", "supersedes"};
    char text[1024], id[40], name[16];
    id_of(n, id);
    int size = snprintf(text, sizeof text,
        "{\"id\":\"%s\",\"status\":\"actual\",\"body\":{\"level\":%d}", id, file->level);
    for (int i = 0; i < REFERS_MAX; i++) {
        if (file->refers[i] < 0)
            continue;
        id_of(file->refers[i], id);
        size += snprintf(text + size, sizeof text - (size_t)size,
            ",\"%s\":{\"author\":\"me\",\"id\":\"%s\"}", fields[i], id);
    }
    (void)snprintf(text + size, sizeof text - (size_t)size, "}");
    (void)snprintf(name, sizeof name, "%d", n);
    add_text(queue, name, text);
}

// Whether all that it refers to, and that refers to, leads to nobody who waits; in a
// circle everybody does.
static bool is_free(const file_t *files, int n)
{
    for (int i = 0; i < REFERS_MAX; i++) {
        int other = files[n].refers[i];
        if (other >= 0 && other != n && files[other].waits)
            return false;
    }
    return true;
}

// The greatest level of whoever leads, over what waits, to this one.
static int inherited(const file_t *files, int n)
{
    bool reached[FILES] = {false};
    int most = files[n].level;
    reached[n] = true;
    for (bool more = true; more;) {
        more = false;
        for (int k = 0; k < FILES; k++)
            for (int i = 0; i < REFERS_MAX && !reached[k] && files[k].waits; i++)
                if (files[k].refers[i] >= 0 && reached[files[k].refers[i]]) {
                    reached[k] = more = true;
                    most = files[k].level > most ? files[k].level : most;
                }
    }
    return most;
}

static void one_round(bool circles)
{
    precedence_t *queue = precedence_new();
    file_t files[FILES] = {{0}};
    int added = 0, waiting = 0;
    while (added < FILES || waiting > 0) {
        for (int some = draw(8); some > 0 && added < FILES; some--, added++, waiting++) {
            file_t *file = &files[added];
            file->level = draw(6);
            for (int i = 0; i < REFERS_MAX; i++)
                file->refers[i] = draw(3) > 0 ? -1
                                  : circles   ? draw(FILES)
                                  : added > 0 ? draw(added)
                                              : -1;
            file->waits = true;
            add(queue, added, file);
        }
        const char *name = precedence_next(queue);
        assert_int_equal(name != NULL, waiting > 0);
        if (!name)
            continue;
        assert_ptr_equal(precedence_next(queue), name);
        int n = atoi(name), most = inherited(files, n);
        for (int k = 0; k < FILES && !circles; k++)
            if (files[k].waits)
                assert_true(files[k].level <= most);
        assert_true(circles || is_free(files, n));
        files[n].waits = false;
        waiting--;
        precedence_drop(queue);
        assert_int_equal(precedence_count(queue), (size_t)waiting);
    }
    precedence_destroy(&queue);
}

static void none_goes_before_what_it_refers_to(void **state)
{
    (void)state;
    for (unsigned long i = 1; i < ROUNDS; i++) {
        seed = i;
        one_round(false);
    }
}

static void circles_come_to_an_end(void **state)
{
    (void)state;
    for (unsigned long i = 1; i < ROUNDS; i++) {
        seed = i;
        one_round(true);
    }
}

static void equals_go_as_they_came(void **state)
{
    (void)state;
    precedence_t *queue = precedence_new();
    char name[16];
    for (int i = 0; i < 50; i++) {
        file_t file = {.level = 2, .refers = {-1, -1, -1}};
        add(queue, i, &file);
    }
    for (int i = 0; i < 50; i++) {
        (void)snprintf(name, sizeof name, "%d", i);
        assert_string_equal(precedence_next(queue), name);
        precedence_drop(queue);
    }
    precedence_destroy(&queue);
}

static void whoever_refers_to_what_is_held_is_held(void **state)
{
    (void)state;
    precedence_t *queue = precedence_new();
    add(queue, 0, &(file_t){.level = 0, .refers = {-1, -1, -1}});
    add(queue, 1, &(file_t){.level = 5, .refers = {0, -1, -1}});
    add(queue, 2, &(file_t){.level = 1, .refers = {-1, 1, -1}});
    add(queue, 3, &(file_t){.level = 0, .refers = {-1, -1, -1}});
    assert_string_equal(precedence_next(queue), "0");
    precedence_hold(queue);
    assert_string_equal(precedence_next(queue), "3");
    precedence_drop(queue);
    assert_null(precedence_next(queue));
    assert_false(precedence_ready(queue));
    assert_int_equal(precedence_count(queue), 3);
    precedence_release(queue);
    static const char *const then[] = {"0", "1", "2"};
    for (int i = 0; i < 3; i++) {
        assert_string_equal(precedence_next(queue), then[i]);
        precedence_drop(queue);
    }
    precedence_destroy(&queue);
}

static void practice_goes_behind_what_is_real(void **state)
{
    (void)state;
    precedence_t *queue = precedence_new();
    precedence_facts_t unread;
    add_text(queue, "exercise", "{\"status\":\"exercise\",\"body\":{\"level\":5}}");
    add_text(queue, "zero", "{\"body\":{\"level\":0}}");
    add_text(queue, "answer", "{\"kind\":\"acknowledgement\",\"body\":{}}");
    add_text(queue, "odd", "{\"body\":{\"level\":9}}");
    add_text(queue, "four", "{\"status\":\"actual\",\"body\":{\"level\":4}}");
    precedence_facts_of(&unread, NULL);
    precedence_add(queue, "unread", &unread);
    static const char *const order[] = {
        "unread", "four", "answer", "odd", "zero", "exercise"};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        assert_string_equal(precedence_next(queue), order[i]);
        precedence_drop(queue);
    }
    precedence_destroy(&queue);
}

// Each corrects the one before, and the last is urgent: walked once, not once for each.
static void a_long_chain_is_no_work(void **state)
{
    (void)state;
    enum { LONG = 20000 };
    precedence_t *queue = precedence_new();
    for (int i = 0; i < LONG; i++)
        add(queue, i,
            &(file_t){.level = i == LONG - 1 ? 5 : 0, .refers = {i - 1, -1, -1}});
    for (int i = 0; i < LONG; i++) {
        assert_int_equal(atoi(precedence_next(queue)), i);
        precedence_drop(queue);
    }
    assert_null(precedence_next(queue));
    precedence_destroy(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_goes_before_what_it_refers_to),
        cmocka_unit_test(circles_come_to_an_end),
        cmocka_unit_test(equals_go_as_they_came),
        cmocka_unit_test(whoever_refers_to_what_is_held_is_held),
        cmocka_unit_test(practice_goes_behind_what_is_real),
        cmocka_unit_test(a_long_chain_is_no_work),
    };
    return test_group(tests, NULL, NULL);
}
