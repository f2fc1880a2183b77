// pack - the act that rules of tests carry out: the plan, in as few words as will do.

#ifndef TESTS_LIB_PACK_H
#define TESTS_LIB_PACK_H

#include "lib/rules/rules.h"

#include <string.h>

// On one line, so that the lines of what follows keep their numbers.
#define TEST_PACK_OF(instrument, act, rest)                                              \
    "pack = { instrument = \"" instrument "\"; act = \"" act                             \
    "\"; title = { kk = \"t\"; ru = \"t\"; en = \"t\"; }; number = \"" instrument        \
    "\"; date = \"2018-08-09\"; edition = \"2022-10-26\"; source = \"test\"; " rest      \
    "}; "

#define TEST_PACK                                                                        \
    TEST_PACK_OF("488", "resolution",                                                    \
        "paragraphs = [ \"1 to 23\", \"3.1 to 3.8\", \"8.1 to 8.11\" ]; times = ( { "    \
        "paragraph = \"13\"; within = \"48 h\"; }, { paragraph = \"15\"; within = \"24 " \
        "h\"; } ); ")

// The rules of a text, which need not say of which act they are.
static inline rules_t *pack_rules(const char *name, span_t text, cause_t *why)
{
    buf_t own = {0}, whole = {0};
    buf_put_span(&own, text);
    if (!strstr(buf_text(&own), "pack = {"))
        buf_put_text(&whole, TEST_PACK);
    buf_put_span(&whole, text);
    rules_t *rules = rules_parse(name, buf_span(&whole), why);
    buf_destroy(&whole);
    buf_destroy(&own);
    return rules;
}

#endif
