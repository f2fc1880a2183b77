// dabyl-web - reads its configuration and shows a node to the people on duty.

#include "lib/base/log.h"
#include "lib/base/standard.h"
#include "lib/base/version.h"
#include "web/console.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "usage: dabyl-web [-n] [-c] web.conf\n"
    "\n"
    "  -c, --config FILE   the configuration; see dabyl-web.conf(5)\n"
    "  -n, --check         try what a start does, say what is wrong, and stop\n"
    "      --options       print every option of the configuration and stop\n"
    "      --version\n"
    "      --help\n"
    "\n"
    "Shows a node in a browser.  On this machine `dabyl web` prints a link to begin "
    "with;\n"
    "elsewhere browsers show the certificate of an officer.  SIGTERM and SIGINT end "
    "it.\n";

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
            conf_print_help(web_conf_table);
            return DONE;
        case 'v':
            (void)puts("dabyl-web " DABYL_VERSION);
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

static int run(const web_conf_t *conf)
{
    cause_t why;
    console_t *console = console_open(conf, &why);
    if (!console) {
        log_line(LOG_ERROR, "web.cannot-start", "reason=\"%s\"", why.text);
        return EXIT_FAILURE;
    }
    console_run(console);
    console_close(&console);
    return EXIT_SUCCESS;
}

static int check(const web_conf_t *conf, const char *config)
{
    cause_t why;
    if (console_check(conf, &why) != 0) {
        (void)fprintf(stderr, "%s: %s\n", config, why.text);
        return EXIT_FAILURE;
    }
    (void)printf("%s: good\n", config);
    return EXIT_SUCCESS;
}

static int begin(int argc, char **argv)
{
    cause_t why;
    web_conf_t conf = {0};
    const char *config = NULL;
    log_open();
    action_t action = read_arguments(argc, argv, &config);
    if (action == DONE || action == MISUSED)
        return action == DONE ? EXIT_SUCCESS : EXIT_USAGE;
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    (void)umask(077);
    if (conf_read(web_conf_table, config, &conf, &why) != 0) {
        (void)fprintf(stderr, "%s\n", why.text);
        return EXIT_USAGE;
    }
    int result = EXIT_USAGE;
    if (log_set_level(conf.log_level, &why) != 0)
        (void)fprintf(stderr, "%s: %s\n", config, why.text);
    else
        result = action == CHECK ? check(&conf, config) : run(&conf);
    conf_free(web_conf_table, &conf);
    return result;
}

int main(int argc, char **argv)
{
    standard_open();
    return standard_end("dabyl-web", begin(argc, argv), EXIT_USAGE);
}
