// note: C2SP signed notes, checkpoints and proofs, byte for byte, and nothing else.

#include "lib/tlog/note.h"

#include "tests/lib/samples.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define DASH "\xe2\x80\x94 "

// The example of C2SP signed-note.md: not a checkpoint, but its key and form are known
// good.
static const char c2sp_vkey[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char c2sp_note[] =
    "This is an example message.\n\n" DASH "example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFX"
    "mRKuwHjG1Yu72IneyaQM=\n";

static void test_the_specification_s_key(void **state)
{
    (void)state;
    log_vkey_t vkey;
    cause_t why = {""};
    char text[VKEY_MAX];
    assert_int_equal(log_vkey_parse(&vkey, span_text(c2sp_vkey), &why), 0);
    assert_string_equal(vkey.origin, "example.com/foo");
    log_vkey_print(&vkey, text);
    assert_string_equal(text, c2sp_vkey);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_a_key_in_a_file(void **state)
{
    (void)state;
    log_vkey_t vkey;
    cause_t why = {""};
    scratch_t folder;
    scratch_open(&folder);
    const char *path = scratch_at(&folder, "hub.vkey");
    assert_int_equal(log_vkey_read(&vkey, path, &why), -1);
    assert_non_null(strstr(why.text, path));
    write_file(path, "no key\n");
    assert_int_equal(log_vkey_read(&vkey, path, &why), -1);
    assert_non_null(strstr(why.text, path));
    write_file(path, c2sp_vkey);
    assert_int_equal(log_vkey_read(&vkey, path, &why), 0);
    assert_string_equal(vkey.origin, "example.com/foo");
    scratch_close(&folder);
}

// Its signature is found good: what is wrong with the note is only that it is no
// checkpoint.
static void test_the_specification_s_note(void **state)
{
    (void)state;
    log_vkey_t vkey;
    cause_t why;
    checkpoint_t checkpoint;
    char changed[sizeof c2sp_note];
    assert_int_equal(log_vkey_parse(&vkey, span_text(c2sp_vkey), &why), 0);
    assert_int_equal(checkpoint_open(&checkpoint, span_text(c2sp_note), &vkey, &why), -1);
    assert_non_null(strstr(why.text, "not a checkpoint"));
    memcpy(changed, c2sp_note, sizeof changed);
    changed[0] = 't';
    assert_int_equal(checkpoint_open(&checkpoint, span_text(changed), &vkey, &why), -1);
    assert_non_null(strstr(why.text, "signature is wrong"));
}

static void test_keys_in_other_forms_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "+", "++", "example.com/foo",
        "example.com/foo+530d903a",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n\n",
        "example com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"};
    log_vkey_t vkey;
    cause_t why;
    const uint8_t key[32] = {0};
    char long_name[ORIGIN_MAX + 1] = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (log_vkey_parse(&vkey, span_text(bad[i]), &why) == 0)
            fail_msg("taken: %s", bad[i]);
    memset(long_name, 'x', ORIGIN_MAX);
    assert_int_equal(log_vkey_of(&vkey, long_name, key, &why), -1);
    assert_int_equal(log_vkey_of(&vkey, "", key, &why), -1);
    assert_int_equal(log_vkey_of(&vkey, "a b", key, &why), -1);
    assert_int_equal(log_vkey_of(&vkey, "a+b", key, &why), -1);
    assert_int_equal(log_vkey_of(&vkey, "a\n", key, &why), -1);
    long_name[ORIGIN_MAX - 1] = 0;
    assert_int_equal(log_vkey_of(&vkey, long_name, key, &why), 0);
}

static void sample(buf_t *note)
{
    hash_t root;
    sha256(span_text("root"), &root);
    buf_clear(note);
    sample_note(20852163, &root, note);
}

