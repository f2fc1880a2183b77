// command - dispatch is a walk through tables.  Options are looked up first in the
// command's table, then in the common one; the struct an option fills belongs to whose
// table it was found in.

#include "nodes/cli/command.h"

#include "lib/base/bytes.h"
#include "lib/base/catalogue.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "nodes/cli/nearest.h"
#include "nodes/cli/page.h"
#include "nodes/cli/screen.h"
#include "nodes/config/node_paths.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const option_t command_common_options[] = {
    {"node", OPTION_TEXT, offsetof(common_t, node), "DIR", NULL,
        "the node's folder, or its node.conf (else DABYL_NODE, else here)"},
    {"lang", OPTION_TEXT, offsetof(common_t, lang), "kk|ru|en", NULL,
        "language of words and summaries (else DABYL_LANG, else the locale)"},
    {"json", OPTION_FLAG, offsetof(common_t, json), NULL, NULL,
        "one JSON object a line instead of words"},
    {"no-pager", OPTION_FLAG, offsetof(common_t, no_pager), NULL, NULL,
        "print long output at once, not by a pager (DABYL_PAGER, PAGER, less)"},
    {"help", OPTION_FLAG, offsetof(common_t, help), NULL, NULL, "this text"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const option_t *find_option(const option_t *table, const char *name, size_t length)
{
    for (; table && table->name; table++)
        if (table->type != OPTION_OTHERS && strlen(table->name) == length &&
            memcmp(table->name, name, length) == 0)
            return table;
    return NULL;
}

static int set_number(int64_t *field, const char *name, const char *text, cause_t *why)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value < 0)
        return cause_set(why, "--%s takes a whole number, not '%s'", name, text);
    *field = value;
    return 0;
}

static int add_text(
    option_texts_t *field, const char *name, const char *text, cause_t *why)
{
    if (field->n == OPTION_TEXTS_MAX)
        return cause_set(why, "--%s can be given %d times", name, OPTION_TEXTS_MAX);
    field->text[field->n++] = text;
    return 0;
}

static int set_option(const option_t *option, void *out, const char *text, cause_t *why)
{
    void *field = (char *)out + option->offset;
    switch (option->type) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return 0;
    case OPTION_TEXT:
        *(const char **)field = text;
        return 0;
    case OPTION_NUMBER:
        return set_number(field, option->name, text, why);
    case OPTION_TEXTS:
        return add_text(field, option->name, text, why);
    case OPTION_OTHERS: // by take_other
        break;
    }
    return 0;
}

static const option_t *option_for_others(const option_t *table)
{
    while (table && table->name && table->type != OPTION_OTHERS)
        table++;
    return table && table->name ? table : NULL;
}

// One that is in no table; what follows is its text, unless that is an option as well.
static int take_other(
    option_others_t *others, const char *name, int argc, char **argv, cause_t *why)
{
    const char *equals = strchr(name, '=');
    bool follows = !equals && argc > 1 && strncmp(argv[1], "--", 2) != 0;
    size_t at = others->n++;
    if (at == OPTION_TEXTS_MAX)
        return cause_set(why, "more than %d fields", OPTION_TEXTS_MAX);
    others->name[at] = name;
    others->length[at] = equals ? (size_t)(equals - name) : strlen(name);
    others->text[at] = equals ? equals + 1 : follows ? argv[1] : NULL;
    return follows ? 2 : 1;
}

static const char *nearest_option(const option_t *table, const char *name, unsigned *far)
{
    const char *nearest = NULL;
    for (; table && table->name; table++)
        if (table->type != OPTION_OTHERS && nearest_is(name, table->name, far))
            nearest = table->name;
    return nearest;
}

static int refuse_option(const option_t *table, const char *typed, cause_t *why)
{
    char name[32];
    unsigned far = NEAREST_FAR;
    const char *word = typed + strspn(typed, "-");
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    const char *nearest = nearest_option(table, name, &far);
    const char *common = nearest_option(command_common_options, name, &far);
    nearest = common ? common : nearest;
    return nearest
               ? cause_set(why, "unknown option %s; did you mean --%s?", typed, nearest)
               : cause_set(why, "unknown option %s", typed);
}

