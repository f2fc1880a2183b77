// notify_conf - lists of groups, which the options of the daemons have not: read one by
// one, and every name looked at.

#include "nodes/notify/notify_conf.h"

#include "lib/base/catalogue.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/message/document.h"

#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };

const char *const notify_ons[ONS] = {
    "message", "duty-near", "duty-overdue", "disconnected", "disk"};

static const char *const ways[WAYS] = {"mail", "webhook", "command"};

typedef struct {
    const char *path;
    cause_t *why;
} reading_t;

static int wrong(const reading_t *in, const config_setting_t *at, const char *text)
{
    const char *name = config_setting_name(at);
    return cause_set(in->why, "%s:%u: %s%s%s", in->path, config_setting_source_line(at),
        name ? name : "", name ? ": " : "", text);
}

// That a group has these names and no other.
static int check_names(
    const reading_t *in, const config_setting_t *group, const char *const *names)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *one = config_setting_get_elem(group, (unsigned)i);
        size_t k = 0;
        while (names[k] && strcmp(names[k], config_setting_name(one)) != 0)
            k++;
        if (!names[k])
            return wrong(in, one, say("there is no such setting"));
    }
    return 0;
}

static int take_text(const reading_t *in, const config_setting_t *group, const char *name,
    char *out, size_t room)
{
    const config_setting_t *one = config_setting_get_member(group, name);
    if (!one)
        return 0;
    const char *text = config_setting_get_string(one);
    if (!text || !text_is_line(span_text(text)))
        return wrong(in, one, say("not a line of text"));
    return text_copy(span_text(text), out, room) ? 0 : wrong(in, one, say("too long"));
}

static int take_number(const reading_t *in, const config_setting_t *group,
    const char *name, int64_t least, int64_t most, int64_t unit, int64_t *out)
{
    const config_setting_t *one = config_setting_get_member(group, name);
    if (!one)
        return 0;
    int64_t number = config_setting_get_int64(one);
    if ((config_setting_type(one) != CONFIG_TYPE_INT &&
            config_setting_type(one) != CONFIG_TYPE_INT64) ||
        number < least || number > most)
        return cause_set(in->why, "%s:%u: %s: not a number from %lld to %lld", in->path,
            config_setting_source_line(one), name, (long long)least, (long long)most);
    *out = number * unit;
    return 0;
}

static const config_setting_t *list_of(
    const reading_t *in, const config_setting_t *group, const char *name, int *n)
{
    const config_setting_t *list = config_setting_get_member(group, name);
    *n = list ? config_setting_length(list) : 0;
    if (list && !config_setting_is_list(list) && !config_setting_is_array(list)) {
        *n = -1;
        (void)wrong(in, list, say("not a list"));
    }
    return list;
}

static int take_content(
    const reading_t *in, const config_setting_t *group, recipient_t *out)
{
    char word[32] = "none";
    out->content = -1;
    if (take_text(in, group, "content", word, sizeof word) != 0)
        return -1;
    if (strcmp(word, "none") == 0)
        return 0;
    for (int i = TLP_CLEAR; i <= TLP_RED; i++)
        if (strcmp(tlp_name((tlp_t)i), word) == 0)
            out->content = i;
    return out->content >= 0 ? 0
                             : wrong(in, config_setting_get_member(group, "content"),
                                   say("neither none nor a marking such as TLP:GREEN"));
}

static int check_to(
    const reading_t *in, const config_setting_t *group, const recipient_t *one)
{
    const char *to = one->to;
    if (one->way == WAY_MAIL &&
        (!strchr(to, '@') || to[0] == '-' || !text_is_word(span_text(to))))
        return wrong(in, group, say("mail: not an address"));
    if (one->way == WAY_WEBHOOK && strncmp(to, "https://", 8) != 0 &&
        strncmp(to, "http://", 7) != 0)
        return wrong(in, group, say("webhook: neither https:// nor http://"));
    if (one->way == WAY_WEBHOOK && (!text_is_word(span_text(to)) || strpbrk(to, "\"\\")))
        return wrong(in, group, say("webhook: not an URL"));
    if (one->way == WAY_COMMAND && to[0] != '/')
        return wrong(in, group, say("command: needs the whole path of a program"));
    return 0;
}

