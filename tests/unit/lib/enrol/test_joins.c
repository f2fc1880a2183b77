// The folder of requests: bounded, also for each address; what is accepted stays, the
// rest expires; files that are something else are nobody's request.

#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/enrol/joins.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static cause_t why;
static scratch_t scratch;
static const char *folder;
static const int64_t now_ms = 1800000000000;

static joins_limits_t limits_of(size_t most, size_t most_of_address)
{
    return (joins_limits_t){folder, most, most_of_address, 3600 * 1000};
}

static int make_folder(void **state)
{
    (void)state;
    scratch_open(&scratch);
    folder = scratch.path;
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

// A request of this node, in DER.
static void request_of(const char *node, buf_t *der)
{
    seal_key_t key;
    enrol_t wish = {0};
    enrol_t read;
    buf_t pem = {0};
    uint8_t secret[32];
    randombytes_buf(secret, sizeof secret);
    (void)crypto_scalarmult_base(wish.channel_key, secret);
    (void)crypto_sign_keypair(key.public_key, key.secret_key);
    assert_int_equal(holder_set(&wish.holder, node, "owner", "GRID", NULL, &why), 0);
    assert_int_equal(enrol_print(&wish, &key, &pem, &why), 0);
    assert_int_equal(enrol_take(&read, buf_span(&pem), &why), 0);
    buf_put_span(der, buf_span(&read.der));
    enrol_close(&read);
    buf_destroy(&pem);
}

static int keep(const joins_limits_t *limits, const char *node, const char *from,
    int64_t at_ms, char name[HASH_HEX])
{
    buf_t der = {0};
    request_of(node, &der);
    join_name(buf_span(&der), name);
    int kept = joins_keep(limits, buf_span(&der), from, at_ms, &why);
    buf_destroy(&der);
    return kept;
}

static size_t count(const joins_limits_t *limits, int64_t at_ms)
{
    joins_t joins;
    assert_int_equal(joins_list(&joins, limits, at_ms, &why), 0);
    size_t n = joins.n;
    joins_close(&joins);
    return n;
}

static void a_request_waits_is_found_and_named(void **state)
{
    (void)state;
    joins_t joins;
    join_state_t found;
    char name[HASH_HEX], other[HASH_HEX], text[JOIN_TEXT_MAX];
    joins_limits_t limits = limits_of(8, 8);
    assert_int_equal(keep(&limits, "owner-grid", "192.0.2.1", now_ms, name), 1);
    assert_int_equal(keep(&limits, "owner-gas", "192.0.2.1", now_ms + 1, other), 1);
    assert_int_equal(joins_find(folder, name, now_ms, &limits, &found, text, &why), 1);
    assert_int_equal(found, JOIN_WAITS);
    assert_int_equal(joins_list(&joins, &limits, now_ms, &why), 0);
    assert_int_equal(joins.n, 2);
    assert_string_equal(joins.item[0].name, name); // the oldest first
    assert_string_equal(joins.item[0].from, "192.0.2.1");
    assert_int_equal(joins.item[0].asked_ms, now_ms);
    assert_ptr_equal(joins_named(&joins, "owner-gas", &why), &joins.item[1]);
    other[12] = '\0';
    assert_ptr_equal(joins_named(&joins, other, &why), &joins.item[1]);
    assert_null(joins_named(&joins, "owner-oil", &why));
    assert_null(joins_named(&joins, "", &why));
    joins_close(&joins);
}

static void two_of_one_name_are_told_apart(void **state)
{
    (void)state;
    joins_t joins;
    char name[HASH_HEX];
    joins_limits_t limits = limits_of(8, 8);
    assert_int_equal(keep(&limits, "owner-grid", "192.0.2.1", now_ms, name), 1);
    assert_int_equal(keep(&limits, "owner-grid", "192.0.2.2", now_ms, name), 1);
    assert_int_equal(joins_list(&joins, &limits, now_ms, &why), 0);
    assert_null(joins_named(&joins, "owner-grid", &why));
    assert_non_null(strstr(why.text, "several"));
    assert_non_null(joins_named(&joins, name, &why));
    joins_close(&joins);
}

// Who has joined and asks for more is named by its id all the same.
static void of_one_name_what_is_not_answered_is_meant(void **state)
{
    (void)state;
    joins_t joins;
    char first[HASH_HEX], second[HASH_HEX];
    joins_limits_t limits = limits_of(8, 8);
    assert_int_equal(keep(&limits, "owner-grid", "192.0.2.1", now_ms, first), 1);
    assert_int_equal(keep(&limits, "owner-grid", "192.0.2.1", now_ms + 1, second), 1);
    assert_int_equal(joins_certify(folder, first, span_text("signed"), &why), 0);
    assert_int_equal(joins_list(&joins, &limits, now_ms, &why), 0);
    assert_ptr_equal(joins_named(&joins, "owner-grid", &why), &joins.item[1]);
    joins_close(&joins);
    assert_int_equal(joins_certify(folder, second, span_text("signed"), &why), 0);
    assert_int_equal(joins_list(&joins, &limits, now_ms, &why), 0);
    assert_ptr_equal(joins_named(&joins, "owner-grid", &why), &joins.item[1]);
    joins_close(&joins);
}

static void there_is_room_for_so_many_and_fewer_of_one_address(void **state)
{
    (void)state;
    char name[HASH_HEX];
    joins_limits_t limits = limits_of(3, 2);
    assert_int_equal(keep(&limits, "a", "192.0.2.1", now_ms, name), 1);
    assert_int_equal(keep(&limits, "b", "192.0.2.1", now_ms, name), 1);
    assert_int_equal(keep(&limits, "c", "192.0.2.1", now_ms, name), 0);
    assert_non_null(strstr(why.text, "your address"));
    assert_int_equal(keep(&limits, "d", "192.0.2.2", now_ms, name), 1);
    assert_int_equal(keep(&limits, "e", "192.0.2.3", now_ms, name), 0);
    assert_int_equal(count(&limits, now_ms), 3);
    // a refused one makes room; an accepted one does not count
    assert_int_equal(joins_refuse(folder, name, "nobody", &why), 0); // of no request
    assert_int_equal(keep(&limits, "e", "192.0.2.3", now_ms, name), 0);
    joins_t joins;
    assert_int_equal(joins_list(&joins, &limits, now_ms, &why), 0);
    assert_int_equal(joins_accept(folder, joins.item[0].name, "me", &why), 0);
    assert_int_equal(joins_refuse(folder, joins.item[1].name, "me", &why), 0);
    joins_close(&joins);
    assert_int_equal(keep(&limits, "e", "192.0.2.3", now_ms, name), 1);
    assert_int_equal(keep(&limits, "f", "192.0.2.4", now_ms, name), 1); // for the refused
    assert_int_equal(keep(&limits, "g", "192.0.2.4", now_ms, name), 0);
}

static void what_nobody_accepted_expires(void **state)
{
    (void)state;
    char waits[HASH_HEX], accepted[HASH_HEX], refused[HASH_HEX], text[JOIN_TEXT_MAX];
    join_state_t found;
    joins_limits_t limits = limits_of(8, 8);
    const int64_t later_ms = now_ms + limits.life_ms + 1;
    assert_int_equal(keep(&limits, "a", "192.0.2.1", now_ms, waits), 1);
    assert_int_equal(keep(&limits, "b", "192.0.2.1", now_ms, accepted), 1);
    assert_int_equal(keep(&limits, "c", "192.0.2.1", now_ms, refused), 1);
    assert_int_equal(joins_accept(folder, accepted, "aigul, today", &why), 0);
    assert_int_equal(joins_refuse(folder, refused, "not you", &why), 0);
    assert_int_equal(joins_find(folder, refused, now_ms, &limits, &found, text, &why), 1);
    assert_int_equal(found, JOIN_REFUSED);
    assert_string_equal(text, "not you");
    assert_int_equal(joins_find(folder, waits, later_ms, &limits, &found, text, &why), 0);
    assert_int_equal(count(&limits, later_ms), 1);
    assert_int_equal(
        joins_find(folder, accepted, later_ms, &limits, &found, text, &why), 1);
    assert_int_equal(found, JOIN_ACCEPTED);
    assert_string_equal(text, "aigul, today");
}

static void who_was_refused_may_be_accepted_after_all(void **state)
{
    (void)state;
    char name[HASH_HEX], text[JOIN_TEXT_MAX];
    join_state_t found;
    buf_t answer = {0};
    joins_limits_t limits = limits_of(8, 8);
    assert_int_equal(keep(&limits, "a", "192.0.2.1", now_ms, name), 1);
    assert_int_equal(joins_refuse(folder, name, "no", &why), 0);
    assert_int_equal(joins_accept(folder, name, "yes", &why), 0);
    assert_int_equal(joins_find(folder, name, now_ms, &limits, &found, text, &why), 1);
    assert_int_equal(found, JOIN_ACCEPTED);
    assert_int_equal(joins_answer(folder, name, &answer, &why), -1);
    assert_int_equal(joins_certify(folder, name, span_text("signed"), &why), 0);
    assert_int_equal(joins_find(folder, name, now_ms, &limits, &found, text, &why), 1);
    assert_int_equal(found, JOIN_CERTIFIED);
    assert_int_equal(joins_answer(folder, name, &answer, &why), 0);
    assert_true(span_is(buf_span(&answer), "signed"));
    buf_destroy(&answer);
}

// Renamed, cut, of another kind, a link: passed over, and nothing breaks.
static void other_files_are_no_requests(void **state)
{
    (void)state;
    char name[HASH_HEX], path[PATH_MAX], wrong[PATH_MAX];
    buf_t text = {0};
    joins_limits_t limits = limits_of(8, 8);
    assert_int_equal(keep(&limits, "a", "192.0.2.1", now_ms, name), 1);
    (void)snprintf(path, sizeof path, "%s/%s.pem", folder, name);
    (void)snprintf(wrong, sizeof wrong, "%s/%064d.pem", folder, 7);
    assert_int_equal(file_read(path, 1 << 16, &text, &why), 0);
    assert_int_equal(file_replace(wrong, buf_span(&text), 0600, &why), 0); // not its hash
    assert_int_equal(count(&limits, now_ms), 1);
    for (size_t size = 0; size + 2 < text.size; size += 7) {
        assert_int_equal(file_replace(path, span_of(text.data, size), 0600, &why), 0);
        assert_int_equal(count(&limits, now_ms), 0);
    }
    (void)snprintf(wrong, sizeof wrong, "%s/notes.pem", folder);
    assert_int_equal(file_replace(wrong, span_text("mine"), 0600, &why), 0);
    assert_int_equal(count(&limits, now_ms), 0);
    assert_int_equal(access(wrong, F_OK), 0);
    buf_destroy(&text);
}

static void no_folder_is_nobody(void **state)
{
    (void)state;
    folder_remove(folder);
    char name[HASH_HEX];
    joins_limits_t limits = limits_of(8, 8);
    assert_int_equal(count(&limits, now_ms), 0);
    assert_int_equal(keep(&limits, "a", "192.0.2.1", now_ms, name), 1);
    assert_int_equal(count(&limits, now_ms), 1);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_request_waits_is_found_and_named),
        IN_FOLDER(two_of_one_name_are_told_apart),
        IN_FOLDER(of_one_name_what_is_not_answered_is_meant),
        IN_FOLDER(there_is_room_for_so_many_and_fewer_of_one_address),
        IN_FOLDER(what_nobody_accepted_expires),
        IN_FOLDER(who_was_refused_may_be_accepted_after_all),
        IN_FOLDER(other_files_are_no_requests),
        IN_FOLDER(no_folder_is_nobody),
    };
    return sodium_init() < 0 ? 1 : test_group(tests, NULL, NULL);
}