// Read the option at argv[0]; returns how many arguments it took.
static int take_option(const option_t *table, void *out, common_t *common, int argc,
    char **argv, cause_t *why)
{
    if (strcmp(argv[0], "-h") == 0) {
        common->help = true;
        return 1;
    }
    void *own = out;
    const char *name = argv[0] + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const option_t *option = argv[0][1] == '-' ? find_option(table, name, length) : NULL;
    if (!option && argv[0][1] == '-') {
        option = find_option(command_common_options, name, length);
        out = common;
    }
    const option_t *others = option_for_others(table);
    if (!option && others && argv[0][1] == '-')
        return take_other((void *)((char *)own + others->offset), name, argc, argv, why);
    if (!option)
        return refuse_option(table, argv[0], why);
    if (option->type == OPTION_FLAG) {
        if (equals)
            return cause_set(why, "--%s takes no value", option->name);
        return set_option(option, out, NULL, why) != 0 ? -1 : 1;
    }
    if (!equals && argc < 2)
        return cause_set(why, "--%s needs %s behind it", option->name, option->argument);
    if (set_option(option, out, equals ? equals + 1 : argv[1], why) != 0)
        return -1;
    return equals ? 1 : 2;
}

static bool is_option(const char *argument)
{
    return argument[0] == '-' && argument[1] != '\0'; // "-" alone is standard input
}

static int set_presets(const option_t *table, void *out, cause_t *why)
{
    for (; table && table->name; table++)
        if (table->preset && set_option(table, out, table->preset, why) != 0)
            return -1;
    return 0;
}

int options_read(const option_t *table, void *out, common_t *common, int *argc,
    char **argv, cause_t *why)
{
    if (set_presets(table, out, why) != 0)
        return -1;
    int operands = 0;
    for (int i = 0; i < *argc;) {
        if (strcmp(argv[i], "--") == 0) {
            for (i++; i < *argc; i++)
                argv[operands++] = argv[i];
            break;
        }
        if (!is_option(argv[i])) {
            argv[operands++] = argv[i++];
            continue;
        }
        int took = take_option(table, out, common, *argc - i, argv + i, why);
        if (took < 0)
            return -1;
        i += took;
    }
    *argc = operands;
    return 0;
}

bool command_speak(int argc, char **argv)
{
    call_t asked = {0};
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        bool apart = strcmp(argv[i], "--lang") == 0 && i + 1 < argc;
        const char *lang = apart ? argv[i + 1]
                           : strncmp(argv[i], "--lang=", strlen("--lang=")) == 0
                               ? argv[i] + strlen("--lang=")
                               : NULL;
        if (lang && catalogue_language(lang))
            asked.common.lang = lang;
        asked.common.json = asked.common.json || strcmp(argv[i], "--json") == 0;
    }
    (void)catalogue_use(asked.common.json ? "en" : call_lang(&asked));
    return !asked.common.json;
}

int command_common(common_t *common, int argc, char **argv, cause_t *why)
{
    int i = 0;
    while (i < argc && is_option(argv[i])) {
        int took = take_option(NULL, NULL, common, argc - i, argv + i, why);
        if (took < 0)
            return -1;
        i += took;
    }
    return i;
}

const char *command_nearest(const command_t *const *table, const char *typed)
{
    const char *nearest = NULL;
    unsigned far = NEAREST_FAR;
    for (; *table; table++)
        if (!(*table)->now && nearest_is(typed, (*table)->name, &far))
            nearest = (*table)->name;
    return nearest;
}

