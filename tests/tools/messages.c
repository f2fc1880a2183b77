// messages - prints the texts of the tables of words, refusals, commands and libc's
// errors as a template for translators (what stands in calls, xgettext finds by itself).
//
//     messages > tables.pot

#include "lib/base/memory.h"
#include "lib/base/refusal.h"
#include "nodes/cli/words.h"
#include "nodes/commands/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *context, *text;
} message_t;

enum { MESSAGES_MAX = 4000 };

static void print_quoted(const char *text)
{
    for (; *text; text++)
        if (*text == '\n')
            fputs("\\n", stdout);
        else {
            fputs(*text == '"' || *text == '\\' ? "\\" : "", stdout);
            putchar(*text);
        }
}

// Two words may share a sentence; a template has it once.
static void put(const char *context, const char *text, const char *where)
{
    static message_t seen[MESSAGES_MAX];
    static size_t n;
    for (size_t i = 0; i < n; i++)
        if (strcmp(seen[i].context, context) == 0 && strcmp(seen[i].text, text) == 0)
            return;
    if (n < MESSAGES_MAX)
        seen[n++] = (message_t){context, memory_text(text)}; // until the end
    printf("\n#. %s\n", where);
    if (context[0])
        printf("msgctxt \"%s\"\n", context);
    fputs("msgid \"", stdout);
    print_quoted(text);
    puts("\"\nmsgstr \"\"");
}

// The words in capitals that stand for a value.
static void put_placeholders(const char *operands, const char *where)
{
    char word[32];
    for (size_t length; *operands; operands += length) {
        length = strspn(operands, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (length >= 2 && length < sizeof word) {
            memcpy(word, operands, length);
            word[length] = '\0';
            put("placeholder", word, where);
        }
        length = length ? length : 1;
    }
}

static void put_options(const option_t *options, const char *where)
{
    for (; options && options->name; options++) {
        put("", options->help, where);
        if (options->argument)
            put_placeholders(options->argument, where);
    }
}

static void put_commands(const command_t *const *table)
{
    for (; *table; table++) {
        const command_t *command = *table;
        if (command->summary[0])
            put("", command->summary, command->name);
        put_placeholders(command->operands, command->name);
        put_options(command->options, command->name);
        if (command->notes)
            put("", command->notes, command->name);
        if (command->commands)
            put_commands(command->commands);
    }
}

// What people meet; others are said in English.
static void put_errors(void)
{
    static const int errors[] = {EPERM, ENOENT, EINTR, EIO, EBADF, EAGAIN, ENOMEM, EACCES,
        EBUSY, EEXIST, EXDEV, ENOTDIR, EISDIR, EINVAL, ENFILE, EMFILE, ETXTBSY, EFBIG,
        ENOSPC, ESPIPE, EROFS, EMLINK, EPIPE, EDEADLK, ENAMETOOLONG, ENOLCK, ENOSYS,
        ENOTEMPTY, ELOOP, EOVERFLOW, ENOTSOCK, EMSGSIZE, EOPNOTSUPP, EAFNOSUPPORT,
        EADDRINUSE, EADDRNOTAVAIL, ENETDOWN, ENETUNREACH, ECONNABORTED, ECONNRESET,
        ENOTCONN, ETIMEDOUT, ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, EALREADY, EINPROGRESS,
        ESTALE, EDQUOT, ECANCELED, ENXIO, ENODEV, ENODATA, EPROTO};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        put("", strerrordesc_np(errors[i]), "libc");
    put("", "Unknown error", "libc");
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
    put_commands(commands_all);
    put_options(command_common_options, "every command");
    put_errors();
    return ferror(stdout) != 0;
}
