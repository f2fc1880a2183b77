// arguments - one table of options for all who take the same.

#include "nodes/config/arguments.h"

#include "lib/base/catalogue.h"
#include "lib/base/log.h"
#include "lib/base/version.h"
#include "lib/config/misuse.h"

#include <stdio.h>

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"check", no_argument, NULL, 'n'},
    {"log-format", required_argument, NULL, 'f'},
    {"options", no_argument, NULL, 'o'},
    {"version", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static void print_usage(const program_t *program, FILE *out)
{
    (void)fputs(say(program->usage), out);
}

static action_t misused(const program_t *program, const cause_t *why)
{
    (void)fprintf(stderr, "%s: %s\n", program->name, why->text);
    (void)fprintf(stderr, say("%s --help says more.\n"), program->name);
    return ACTION_MISUSED;
}

static action_t take_all(
    const program_t *program, int argc, char **argv, const char **config)
{
    action_t action = ACTION_RUN;
    int option;
    cause_t why;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":c:nh", long_options, NULL)) != -1)
        switch (option) {
        case 'c':
            *config = optarg;
            break;
        case 'n':
            action = ACTION_CHECK;
            break;
        case 'f':
            if (log_set_format(optarg, &why) != 0)
                return misused(program, &why);
            break;
        case 'o':
            conf_print_help(program->options);
            return ACTION_DONE;
        case 'v':
            (void)printf("%s " DABYL_VERSION "\n", program->name);
            return ACTION_DONE;
        case 'h':
            print_usage(program, stdout);
            return ACTION_DONE;
        default:
            (void)misuse_cause(option, argv, long_options, &why);
            return misused(program, &why);
        }
    if (!*config && optind + 1 == argc)
        *config = argv[optind++]; // the file alone will do
    if (*config && optind == argc)
        return action;
    print_usage(program, stderr);
    return ACTION_MISUSED;
}

// Who asks about the program, has it checked or uses it wrongly is a person.
action_t arguments_read(
    const program_t *program, int argc, char **argv, const char **config)
{
    (void)catalogue_use(catalogue_wanted());
    action_t action = take_all(program, argc, argv, config);
    if (action == ACTION_RUN)
        (void)catalogue_use("en");
    return action;
}
