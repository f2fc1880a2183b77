// A delivered message in a few lines: what is said, in which language, and what is not
// believed.

#include "nodes/inbox/mail.h"

#include "lib/tlog/note.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define ID "01933f2a-1234-7abc-8def-0123456789ab"

static void names_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool good;
        uint64_t number;
    } cases[] = {
        {"000000000012-" ID ".json", true, 12},
        {ID ".json", true, 0},
        {"999999999999-" ID ".json", true, 999999999999},
        {"12-" ID ".json", false, 0},
        {"000000000012-" ID ".seal", false, 0},
        {"000000000012-.json", false, 0},
        {".json", false, 0},
        {"", false, 0},
        {"notes.json", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t number = 77;
        char id[MESSAGE_ID_MAX] = "";
        assert_int_equal(mail_name(cases[i].name, &number, id), cases[i].good);
        if (cases[i].good) {
            assert_int_equal(number, cases[i].number);
            assert_string_equal(id, ID);
        }
    }
}

static json_t *parse(const char *text)
{
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    return root;
}

static void summaries_fall_back(void **state)
{
    (void)state;
    json_t *two = parse("{\"summary\": {\"kk\": \"бір\", \"ru\": \"один\"}}");
    assert_string_equal(mail_summary(two, "kk"), "бір");
    assert_string_equal(mail_summary(two, "ru"), "один");
    assert_string_equal(mail_summary(two, "en"), "один");
    json_decref(two);
    static const char *const none[] = {
        "{}", "{\"summary\": 5}", "{\"summary\": {\"en\": 5}}", "{\"summary\": {}}"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        json_t *root = parse(none[i]);
        assert_string_equal(mail_summary(root, "kk"), "");
        json_decref(root);
    }
}

static void levels_are_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int level;
    } cases[] = {
        {"{\"body\": {\"level\": 4}}", 4},
        {"{\"body\": {\"level\": 0}}", 0},
        {"{\"body\": {\"level\": \"4\"}}", -1},
        {"{\"body\": {\"level\": 4.5}}", -1},
        {"{\"body\": {\"level\": -1}}", -1},
        {"{\"body\": {\"level\": 4294967300}}", -1},
        {"{\"body\": []}", -1},
        {"{}", -1},
        {"[]", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *root = parse(cases[i].text);
        assert_int_equal(mail_level(root), cases[i].level);
        json_decref(root);
    }
}

static char *printed;

static const char *print(const mail_t *mail, const char *lang)
{
    size_t size = 0;
    free(printed);
    FILE *out = open_memstream(&printed, &size);
    assert_non_null(out);
    mail_print(mail, lang, out);
    fclose(out);
    return printed;
}

static void three_lines_say_it(void **state)
{
    (void)state;
    mail_t mail = {.number = 12,
        .root = parse(
            "{\"kind\": \"incident.notice\", \"from\": \"isoc-energy\", \"id\": \"" ID
            "\", \"marking\": \"TLP:AMBER\", \"status\": \"actual\","
            " \"summary\": {\"en\": \"Substation\\u001b[2J\\ndown\"},"
            " \"body\": {\"level\": 4}}"),
        .has_leaf = true,
        .leaf = {.time_ms = 1795347570123},
        .has_why = true,
        .why = {.cites = "8.3, 10", .rule = "notice.nccis"}};
    assert_string_equal(print(&mail, "kk"),
        "#12  LEVEL 4  incident.notice  from isoc-energy  TLP:AMBER\n"
        "    Substation?[2J down\n"
        "    2026-11-22 11:39:30 UTC  " ID "  para 8.3, 10\n");
    mail_close(&mail);
}

static void exercises_say_so_first(void **state)
{
    (void)state;
    mail_t mail = {
        .root = parse("{\"kind\": \"security.alert\", \"from\": \"hub\", \"for\": "
                      "\"nccis\", \"marking\": \"TLP:RED\", \"status\": "
                      "\"exercise\", \"exercise\": \"spring\"}")};
    assert_string_equal(strtok((char *)print(&mail, "en"), "\n"),
        "EXERCISE spring  security.alert  from hub for nccis  TLP:RED");
    json_object_set_new(mail.root, "status", json_string("test"));
    assert_memory_equal(print(&mail, "en"), "TEST  ", 6);
    json_object_set_new(mail.root, "status", json_string("Actual"));
    assert_memory_equal(print(&mail, "en"), "STATUS UNKNOWN  ", 16);
    mail_close(&mail);
}

// {"from": "isoc-energy", "body": {"level": 4}}
#define CARRIED "eyJmcm9tIjogImlzb2MtZW5lcmd5IiwgImJvZHkiOiB7ImxldmVsIjogNH19"

static const char *print_full(const mail_t *mail)
{
    size_t size = 0;
    free(printed);
    FILE *out = open_memstream(&printed, &size);
    assert_non_null(out);
    mail_print_full(mail, NULL, "en", out);
    fclose(out);
    return printed;
}

