// refused - title and meaning of the code are looked up here, in the reader's language;
// the hub's sentence about this one message is told anew in it.

#include "nodes/inbox/refused.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/retell.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/inbox/mail.h"

#include <string.h>

static void print_place(const json_t *reason, FILE *out)
{
    const char *pointer = mail_text(reason, "pointer"), *by = mail_text(reason, "by");
    pointer = pointer[0] ? pointer : mail_text(reason, "field");
    if (pointer[0]) {
        fprintf(out, " %s ", say("at"));
        screen_text(out, pointer);
    }
    if (by[0]) {
        fprintf(out, ", %s ", say("by"));
        screen_text(out, by);
    }
}

static void print_line(const char *text, FILE *out)
{
    fputs("  ", out);
    retell(out, text);
    fputc('\n', out);
}

void refused_print(const json_t *reason, FILE *out)
{
    const char *code = mail_text(reason, "code"), *text = mail_text(reason, "text");
    const char *title = words_refusal_title(code), *sentence = words_refusal(code);
    fputs("  ", out);
    if (title[0])
        fprintf(out, "%s: ", title);
    screen_text(out, code);
    print_place(reason, out);
    fputc('\n', out);
    print_line(text, out);
    sentence = sentence[0] ? sentence : mail_text(reason, "sentence"); // a newer hub's
    if (sentence[0] && strcmp(sentence, text) != 0)
        print_line(sentence, out);
}