// What stands for a value in a usage ("FILE...|-", "DIR"), in the language spoken: words
// in capitals are looked up, the rest stays.  No placeholder is longer than a line.
void command_operands(buf_t *out, const char *operands)
{
    while (*operands) {
        char word[32];
        size_t length = strspn(operands, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (length < 2 || length >= sizeof word) {
            buf_put(out, operands++, 1);
            continue;
        }
        memcpy(word, operands, length);
        word[length] = '\0';
        buf_put_text(out, say_as("placeholder", word));
        operands += length;
    }
}

static void print_option(const option_t *option, FILE *out)
{
    buf_t left = {0};
    buf_printf(&left, "--%s%s", option->name, option->argument ? " " : "");
    command_operands(&left, option->argument ? option->argument : "");
    fputs("  ", out);
    screen_column(out, buf_text(&left), 23);
    fputs(say(option->help), out);
    if (option->preset)
        fprintf(out, say(" (default %s)"), option->preset);
    fputc('\n', out);
    buf_destroy(&left);
}

static void print_use(const command_t *command, const char *path, FILE *out)
{
    buf_t operands = {0};
    buf_put_text(&operands, command->operands[0] ? " " : "");
    command_operands(&operands, command->operands);
    buf_put_text(&operands, command->options ? say(" [options]") : "");
    fprintf(out, say("usage: %s %s%s\n"), path, command->name, buf_text(&operands));
    buf_destroy(&operands);
}

static void print_help(const command_t *command, const char *path, FILE *out)
{
    print_use(command, path, out);
    fprintf(out, "\n%s.\n\n", say(command->summary));
    for (const option_t *o = command->options; o && o->name; o++)
        print_option(o, out);
    for (const option_t *o = command_common_options; o->name; o++)
        print_option(o, out);
    if (!command->notes)
        return;
    fputc('\n', out);
    page_paragraphs(out, say(command->notes));
}

void command_overview(const command_t *const *table, const char *path, FILE *out)
{
    fprintf(out, say("usage: %s COMMAND ...\n\n"), path);
    for (; *table; table++) {
        if ((*table)->now)
            continue;
        fputs("  ", out);
        screen_column(out, (*table)->name, 12); // two blanks behind the longest: a column
        fprintf(out, "%s\n", say((*table)->summary));
    }
    fprintf(out,
        say("\n%s COMMAND --help says more.\n"
            "Exit codes: 0 done, 1 refused or failed, 2 wrong use, 3 no answer.\n"),
        path);
}

static done_t unknown(const command_t *const *table, const char *path, const char *typed)
{
    const char *nearest = command_nearest(table, typed);
    if (nearest)
        fprintf(stderr, say("%s: there is no command '%s'; did you mean '%s'?\n"), path,
            typed, nearest);
    else
        fprintf(stderr, say("%s: there is no command '%s'; '%s --help' lists them\n"),
            path, typed, path);
    return DONE_USAGE;
}

static done_t renamed(const command_t *command, const char *path)
{
    fprintf(stderr, say("%s: there is no command '%s'; it is: %s %s\n"), path,
        command->name, path, command->now);
    if (command->summary[0])
        fprintf(stderr, "%s\n", say(command->summary));
    return DONE_USAGE;
}

static done_t run(
    const command_t *command, const char *path, common_t common, int argc, char **argv)
{
    cause_t why;
    size_t size = command->options_size ? command->options_size : 1;
    void *options = memory_new(1, size);
    char home[PATH_MAX];
    call_t call = {command, path, common, options, argc, argv, home};
    done_t done;
    if (options_read(
            command->options, options, &call.common, &call.operands, argv, &why) != 0)
        done = call_usage(&call, "%s", why.text);
    else if (call.common.help) {
        if (!call.common.no_pager)
            page_long();
        (void)catalogue_use(call_lang(&call));
        if (command->help && call.operands > 0)
            command->help(&call);
        else
            print_help(command, path, stdout);
        done = DONE_OK;
    } else if (call.common.lang && !catalogue_language(call.common.lang))
        done = call_usage(&call, "--lang takes kk, ru or en, not '%s'", call.common.lang);
    else {
        if (!call.common.json) // what programs read stays as it is
            (void)catalogue_use(call_lang(&call));
        if (command->pages && !call.common.json && !call.common.no_pager)
            page_long();
        done = command->run(&call);
    }
    free(options);
    return done;
}

// What stands behind a command that can also run by itself names one of its own, or not.
static bool names_one(const command_t *command, int argc, char **argv)
{
    if (!command->commands || !command->run)
        return command->commands != NULL;
    for (size_t i = 0; argc > 1 && command->commands[i]; i++)
        if (strcmp(command->commands[i]->name, argv[1]) == 0)
            return true;
    return argc > 1 && strcmp(argv[1], "help") == 0;
}

done_t command_dispatch(const command_t *const *table, const char *path, common_t common,
    int argc, char **argv)
{
    cause_t why;
    const command_t *const *first = table;
    int took = command_common(&common, argc, argv, &why);
    if (took < 0) {
        fprintf(stderr, "%s: %s\n", path, why.text);
        return DONE_USAGE;
    }
    argc -= took;
    argv += took;
    bool help = argc > 0 && strcmp(argv[0], "help") == 0;
    if (help && argc > 1) { // "help send" is "send --help"
        common.help = true;
        return command_dispatch(first, path, common, argc - 1, argv + 1);
    }
    if (argc == 0 || help) {
        command_overview(table, path, common.help || argc ? stdout : stderr);
        return common.help || argc ? DONE_OK : DONE_USAGE;
    }
    while (*table && strcmp((*table)->name, argv[0]) != 0)
        table++;
    const command_t *command = *table;
    if (!command)
        return unknown(first, path, argv[0]);
    if (command->now)
        return renamed(command, path);
    if (command->run_raw)
        return command->run_raw(argc, argv);
    if (!names_one(command, argc, argv))
        return run(command, path, common, argc - 1, argv + 1);
    char longer[64];
    snprintf(longer, sizeof longer, "%s %s", path, command->name);
    return command_dispatch(command->commands, longer, common, argc - 1, argv + 1);
}

// A cause may quote what came from elsewhere, so it is shown like any foreign text.
done_t call_fail(const call_t *call, done_t done, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, say(format), args);
    va_end(args);
    fflush(stdout);
    fprintf(stderr, "%s %s: ", call->path, call->command->name);
    screen_text(stderr, text);
    fputc('\n', stderr);
    return done;
}