static void test_a_checkpoint(void **state)
{
    (void)state;
    log_vkey_t vkey = sample_vkey();
    checkpoint_t checkpoint;
    cause_t why = {""};
    buf_t note = {0};
    hash_t root;
    sample(&note);
    sha256(span_text("root"), &root);
    assert_int_equal(checkpoint_open(&checkpoint, buf_span(&note), &vkey, &why), 0);
    assert_string_equal(checkpoint.origin, SAMPLE_ORIGIN);
    assert_int_equal(checkpoint.size, 20852163);
    assert_true(hash_equal(&checkpoint.root, &root));
    buf_destroy(&note);
}

static void test_every_flipped_bit_shows(void **state)
{
    (void)state;
    log_vkey_t vkey = sample_vkey();
    buf_t note = {0};
    sample(&note);
    for (size_t bit = 0; bit < 8 * note.size; bit++) {
        checkpoint_t checkpoint;
        cause_t why;
        note.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(checkpoint_open(&checkpoint, buf_span(&note), &vkey, &why), -1);
        note.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t size = 0; size < note.size; size++) {
        checkpoint_t checkpoint;
        cause_t why;
        uint8_t *exact = malloc(size ? size : 1);
        memcpy(exact, note.data, size);
        assert_int_equal(
            checkpoint_open(&checkpoint, span_of(exact, size), &vkey, &why), -1);
        free(exact);
    }
    buf_destroy(&note);
}

// A note over `text` with a good signature by the log, and `more` behind it.
static int open_text(const char *text, const char *more)
{
    seal_key_t key = sample_key(1);
    log_vkey_t vkey = sample_vkey();
    checkpoint_t checkpoint;
    cause_t why;
    buf_t note = {0};
    uint8_t tagged[68];
    memcpy(tagged, vkey.key_id, 4);
    (void)crypto_sign_detached(
        tagged + 4, NULL, (const uint8_t *)text, strlen(text), key.secret_key);
    buf_put_text(&note, text);
    buf_put_text(&note, "\n" DASH SAMPLE_ORIGIN " ");
    buf_put_base64(&note, span_of(tagged, sizeof tagged));
    buf_put_text(&note, "\n");
    buf_put_text(&note, more);
    int result = checkpoint_open(&checkpoint, buf_span(&note), &vkey, &why);
    buf_destroy(&note);
    return result;
}

#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static void test_texts_that_are_signed_but_no_checkpoints(void **state)
{
    (void)state;
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n0\n" ROOT, ""), 0);
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n0\n" ROOT "an extension\n", ""), 0);
    assert_int_equal(open_text("other.example/log\n0\n" ROOT, ""), -1);
    assert_int_equal(open_text("\n0\n" ROOT, ""), -1);
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n00\n" ROOT, ""), -1);
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n-1\n" ROOT, ""), -1);
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n18446744073709551616\n" ROOT, ""), -1);
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n0\n", ""), -1);
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n0\nAAAA\n", ""), -1);
    assert_int_equal(
        open_text(SAMPLE_ORIGIN "\n0\n" ROOT "\nempty line before\n", ""), -1);
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n0\n" ROOT "tab\there\n", ""), -1);
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n0\n" ROOT "not UTF-8 \xff\n", ""), -1);
}

static void test_signatures_of_others(void **state)
{
    (void)state;
    const char *text = SAMPLE_ORIGIN "\n0\n" ROOT;
    // Witnesses nobody here knows, however long their signatures.
    assert_int_equal(open_text(text, DASH "witness.example AAAAAAE=\n"), 0);
    assert_int_equal(open_text(text, DASH "\xd0\xba\xd1\x83\xd3\x99 AAAAAAE=\n"), 0);
    // Same name but another key; same key id but another name.
    assert_int_equal(open_text(text, DASH SAMPLE_ORIGIN " AAAAAAE=\n"), 0);
    // Malformed lines spoil a note whoever wrote them.
    assert_int_equal(open_text(text, DASH "witness.example AAAAAAE\n"), -1);
    assert_int_equal(open_text(text, DASH "witness.example AAAAAA==\n"), -1); // id alone
    assert_int_equal(open_text(text, DASH "witness+example AAAAAAE=\n"), -1);
    assert_int_equal(
        open_text(text, DASH "witness\xe2\x80\x83 AAAAAAE=\n"), -1); // em space
    assert_int_equal(open_text(text, DASH " AAAAAAE=\n"), -1);
    assert_int_equal(open_text(text, DASH "witness.example  AAAAAAE=\n"), -1);
    assert_int_equal(open_text(text, "- witness.example AAAAAAE=\n"), -1);
    assert_int_equal(open_text(text, DASH "witness.example AAAAAAE="), -1); // no LF
    assert_int_equal(open_text(text, "\n"), -1);
    assert_int_equal(open_text(text, "\n" DASH "witness.example AAAAAAE=\n"), -1);
}

