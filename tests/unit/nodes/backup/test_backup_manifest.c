// backup_manifest: what is printed is read back, and nothing that was changed is.

#include "nodes/backup/backup_manifest.h"
#include "tests/lib/test.h"

#include <sodium.h>
#include <string.h>

static void fill(backup_manifest_t *self)
{
    cause_t why;
    uint8_t public_key[32], secret[64], seed[32] = {1};
    hash_t leaf = {{2}};
    merkle_t tree = {0};
    crypto_sign_seed_keypair(public_key, secret, seed);
    *self = (backup_manifest_t){.number = 3, .made_ms = 1790000000000};
    assert_int_equal(log_vkey_of(&self->vkey, "hub.example/log", public_key, &why), 0);
    backup_manifest_segment(self, &(backup_segment_t){.bytes = 100, .digest = {{5}}});
    for (int i = 0; i < 5; i++)
        merkle_add(&tree, &leaf);
    backup_manifest_segment(self,
        &(backup_segment_t){
            .first = 5, .sequence = 2, .bytes = 200, .digest = {{6}}, .before = tree});
    merkle_add(&tree, &leaf);
    backup_manifest_file(self, "files-3/roster/a b.pem", 7, &leaf);
    backup_manifest_file(self, NULL, 8, &leaf);
    (void)snprintf(
        self->checkpoint.origin, sizeof self->checkpoint.origin, "hub.example/log");
    self->checkpoint.size = tree.size;
    merkle_root(&tree, &self->checkpoint.root);
    checkpoint_sign(&self->checkpoint, &self->vkey, secret, &self->note);
}

static void test_round(void **state)
{
    (void)state;
    cause_t why;
    backup_manifest_t own, read;
    buf_t text = {0}, again = {0};
    fill(&own);
    backup_manifest_print(&own, &text);
    if (backup_manifest_parse(&read, buf_span(&text), &why) != 0)
        fail_msg("%s", why.text);
    assert_int_equal(read.segments, 2);
    assert_int_equal(read.segment[1].before.size, 5);
    assert_int_equal(read.files, 2);
    assert_string_equal(read.file[0].path, "files-3/roster/a b.pem");
    assert_null(read.file[1].path);
    backup_manifest_print(&read, &again);
    assert_true(span_equal(buf_span(&text), buf_span(&again)));
    buf_destroy(&text);
    buf_destroy(&again);
    backup_manifest_close(&own);
    backup_manifest_close(&read);
}

static void test_changed(void **state)
{
    (void)state;
    cause_t why;
    backup_manifest_t own, read;
    buf_t text = {0};
    fill(&own);
    backup_manifest_print(&own, &text);
    for (size_t i = 0; i < text.size; i++) {
        assert_int_not_equal(
            backup_manifest_parse(&read, span_of(text.data, i), &why), 0);
        for (unsigned bit = 0; bit < 8; bit++) {
            text.data[i] = (uint8_t)(text.data[i] ^ 1U << bit);
            assert_int_not_equal(backup_manifest_parse(&read, buf_span(&text), &why), 0);
            text.data[i] = (uint8_t)(text.data[i] ^ 1U << bit);
        }
    }
    buf_destroy(&text);
    backup_manifest_close(&own);
}

// A path that leads out of the folder is nobody's.
static void test_outside(void **state)
{
    (void)state;
    static const char *const paths[] = {"", "/etc/passwd", "../x", "a/../../x"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        cause_t why;
        backup_manifest_t own, read;
        buf_t text = {0};
        fill(&own);
        backup_manifest_file(&own, paths[i], 1, &own.segment[0].digest);
        // Files stand before attachments.
        backup_file_t last = own.file[2];
        own.file[2] = own.file[1];
        own.file[1] = last;
        backup_manifest_print(&own, &text);
        assert_int_not_equal(backup_manifest_parse(&read, buf_span(&text), &why), 0);
        buf_destroy(&text);
        backup_manifest_close(&own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_outside),
    };
    return test_group(tests, NULL, NULL);
}
