// check_files - who may read and write what, and what is left over.

#include "lib/base/catalogue.h"
#include "nodes/doctor/checks.h"

#include "lib/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEFT_S = 3600 }; // after which nobody is still writing a file (default)

void check_configuration(const patient_t *patient, findings_t *out)
{
    advice_t room;
    const char *program = patient->kind == PATIENT_HUB ? "dabyl-hub" : "dabyl-node";
    if (patient->configured)
        found(out, FOUND_OK, patient->conf_path, NULL, say("the configuration is good"));
    else if (access(patient->conf_path, R_OK) != 0 && errno == EACCES)
        found_closed(out, patient->conf_path);
    else
        found(out, FOUND_CRITICAL, NULL,
            advise(&room, "%s -n %s", program, patient->conf_path), "%s",
            patient->why_not.text);
}

static const char *user_name(uid_t user, char room[32])
{
    const struct passwd *entry = getpwuid(user);
    if (entry)
        return entry->pw_name;
    (void)snprintf(room, 32, "%ld", (long)user);
    return room;
}

// -1: it was said why it cannot be looked at.
static int look(const char *path, struct stat *info, severity_t missing, findings_t *out)
{
    if (lstat(path, info) == 0)
        return S_ISLNK(info->st_mode) && stat(path, info) != 0
                   ? (found_closed(out, path), -1)
                   : 0;
    if (errno != ENOENT)
        found_closed(out, path);
    else if (missing != FOUND_OK)
        found(out, missing, path, say("copy it back, or see hub/OPERATIONS.md"),
            say("it is not there"));
    return -1;
}

static void check_owner(
    const patient_t *patient, const char *path, const struct stat *info, findings_t *out)
{
    advice_t room;
    char is[32], should[32];
    if (info->st_uid == patient->owner)
        return;
    const char *owner = user_name(patient->owner, should);
    advise(&room, "chown -R %s: %s", owner, path);
    found(out, FOUND_CRITICAL, path, room.text,
        patient->pid ? say("it belongs to user %s, and the daemon runs as another one")
                     : say("it belongs to user %s, and the configuration to another one"),
        user_name(info->st_uid, is));
}

void check_keys(const patient_t *patient, findings_t *out)
{
    advice_t room;
    struct stat info;
    size_t before = out->n;
    for (size_t i = 0; i < patient->places; i++) {
        const place_t *place = &patient->place[i];
        if (place->kind != PLACE_KEY ||
            look(place->path, &info, FOUND_CRITICAL, out) != 0)
            continue;
        if (info.st_mode & (S_IRWXG | S_IRWXO))
            found(out, FOUND_CRITICAL, place->path,
                advise(&room, "chmod 600 %s", place->path),
                say("others than its owner may use this private key (mode %04o)"),
                (unsigned)(info.st_mode & 07777));
        check_owner(patient, place->path, &info, out);
    }
    if (out->n == before)
        found(out, FOUND_OK, NULL, NULL, say("private keys are private"));
}

static void check_folder(const patient_t *patient, const place_t *place, findings_t *out)
{
    advice_t room;
    struct stat info;
    severity_t missing = patient_runs(patient) ? FOUND_CRITICAL : FOUND_OK;
    if (look(place->path, &info, missing, out) != 0)
        return;
    if (!S_ISDIR(info.st_mode)) {
        found(out, FOUND_CRITICAL, place->path, advise(&room, "ls -ld %s", place->path),
            say("it is no folder"));
        return;
    }
    mode_t others = place->kind == PLACE_FOLDER ? S_IRWXO | S_IWGRP : S_IWOTH;
    if ((info.st_mode & others) && !(info.st_mode & S_ISVTX))
        found(out, FOUND_WARNING, place->path,
            advise(&room, "chmod o-rwx,g-w %s", place->path),
            say("others may look into it or write there (mode %04o)"),
            (unsigned)(info.st_mode & 07777));
    check_owner(patient, place->path, &info, out);
}

void check_folders(const patient_t *patient, findings_t *out)
{
    size_t before = out->n;
    for (size_t i = 0; i < patient->places; i++)
        if (patient->place[i].kind == PLACE_FOLDER ||
            (patient->place[i].kind == PLACE_SHARED &&
                strcmp(patient->place[i].label, "outbox") != 0)) // others may drop there
            check_folder(patient, &patient->place[i], out);
    if (out->n == before)
        found(out, FOUND_OK, NULL, NULL, say("folders belong to whom they should"));
}

// As lib/base/file.c names what it is still writing, or has put out of the way.
static bool is_temporary(const char *name)
{
    return (strncmp(name, ".new-", 5) == 0 || strncmp(name, ".old-", 5) == 0) &&
           strspn(name + 5, "0123456789abcdef") == strlen(name + 5) &&
           strlen(name + 5) == 32;
}

static void look_through(const patient_t *patient, const char *path, findings_t *out)
{
    struct stat info;
    size_t left = 0;
    DIR *folder = opendir(path);
    if (!folder)
        return; // what may not be seen was said of the folder
    const struct dirent *entry;
    while ((entry = readdir(folder)))
        if (is_temporary(entry->d_name) &&
            fstatat(dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
            info.st_mtim.tv_sec < patient->now.wall_ms / 1000 - LEFT_S)
            left++;
    (void)closedir(folder);
    advice_t room;
    if (left)
        found(out, FOUND_NOTE, path,
            advise(&room, "find %s -maxdepth 1 -name '.new-*' -mmin +60 -delete", path),
            say("%zu temporary files are left from writing that was cut off"), left);
}

// Keys and a request, and no certificate: somebody began here and was interrupted.
static void look_for_request(const patient_t *patient, findings_t *out)
{
    char request[PATH_MAX];
    cause_t ignored;
    advice_t room;
    if (path_join(request, sizeof request, patient->folder, "request.pem", &ignored) !=
            0 ||
        access(request, F_OK) != 0)
        return;
    for (size_t i = 0; i < patient->places; i++)
        if (patient->place[i].kind == PLACE_CERTIFICATE &&
            strcmp(patient->place[i].label, "seal") == 0 &&
            file_absent(patient->place[i].path))
            found(out, FOUND_WARNING, request,
                advise(&room, "dabyl ca sign %s --answer FILE", request),
                say("certificates were asked for, and their answer was not put here "
                    "yet"));
}

void check_leftovers(const patient_t *patient, findings_t *out)
{
    static const char *const more[] = {".", "certs", "keys", "roster", "rules", "issued"};
    char path[PATH_MAX];
    cause_t ignored;
    size_t before = out->n;
    for (size_t i = 0; i < patient->places; i++)
        if ((patient->place[i].kind == PLACE_FOLDER ||
                patient->place[i].kind == PLACE_SHARED) &&
            strcmp(patient->place[i].path, patient->folder) != 0)
            look_through(patient, patient->place[i].path, out);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (path_join(path, sizeof path, patient->folder, more[i], &ignored) == 0)
            look_through(patient, path, out);
    look_for_request(patient, out);
    if (out->n == before)
        found(out, FOUND_OK, NULL, NULL, say("nothing is left over"));
}
