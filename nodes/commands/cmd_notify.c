// dabyl notify - have the notices of a node leave: by mail, webhook or command, to the
// next recipient while nobody answers.
//
// It goes on until it is ended, beside the node's daemon and without any key of it.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/times.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_conf.h"
#include "nodes/config/node_paths.h"
#include "nodes/notify/alarm.h"
#include "nodes/notify/notifier.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TURN_MS = 500 };

typedef struct {
    const char *config, *log_format;
    bool check;
} wish_t;

static const option_t options[] = {
    {"config", OPTION_TEXT, offsetof(wish_t, config), "FILE", NULL,
        "whom to tell, and on what; else notify.conf in the node's folder"},
    {"check", OPTION_FLAG, offsetof(wish_t, check), NULL, NULL,
        "read the configuration, say what is wrong, and stop"},
    {"log-format", OPTION_TEXT, offsetof(wish_t, log_format), "text|json", "text",
        "how lines of its log are written"},
    {0},
};

static int read_conf(const wish_t *o, const char *node, notify_conf_t *conf, cause_t *why)
{
    char path[PATH_MAX];
    if (o->config)
        return notify_conf_read(o->config, conf, why);
    return path_join(path, sizeof path, node, "notify.conf", why) == 0
               ? notify_conf_read(path, conf, why)
               : -1;
}

static int read_id(const char *node, char id[NODE_ID_MAX], cause_t *why)
{
    char path[PATH_MAX];
    node_conf_t conf;
    if (node_conf_path(node, path, why) != 0 ||
        conf_read(node_conf_table, path, &conf, why) != 0)
        return -1;
    (void)snprintf(id, NODE_ID_MAX, "%s", conf.node);
    conf_free(node_conf_table, &conf);
    return 0;
}

// SIGCHLD only wakes us.
static int open_signals(cause_t *why)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return cause_errno(why, "signals");
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? cause_errno(why, "signals") : fd;
}

static bool asked_to_end(int signals)
{
    struct signalfd_siginfo info;
    bool end = false;
    while (read(signals, &info, sizeof info) == (ssize_t)sizeof info)
        end |= info.ssi_signo != SIGCHLD;
    return end;
}

static int go_on(
    const char *node, const char *id, const notify_conf_t *conf, cause_t *why)
{
    int signals = open_signals(why);
    notifier_t *notifier = signals >= 0 ? notifier_open(node, id, conf, why) : NULL;
    if (notifier)
        log_line(LOG_INFO, "notify.ready", "node=%s recipients=%zu alarms=%zu", id,
            conf->recipients, conf->rules);
    while (notifier && !asked_to_end(signals)) {
        struct pollfd fds[1 + NOTIFY_RECIPIENTS] = {{signals, POLLIN, 0}};
        notifier_turn(notifier, clock_now());
        log_turn();
        (void)poll(fds, 1 + notifier_fds(notifier, fds + 1), TURN_MS);
    }
    int result = notifier ? 0 : -1;
    if (notifier)
        log_line(LOG_INFO, "notify.ends", "node=%s", id);
    notifier_close(&notifier);
    if (signals >= 0)
        (void)close(signals);
    return result;
}

static done_t run(const call_t *call)
{
    const wish_t *o = call->options;
    cause_t why;
    notify_conf_t conf;
    char id[NODE_ID_MAX];
    const char *node = call_node(call, &why);
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (log_set_format(o->log_format, &why) != 0 || read_conf(o, node, &conf, &why) != 0)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    int result = read_id(node, id, &why);
    if (result == 0 && o->check)
        puts(say("the configuration is good"));
    if (result == 0 && !o->check) {
        log_open();
        (void)umask(077);
        (void)catalogue_use("en"); // its log; notices are in their language
        result = go_on(node, id, &conf, &why);
    }
    notify_conf_free(&conf);
    return result == 0 ? DONE_OK : call_fail(call, DONE_NO, "%s", why.text);
}

static void print_alarm(const alarm_t *alarm)
{
    static const char *const states[] = {
        MARK("waits"), MARK("is being tried"), MARK("told"), MARK("given up")};
    char at[TIME_TEXT];
    time_print(alarm->at_ms, at);
    printf("%s  %s  %s", alarm->id, at, notify_ons[alarm->on]);
    if (alarm->kind[0])
        printf("  %s", alarm->kind);
    if (alarm->level >= 0)
        printf(say(", level %d"), alarm->level);
    putchar('\n');
    for (size_t i = 0; i < alarm->steps; i++)
        printf("    %s: %s\n", alarm->step[i].name, say(states[alarm->step[i].state]));
}

static done_t list(const call_t *call)
{
    char folder[PATH_MAX];
    cause_t why;
    names_t names = {0};
    const char *node = call_node(call, &why);
    if (call->operands > 0)
        return call_usage(call, "what is '%s' for?", call->operand[0]);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (path_join(folder, sizeof folder, node, "notices", &why) != 0 ||
        names_list(&names, folder, ".json", &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    for (size_t i = 0; i < names.n; i++) {
        alarm_t alarm;
        names.name[i][strlen(names.name[i]) - 5] = 0; // .json
        if (alarm_read(&alarm, folder, names.name[i], &why) == 0)
            print_alarm(&alarm);
    }
    if (names.n == 0)
        puts(say("no notice waits or wants an answer"));
    names_free(&names);
    return DONE_OK;
}

static done_t done(const call_t *call)
{
    cause_t why;
    const char *node = call_node(call, &why);
    if (call->operands != 1)
        return call_usage(call, "which notice?  `dabyl notify list` names them");
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (notifier_done(node, call->operand[0], &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    puts(say("nobody else is told of it"));
    return DONE_OK;
}

static const command_t notify_run = {
    .name = "run",
    .operands = "",
    .summary = "tell people what happens at this node, until it is ended",
    .options = options,
    .options_size = sizeof(wish_t),
    .run = run,
    .notes = "For a service beside the node's daemon; dabyl-notify(8) has the rest.\n",
};

static const command_t notify_list = {
    .name = "list",
    .operands = "",
    .summary = "notices that wait to leave or want an answer",
    .run = list,
};

static const command_t notify_done = {
    .name = "done",
    .operands = "NOTICE",
    .summary = "it is seen to: nobody else is told",
    .run = done,
    .notes = "What is answered or opened at the node ends by itself.\n",
};

static const command_t *const commands[] = {
    &notify_run, &notify_list, &notify_done, NULL};

const command_t cmd_notify = {
    .name = "notify",
    .operands = "run|list|done ...",
    .summary = "have notices leave: by mail, webhook or command, escalating",
    .commands = commands,
};
