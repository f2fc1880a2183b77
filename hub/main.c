// dabyl-hub - reads its configuration, opens the hub, runs it.

#include "hub/check.h"
#include "hub/hub.h"
#include "hub/join/porch.h"
#include "lib/base/catalogue.h"
#include "lib/base/log.h"
#include "lib/base/standard.h"
#include "lib/base/version.h"
#include "lib/config/given.h"
#include "lib/config/misuse.h"
#include "lib/tlog/operator.h"

#include <errno.h>
#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_USAGE = 2 };

static const char usage[] = MARK(
    "usage: dabyl-hub [-n] [--accept-clock] [--quarantine N]...\n"
    "                 [--new-log ORIGIN] [--accept-loss N] [--rebuild] [--as NAME]\n"
    "                 [-c] hub.conf\n"
    "\n"
    "  -c, --config FILE   the configuration; see dabyl-hub.conf(5)\n"
    "  -n, --check         try all that a start does (keys, certificates, rules, "
    "journal,\n"
    "                      folders, addresses), say what is wrong, and stop\n"
    "      --accept-clock  the wall clock is right, although it stands before the\n"
    "                      last entry of the journal\n"
    "      --quarantine N  start without entry N of the journal, which cannot be read: "
    "it\n"
    "                      stays where it is, and the log says so\n"
    "      --new-log ORIGIN  this hub kept another log before: begin the one of this\n"
    "                      name, which the configuration names too\n"
    "      --accept-loss N  of the log that this one goes on from only the first N "
    "entries\n"
    "                      are left: begin without the others\n"
    "      --rebuild       read and check the whole journal, and make all of the state\n"
    "                      folder anew\n"
    "      --as NAME       who orders what the options above say, for the log (else\n"
    "                      DABYL_OPERATOR, else the login name)\n"
    "      --log-format F  lines of the log as text (default) or json\n"
    "      --options       print every option of the configuration and stop\n"
    "      --version\n"
    "      --help\n"
    "\n"
    "SIGHUP reloads roster, CRL, rules and registry, whole or not at all.\n"
    "SIGTERM and SIGINT end the hub cleanly; killing it loses nothing it has\n"
    "acknowledged.\n");

typedef enum { RUN, CHECK, PORCH, DONE, MISUSED } action_t;

