// answer: what the CA gives back in one file arrives whole or is refused with a reason.

#include "lib/pki/answer.h"
#include "tests/lib/people.h"
#include "tests/lib/test.h"

static people_t people;
static cause_t why;
static answer_t good; // of the node "isoc", with the hub's certificate

static void take_cert(const char *name, cert_t *out)
{
    assert_int_equal(cert_read(out, scratch_at(&people.scratch, name), &why), 0);
}

static void take_text(const char *name, buf_t *out)
{
    assert_int_equal(file_read(scratch_at(&people.scratch, name), 1 << 20, out, &why), 0);
}

static int set_up_all(void **state)
{
    (void)state;
    static const person_t isoc = {.name = "isoc", .role = "isoc", .organisation = "X"};
    static const person_t hub = {.name = "hub", .role = "hub", .organisation = "X"};
    static const person_t other = {.name = "other", .role = "isoc", .organisation = "X"};
    people_open(&people, INT64_C(1800000000000));
    people_certify(&people, &isoc, CERT_SEAL);
    people_certify(&people, &isoc, CERT_CHANNEL);
    people_certify(&people, &hub, CERT_CHANNEL);
    people_certify(&people, &other, CERT_SEAL);
    people_publish(&people, 7);
    (void)snprintf(good.name, sizeof good.name, "isoc");
    take_cert("roster/isoc-0.pem", &good.seal);
    take_cert("roster/isoc-1.pem", &good.channel);
    take_cert("roster/hub-1.pem", &good.hub_channel);
    take_text("ca.pem", &good.ca);
    take_text("crl.pem", &good.crl);
    log_vkey_t vkey;
    const uint8_t key[32] = {9};
    assert_int_equal(log_vkey_of(&vkey, "exchange.example/log", key, &why), 0);
    log_vkey_print(&vkey, good.vkey);
    return 0;
}

static int tear_down_all(void **state)
{
    (void)state;
    answer_close(&good);
    people_close(&people);
    return 0;
}

static void refused(span_t text, const char *says)
{
    answer_t answer;
    assert_int_equal(answer_parse(&answer, text, &why), -1);
    if (!strstr(why.text, says))
        fail_msg("'%s' instead of '%s'", why.text, says);
}

static void all_of_it_arrives(void **state)
{
    (void)state;
    answer_t got;
    buf_t text = {0}, again = {0};
    char digits[SPOKEN_TEXT];
    answer_print(&good, &text);
    assert_int_equal(answer_parse(&got, buf_span(&text), &why), 0);
    answer_print(&got, &again);
    assert_true(span_equal(buf_span(&text), buf_span(&again)));
    assert_int_equal(answer_check(&got, people.now_ms, &why), 0);
    assert_int_equal(answer_digits(&got, digits, &why), 0);
    assert_int_equal(strlen(digits), SPOKEN_TEXT - 1);
    answer_close(&got);
    buf_destroy(&text);
    buf_destroy(&again);
}

// The last line's end carries nothing.
static void half_of_it_is_refused(void **state)
{
    (void)state;
    buf_t text = {0};
    answer_print(&good, &text);
    for (size_t cut = 0; cut + 1 < text.size; cut++)
        refused(span_of(text.data, cut), "");
    buf_destroy(&text);
}

static void what_does_not_belong_in_it_is_refused(void **state)
{
    (void)state;
    static const char *const heads[][2] = {
        {"", "not an answer of a CA"},
        {"dabyl-answer/v2\nfor isoc\n\n", "not an answer of a CA"},
        {"dabyl-answer/v1\nfor Isoc\n\n", "whom it is for"},
        {"dabyl-answer/v1\nfor isoc\nhub-key x\n\n", "hub-key"},
        {"dabyl-answer/v1\nfor isoc\nowner x\n\n", "a line that is none"},
        {"dabyl-answer/v1\nfor isoc\n\n", "no certificate for the seal"},
        {"dabyl-answer/v1\nfor isoc\n\n-----BEGIN PRIVATE KEY-----\nAAAA\n"
         "-----END PRIVATE KEY-----\n",
            "a block 'PRIVATE KEY'"},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        refused(span_text(heads[i][0]), heads[i][1]);
    buf_t text = {0};
    answer_print(&good, &text);
    take_text("roster/other-0.pem", &text);
    refused(buf_span(&text), "has a certificate of other");
    buf_clear(&text);
    answer_print(&good, &text);
    take_text("roster/isoc-0.pem", &text);
    refused(buf_span(&text), "two certificates of isoc");
    buf_destroy(&text);
}

static void it_is_held_against_its_own_ca(void **state)
{
    (void)state;
    assert_int_equal(answer_check(&good, people.now_ms + 31 * PEOPLE_DAY_MS, &why), -1);
    assert_non_null(strstr(why.text, "expired"));
    people_t stranger;
    people_open(&stranger, people.now_ms);
    people_publish(&stranger, 1);
    answer_t other = good;
    other.ca = (buf_t){0};
    other.crl = (buf_t){0};
    assert_int_equal(
        file_read(scratch_at(&stranger.scratch, "ca.pem"), 65536, &other.ca, &why), 0);
    assert_int_equal(
        file_read(scratch_at(&stranger.scratch, "crl.pem"), 65536, &other.crl, &why), 0);
    assert_int_equal(answer_check(&other, people.now_ms, &why), -1);
    buf_destroy(&other.ca);
    buf_destroy(&other.crl);
    people_close(&stranger);
}

static void it_is_put_down_as_a_folder_has_it(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"certs/seal.pem", "roster/isoc-0.pem"},
        {"certs/channel.pem", "roster/isoc-1.pem"},
        {"certs/hub-channel.pem", "roster/hub-1.pem"}, {"certs/ca.pem", "ca.pem"},
        {"certs/crl.pem", "crl.pem"}};
    assert_int_equal(answer_unpack(&good, scratch_at(&people.scratch, "certs"), &why), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        buf_t is = {0}, was = {0};
        take_text(names[i][0], &is);
        take_text(names[i][1], &was);
        assert_true(span_equal(buf_span(&is), buf_span(&was)));
        buf_destroy(&is);
        buf_destroy(&was);
    }
}

static void several_are_taken_apart(void **state)
{
    (void)state;
    buf_t one = {0}, all = {0};
    answer_print(&good, &one);
    assert_true(answer_begins(buf_span(&one)));
    assert_false(answer_begins(span_text("dabyl-answe")));
    assert_false(answer_begins(span_of("", 0)));
    for (int i = 0; i < 3; i++)
        buf_put_span(&all, buf_span(&one));
    span_t rest = buf_span(&all);
    for (int i = 0; i < 3; i++)
        assert_true(span_equal(answer_next(&rest), buf_span(&one)));
    assert_int_equal(rest.size, 0);
    assert_int_equal(answer_next(&rest).size, 0);
    buf_destroy(&one);
    buf_destroy(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_arrives),
        cmocka_unit_test(half_of_it_is_refused),
        cmocka_unit_test(what_does_not_belong_in_it_is_refused),
        cmocka_unit_test(it_is_held_against_its_own_ca),
        cmocka_unit_test(it_is_put_down_as_a_folder_has_it),
        cmocka_unit_test(several_are_taken_apart),
    };
    return test_group(tests, set_up_all, tear_down_all);
}
