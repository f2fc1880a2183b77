// dabyl-node - reads its configuration and runs the daemon.

#include "lib/base/log.h"
#include "lib/base/standard.h"
#include "lib/base/version.h"
#include "nodes/config/node_paths.h"
#include "nodes/daemon/daemon.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "usage: dabyl-node [-n] [-c] node.conf\n"
    "\n"
    "  -c, --config FILE   the configuration; see dabyl-node.conf(5)\n"
    "  -n, --check         try all that a start does, say what is wrong, and stop\n"
    "      --options       print every option of the configuration and stop\n"
    "      --version\n"
    "      --help\n"
    "\n"
    "A file renamed into outbox/ is completed, sealed and published; sent/ then has it "
    "with\n"
    "its receipt, or refused/ with the reason.  What is delivered comes into inbox/.\n"
    "SIGHUP reloads the CRL.  SIGTERM and SIGINT end the daemon; it may be killed at "
    "any\n"
    "moment and loses nothing.\n";

typedef enum { RUN, CHECK, DONE, MISUSED } action_t;

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"check", no_argument, NULL, 'n'},
    {"options", no_argument, NULL, 'o'},
    {"version", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static action_t read_arguments(int argc, char **argv, const char **config)
{
    action_t action = RUN;
    int option;
    while ((option = getopt_long(argc, argv, "c:nh", long_options, NULL)) != -1)
        switch (option) {
        case 'c':
            *config = optarg;
            break;
        case 'n':
            action = CHECK;
            break;
        case 'o':
            conf_print_help(node_conf_table);
            return DONE;
        case 'v':
            (void)puts("dabyl-node " DABYL_VERSION);
            return DONE;
        case 'h':
            (void)fputs(usage, stdout);
            return DONE;
        default:
            (void)fputs(usage, stderr);
            return MISUSED;
        }
    if (!*config && optind + 1 == argc)
        *config = argv[optind++]; // the file alone will do
    if (*config && optind == argc)
        return action;
    (void)fputs(usage, stderr);
    return MISUSED;
}

// "./folder/." is how a configuration says "here"; people read the paths made of it.
static void tidy(char *folder)
{
    size_t size = strlen(folder);
    if (size > 2 && strcmp(folder + size - 2, "/.") == 0)
        folder[size - 2] = 0;
}

static int run(const node_conf_t *conf, const char *config)
{
    cause_t why;
    daemon_t *daemon = daemon_open(conf, &why);
    if (!daemon) {
        log_line(LOG_ERROR, "node.failed", "reason=\"%s\"", why.text);
        return EXIT_FAILURE;
    }
    if (node_paths_record(conf->folder, config, &why) != 0)
        log_line(LOG_WARNING, "node.conf-link", "reason=\"%s\"", why.text);
    daemon_run(daemon);
    daemon_close(&daemon);
    return EXIT_SUCCESS;
}

static int check(const node_conf_t *conf, const char *config)
{
    cause_t why;
    daemon_check_t found;
    if (daemon_check(&found, conf, &why) != 0) {
        (void)fprintf(stderr, "%s: %s\n", config, why.text);
        return EXIT_FAILURE;
    }
    (void)printf("%s: good\n", config);
    if (found.untried[0])
        (void)printf("  %s\n", found.untried);
    return EXIT_SUCCESS;
}

static int begin(int argc, char **argv)
{
    cause_t why;
    node_conf_t conf = {0};
    const char *config = NULL;
    log_open();
    action_t action = read_arguments(argc, argv, &config);
    if (action == DONE || action == MISUSED)
        return action == DONE ? EXIT_SUCCESS : EXIT_USAGE;
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    (void)umask(077);
    if (conf_read(node_conf_table, config, &conf, &why) != 0) {
        (void)fprintf(stderr, "%s\n", why.text);
        return EXIT_USAGE;
    }
    tidy(conf.folder);
    int result = EXIT_USAGE;
    if (log_set_level(conf.log_level, &why) != 0)
        (void)fprintf(stderr, "%s: %s\n", config, why.text);
    else
        result = action == CHECK ? check(&conf, config) : run(&conf, config);
    conf_free(node_conf_table, &conf);
    return result;
}

int main(int argc, char **argv)
{
    standard_open();
    return standard_end("dabyl-node", begin(argc, argv), EXIT_USAGE);
}