// An alert is read for the notice inside, which travels in base64.
static void what_is_carried_can_be_read(void **state)
{
    (void)state;
    static const char *const unreadable[] = {
        "", "****", "e30", "W10=", "eyJhIjoxfQ", "/////w=="};
    mail_t mail = {.root = parse("{\"body\": {\"carried\": {\"document\": \"" CARRIED
                                 "\", \"seal\": \"AAAA\"}, \"level\": 4}}")};
    const char *text = print_full(&mail);
    assert_non_null(strstr(text, "\n         from: isoc-energy\n         body\n"
                                 "             level: 4\n     level: 4\n"));
    json_t *carried = json_object_get(json_object_get(mail.root, "body"), "carried");
    for (size_t i = 0; i < sizeof unreadable / sizeof *unreadable; i++) {
        json_object_set_new(carried, "document", json_string(unreadable[i]));
        (void)print_full(&mail);
    }
    json_object_set_new(carried, "document", json_string("e30"));
    assert_non_null(strstr(print_full(&mail), "carried: (cannot be read)\n"));
    mail_close(&mail);
}

static const char *cites(const char *text)
{
    size_t size = 0;
    free(printed);
    FILE *out = open_memstream(&printed, &size);
    assert_non_null(out);
    mail_print_cites(text, out);
    fclose(out);
    return printed;
}

static void defaults_are_not_law(void **state)
{
    (void)state;
    assert_string_equal(cites("488:8.3, 10"), "para 488:8.3, 10");
    assert_string_equal(cites("default"), "operational default");
    assert_string_equal(cites("488:17, default"), "para 488:17, operational default");
}

static void put(const scratch_t *scratch, const char *name, const char *text)
{
    FILE *file = fopen(scratch_at(scratch, name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void folders_are_read(void **state)
{
    (void)state;
    scratch_t scratch;
    cause_t why;
    mail_t mail;
    char name[NAME_MAX + 1];
    scratch_open(&scratch);
    put(&scratch, "000000000012-" ID ".json", "{\"id\": \"" ID "\"}");
    put(&scratch, "000000000012-" ID ".why",
        "deliver nccis notice.nccis sender 8.3, 10\n");
    put(&scratch, "000000000013-01933f2a-0000-7abc-8def-0123456789ab.json", "{");
    put(&scratch, "stray.json", "{}");
    static const char *const wanted[] = {"12", "#12", ID};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(mail_find(scratch.path, wanted[i], name, &why), 0);
        assert_string_equal(name, "000000000012-" ID ".json");
    }
    static const char *const missing[] = {"0", "", "#", "14", "012", "stray"};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(mail_find(scratch.path, missing[i], name, &why), -1);
    assert_int_equal(mail_open(&mail, scratch.path, name, &why), 0);
    assert_int_equal(mail.number, 12);
    assert_true(mail.has_why);
    assert_false(mail.has_leaf);
    assert_string_equal(mail.why.rule, "notice.nccis");
    mail_close(&mail);
    assert_int_equal(mail_find(scratch.path, "13", name, &why), 0);
    assert_int_equal(mail_open(&mail, scratch.path, name, &why), -1);
    mail_close(&mail);
    scratch_close(&scratch);
}

static void put_file(const scratch_t *scratch, const char *name, const char *text)
{
    cause_t why;
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof folder, "%s", scratch_at(scratch, name));
    *strrchr(folder, '/') = 0;
    assert_int_equal(folder_make(folder, 0700, &why), 0);
    assert_int_equal(
        file_replace(scratch_at(scratch, name), span_text(text), 0600, &why), 0);
}

// What was corrected in the log before may be withdrawn in its successor.
static void what_a_left_log_has_is_withdrawn_in_the_next(void **state)
{
    (void)state;
    cause_t why;
    mail_t mail;
    scratch_t scratch;
    scratch_open(&scratch);
#define NAME(n) "01933f2a-1234-7abc-8def-00000000000" n
    put_file(&scratch, "former/1/inbox/000000000001-" NAME("1") ".json",
        "{\"from\": \"isoc\", \"id\": \"" NAME("1") "\"}");
    put_file(&scratch, "former/1/state/withdrawn/isoc." NAME("1"),
        "supersedes isoc " NAME("2") " 4\n");
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof folder, "%s", scratch_at(&scratch, "former/1/inbox"));
    assert_int_equal(
        mail_open(&mail, folder, "000000000001-" NAME("1") ".json", &why), 0);
    assert_int_equal(mail_amended(&mail).state, AMENDED_CORRECTED);
    assert_int_equal(mail_amended(&mail).number, 4);
    put_file(
        &scratch, "state/withdrawn/isoc." NAME("2"), "cancels isoc " NAME("3") " 1\n");
    assert_int_equal(mail_amended(&mail).state, AMENDED_WITHDRAWN);
    assert_string_equal(mail_amended(&mail).by.id, NAME("3"));
    mail_close(&mail);
    scratch_close(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read),
        cmocka_unit_test(summaries_fall_back),
        cmocka_unit_test(levels_are_numbers),
        cmocka_unit_test(three_lines_say_it),
        cmocka_unit_test(exercises_say_so_first),
        cmocka_unit_test(what_is_carried_can_be_read),
        cmocka_unit_test(defaults_are_not_law),
        cmocka_unit_test(folders_are_read),
        cmocka_unit_test(what_a_left_log_has_is_withdrawn_in_the_next),
    };
    int failed = test_group(tests, NULL, NULL);
    free(printed);
    return failed;
}
