// check_machine - what the machine gives: time, disk, descriptors, languages.

#include "lib/base/catalogue.h"
#include "nodes/doctor/checks.h"

#include "lib/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

// Operational defaults.
enum {
    AHEAD_MS = 2000, // that the hub's clock and ours may part
    AHEAD_CRITICAL_MS = 60000,
    FUTURE_S = 5, // that a file may be younger than now
    MEGABYTE = 1 << 20,
    WARN_SEGMENTS = 8, // of a journal
    CRITICAL_SEGMENTS = 2,
    WARN_MB = 512, // of other folders
    CRITICAL_MB = 64,
    WARN_INODES = 20000,
    CRITICAL_INODES = 1000,
    HUB_DESCRIPTORS = 64, // beside one for each connection
    NODE_DESCRIPTORS = 256,
    USED_PERCENT = 80,
};

static void check_synchronised(findings_t *out)
{
    struct timex state = {0};
    int verdict = adjtimex(&state);
    if (verdict < 0)
        found(out, FOUND_NOTE, NULL, NULL,
            say("the kernel does not say whether its clock is synchronised: %s"),
            strerror(errno));
    else if (verdict == TIME_ERROR || (state.status & STA_UNSYNC))
        found(out, FOUND_WARNING, NULL, "apt install chrony; chronyc tracking",
            say("the machine's clock is not synchronised with anything"));
    else
        found(out, FOUND_OK, NULL, NULL, say("the machine's clock is synchronised"));
}

// Beside the hub's, as its last welcome told it.
static void compare_with_hub(const patient_t *patient, findings_t *out)
{
    const json_t *hub = json_object_get(patient->status, "hub");
    int64_t ahead_ms = json_integer_value(json_object_get(hub, "ahead_ms"));
    int64_t apart_ms = ahead_ms < 0 ? -ahead_ms : ahead_ms;
    measured(out, &(measure_t){.label = "clock_apart",
                      .unit = "ms",
                      .value = apart_ms,
                      .warn = AHEAD_MS,
                      .critical = AHEAD_CRITICAL_MS});
    if (apart_ms > AHEAD_MS)
        found(out, apart_ms > AHEAD_CRITICAL_MS ? FOUND_CRITICAL : FOUND_WARNING, NULL,
            "timedatectl; chronyc tracking",
            ahead_ms > 0 ? say("the hub's clock is %" PRId64 " s ahead of this machine's")
                         : say("the hub's clock is %" PRId64 " s behind this machine's"),
            apart_ms / 1000);
    else
        found(out, FOUND_OK, NULL, NULL, say("the hub's clock says the same"));
}

// What was written here lies in the past, or this clock does.
static void compare_with_files(const patient_t *patient, findings_t *out)
{
    struct stat info;
    for (size_t i = 0; i < patient->places; i++) {
        const place_t *place = &patient->place[i];
        int64_t ahead_s = stat(place->path, &info) == 0
                              ? (int64_t)info.st_mtim.tv_sec - patient->now.wall_ms / 1000
                              : 0;
        if (ahead_s > FUTURE_S) {
            found(out, FOUND_CRITICAL, place->path, "date -u; chronyc makestep",
                say("it was changed %" PRId64 " s after the moment that the clock shows "
                    "now: the clock was set back"),
                ahead_s);
            return;
        }
    }
}

void check_clock(const patient_t *patient, findings_t *out)
{
    check_synchronised(out);
    if (patient->kind == PATIENT_NODE && patient->status)
        compare_with_hub(patient, out);
    compare_with_files(patient, out);
}

typedef struct {
    int64_t warn, critical; // bytes
} room_t;

static room_t room_needed(const patient_t *patient, const place_t *place)
{
    const hub_options_t *hub = &patient->hub;
    if (patient->kind == PATIENT_HUB && strcmp(place->label, "journal") == 0)
        return (room_t){
            hub->segment_bytes * WARN_SEGMENTS, hub->segment_bytes * CRITICAL_SEGMENTS};
    if (patient->kind == PATIENT_HUB && strcmp(place->label, "attachments") == 0)
        return (room_t){hub->attachment_reserve + (int64_t)WARN_MB * MEGABYTE, 0};
    return (room_t){(int64_t)WARN_MB * MEGABYTE, (int64_t)CRITICAL_MB * MEGABYTE};
}

static void check_bytes(
    const place_t *place, const struct statvfs *disk, room_t need, findings_t *out)
{
    advice_t room;
    int64_t left = (int64_t)(disk->f_bavail * disk->f_frsize);
    measure_t measure = {.unit = "B",
        .value = left,
        .warn = need.warn,
        .critical = need.critical,
        .low = 1};
    (void)snprintf(measure.label, sizeof measure.label, "%s_free", place->label);
    measured(out, &measure);
    if (left >= need.warn)
        return;
    found(out, left < need.critical ? FOUND_CRITICAL : FOUND_WARNING, place->path,
        advise(&room, "df -h %s", place->path),
        say("%" PRId64 " MiB are left on its disk, and %" PRId64 " are wanted"),
        left / MEGABYTE, need.warn / MEGABYTE);
}

