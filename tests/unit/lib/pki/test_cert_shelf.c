// cert_shelf: what is on it is found by its very bytes, and nothing else is.

#include "lib/pki/cert_shelf.h"

#include "tests/lib/test.h"

#include <sodium.h>

enum { CERTS = 500 };

static void only_the_very_bytes_are_found(void **state)
{
    (void)state;
    static cert_t cert[CERTS];
    cert_shelf_t *shelf = cert_shelf_new(CERTS);
    for (size_t i = 0; i < CERTS; i++) {
        buf_printf(&cert[i].der, "certificate %zu", i / 2); // each twice
        cert_shelf_add(shelf, &cert[i]);
    }
    for (size_t i = 0; i < CERTS; i++) {
        buf_t der = {0};
        cert_t copy;
        buf_put_span(&der, buf_span(&cert[i].der));
        const cert_t *found = cert_shelf_find(shelf, buf_span(&der));
        assert_non_null(found);
        assert_true(span_equal(buf_span(&found->der), buf_span(&der)));
        cert_copy(&copy, found);
        assert_ptr_not_equal(copy.der.data, found->der.data);
        assert_true(span_equal(buf_span(&copy.der), buf_span(&der)));
        cert_close(&copy);
        der.data[i % der.size] ^= 0x80;
        assert_null(cert_shelf_find(shelf, buf_span(&der)));
        buf_destroy(&der);
    }
    cert_shelf_destroy(&shelf);
    cert_shelf_destroy(&shelf);
    for (size_t i = 0; i < CERTS; i++)
        cert_close(&cert[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_very_bytes_are_found),
    };
    if (sodium_init() < 0)
        return 1;
    return test_group(tests, NULL, NULL);
}
