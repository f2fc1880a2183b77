// ledger: what was written comes back, a damaged file is refused whole; and what admit
// makes of it.

#include "certs/admit.h"
#include "certs/folder/ledger.h"
#include "lib/base/file.h"
#include "lib/pki/seal.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <limits.h>

static scratch_t scratch;
static cause_t why;
static const int64_t now_ms = 1795348800000; // 2026-11-22T12:00:00Z
static const int64_t day_ms = 86400000;

static const char *at(const char *name)
{
    return scratch_at(&scratch, name);
}

// `mark` tells keys and serials apart.
static issued_t entry_of(const char *name, const char *role, cert_use_t use, uint8_t mark)
{
    issued_t entry = {.use = use,
        .issued_ms = now_ms - day_ms,
        .not_before_ms = now_ms - day_ms,
        .not_after_ms = now_ms + day_ms};
    bool officer = strcmp(role, "officer") == 0;
    assert_int_equal(holder_set(&entry.holder, name, role, "KZ-ENERGY",
                         officer ? "isoc-energy" : NULL, &why),
        0);
    memset(entry.key, mark, sizeof entry.key);
    seal_key_id(entry.key, entry.key_id);
    (void)snprintf(entry.serial, sizeof entry.serial, "40%02x", mark);
    return entry;
}

static enrol_t request_of(const char *name, const char *role, uint8_t mark)
{
    enrol_t request = {0};
    request.holder = entry_of(name, role, CERT_SEAL, mark).holder;
    memset(request.seal_key, mark, 32);
    memset(request.channel_key, mark + 1, 32);
    return request;
}

static void fill(ledger_t *ledger)
{
    issued_t entry = entry_of("isoc-energy", "isoc", CERT_SEAL, 1);
    ledger_add(ledger, &entry);
    entry = entry_of("isoc-energy", "isoc", CERT_CHANNEL, 2);
    ledger_add(ledger, &entry);
    entry = entry_of("aigul", "officer", CERT_SEAL, 3);
    ledger_add(ledger, &entry);
    entry = entry_of("owner-grid", "owner", CERT_SEAL, 4);
    entry.revoked_ms = now_ms - 1000;
    (void)strcpy(entry.reason, "key-compromise");
    ledger_add(ledger, &entry);
    entry = entry_of("partner-x", "partner", CERT_SEAL, 5);
    entry.not_after_ms = now_ms;
    ledger_add(ledger, &entry);
    ledger->crl_number = 7;
}

static void comes_back_as_it_was(void **state)
{
    (void)state;
    ledger_t written = {0};
    ledger_t got;
    fill(&written);
    assert_int_equal(ledger_write(&written, at("index"), &why), 0);
    assert_int_equal(ledger_read(&got, at("index"), &why), 0);
    assert_int_equal(got.crl_number, 7);
    assert_int_equal(got.n, written.n);
    for (size_t i = 0; i < got.n; i++) {
        json_t *a = issued_json(&written.entry[i]);
        json_t *b = issued_json(&got.entry[i]);
        assert_true(json_equal(a, b));
        json_decref(a);
        json_decref(b);
    }
    assert_ptr_equal(ledger_by_serial(&got, "4002"), &got.entry[1]);
    assert_null(ledger_by_serial(&got, "4009"));
    ledger_free(&written);
    ledger_free(&got);
}

static void cut_anywhere_it_is_refused_or_shorter(void **state)
{
    (void)state;
    ledger_t ledger = {0};
    ledger_t got;
    buf_t text = {0};
    fill(&ledger);
    assert_int_equal(ledger_write(&ledger, at("index"), &why), 0);
    assert_int_equal(file_read(at("index"), 65536, &text, &why), 0);
    for (size_t cut = 0; cut < text.size; cut++) {
        assert_int_equal(file_replace(at("cut"), span_of(text.data, cut), 0600, &why), 0);
        int result = ledger_read(&got, at("cut"), &why);
        // Only at the end of a line is it a ledger.
        assert_int_equal(result, cut > 0 && text.data[cut - 1] == '\n' ? 0 : -1);
        if (result == 0)
            assert_true(got.n < ledger.n);
        ledger_free(&got);
    }
    buf_destroy(&text);
    ledger_free(&ledger);
}

static void damaged_lines_are_named(void **state)
{
    (void)state;
#define HEAD "{\"dabyl_ca\":1,\"crl_number\":7}\n"
    static const char *const table[][2] = {
        {"", "index:1"},
        {"\n", "index:1"},
        {"{}\n", "index:1"},
        {"{\"dabyl_ca\":2,\"crl_number\":7}\n", "index:1"},
        {"{\"dabyl_ca\":1,\"crl_number\":-7}\n", "index:1"},
        {"{\"dabyl_ca\":1,\"crl_number\":\"7\"}\n", "index:1"},
        {HEAD "{}\n", "index:2"},
        {HEAD "\n", "index:2"},
        {HEAD HEAD, "index:2"},
    };
    ledger_t got;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_int_equal(
            file_replace(at("index"), span_text(table[i][0]), 0600, &why), 0);
        assert_int_equal(ledger_read(&got, at("index"), &why), -1);
        if (!strstr(why.text, table[i][1]))
            fail_msg("row %zu: %s", i, why.text);
    }
}

static void a_serial_twice_or_a_foreign_key_id_is_damage(void **state)
{
    (void)state;
    ledger_t ledger = {0};
    ledger_t got;
    issued_t entry = entry_of("a", "isoc", CERT_SEAL, 1);
    ledger_add(&ledger, &entry);
    ledger_add(&ledger, &entry);
    assert_int_equal(ledger_write(&ledger, at("index"), &why), 0);
    assert_int_equal(ledger_read(&got, at("index"), &why), -1);
    assert_non_null(strstr(why.text, "index:3"));
    ledger.n = 1;
    ledger.entry[0].key_id[0] ^= 1;
    assert_int_equal(ledger_write(&ledger, at("index"), &why), 0);
    assert_int_equal(ledger_read(&got, at("index"), &why), -1);
    ledger_free(&ledger);
}

