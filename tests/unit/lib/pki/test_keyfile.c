// keyfile: keys come back as they were made, and nothing but a whole private key is
// taken.

#include "lib/base/file.h"
#include "lib/pki/keyfile.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <limits.h>
#include <sodium.h>
#include <sys/stat.h>

static scratch_t scratch;
static cause_t why;

static const char *at(const char *name)
{
    return scratch_at(&scratch, name);
}

static void ed25519_signs_as_its_public_half_says(void **state)
{
    (void)state;
    seal_key_t key;
    hash_t id;
    char hex[HASH_HEX];
    uint8_t signature[64];
    struct stat info;
    assert_int_equal(keyfile_new_ed25519(at("seal.key"), &why), 0);
    assert_int_equal(stat(at("seal.key"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(keyfile_read_ed25519(at("seal.key"), &key, &why), 0);
    assert_int_equal(
        crypto_sign_detached(signature, NULL, (const uint8_t *)"text", 4, key.secret_key),
        0);
    assert_int_equal(crypto_sign_verify_detached(
                         signature, (const uint8_t *)"text", 4, key.public_key),
        0);
    sha256(span_of(key.public_key, 32), &id);
    hex_encode(id.bytes, 32, hex);
    assert_string_equal(key.id, hex);
}

static void x25519_halves_belong_together(void **state)
{
    (void)state;
    uint8_t secret[32];
    uint8_t public_key[32];
    uint8_t computed[32];
    assert_int_equal(keyfile_new_x25519(at("channel.key"), &why), 0);
    assert_int_equal(keyfile_read_x25519(at("channel.key"), secret, public_key, &why), 0);
    assert_int_equal(crypto_scalarmult_base(computed, secret), 0);
    assert_memory_equal(computed, public_key, 32);
}

static void a_key_is_never_overwritten(void **state)
{
    (void)state;
    buf_t before = {0};
    buf_t after = {0};
    assert_int_equal(file_read(at("seal.key"), 4096, &before, &why), 0);
    assert_int_equal(keyfile_new_ed25519(at("seal.key"), &why), -1);
    assert_int_equal(keyfile_new_x25519(at("seal.key"), &why), -1);
    assert_int_equal(file_read(at("seal.key"), 4096, &after, &why), 0);
    assert_true(span_equal(buf_span(&before), buf_span(&after)));
    buf_destroy(&before);
    buf_destroy(&after);
}

static void one_kind_of_key_is_not_another(void **state)
{
    (void)state;
    seal_key_t key;
    uint8_t secret[32];
    uint8_t public_key[32];
    assert_int_equal(keyfile_read_ed25519(at("channel.key"), &key, &why), -1);
    assert_non_null(strstr(why.text, "not an ED25519 key"));
    assert_int_equal(keyfile_read_x25519(at("seal.key"), secret, public_key, &why), -1);
    assert_non_null(strstr(why.text, "not an X25519 key"));
}

static void wide_permissions_are_refused(void **state)
{
    (void)state;
    static const mode_t wide[] = {0640, 0604, 0660, 0666, 0644, 0610, 0601};
    seal_key_t key;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        assert_int_equal(chmod(at("seal.key"), wide[i]), 0);
        assert_int_equal(keyfile_read_ed25519(at("seal.key"), &key, &why), -1);
        assert_non_null(strstr(why.text, "run: chmod 600"));
    }
    assert_int_equal(chmod(at("seal.key"), 0600), 0);
    assert_int_equal(keyfile_read_ed25519(at("seal.key"), &key, &why), 0);
}

// Base64 padding and the closing dashes carry nothing, so a cut there may still be a key:
// but then it must be the same key.
static void a_cut_file_is_no_key(void **state)
{
    (void)state;
    buf_t pem = {0};
    seal_key_t whole;
    seal_key_t cut;
    size_t taken = 0;
    assert_int_equal(file_read(at("seal.key"), 4096, &pem, &why), 0);
    assert_int_equal(keyfile_read_ed25519(at("seal.key"), &whole, &why), 0);
    for (size_t size = 0; size < pem.size; size++) {
        assert_int_equal(
            file_replace(at("cut.key"), span_of(pem.data, size), 0600, &why), 0);
        if (keyfile_read_ed25519(at("cut.key"), &cut, &why) != 0)
            continue;
        assert_memory_equal(whole.secret_key, cut.secret_key, 64);
        taken++;
    }
    assert_true(taken <= 1); // without the last LF
    buf_destroy(&pem);
}

// Encrypted for "secret" with `openssl genpkey -algorithm ed25519 -aes256`.
static const char encrypted[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjwUvtGYcYuAgICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEKE5aJeoUcid7PyqgxRRe30EQO3K\n"
    "E1IVZ/GDNJtN6RNwdy2Ly4LWiYM0x6OAhy//pmmjs+2eMAUkvb5iEwxCGk3mu+SL\n"
    "Kbb2VfoXhvaHc3BvJWw=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static void other_texts_are_no_key(void **state)
{
    (void)state;
    static const char *const table[] = {"", "\n", "seal\n", encrypted,
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        // Ed25519 with 31 bytes instead of 32
        "-----BEGIN PRIVATE "
        "KEY-----\nMC0CAQAwBQYDK2VwBCEEHwABAgMEBQYHCAkKCwwNDg8QERITFBUW"
        "FxgZGhscHR4=\n-----END PRIVATE KEY-----\n"};
    seal_key_t key;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_int_equal(
            file_replace(at("other.key"), span_text(table[i]), 0600, &why), 0);
        assert_int_equal(keyfile_read_ed25519(at("other.key"), &key, &why), -1);
        assert_non_null(strstr(why.text, "other.key"));
    }
    assert_int_equal(keyfile_read_ed25519(at("none.key"), &key, &why), -1);
}

static int begin(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return sodium_init() < 0;
}

static int end(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ed25519_signs_as_its_public_half_says),
        cmocka_unit_test(x25519_halves_belong_together),
        cmocka_unit_test(a_key_is_never_overwritten),
        cmocka_unit_test(one_kind_of_key_is_not_another),
        cmocka_unit_test(wide_permissions_are_refused),
        cmocka_unit_test(a_cut_file_is_no_key),
        cmocka_unit_test(other_texts_are_no_key),
    };
    return test_group(tests, begin, end);
}
