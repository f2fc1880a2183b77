// planted - the kinds of things that another user can put under a name, and whether one
// was followed, written to or lost.

#ifndef TESTS_LIB_PLANTED_H
#define TESTS_LIB_PLANTED_H

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define VICTIM "the victim's bytes"

static scratch_t scratch;
static cause_t why;

typedef enum {
    LINK,
    DANGLING,
    HARD_LINK,
    PIPE,
    FOLDER,
    FULL_FOLDER,
    FOLDER_LINK,
    KINDS
} kind_t;
static const char *const kinds[] = {"a link", "a dangling link", "a second name",
    "a pipe", "a folder", "a folder that is not empty", "a link to a folder"};

static inline void plant(const char *name, kind_t kind)
{
    const char *path = scratch_at(&scratch, name);
    const char *victim = scratch_at(&scratch, "victim");
    char inside[PATH_MAX];
    switch (kind) {
    case LINK:
        assert_int_equal(symlink(victim, path), 0);
        break;
    case DANGLING:
        assert_int_equal(symlink(scratch_at(&scratch, "made"), path), 0);
        break;
    case HARD_LINK:
        assert_int_equal(link(victim, path), 0);
        break;
    case PIPE:
        assert_int_equal(mkfifo(path, 0600), 0);
        break;
    case FOLDER_LINK:
        assert_int_equal(symlink(scratch_at(&scratch, "elsewhere"), path), 0);
        break;
    case FULL_FOLDER:
        assert_int_equal(mkdir(path, 0700), 0);
        (void)snprintf(inside, sizeof inside, "%s/inside", path);
        assert_int_equal(file_create(inside, span_text(VICTIM), 0600, &why), 0);
        break;
    default:
        assert_int_equal(mkdir(path, 0700), 0);
    }
}

static inline bool reads(const char *path, const char *text)
{
    buf_t bytes = {0};
    cause_t ignored;
    bool same = file_read_plain(path, 4096, &bytes, &ignored) == 0 &&
                span_is(buf_span(&bytes), text);
    buf_destroy(&bytes);
    return same;
}

static size_t kept; // of a folder that was not empty

static inline int count_kept(
    const char *path, const struct stat *info, int type, struct FTW *state)
{
    if (type == FTW_F && S_ISREG(info->st_mode) && info->st_nlink == 1 &&
        strcmp(path + state->base, "victim") != 0 && reads(path, VICTIM))
        kept++;
    return 0;
}

// Of what was put there nothing was followed or lost.
static inline void nothing_was_followed(const char *what, kind_t kind)
{
    if (access(scratch_at(&scratch, "made"), F_OK) == 0)
        fail_msg("%s, over %s: it was followed", what, kinds[kind]);
    if (rmdir(scratch_at(&scratch, "elsewhere")) != 0)
        fail_msg("%s, over %s: something was put elsewhere", what, kinds[kind]);
    kept = 0;
    assert_int_equal(nftw(scratch.path, count_kept, 16, FTW_PHYS), 0);
    if (kind == FULL_FOLDER && kept != 1)
        fail_msg("%s, over %s: what was inside is gone", what, kinds[kind]);
}

// Nor was anything done to the victim.
static inline void nothing_happened(const char *what, kind_t kind)
{
    if (!reads(scratch_at(&scratch, "victim"), VICTIM))
        fail_msg("%s, over %s: the victim was changed", what, kinds[kind]);
    nothing_was_followed(what, kind);
}

// The folder, with a victim and a folder elsewhere in it.
static inline void open_world(void)
{
    scratch_open(&scratch);
    assert_int_equal(mkdir(scratch_at(&scratch, "elsewhere"), 0700), 0);
    assert_int_equal(
        file_create(scratch_at(&scratch, "victim"), span_text(VICTIM), 0600, &why), 0);
}

#endif