static void standing_follows_time_and_revocation(void **state)
{
    (void)state;
    issued_t entry = entry_of("a", "isoc", CERT_SEAL, 1);
    assert_int_equal(issued_standing(&entry, entry.not_before_ms - 1), NOT_YET);
    assert_int_equal(issued_standing(&entry, entry.not_before_ms), IN_FORCE);
    assert_int_equal(issued_standing(&entry, entry.not_after_ms - 1), IN_FORCE);
    assert_int_equal(issued_standing(&entry, entry.not_after_ms), EXPIRED);
    entry.revoked_ms = now_ms;
    assert_int_equal(issued_standing(&entry, now_ms), REVOKED);
    assert_int_equal(issued_standing(&entry, entry.not_after_ms), REVOKED);
}

static void newcomers_are_admitted_by_rule(void **state)
{
    (void)state;
    static const struct {
        const char *name, *role;
        uint8_t mark;
        const char *says; // NULL: admitted
    } table[] = {
        {"isoc-new", "isoc", 50, NULL},
        {"isoc-energy", "isoc", 50, "dabyl ca renew isoc-energy"},
        {"isoc-energy", "owner", 50, "it is certified as isoc of KZ-ENERGY"},
        {"aigul", "isoc", 50, "it is certified as officer"},
        {"isoc-new", "isoc", 1, "is that of isoc-energy already"},
        {"isoc-new", "isoc", 2, "is that of isoc-energy already"},
        {"owner-grid", "owner", 50, NULL},     // its old key is revoked, this one is new
        {"owner-grid", "authority", 50, NULL}, // nothing of it is in force
        {"owner-grid", "owner", 4, "was revoked (key-compromise)"},
        {"partner-x", "partner", 5, NULL}, // expired: enrols again
        {"daniyar", "officer", 50, NULL},
    };
    ledger_t ledger = {0};
    fill(&ledger);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        enrol_t request = request_of(table[i].name, table[i].role, table[i].mark);
        int result = admit_new(&ledger, &request, now_ms, &why);
        if (result != (table[i].says ? -1 : 0))
            fail_msg("row %zu gave %d: %s", i, result, why.text);
        if (table[i].says && !strstr(why.text, table[i].says))
            fail_msg("row %zu: '%s' instead of '%s'", i, why.text, table[i].says);
    }
    enrol_t request = request_of("daniyar", "officer", 50);
    (void)strcpy(request.holder.node, "owner-grid"); // revoked
    assert_int_equal(admit_new(&ledger, &request, now_ms, &why), -1);
    (void)strcpy(request.holder.node, "aigul"); // not a node
    assert_int_equal(admit_new(&ledger, &request, now_ms, &why), -1);
    assert_non_null(strstr(why.text, "sign the node's request first"));
    ledger_free(&ledger);
}

static void renewing_changes_no_role(void **state)
{
    (void)state;
    ledger_t ledger = {0};
    fill(&ledger);
    enrol_t request = request_of("isoc-energy", "isoc", 50);
    assert_int_equal(admit_again(&ledger, &request, &why), 0);
    request = request_of("isoc-energy", "isoc", 1); // its own keys are fine
    assert_int_equal(admit_again(&ledger, &request, &why), 0);
    request = request_of("isoc-energy", "isoc", 4);
    assert_int_equal(admit_again(&ledger, &request, &why), -1);
    request = request_of("isoc-energy", "owner", 50);
    assert_int_equal(admit_again(&ledger, &request, &why), -1);
    assert_non_null(strstr(why.text, "renewing changes none of it"));
    request = request_of("owner-grid", "owner", 50); // all revoked
    assert_int_equal(admit_again(&ledger, &request, &why), -1);
    assert_non_null(strstr(why.text, "dabyl ca sign"));
    request = request_of("aigul", "officer", 50);
    assert_int_equal(admit_again(&ledger, &request, &why), 0);
    (void)strcpy(request.holder.node, "nccis");
    assert_int_equal(admit_again(&ledger, &request, &why), -1);
    request = request_of("aigul", "officer", 50);
    (void)strcpy(request.holder.office, "head");
    (void)strcpy(request.holder.territory, "KZ-75");
    assert_int_equal(admit_again(&ledger, &request, &why), -1);
    assert_non_null(strstr(why.text, "the request says officer, head in KZ-75, of"));
    ledger_free(&ledger);
}

static void a_superseded_key_may_go_on(void **state)
{
    (void)state;
    ledger_t ledger = {0};
    fill(&ledger);
    assert_int_equal(admit_key(&ledger, "owner-grid", ledger.entry[3].key, &why), -1);
    (void)strcpy(ledger.entry[3].reason, "superseded");
    assert_int_equal(admit_key(&ledger, "owner-grid", ledger.entry[3].key, &why), 0);
    ledger_free(&ledger);
}

static int begin(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
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
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(cut_anywhere_it_is_refused_or_shorter),
        cmocka_unit_test(damaged_lines_are_named),
        cmocka_unit_test(a_serial_twice_or_a_foreign_key_id_is_damage),
        cmocka_unit_test(standing_follows_time_and_revocation),
        cmocka_unit_test(newcomers_are_admitted_by_rule),
        cmocka_unit_test(renewing_changes_no_role),
        cmocka_unit_test(a_superseded_key_may_go_on),
    };
    return test_group(tests, begin, end);
}
