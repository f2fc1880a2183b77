// messages - prints the texts of the tables of words and refusals as a template for
// translators (what stands in say() and say_as(), xgettext finds by itself).
//
//     messages > tables.pot

#include "lib/base/refusal.h"
#include "nodes/cli/words.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *context, *text;
} message_t;

enum { MESSAGES_MAX = 1000 };

// Two words may share a sentence; a template has it once.
static void put(const char *context, const char *text, const char *where)
{
    static message_t seen[MESSAGES_MAX];
    static size_t n;
    for (size_t i = 0; i < n; i++)
        if (strcmp(seen[i].context, context) == 0 && strcmp(seen[i].text, text) == 0)
            return;
    if (n < MESSAGES_MAX)
        seen[n++] = (message_t){context, text};
    printf("\n#. %s\nmsgctxt \"%s\"\nmsgid \"%s\"\nmsgstr \"\"\n", where, context, text);
}

int main(void)
{
    puts("msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"");
    for (size_t i = 0; words_all[i]; i++)
        for (const word_t *at = words_all[i]->words; at->word; at++) {
            put(words_all[i]->context, at->title, at->word);
            if (at->meaning)
                put(words_all[i]->context, at->meaning, at->word);
        }
    for (const refusal_code_t *at = refusal_codes; at->code; at++)
        put("refusal", at->sentence, at->code);
    return ferror(stdout) != 0;
}
