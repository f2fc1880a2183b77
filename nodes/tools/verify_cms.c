// verify_cms - the exact bytes are those of the file, which the proof has been held
// against before.

#include "nodes/tools/verify_cms.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "nodes/cli/screen.h"
#include "nodes/inbox/mail.h"

#include <limits.h>
#include <stdio.h>

static int read_document(const char *stem, buf_t *document, cause_t *why)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s.json", stem) >= PATH_MAX)
        return cause_set(why, "the name is too long");
    return file_read(path, MAIL_SIZE_MAX, document, why);
}

int verify_cms(const char *path, const char *stem, const option_texts_t *ca,
    int64_t entered_ms, cms_signers_t *signers, cause_t *why)
{
    buf_t document = {0}, signature = {0};
    int result = read_document(stem, &document, why);
    if (result == 0)
        result = file_read(path, CMS_SIZE_MAX, &signature, why);
    if (result == 0 && cms_check(buf_span(&signature), buf_span(&document), ca->text,
                           ca->n, entered_ms, signers, why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&document);
    buf_destroy(&signature);
    return result;
}

void verify_cms_print(const cms_signers_t *signers)
{
    for (size_t i = 0; i < signers->n; i++) {
        fputs(say("  CMS signature by "), stdout);
        screen_text(stdout, signers->signer[i].subject);
        fputs(say("\n    certified by "), stdout);
        screen_text(stdout, signers->signer[i].issuer);
        printf(say(", serial %s\n"), signers->signer[i].serial);
    }
    puts(say(
        "    valid when the message was entered; revocation NOT checked; legal force is "
        "not said here"));
}

json_t *verify_cms_json(const cms_signers_t *signers)
{
    json_t *list = json_array();
    for (size_t i = 0; i < signers->n; i++)
        json_array_append_new(list,
            json_pack("{s:s, s:s, s:s}", "subject", signers->signer[i].subject, "issuer",
                signers->signer[i].issuer, "serial", signers->signer[i].serial));
    return list;
}
