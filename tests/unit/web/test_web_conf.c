// The console's options: two words are no configuration's need, and the manual page has
// every key and no other.

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"
#include "web/web_conf.h"

static cause_t why;

static void nothing_must_be_configured(void **state)
{
    (void)state;
    scratch_t scratch;
    web_conf_t conf = {0};
    scratch_open(&scratch);
    assert_int_equal(
        file_create(scratch_at(&scratch, "web.conf"), span_text(""), 0600, &why), 0);
    assert_int_equal(
        conf_read(web_conf_table, scratch_at(&scratch, "web.conf"), &conf, &why), 0);
    assert_string_equal(conf.listen, "127.0.0.1:7680");
    assert_string_equal(conf.certificate, "");
    assert_int_equal(conf.names.n, 0);
    conf_free(web_conf_table, &conf);
    scratch_close(&scratch);
}

static void the_manual_page_has_every_key_and_no_other(void **state)
{
    (void)state;
    buf_t page = {0};
    size_t items = 0, keys = 0;
    char entry[128];
    if (file_read("man/dabyl-web.conf.5", 1 << 20, &page, &why) != 0)
        fail_msg("%s", why.text);
    for (const conf_option_t *option = web_conf_table; option->key; option++, keys++) {
        (void)snprintf(entry, sizeof entry, "\n.It Cm %s\n", option->key);
        const char *item = strstr(buf_text(&page), entry);
        if (!item)
            fail_msg("%s is not in the page", option->key);
        const char *next = strstr(item + 1, "\n.It ");
        (void)snprintf(entry, sizeof entry, "\nDefault: %s", option->preset);
        const char *preset = strstr(item, entry);
        if (option->type == CONF_NUMBER && (!preset || (next && preset > next)))
            fail_msg("%s: the page does not say %s", option->key, entry + 1);
    }
    for (const char *at = buf_text(&page); (at = strstr(at, "\n.It Cm ")); at++)
        items++;
    assert_int_equal(items, keys);
    buf_destroy(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_must_be_configured),
        cmocka_unit_test(the_manual_page_has_every_key_and_no_other),
    };
    return test_group(tests, NULL, NULL);
}