static void test_sixteen_signatures_are_read_and_more(void **state)
{
    (void)state;
    buf_t more = {0};
    char long_signature[6000];
    memset(long_signature, 'A', sizeof long_signature - 1);
    long_signature[sizeof long_signature - 4] = 0; // whole groups of four
    for (unsigned i = 0; i < 16; i++)
        buf_printf(&more, DASH "witness%u.example %s\n", i, long_signature);
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n0\n" ROOT, buf_text(&more)), 0);
    for (unsigned i = 0; i < 16; i++)
        buf_printf(&more, DASH "witness%u.example %s\n", i, long_signature);
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n0\n" ROOT, buf_text(&more)), -1);
    buf_destroy(&more);
}

static void test_a_bad_signature_beside_a_good_one(void **state)
{
    (void)state;
    log_vkey_t vkey = sample_vkey();
    uint8_t tagged[68] = {0};
    buf_t line = {0};
    memcpy(tagged, vkey.key_id, 4);
    buf_put_text(&line, DASH SAMPLE_ORIGIN " ");
    buf_put_base64(&line, span_of(tagged, sizeof tagged));
    buf_put_text(&line, "\n");
    assert_int_equal(open_text(SAMPLE_ORIGIN "\n0\n" ROOT, buf_text(&line)), -1);
    buf_destroy(&line);
}

enum { TREE = 11 };

// A proof for entry `index` of a log of eleven, and what it is built from.
static void sample_proof(uint64_t index, buf_t *out)
{
    hash_t leaves[TREE];
    merkle_t tree = {0};
    hash_t root;
    buf_t path = {0};
    buf_t note = {0};
    for (uint8_t i = 0; i < TREE; i++) {
        const char text[] = {'l', 'e', 'a', 'f', ' ', (char)('a' + i)};
        merkle_leaf(span_of(text, sizeof text), &leaves[i]);
        merkle_add(&tree, &leaves[i]);
    }
    merkle_root(&tree, &root);
    merkle_path_of(leaves, TREE, (size_t)index, &path);
    sample_note(TREE, &root, &note);
    const char leaf[] = {'l', 'e', 'a', 'f', ' ', (char)('a' + index)};
    tlog_proof_write(
        out, span_of(leaf, sizeof leaf), index, buf_span(&path), buf_span(&note));
    buf_destroy(&path);
    buf_destroy(&note);
}

static bool proof_good(span_t text)
{
    tlog_proof_t proof;
    checkpoint_t checkpoint;
    log_vkey_t vkey = sample_vkey();
    cause_t why;
    if (tlog_proof_parse(&proof, text, &why) != 0)
        return false;
    int result = tlog_proof_check(&proof, &vkey, &checkpoint, &why);
    tlog_proof_close(&proof);
    return result == 0;
}

static void test_proofs_of_every_entry(void **state)
{
    (void)state;
    for (uint64_t index = 0; index < TREE; index++) {
        buf_t text = {0};
        buf_t again = {0};
        tlog_proof_t proof;
        cause_t why;
        sample_proof(index, &text);
        assert_true(proof_good(buf_span(&text)));
        assert_int_equal(tlog_proof_parse(&proof, buf_span(&text), &why), 0);
        assert_int_equal(proof.index, index);
        assert_int_equal(proof.extra.data[5], 'a' + index);
        tlog_proof_write(&again, proof.extra, proof.index, proof.path, proof.note);
        assert_string_equal(buf_text(&text), buf_text(&again));
        tlog_proof_close(&proof);
        buf_destroy(&text);
        buf_destroy(&again);
    }
}