typedef struct {
    action_t action;
    const char *config, *as;
    hub_start_t start;
    struct {
        const char *vkey, *at;
        int64_t seconds;
    } porch; // what the hub says to the process that takes requests to join
} arguments_t;

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"check", no_argument, NULL, 'n'},
    {"accept-clock", no_argument, NULL, 'a'},
    {"quarantine", required_argument, NULL, 'q'},
    {"new-log", required_argument, NULL, 'l'},
    {"accept-loss", required_argument, NULL, 's'},
    {"rebuild", no_argument, NULL, 'r'},
    {"as", required_argument, NULL, 'b'},
    {"log-format", required_argument, NULL, 'F'},
    {"join-porch", required_argument, NULL, 'j'}, // these are said by the hub itself
    {"join-for", required_argument, NULL, 'f'},
    {"join-at", required_argument, NULL, 'w'},
    {"options", no_argument, NULL, 'o'},
    {"version", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static void print_usage(FILE *out)
{
    (void)fputs(say(usage), out);
}

static bool misused(arguments_t *arguments, const cause_t *why)
{
    (void)fprintf(stderr, "dabyl-hub: %s\n", why->text);
    (void)fprintf(stderr, say("%s --help says more.\n"), "dabyl-hub");
    arguments->action = MISUSED;
    return false;
}

static bool take_position(arguments_t *arguments, const char *text)
{
    uint64_t position;
    cause_t why;
    if (!decimal_decode(span_text(text), &position))
        (void)cause_set(&why, "'%s' is no position of an entry", text);
    else if (quarantine_order(&arguments->start.quarantine, position, &why) == 0)
        return true;
    (void)cause_prefix(&why, "--quarantine");
    return misused(arguments, &why);
}

static bool take_loss(arguments_t *arguments, const char *text)
{
    cause_t why;
    arguments->start.loses = decimal_decode(span_text(text), &arguments->start.keeps);
    if (arguments->start.loses)
        return true;
    (void)cause_set(&why, "--accept-loss: '%s' is no number of entries", text);
    return misused(arguments, &why);
}

static bool take_format(arguments_t *arguments, const char *name)
{
    cause_t why;
    return log_set_format(name, &why) == 0 || misused(arguments, &why);
}

static arguments_t read_arguments(int argc, char **argv)
{
    arguments_t arguments = {.action = RUN};
    cause_t why;
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":c:nh", long_options, NULL)) != -1) {
        if (option == 'c') {
            arguments.config = optarg;
        } else if (option == 'n') {
            arguments.action = CHECK;
        } else if (option == 'a') {
            arguments.start.trust = CLOCK_ACCEPTED;
        } else if (option == 'q') {
            if (!take_position(&arguments, optarg))
                return arguments;
        } else if (option == 'l') {
            arguments.start.new_log = optarg;
        } else if (option == 's') {
            if (!take_loss(&arguments, optarg))
                return arguments;
        } else if (option == 'j') {
            arguments.action = PORCH;
            arguments.porch.vkey = optarg;
        } else if (option == 'f') {
            arguments.porch.seconds = strtoll(optarg, NULL, 10);
        } else if (option == 'w') {
            arguments.porch.at = optarg;
        } else if (option == 'r') {
            arguments.start.rebuild = true;
        } else if (option == 'b') {
            arguments.as = optarg;
        } else if (option == 'F') {
            if (!take_format(&arguments, optarg))
                return arguments;
        } else if (option == 'v') {
            (void)puts("dabyl-hub " DABYL_VERSION);
            arguments.action = DONE;
            return arguments;
        } else if (option == 'o') {
            conf_print_help(hub_options_table);
            arguments.action = DONE;
            return arguments;
        } else if (option == 'h') {
            print_usage(stdout);
            arguments.action = DONE;
            return arguments;
        } else {
            (void)misuse_cause(option, argv, long_options, &why);
            (void)misused(&arguments, &why);
            return arguments;
        }
    }
    if (!arguments.config && optind + 1 == argc)
        arguments.config = argv[optind++];
    if (!arguments.config || optind != argc) {
        print_usage(stderr);
        arguments.action = MISUSED;
    }
    return arguments;
}

// Every node is a descriptor: take as many as the system lets us have.
static void raise_descriptor_limit(int64_t connections)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < (rlim_t)connections + 64)
        log_line(LOG_WARNING, "hub.descriptors",
            "have=%llu connections=%lld action=\"raise the limit or lower "
            "limits.connections\"",
            (unsigned long long)limit.rlim_cur, (long long)connections);
}

