// Files hashed where they lie, and what is no file that could be.

#include "nodes/tools/traces.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

static scratch_t scratch;

// What was found wrong, one "name: why" a line; names without their folder.
static char said[1024];

static void bad(void *context, const char *path, const char *why)
{
    const char *slash = strrchr(path, '/');
    (void)context;
    size_t used = strlen(said);
    (void)snprintf(
        said + used, sizeof said - used, "%s: %s\n", slash ? slash + 1 : path, why);
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    said[0] = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static char *at(const char *name)
{
    static char path[4096];
    (void)snprintf(path, sizeof path, "%s", scratch_at(&scratch, name));
    return path;
}

static void put(const char *name, const char *text)
{
    cause_t why;
    if (file_replace(at(name), span_text(text), 0600, &why) != 0)
        fail_msg("%s", why.text);
}

static void a_file_has_one_hash(void **state)
{
    (void)state;
    print_t print;
    cause_t why;
    put("abc", "abc");
    assert_int_equal(trace_hash(at("abc"), &print, &why), TRACE_GOOD);
    assert_int_equal(print.size, 3);
    assert_string_equal(print.sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // FIPS 180-2
    struct stat status;
    assert_int_equal(stat(at("abc"), &status), 0);
    assert_int_equal(print.modified_ms / 1000, status.st_mtim.tv_sec);
    put("empty", "");
    assert_int_equal(trace_hash(at("empty"), &print, &why), TRACE_GOOD);
    assert_int_equal(print.size, 0);
    assert_memory_equal(print.sha256, "e3b0c442", 8);
}

// Beyond one read, as a stream.
static void a_large_one_too(void **state)
{
    (void)state;
    enum { SIZE = 1000 * 1000 };
    cause_t why;
    print_t print;
    hash_t hash;
    char hex[HASH_HEX];
    uint8_t *bytes = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 7 / 3);
    assert_int_equal(file_replace(at("large"), span_of(bytes, SIZE), 0600, &why), 0);
    sha256(span_of(bytes, SIZE), &hash);
    hex_encode(hash.bytes, sizeof hash.bytes, hex);
    assert_int_equal(trace_hash(at("large"), &print, &why), TRACE_GOOD);
    assert_int_equal(print.size, SIZE);
    assert_string_equal(print.sha256, hex);
    free(bytes);
}

static void what_is_no_file_is_not_hashed(void **state)
{
    (void)state;
    print_t print;
    cause_t why;
    put("abc", "abc");
    char target[4096];
    (void)snprintf(target, sizeof target, "%s", at("abc"));
    assert_int_equal(symlink(target, at("link")), 0);
    assert_int_equal(trace_hash(at("link"), &print, &why), TRACE_BAD);
    assert_non_null(strstr(why.text, "symbolic link"));
    assert_int_equal(mkfifo(at("pipe"), 0600), 0); // must not wait for a writer
    assert_int_equal(trace_hash(at("pipe"), &print, &why), TRACE_BAD);
    assert_non_null(strstr(why.text, "no regular file"));
    assert_int_equal(trace_hash(at("none"), &print, &why), TRACE_GONE);
    assert_int_equal(trace_hash(at("abc/none"), &print, &why), TRACE_GONE);
    assert_int_equal(trace_hash("/dev/null", &print, &why), TRACE_BAD);
}

static void a_folder_is_all_its_files_by_name(void **state)
{
    (void)state;
    traces_t traces = {0};
    cause_t why;
    assert_int_equal(mkdir(at("case"), 0700), 0);
    assert_int_equal(mkdir(at("case/sub"), 0700), 0);
    put("case/b", "b");
    put("case/.hidden", "h");
    put("case/sub/a", "a");
    assert_int_equal(symlink("b", at("case/link")), 0);
    assert_int_equal(symlink("nowhere", at("case/broken")), 0);
    assert_int_equal(mkfifo(at("case/pipe"), 0600), 0);
    assert_int_equal(traces_add(&traces, at("case"), bad, NULL, &why), 0);
    assert_int_equal(traces.n, 3);
    static const char *const names[] = {"/case/.hidden", "/case/b", "/case/sub/a"};
    for (size_t i = 0; i < traces.n; i++)
        assert_non_null(strstr(traces.trace[i].path, names[i]));
    assert_string_equal(said, "broken: it is a symbolic link: name what it leads to\n"
                              "link: it is a symbolic link: name what it leads to\n"
                              "pipe: it is no regular file\n");
    assert_int_equal(traces_add(&traces, at("case/sub/../b"), bad, NULL, &why), 0);
    assert_int_equal(traces.n, 3); // it was there
    said[0] = 0;
    assert_int_equal(traces_add(&traces, at("case/link"), bad, NULL, &why), 0);
    assert_int_equal(traces_add(&traces, at("nothing"), bad, NULL, &why), 0);
    assert_string_equal(said, "link: it is a symbolic link: name what it leads to\n"
                              "nothing: cannot be found: No such file or directory\n");
    traces_close(&traces);
}

static atomic_bool written;

static void *write_on(void *file)
{
    while (!written)
        (void)(fputc('x', file) == EOF || fflush(file) != 0);
    return NULL;
}

// Whoever writes to it while it is read gets no hash, however the two fall together.
static void a_file_that_changes_has_none(void **state)
{
    (void)state;
    pthread_t writer;
    print_t print;
    cause_t why = {""};
    put("log", "begun\n");
    FILE *file = fopen(at("log"), "a");
    assert_non_null(file);
    written = false;
    assert_int_equal(pthread_create(&writer, NULL, write_on, file), 0);
    trace_result_t result = TRACE_GOOD;
    for (int i = 0; i < 100000 && result == TRACE_GOOD; i++)
        result = trace_hash(at("log"), &print, &why);
    written = true;
    (void)pthread_join(writer, NULL);
    (void)fclose(file);
    assert_int_equal(result, TRACE_BAD);
    assert_string_equal(why.text, "it changed while it was read");
    // One that says another size than it has is no file at rest either.
    assert_int_equal(trace_hash("/proc/self/status", &print, &why), TRACE_BAD);
}

static void names_that_no_message_can_carry_are_named(void **state)
{
    (void)state;
    traces_t traces = {0};
    cause_t why;
    assert_int_equal(mkdir(at("odd"), 0700), 0);
    put("odd/a\nb", "x");
    put("odd/\xff", "x");
    assert_int_equal(traces_add(&traces, at("odd"), bad, NULL, &why), 0);
    assert_int_equal(traces.n, 0);
    assert_non_null(strstr(said, "rename a copy"));
    traces_close(&traces);
}

static void there_may_be_too_many(void **state)
{
    (void)state;
    traces_t traces = {0};
    cause_t why;
    char name[32];
    assert_int_equal(mkdir(at("many"), 0700), 0);
    for (int i = 0; i <= TRACES_MAX; i++) {
        (void)snprintf(name, sizeof name, "many/%d", i);
        FILE *file = fopen(at(name), "w");
        assert_non_null(file);
        (void)fclose(file);
    }
    assert_int_equal(traces_add(&traces, at("many"), bad, NULL, &why), -1);
    assert_non_null(strstr(why.text, "more than 1000 files"));
    traces_close(&traces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_has_one_hash),
        TEST(a_large_one_too),
        TEST(what_is_no_file_is_not_hashed),
        TEST(a_folder_is_all_its_files_by_name),
        TEST(a_file_that_changes_has_none),
        TEST(names_that_no_message_can_carry_are_named),
        TEST(there_may_be_too_many),
    };
    return test_group(tests, NULL, NULL);
}