static void test_proofs_with_a_flipped_bit(void **state)
{
    (void)state;
    buf_t text = {0};
    sample_proof(5, &text);
    for (size_t bit = 0; bit < 8 * text.size; bit++) {
        text.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(proof_good(buf_span(&text)));
        text.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t size = 0; size < text.size; size++)
        assert_false(proof_good(span_of(text.data, size)));
    buf_destroy(&text);
}

static void assert_no_proof(const char *text)
{
    tlog_proof_t proof;
    cause_t why;
    if (tlog_proof_parse(&proof, span_text(text), &why) == 0)
        fail_msg("taken:\n%s", text);
    assert_null(proof.memory.data);
}

#define HASH "AQIDIEBgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

static void test_proofs_in_other_forms_are_refused(void **state)
{
    (void)state;
    tlog_proof_t proof;
    log_vkey_t vkey = sample_vkey();
    checkpoint_t checkpoint;
    cause_t why;
    // Without extra: a proof, but one of an entry that it does not show.
    assert_int_equal(tlog_proof_parse(&proof,
                         span_text("c2sp.org/tlog-proof@v1\nindex 0\n\nnote\n"), &why),
        0);
    assert_int_equal(tlog_proof_check(&proof, &vkey, &checkpoint, &why), -1);
    tlog_proof_close(&proof);
    assert_no_proof("");
    assert_no_proof("c2sp.org/tlog-proof@v2\nindex 0\n\nnote\n");
    assert_no_proof("c2sp.org/tlog-proof@v1\nindex 00\n\nnote\n");
    assert_no_proof("c2sp.org/tlog-proof@v1\nindex 0\n\n");
    assert_no_proof("c2sp.org/tlog-proof@v1\nindex 0\nnote\n");
    assert_no_proof("c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nnote\n");
    assert_no_proof("c2sp.org/tlog-proof@v1\nindex 0\n" HASH "AQ==\n\nnote\n");
    assert_no_proof("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nnote\n");
    assert_no_proof("c2sp.org/tlog-proof@v1\nextra AAA\nindex 0\n\nnote\n");
    assert_no_proof("c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\nnote\n");
    assert_no_proof("c2sp.org/tlog-proof@v1\nextra AAAA\nextra AAAA\nindex 0\n\nnote\n");
    assert_no_proof("c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\nnote\r\n");
    buf_t text = {0};
    buf_put_text(&text, "c2sp.org/tlog-proof@v1\nindex 0\n");
    for (unsigned i = 0; i < 65; i++)
        buf_put_text(&text, HASH);
    buf_put_text(&text, "\nnote\n");
    assert_no_proof(buf_text(&text));
    buf_destroy(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_specification_s_key),
        cmocka_unit_test(test_a_key_in_a_file),
        cmocka_unit_test(test_the_specification_s_note),
        cmocka_unit_test(test_keys_in_other_forms_are_refused),
        cmocka_unit_test(test_a_checkpoint),
        cmocka_unit_test(test_every_flipped_bit_shows),
        cmocka_unit_test(test_texts_that_are_signed_but_no_checkpoints),
        cmocka_unit_test(test_signatures_of_others),
        cmocka_unit_test(test_sixteen_signatures_are_read_and_more),
        cmocka_unit_test(test_a_bad_signature_beside_a_good_one),
        cmocka_unit_test(test_proofs_of_every_entry),
        cmocka_unit_test(test_proofs_with_a_flipped_bit),
        cmocka_unit_test(test_proofs_in_other_forms_are_refused),
    };
    return test_group(tests, NULL, NULL);
}