static int run(const hub_options_t *options, hub_start_t *start, supervisor_t *supervisor)
{
    cause_t why;
    raise_descriptor_limit(options->connections);
    hub_t *hub = hub_open(options, start, &why);
    if (!hub) {
        log_line(LOG_ERROR, "hub.failed", "reason=\"%s\"", why.text);
        return EXIT_FAILURE;
    }
    int result = hub_run(hub, supervisor, &why);
    if (result != 0)
        // What was acknowledged is on disk; only recovery may say what else is.
        log_line(LOG_ERROR, "hub.died", "reason=\"%s\"", why.text);
    else
        log_line(LOG_INFO, "hub.stopped", "reason=\"asked to\"");
    hub_close(&hub);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int supervised(const hub_options_t *options, hub_start_t *start)
{
    supervisor_t supervisor;
    if (supervisor_open(&supervisor) != 0)
        log_line(LOG_WARNING, "supervisor.unheard", "reason=\"NOTIFY_SOCKET: %s\"",
            strerror(errno));
    supervisor_is(&supervisor, SUPERVISOR_STARTS, "reading the journal");
    int result = run(options, start, &supervisor);
    supervisor_close(&supervisor);
    return result;
}

// The process that the hub starts beside itself: its input ends with the hub.
static int open_porch(const hub_options_t *options, const arguments_t *arguments)
{
    enum { NICE = 10 };
    cause_t why;
    const char *const at[] = {arguments->porch.at};
    const bool told = at[0] && at[0][0];
    const porch_setup_t setup = {.options = options,
        .vkey = arguments->porch.vkey,
        .listen = told ? at : (const char *const *)options->join_listen.text,
        .listeners = told ? 1 : options->join_listen.n,
        .open_s = arguments->porch.seconds,
        .hub = STDIN_FILENO};
    (void)!nice(NICE); // who cannot give way serves all the same
    if (porch_run(&setup, &why) == 0)
        return EXIT_SUCCESS;
    log_line(LOG_ERROR, "join.not-open", "reason=\"%s\"", why.text);
    return EXIT_FAILURE;
}

static int check(const hub_options_t *options, hub_start_t *start, const char *config)
{
    cause_t why;
    check_t tried;
    int result = hub_check(&tried, options, start, &why);
    for (size_t i = 0; result == 0 && i < tried.warnings.n; i++)
        (void)fprintf(stderr, say("warning: %s\n"), tried.warnings.text[i]);
    if (result != 0)
        (void)fprintf(stderr, "%s: %s\n", config, why.text);
    else
        (void)printf(say("%s: good\n"), config);
    if (result == 0 && tried.untried[0])
        (void)printf("  %s\n", tried.untried);
    check_close(&tried);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

// A turn's frames are given back and taken again hundreds of times a second.  By default
// glibc returns them to the kernel each time, which then clears every page anew.
static void keep_memory(void)
{
    enum { FREE_MOST = 8 << 20, OWN_MAPPING = 1 << 20 };
    (void)mallopt(M_TRIM_THRESHOLD, FREE_MOST);
    (void)mallopt(M_MMAP_THRESHOLD, OWN_MAPPING);
}

static int begin(int argc, char **argv)
{
    cause_t why;
    hub_options_t options = {0};
    log_open();
    // Who asks about the program, has it checked or uses it wrongly is a person.  What
    // the daemon logs stays English.
    (void)catalogue_use(catalogue_wanted());
    arguments_t arguments = read_arguments(argc, argv);
    arguments.start.uid = (uint32_t)getuid();
    if (arguments.action != DONE && arguments.action != MISUSED &&
        operator_name(arguments.as, arguments.start.by, &why) != 0)
        (void)misused(&arguments, &why);
    if (arguments.action == DONE || arguments.action == MISUSED)
        return arguments.action == DONE ? EXIT_SUCCESS : EXIT_USAGE;
    if (arguments.action != CHECK)
        (void)catalogue_use("en");
    keep_memory();
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    (void)umask(077);
    if (conf_read(hub_options_table, arguments.config, &options, &why) != 0) {
        given_explain("dabyl-hub", arguments.config, &why);
        (void)fprintf(stderr, "%s\n", why.text);
        return EXIT_USAGE;
    }
    int result = EXIT_USAGE;
    arguments.start.config = arguments.config;
    if (log_set_level(options.log_level, &why) != 0)
        (void)fprintf(stderr, "%s: %s\n", arguments.config, why.text);
    else if (arguments.action == PORCH)
        result = open_porch(&options, &arguments);
    else
        result = arguments.action == CHECK
                     ? check(&options, &arguments.start, arguments.config)
                     : supervised(&options, &arguments.start);
    conf_free(hub_options_table, &options);
    return result;
}

int main(int argc, char **argv)
{
    standard_open();
    return standard_end("dabyl-hub", begin(argc, argv), EXIT_USAGE);
}