static void check_inodes(
    const place_t *place, const struct statvfs *disk, findings_t *out)
{
    advice_t room;
    if (disk->f_files == 0 ||
        disk->f_favail >= WARN_INODES) // some disks have no such end
        return;
    found(out, disk->f_favail < CRITICAL_INODES ? FOUND_CRITICAL : FOUND_WARNING,
        place->path, advise(&room, "df -i %s", place->path),
        say("%llu more files fit on its disk (inodes)"),
        (unsigned long long)disk->f_favail);
}

static bool is_written(const place_t *place)
{
    return place->kind == PLACE_FOLDER || place->kind == PLACE_SHARED;
}

static bool seen_before(const patient_t *patient, size_t until, unsigned long disk)
{
    struct statvfs other;
    for (size_t i = 0; i < until; i++)
        if (is_written(&patient->place[i]) &&
            statvfs(patient->place[i].path, &other) == 0 && other.f_fsid == disk)
            return true;
    return false;
}

// Each disk once, by the first of the folders that are on it: these begin with those that
// need most.
void check_space(const patient_t *patient, findings_t *out)
{
    struct statvfs disk;
    size_t before = out->n;
    for (size_t i = 0; i < patient->places; i++) {
        const place_t *place = &patient->place[i];
        if (!is_written(place))
            continue;
        if (statvfs(place->path, &disk) != 0) {
            if (errno != ENOENT)
                found_closed(out, place->path);
            continue;
        }
        bool reserve = strcmp(place->label, "attachments") == 0;
        if (!reserve && seen_before(patient, i, disk.f_fsid))
            continue;
        check_bytes(place, &disk, room_needed(patient, place), out);
        if (!reserve)
            check_inodes(place, &disk, out);
    }
    if (out->n == before)
        found(out, FOUND_OK, NULL, NULL, say("there is room on the disks"));
}

// The soft limit of this process, as it stands in /proc; -1 when it cannot be read.
static int64_t limit_of(pid_t pid)
{
    char path[64];
    int64_t limit = -1;
    cause_t why;
    buf_t text = {0};
    (void)snprintf(path, sizeof path, "/proc/%ld/limits", (long)pid);
    if (file_read(path, 1 << 16, &text, &why) == 0) {
        buf_put_u8(&text, '\0');
        const char *line = strstr((const char *)text.data, "Max open files");
        if (line)
            limit = strtoll(line + strlen("Max open files"), NULL, 10);
    }
    buf_destroy(&text);
    return limit;
}

static int64_t count_open(pid_t pid)
{
    char path[64];
    int64_t n = 0;
    (void)snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
    DIR *folder = opendir(path);
    if (!folder)
        return -1;
    while (readdir(folder))
        n++;
    (void)closedir(folder);
    return n - 2; // . and ..
}

// Without a daemon: what one would have that is started from here.
static int64_t own_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return -1;
    return limit.rlim_max == RLIM_INFINITY ? INT64_MAX : (int64_t)limit.rlim_max;
}

void check_descriptors(const patient_t *patient, findings_t *out)
{
    int64_t need = patient->kind == PATIENT_HUB
                       ? patient->hub.connections + HUB_DESCRIPTORS
                       : NODE_DESCRIPTORS;
    int64_t have = patient->pid ? limit_of(patient->pid) : own_limit();
    int64_t used = patient->pid ? count_open(patient->pid) : 0;
    if (have < 0) {
        found_closed(out, "/proc");
        return;
    }
    if (used > 0)
        measured(out, &(measure_t){.label = "descriptors",
                          .unit = "",
                          .value = used,
                          .warn = have / 100 * USED_PERCENT,
                          .critical = have});
    if (have < need)
        found(out, patient->pid ? FOUND_WARNING : FOUND_NOTE, NULL,
            say("LimitNOFILE= in the unit, or ulimit -n, or lower limits.connections"),
            say("%" PRId64
                " descriptors may be open, and the configuration needs %" PRId64),
            have, need);
    else if (used > have / 100 * USED_PERCENT)
        found(out, FOUND_WARNING, NULL, say("LimitNOFILE= in the unit"),
            say("%" PRId64 " of %" PRId64 " descriptors are in use"), used, have);
    else
        found(out, FOUND_OK, NULL, NULL, say("there are descriptors enough"));
}

static const char *named_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return NULL;
}

void check_locale(const patient_t *patient, findings_t *out)
{
    const char *name = named_locale();
    (void)patient;
    locale_t locale = name ? newlocale(LC_ALL_MASK, name, (locale_t)0) : (locale_t)0;
    if (name && !locale)
        found(out, FOUND_NOTE, NULL, "apt install locales; dpkg-reconfigure locales",
            say("the locale %s is not on this machine: words come out in English"), name);
    else
        found(out, FOUND_OK, NULL, NULL, say("the locale is there"));
    if (locale)
        freelocale(locale);
}
