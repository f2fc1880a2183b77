// file: what a name holds after each call, and after each call that fails.

#include "lib/base/file.h"

#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static scratch_t scratch;
static cause_t why;

static const char *at(const char *name)
{
    return scratch_at(&scratch, name);
}

static void holds(const char *name, const char *text)
{
    buf_t got = {0};
    assert_int_equal(file_read(at(name), 1024, &got, &why), 0);
    assert_string_equal(buf_text(&got), text);
    buf_destroy(&got);
}

static mode_t mode_of(const char *name)
{
    struct stat info;
    assert_int_equal(stat(at(name), &info), 0);
    return info.st_mode & 07777;
}

// Every name in the folder, those that begin with a dot too: nothing temporary may stay.
static int names_in_all(void)
{
    char command[PATH_MAX + 32];
    int n = -1;
    (void)snprintf(command, sizeof command, "ls -A %s | wc -l", scratch.path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%d", &n), 1);
    (void)pclose(pipe);
    return n;
}

static void replaces_whole_contents(void **state)
{
    (void)state;
    assert_int_equal(file_replace(at("a"), span_text("first"), 0600, &why), 0);
    holds("a", "first");
    assert_int_equal(file_replace(at("a"), span_text("2"), 0600, &why), 0);
    holds("a", "2");
    assert_int_equal(mode_of("a"), 0600);
    assert_int_equal(file_replace(at("a"), span_of(NULL, 0), 0644, &why), 0);
    holds("a", "");
    assert_int_equal(names_in_all(), 1);
}

static void create_leaves_what_is_there(void **state)
{
    (void)state;
    assert_int_equal(file_create(at("b"), span_text("mine"), 0600, &why), 0);
    assert_int_equal(file_create(at("b"), span_text("yours"), 0600, &why), -1);
    assert_non_null(strstr(why.text, "File exists"));
    holds("b", "mine");
    assert_int_equal(names_in_all(), 2);
}

static void a_failure_leaves_the_old_file(void **state)
{
    (void)state;
    assert_int_equal(folder_make(at("d"), 0700, &why), 0);
    assert_int_equal(file_replace(at("d"), span_text("x"), 0600, &why), -1);
    assert_int_equal(file_replace(at("none/x"), span_text("x"), 0600, &why), -1);
    assert_int_equal(file_replace(at(""), span_text("x"), 0600, &why), -1);
    assert_int_equal(names_in_all(), 3);
}

static void reads_no_more_than_the_limit(void **state)
{
    (void)state;
    buf_t out = {0};
    buf_put_text(&out, "before ");
    assert_int_equal(file_replace(at("a"), span_text("12345"), 0600, &why), 0);
    assert_int_equal(file_read(at("a"), 4, &out, &why), -1);
    assert_non_null(strstr(why.text, "larger than the 4 bytes"));
    assert_string_equal(buf_text(&out), "before ");
    assert_int_equal(file_read(at("a"), 5, &out, &why), 0);
    assert_string_equal(buf_text(&out), "before 12345");
    buf_destroy(&out);
    assert_int_equal(file_read(at("a"), 4, &out, &why), -1);
    assert_null(out.data); // nothing to free, nothing to wipe
}

static void reads_a_file_of_many_chunks(void **state)
{
    (void)state;
    buf_t in = {0};
    buf_t out = {0};
    for (uint32_t i = 0; i < 30000; i++)
        buf_put_u32(&in, i);
    assert_int_equal(file_replace(at("a"), buf_span(&in), 0600, &why), 0);
    assert_int_equal(file_read(at("a"), in.size, &out, &why), 0);
    assert_true(span_equal(buf_span(&in), buf_span(&out)));
    buf_clear(&out);
    assert_int_equal(file_read(at("a"), in.size - 1, &out, &why), -1);
    assert_int_equal(out.size, 0);
    buf_destroy(&in);
    buf_destroy(&out);
}

static void reads_regular_files_only(void **state)
{
    (void)state;
    buf_t out = {0};
    assert_int_equal(mkfifo(at("fifo"), 0600), 0);
    assert_int_equal(file_read(at("fifo"), 10, &out, &why), -1); // and does not hang
    assert_int_equal(file_read(at("d"), 10, &out, &why), -1);
    assert_int_equal(file_read(at("none"), 10, &out, &why), -1);
    assert_int_equal(unlink(at("fifo")), 0);
    buf_destroy(&out);
}

static void private_means_its_owner_alone(void **state)
{
    (void)state;
    static const struct {
        mode_t mode;
        int result;
    } table[] = {{0600, 0}, {0400, 0}, {0640, -1}, {0620, -1}, {0604, -1}, {0602, -1},
        {0610, -1}, {0644, -1}, {0666, -1}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        buf_t out = {0};
        assert_int_equal(file_replace(at("k"), span_text("secret"), 0600, &why), 0);
        assert_int_equal(chmod(at("k"), table[i].mode), 0);
        assert_int_equal(file_read_private(at("k"), 10, &out, &why), table[i].result);
        if (table[i].result != 0) {
            assert_int_equal(out.size, 0);
            assert_non_null(strstr(why.text, "chmod 600"));
        }
        buf_destroy(&out);
    }
}

static void makes_folders_with_their_parents(void **state)
{
    (void)state;
    assert_int_equal(folder_make(at("p/q/r/"), 0700, &why), 0);
    assert_int_equal(folder_make(at("p/q/r"), 0700, &why), 0);
    assert_int_equal(mode_of("p/q/r"), 0700);
    assert_int_equal(folder_make(at("a"), 0700, &why), -1);
    assert_int_equal(folder_make(at("a/b"), 0700, &why), -1);
    assert_int_equal(folder_make("", 0700, &why), -1);
}

static void joins_what_fits(void **state)
{
    (void)state;
    char out[8];
    assert_int_equal(path_join(out, sizeof out, "abc", "def", &why), 0);
    assert_string_equal(out, "abc/def");
    assert_int_equal(path_join(out, sizeof out, "abc", "defg", &why), -1);
}

static void lists_sorted_without_dot_files(void **state)
{
    (void)state;
    static const char *const made[] = {"z.pem", "b.pem", ".x.pem", "b.txt", "pem"};
    char inside[PATH_MAX];
    names_t names;
    assert_int_equal(folder_make(at("list"), 0700, &why), 0);
    (void)snprintf(inside, sizeof inside, "%s", at("list"));
    assert_int_equal(names_list(&names, inside, "", &why), 0);
    assert_int_equal(names.n, 0);
    names_free(&names);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        char path[PATH_MAX];
        assert_int_equal(path_join(path, sizeof path, inside, made[i], &why), 0);
        assert_int_equal(file_create(path, span_text(""), 0600, &why), 0);
    }
    assert_int_equal(names_list(&names, inside, ".pem", &why), 0);
    assert_int_equal(names.n, 2);
    assert_string_equal(names.name[0], "b.pem");
    assert_string_equal(names.name[1], "z.pem");
    names_free(&names);
    assert_int_equal(names_list(&names, inside, "", &why), 0);
    assert_int_equal(names.n, 4);
    names_free(&names);
    assert_int_equal(names_list(&names, at("none"), "", &why), -1);
    assert_int_equal(names.n, 0);
}

static int make_folder(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_whole_contents),
        cmocka_unit_test(create_leaves_what_is_there),
        cmocka_unit_test(a_failure_leaves_the_old_file),
        cmocka_unit_test(reads_no_more_than_the_limit),
        cmocka_unit_test(reads_a_file_of_many_chunks),
        cmocka_unit_test(reads_regular_files_only),
        cmocka_unit_test(private_means_its_owner_alone),
        cmocka_unit_test(makes_folders_with_their_parents),
        cmocka_unit_test(joins_what_fits),
        cmocka_unit_test(lists_sorted_without_dot_files),
    };
    return test_group(tests, make_folder, remove_folder);
}