done_t call_usage(const call_t *call, const char *format, ...)
{
    buf_t operands = {0};
    va_list args;
    buf_put_text(&operands, call->command->operands[0] ? " " : "");
    command_operands(&operands, call->command->operands);
    va_start(args, format);
    fprintf(stderr, "%s %s: ", call->path, call->command->name);
    vfprintf(stderr, say(format), args);
    va_end(args);
    fprintf(stderr, say("\nuse: %s %s%s; --help says more\n"), call->path,
        call->command->name, buf_text(&operands));
    buf_destroy(&operands);
    return DONE_USAGE;
}

// An error in node.conf must not keep anybody from sending an alarm: the usual places are
// tried.
static const char *find_home(const call_t *call, const char *given)
{
    cause_t why;
    if (node_folder(given, call->home, &why) != 0)
        fprintf(stderr, say("%s %s: %s: taken as if it said nothing\n"), call->path,
            call->command->name, why.text);
    return call->home;
}

const char *call_node(const call_t *call, cause_t *why)
{
    char hub[PATH_MAX];
    const char *node = call->common.node ? call->common.node : getenv("DABYL_NODE");
    if (!node && access("node.conf", F_OK) == 0)
        node = ".";
    if (!node) {
        cause_set(why, "which node?  Name its folder with --node DIR or DABYL_NODE, "
                       "or go to the folder with its node.conf");
        return NULL;
    }
    if (node_is_hub(node, hub)) {
        cause_set(why,
            "a node's folder is wanted, and this is a hub's; for the hub type: dabyl hub "
            "status %s",
            hub);
        return NULL;
    }
    if (call->home)
        node = find_home(call, node);
    if (access(node, X_OK) != 0) {
        cause_errno(why, "%s", node);
        return NULL;
    }
    return node;
}

int64_t call_until(int64_t seconds)
{
    return moment_after(clock_now().monotonic_ms, moment_span(seconds, 1000));
}

const char *call_lang(const call_t *call)
{
    const char *asked = call->common.lang;
    const char *language = asked && asked[0] ? catalogue_language(asked) : NULL;
    return !asked || !asked[0] ? catalogue_wanted() : language ? language : "en";
}