static int take_recipient(
    const reading_t *in, const config_setting_t *group, notify_conf_t *conf)
{
    static const char *const names[] = {
        "name", "mail", "webhook", "command", "content", NULL};
    size_t given = 0;
    if (conf->recipients == NOTIFY_RECIPIENTS)
        return wrong(in, group, say("too many recipients"));
    if (!config_setting_is_group(group) || check_names(in, group, names) != 0)
        return config_setting_is_group(group) ? -1 : wrong(in, group, say("not a group"));
    recipient_t *one = &conf->recipient[conf->recipients];
    *one = (recipient_t){0};
    if (take_text(in, group, "name", one->name, sizeof one->name) != 0 ||
        take_content(in, group, one) != 0)
        return -1;
    for (way_t way = 0; way < WAYS; way++)
        if (config_setting_get_member(group, ways[way])) {
            given++;
            one->way = way;
            if (take_text(in, group, ways[way], one->to, sizeof one->to) != 0)
                return -1;
        }
    if (!text_is_word(span_text(one->name)) || strpbrk(one->name, "/."))
        return wrong(
            in, group, say("name: a recipient needs one, a word without . and /"));
    if (notify_conf_recipient(conf, one->name))
        return wrong(in, group, say("name: two recipients have it"));
    if (given != 1)
        return wrong(in, group, say("one of mail, webhook and command is to be given"));
    if (check_to(in, group, one) != 0)
        return -1;
    conf->recipients++;
    return 0;
}

static int take_tells(const reading_t *in, const config_setting_t *group,
    const notify_conf_t *conf, notify_rule_t *rule)
{
    int n;
    const config_setting_t *list = list_of(in, group, "tell", &n);
    if (n <= 0 || n > NOTIFY_TELLS)
        return n < 0 ? -1 : wrong(in, group, say("tell: names 1 to 16 recipients"));
    for (int i = 0; i < n; i++) {
        const char *name = config_setting_get_string_elem(list, i);
        if (!name || !notify_conf_recipient(conf, name))
            return cause_set(in->why, "%s:%u: tell: there is no recipient '%s'", in->path,
                config_setting_source_line(list), name ? name : "?");
        (void)snprintf(rule->tell[rule->tells++], NOTIFY_NAME_MAX, "%s", name);
    }
    return 0;
}

static int take_kinds(
    const reading_t *in, const config_setting_t *group, notify_rule_t *rule)
{
    int n;
    const config_setting_t *list = list_of(in, group, "kinds", &n);
    if (n < 0 || n > NOTIFY_KINDS)
        return n < 0 ? -1 : wrong(in, list, say("too many kinds"));
    for (int i = 0; i < n; i++) {
        const char *kind = config_setting_get_string_elem(list, i);
        if (!kind || !text_is_word(span_text(kind)))
            return wrong(in, list, say("not a list of kinds"));
        rule->kind[rule->kinds++] = memory_text(kind);
    }
    return 0;
}

static int take_rule(
    const reading_t *in, const config_setting_t *group, notify_conf_t *conf)
{
    static const char *const names[] = {
        "on", "level", "kinds", "exercises", "tell", "escalate_minutes", NULL};
    char on[32] = "";
    int64_t level = 0;
    int exercises = 0;
    if (conf->rules == NOTIFY_RULES)
        return wrong(in, group, say("too many alarms"));
    if (!config_setting_is_group(group) || check_names(in, group, names) != 0)
        return config_setting_is_group(group) ? -1 : wrong(in, group, say("not a group"));
    notify_rule_t *rule = &conf->rule[conf->rules++];
    *rule = (notify_rule_t){0};
    if (take_text(in, group, "on", on, sizeof on) != 0 ||
        take_number(in, group, "level", 0, 5, 1, &level) != 0 ||
        take_number(
            in, group, "escalate_minutes", 0, 1440, MINUTE_MS, &rule->escalate_ms) != 0 ||
        take_kinds(in, group, rule) != 0 || take_tells(in, group, conf, rule) != 0)
        return -1;
    (void)config_setting_lookup_bool(group, "exercises", &exercises);
    rule->level = (int)level;
    rule->exercises = exercises != 0;
    while (rule->on < ONS && strcmp(notify_ons[rule->on], on) != 0)
        rule->on++;
    return rule->on < ONS
               ? 0
               : wrong(in, group,
                     say("on: message, duty-near, duty-overdue, disconnected or "
                         "disk"));
}

