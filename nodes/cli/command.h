// command - what a subcommand of `dabyl` is, how it is found and how its options are
// read.
//
// A command is one row: its name, what it takes, its options, and the function that runs
// it.  A table is an array of pointers to rows, ended by NULL.  The same row prints the
// help, so that help and parsing cannot part.

#ifndef NODES_CLI_COMMAND_H
#define NODES_CLI_COMMAND_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// Exit codes of every command.
typedef enum {
    DONE_OK = 0,
    DONE_NO = 1,          // refused, or it failed, or something does not verify
    DONE_USAGE = 2,       // the command line is wrong
    DONE_UNREACHABLE = 3, // the node or the hub did not answer in time
} done_t;

typedef enum {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_NUMBER,
    OPTION_TEXTS,
    OPTION_OTHERS
} option_type_t;

enum { OPTION_TEXTS_MAX = 64 };

// An option that may be given several times.
typedef struct {
    size_t n;
    const char *text[OPTION_TEXTS_MAX];
} option_texts_t;

// Options that are in no table, in the order given: "--level 4", "--level=4", and
// "--cross-border" alone, which has no text.
typedef struct {
    size_t n;
    const char *name[OPTION_TEXTS_MAX]; // behind the dashes, `length` characters
    size_t length[OPTION_TEXTS_MAX];
    const char *text[OPTION_TEXTS_MAX];
} option_others_t;

typedef struct {
    const char *name; // without the dashes; NULL ends a table
    option_type_t type;
    // Of the field in the options' struct: bool, const char *, int64_t, option_texts_t;
    // of the one that takes all others (its name is for the help): option_others_t.
    size_t offset;
    const char *argument; // what it takes, for the help: "SECONDS"
    const char *preset;   // default as text, or NULL for none, 0 or false
    const char *help;
} option_t;

// What every command is given, from options that all commands share.
typedef struct {
    const char *node; // --node or DABYL_NODE, or NULL
    const char *lang; // --lang, or NULL
    bool json;
    bool no_pager;
    bool help;
} common_t;

// What the name that a command takes is one of, where shells offer those that there are.
typedef enum {
    AMONG_NOTHING,
    AMONG_INBOX, // messages delivered to the node
    AMONG_SENT,  // messages of the node itself
    AMONG_NODES, // of the hub's roster
    AMONG_JOINS, // requests that the hub has
} among_t;

typedef struct command command_t;

typedef struct {
    const command_t *command;
    const char *path; // what was typed before the command's name: "dabyl", "dabyl hub"
    common_t common;
    const void *options; // the command's own struct, filled from its table
    int operands;
    char **operand;
    char *home; // room for the node's folder, PATH_MAX
} call_t;

struct command {
    const char *name;
    const char *operands; // "FILE...|-"
    const char *summary;
    const option_t *options;
    size_t options_size; // of the struct
    done_t (*run)(const call_t *call);
    const command_t *const *commands;         // subcommands; without `run`, or beside it
    const char *notes;                        // more for --help
    done_t (*run_raw)(int argc, char **argv); // reads its options itself
    void (*help)(const call_t *call);         // --help beside operands; NULL: as without
    bool pages; // prints what may be long, and asks nothing: on a terminal by a pager
    // What is meant, where this is a name that people may type though there is none: then
    // its summary says more, there is nothing else, and it is in no list.
    const char *now;
    // Of what its ID, NODE or REQUEST is one.
    among_t among;
};

// What stands for values in a usage ("FILE...|-", "DIR"), in the language spoken.
void command_operands(buf_t *out, const char *operands);
// Options that every command has.
extern const option_t command_common_options[];

// Speak the language that these arguments ask for (else DABYL_LANG, else the locale's),
// before any of them is read: what is wrong with them is said in it.  With --json it is
// English, since programs read that, and false is returned.
bool command_speak(int argc, char **argv);
// Run the command that argv[0] of these arguments names.  `path` is what was typed before
// it: "dabyl", "dabyl hub".
done_t command_dispatch(const command_t *const *table, const char *path, common_t common,
    int argc, char **argv);
// Read the options that may stand before a command; returns how many arguments they took,
// or -1 with the cause.
int command_common(common_t *common, int argc, char **argv, cause_t *why);
// The options that all commands share.
extern const option_t command_common_options[];
void command_overview(const command_t *const *table, const char *path, FILE *out);

// Read options into `out` (presets first) and leave the operands in argv, in order.
// Options may stand anywhere; after "--" all is operands.
int options_read(const option_t *table, void *out, common_t *common, int *argc,
    char **argv, cause_t *why);
// The name of the table nearest to what was typed, or NULL when none is near.
const char *command_nearest(const command_t *const *table, const char *typed);

// "dabyl send: <text>" on standard error; returns `done`.
done_t call_fail(const call_t *call, done_t done, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Wrong use: the text and how the command is used; returns DONE_USAGE.
done_t call_usage(const call_t *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// The node's folder: --node, DABYL_NODE, or the current folder if it has a node.conf;
// from there it is the one that the configuration names.  NULL with the cause when there
// is none.
const char *call_node(const call_t *call, cause_t *why);
// So many seconds from now, on the monotonic clock.
int64_t call_until(int64_t seconds);
// The language for summaries: --lang, DABYL_LANG, the locale's, or "en".
const char *call_lang(const call_t *call);

#endif
