// complete - the words before are walked over as the command line is read: options with
// what they take, names of commands, operands.  What a row says that it takes ("FILE",
// "KIND", "kk|ru|en") says what to offer.

#include "nodes/cli/complete.h"

#include "nodes/cli/words.h"

#include <ctype.h>
#include <string.h>

typedef struct {
    const command_t *const *table; // of the commands that may come next, or NULL
    const command_t *command;      // the one that was named, or NULL
    const option_t *pending;       // the option whose text comes next, or NULL
    bool plain;                    // behind "--"
    int operands;
    const char *node, *hub; // folders that were named
} place_t;

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

void complete_offer(FILE *out, const char *begun, const char *word, const char *meaning)
{
    if (begins(word, begun))
        fprintf(out, "%s\t%s\n", word, meaning ? meaning : "");
}

static const option_t *find_in(const option_t *table, const char *name)
{
    for (; table && table->name; table++)
        if (table->type != OPTION_OTHERS && strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

static const option_t *find_option(const place_t *place, const char *word)
{
    const option_t *own = place->command ? place->command->options : NULL;
    const option_t *found = find_in(own, word + 2);
    return found ? found : find_in(command_common_options, word + 2);
}

static const command_t *find_command(const command_t *const *table, const char *word)
{
    for (; table && *table; table++)
        if (strcmp((*table)->name, word) == 0)
            return *table;
    return NULL;
}

static void step_option(place_t *place, const char *word)
{
    if (strcmp(word, "--") == 0) {
        place->plain = true;
        return;
    }
    const option_t *option =
        begins(word, "--") && !strchr(word, '=') ? find_option(place, word) : NULL;
    place->pending = option && option->type != OPTION_FLAG ? option : NULL;
}

static void take_text(place_t *place, const char *text)
{
    if (strcmp(place->pending->name, "node") == 0)
        place->node = text;
    else if (strcmp(place->pending->name, "hub") == 0)
        place->hub = text;
    place->pending = NULL;
}

static void step(place_t *place, const char *word)
{
    if (place->pending)
        take_text(place, word);
    else if (!place->plain && word[0] == '-' && word[1])
        step_option(place, word);
    else if (place->table && find_command(place->table, word)) {
        place->command = find_command(place->table, word);
        place->table = place->command->commands;
    } else {
        place->table = NULL;
        place->operands++;
    }
}

static void offer_options(const option_t *table, const char *begun, FILE *out)
{
    for (; table && table->name; table++) {
        char word[64];
        if (table->type == OPTION_OTHERS)
            continue;
        (void)snprintf(word, sizeof word, "--%s", table->name);
        complete_offer(out, begun, word, table->help);
    }
}

static void offer_commands(const command_t *const *table, const char *begun, FILE *out)
{
    for (; table && *table; table++)
        if (!(*table)->now) // a name that there is not
            complete_offer(out, begun, (*table)->name, (*table)->summary);
}

static void offer_kinds(const char *begun, FILE *out)
{
    for (const word_t *kind = words_kinds.words; kind->word; kind++)
        complete_offer(out, begun, kind->word, kind->title);
}

// "kk|ru|en": each of the words in small letters.
static void offer_choices(const char *choices, const char *begun, FILE *out)
{
    while (*choices) {
        size_t length = strcspn(choices, "| ");
        char word[64];
        if (length > 0 && length < sizeof word && islower((unsigned char)choices[0])) {
            memcpy(word, choices, length);
            word[length] = '\0';
            if (strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") == length)
                complete_offer(out, begun, word, NULL);
        }
        choices += length;
        choices += strspn(choices, "| ");
    }
}

static bool mentions(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strstr(text, *words))
            return true;
    return false;
}

// By what a row says that it takes.
static void offer_for(const char *takes, const char *begun, FILE *out)
{
    static const char *const files[] = {
        "FILE", "REQUEST", "PACK", "PROOF", "TRACE", NULL};
    static const char *const folders[] = {"DIR", "FOLDER", NULL};
    if (strstr(takes, "KIND"))
        offer_kinds(begun, out);
    offer_choices(takes, begun, out);
    if (mentions(takes, files))
        fputs(COMPLETE_FILES "\n", out);
    else if (mentions(takes, folders))
        fputs(COMPLETE_FOLDERS "\n", out);
}

// The place of the first of these words among the operands of a row ("[show ID|NUMBER]"
// has ID at 1); -1: it has none.
static int place_of(const char *operands, const char *const *words)
{
    for (int at = 0; *operands; at++) {
        const size_t length = strcspn(operands, " ");
        for (const char *const *word = words; *word; word++) {
            const char *found = strstr(operands, *word);
            const size_t size = strlen(*word);
            if (found && found < operands + length &&
                (found == operands || strchr("[|", found[-1])) &&
                (found[size] == '\0' || strchr(" |].", found[size])))
                return at;
        }
        operands += length;
        operands += strspn(operands, " ");
    }
    return -1;
}

// What an option takes is a name, too: a node's, or that of a message.
static among_t among_of_option(const option_t *option)
{
    static const char *const node[] = {"NODE", NULL}, *const message[] = {"NUMBER", NULL};
    const char *takes = option->argument ? option->argument : "";
    return place_of(takes, node) == 0                                    ? AMONG_NODES
           : strstr(takes, "ID|NUMBER") && place_of(takes, message) == 0 ? AMONG_INBOX
                                                                         : AMONG_NOTHING;
}

// Until the name was typed; words before it may be left out.
static among_t among_of_operand(const place_t *place)
{
    static const char *const names[] = {"ID", "NODE", "REQUEST", NULL};
    const command_t *command = place->command;
    return command->among != AMONG_NOTHING &&
                   place->operands <= place_of(command->operands, names)
               ? command->among
               : AMONG_NOTHING;
}

complete_more_t complete_print(
    const command_t *const *table, int n, const char *const *words, FILE *out)
{
    complete_more_t more = {AMONG_NOTHING, NULL, NULL, ""};
    place_t place = {.table = table};
    const char *begun = n > 0 ? words[n - 1] : "";
    for (int i = 0; i + 1 < n; i++)
        step(&place, words[i]);
    if (place.pending) {
        offer_for(place.pending->argument ? place.pending->argument : "", begun, out);
        more.among = among_of_option(place.pending);
    } else if (!place.plain && begun[0] == '-') {
        offer_options(place.command ? place.command->options : NULL, begun, out);
        offer_options(command_common_options, begun, out);
    } else if (place.table)
        offer_commands(place.table, begun, out);
    else if (place.command) {
        more.among = among_of_operand(&place);
        if (more.among == AMONG_NOTHING)
            offer_for(place.command->operands, begun, out);
        else if (begins(place.command->operands, "FILE|"))
            fputs(COMPLETE_FILES "\n", out);
    }
    more.node = place.node;
    more.hub = place.hub;
    more.begun = begun;
    return more;
}