typedef int take_group_t(const reading_t *, const config_setting_t *, notify_conf_t *);

static int take_list(const reading_t *in, const config_setting_t *root, const char *name,
    take_group_t *take, notify_conf_t *conf)
{
    int n;
    const config_setting_t *list = list_of(in, root, name, &n);
    for (int i = 0; i < n; i++)
        if (take(in, config_setting_get_elem(list, (unsigned)i), conf) != 0)
            return -1;
    return n < 0 ? -1 : 0;
}

static int take_all(
    const reading_t *in, const config_setting_t *root, notify_conf_t *conf)
{
    static const char *const names[] = {"language", "from", "sendmail", "curl",
        "timeout_seconds", "pause_seconds", "try_minutes", "keep_hours",
        "disconnected_minutes", "disk_percent", "recipients", "alarms", NULL};
    if (check_names(in, root, names) != 0 ||
        take_text(in, root, "language", conf->language, sizeof conf->language) != 0 ||
        take_text(in, root, "from", conf->from, sizeof conf->from) != 0 ||
        take_text(in, root, "sendmail", conf->sendmail, sizeof conf->sendmail) != 0 ||
        take_text(in, root, "curl", conf->curl, sizeof conf->curl) != 0 ||
        take_number(in, root, "timeout_seconds", 1, 600, 1000, &conf->timeout_ms) != 0 ||
        take_number(in, root, "pause_seconds", 1, 600, 1000, &conf->pause_ms) != 0 ||
        take_number(in, root, "try_minutes", 1, 10080, MINUTE_MS, &conf->try_ms) != 0 ||
        take_number(in, root, "keep_hours", 1, 720, HOUR_MS, &conf->keep_ms) != 0 ||
        take_number(in, root, "disconnected_minutes", 0, 1440, MINUTE_MS,
            &conf->disconnected_ms) != 0 ||
        take_number(in, root, "disk_percent", 0, 99, 1, &conf->disk_percent) != 0)
        return -1;
    if (!catalogue_language(conf->language))
        return wrong(
            in, config_setting_get_member(root, "language"), say("kk, ru or en"));
    if (take_list(in, root, "recipients", take_recipient, conf) != 0 ||
        take_list(in, root, "alarms", take_rule, conf) != 0)
        return -1;
    return conf->rules > 0
               ? 0
               : cause_set(in->why, "%s: no alarms: nothing would ever leave", in->path);
}

int notify_conf_read(const char *path, notify_conf_t *conf, cause_t *why)
{
    config_t file;
    reading_t in = {path, why};
    *conf = (notify_conf_t){.language = "en",
        .sendmail = "/usr/sbin/sendmail",
        .curl = "/usr/bin/curl",
        .timeout_ms = 30 * 1000,
        .pause_ms = 15 * 1000,
        .try_ms = 6 * HOUR_MS,
        .keep_ms = 24 * HOUR_MS,
        .disconnected_ms = 5 * MINUTE_MS,
        .disk_percent = 5};
    config_init(&file);
    int result = config_read_file(&file, path) == CONFIG_TRUE
                     ? take_all(&in, config_root_setting(&file), conf)
                     : cause_set(why, "%s:%d: %s", path, config_error_line(&file),
                           config_error_text(&file));
    config_destroy(&file);
    if (result != 0)
        notify_conf_free(conf);
    return result;
}

void notify_conf_free(notify_conf_t *conf)
{
    for (size_t i = 0; i < conf->rules; i++)
        for (size_t k = 0; k < conf->rule[i].kinds; k++)
            free(conf->rule[i].kind[k]);
    conf->rules = conf->recipients = 0;
}

const recipient_t *notify_conf_recipient(const notify_conf_t *conf, const char *name)
{
    for (size_t i = 0; i < conf->recipients; i++)
        if (strcmp(conf->recipient[i].name, name) == 0)
            return &conf->recipient[i];
    return NULL;
}
