// schema_verdict FOLDER: reads one JSON value a line, answers one line each: "accepted",
// or "refused <code> <pointer> <by>".  For comparing our verdicts with somebody else's.
//
// Any JSON value is read: whether document_load would take it is not asked.

#include "lib/json/schema.h"

#include <stdio.h>
#include <stdlib.h>

static void answer(const schemas_t *schemas, const char *line, size_t size)
{
    refusal_t refusal = {0};
    const value_limits_t limits = {.depth = 64, .values = 1 << 20};
    value_fault_t fault;
    value_t *value = value_parse(span_of(line, size), &limits, &fault);
    if (!value)
        printf("unreadable %s\n", fault.what);
    else if (schemas_check(schemas, value, &refusal) == 0)
        puts("accepted");
    else
        printf("refused %s %s %s\n", refusal.code, refusal.pointer, refusal.by);
    value_free(&value);
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    cause_t why;
    schemas_t *schemas = schemas_open(argc > 1 ? argv[1] : "schemas", &why);
    if (!schemas) {
        (void)fprintf(stderr, "%s\n", why.text);
        return EXIT_FAILURE;
    }
    while ((size = getline(&line, &room, stdin)) > 0)
        answer(schemas, line, (size_t)size);
    free(line);
    schemas_close(&schemas);
    return EXIT_SUCCESS;
}
