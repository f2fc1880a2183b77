// manuals - prints a short manual page of `dabyl` in Kazakh or Russian: every command
// with what it takes, made from the tables that also make the help.
//
//     manuals ru > dabyl.1

#include "lib/base/catalogue.h"
#include "nodes/commands/commands.h"

#include <stdio.h>
#include <string.h>

// A line of text in mdoc: what begins with a dot or a quote is no macro.
static void put_text(const char *text)
{
    bool begins = true;
    for (; *text; text++) {
        if (begins && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        if (*text == '\\')
            fputs("\\e", stdout);
        else
            putchar(*text);
        begins = *text == '\n';
    }
}

static void put_operands(const char *operands)
{
    buf_t told = {0};
    command_operands(&told, operands);
    put_text(buf_text(&told));
    buf_destroy(&told);
}

static void put_options(const option_t *options)
{
    if (!options || !options->name)
        return;
    puts(".Bl -tag -width Ds");
    for (; options->name; options++) {
        printf(".It Fl -%s%s", options->name, options->argument ? " Ar " : "");
        put_operands(options->argument ? options->argument : "");
        putchar('\n');
        put_text(say(options->help));
        if (options->preset)
            printf(say(" (default %s)"), options->preset);
        putchar('\n');
    }
    puts(".El");
}

static void put_command(const command_t *command, const char *path)
{
    printf(".Ss %s %s%s", path, command->name, command->operands[0] ? " " : "");
    put_operands(command->operands);
    putchar('\n');
    put_text(say(command->summary));
    puts(".");
    put_options(command->options);
    if (command->notes) {
        puts(".Bd -literal");
        put_text(say(command->notes));
        puts(".Ed");
    }
}

static void put_commands(const command_t *const *table, const char *path)
{
    for (; *table; table++) {
        char longer[64];
        if ((*table)->now) // a name that there is not
            continue;
        put_command(*table, path);
        (void)snprintf(longer, sizeof longer, "%s %s", path, (*table)->name);
        if ((*table)->commands)
            put_commands((*table)->commands, longer);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2 || !catalogue_use(argv[1]))
        return 2;
    puts(".Dd $Mdocdate$\n.Dt DABYL 1\n.Os");
    printf(".Sh %s\n.Nm dabyl\n.Nd %s\n", say_as("manual", "NAME"),
        say("send, read and prove messages of the exchange hub"));
    printf(".Sh %s\n.Nm dabyl\n%s\n", say_as("manual", "SYNOPSIS"),
        say("COMMAND [options] [operands]"));
    printf(".Sh %s\n", say_as("manual", "OPTIONS OF EVERY COMMAND"));
    put_options(command_common_options);
    printf(".Sh %s\n", say_as("manual", "COMMANDS"));
    put_commands(commands_all, "dabyl");
    printf(".Sh %s\n%s\n", say_as("manual", "SEE ALSO"),
        say("The whole manual is in English: man -L C dabyl"));
    return ferror(stdout) != 0;
}
