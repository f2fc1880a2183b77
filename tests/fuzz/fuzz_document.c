// Any bytes as a document: loaded, checked against its schema, opened.
//
// Run from the top of the checkout.  What is taken must hold what document.h promises,
// and what is refused must say so in clean UTF-8.

#include "lib/json/schema.h"
#include "lib/json/value_json.h"
#include "lib/message/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void insist(int condition)
{
    if (!condition)
        abort();
}

static void refused_cleanly(const refusal_t *refusal)
{
    json_t *all = json_pack("[s, s, s]", refusal->pointer, refusal->by, refusal->text);
    insist(refusal->code != NULL && all != NULL);
    json_decref(all);
}

// The same document printed again must be read the same.
static void survives_printing(const value_t *root)
{
    value_t *again = NULL;
    json_t *copy = value_json(root);
    refusal_t refusal = {0};
    const document_limits_t limits = {1 << 20, 32};
    char *text = json_dumps(copy, JSON_COMPACT | JSON_REAL_PRECISION(15));
    insist(text != NULL);
    if (document_load(span_text(text), &limits, &again, &refusal) == 0)
        insist(value_equal(again, root));
    else // the only thing that printing may spoil is the form of a number
        insist(strcmp(refusal.code, "doc.number") == 0);
    value_free(&again);
    json_decref(copy);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static schemas_t *schemas;
    const document_limits_t limits = {1 << 16, 16};
    cause_t why;
    value_t *root;
    refusal_t refusal = {0};
    document_t document;
    if (!schemas && !(schemas = schemas_open("schemas", &why))) {
        (void)fprintf(stderr, "%s\n", why.text);
        abort();
    }
    if (document_load(span_of(data, size), &limits, &root, &refusal) != 0) {
        refused_cleanly(&refusal);
        return 0;
    }
    survives_printing(root);
    bool accepted = schemas_check(schemas, root, &refusal) == 0;
    if (!accepted)
        refused_cleanly(&refusal);
    int opened = document_open(&document, root, &refusal);
    // A moment in the year 10000 of UTC is all that the schema takes and the code does
    // not.
    insist(!accepted || opened == 0 || strcmp(refusal.pointer, "/sent") == 0);
    document_close(&document);
    return 0;
}
