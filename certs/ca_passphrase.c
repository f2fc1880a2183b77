// dabyl ca passphrase - another passphrase for the CA's key, the first one, or none.
//
// The key's file is replaced whole: whatever happens, the old passphrase or the new one
// opens it.  Copies elsewhere keep the old one.

#include "certs/ca_command.h"
#include "certs/folder/passphrase.h"
#include "lib/base/catalogue.h"

typedef struct {
    const char *ca, *passphrase_file, *new_file;
    bool none;
} options_t;

static const option_t options[] = {
    {"ca", OPTION_TEXT, offsetof(options_t, ca), "DIR", NULL, CA_FOLDER_HELP},
    {"passphrase-file", OPTION_TEXT, offsetof(options_t, passphrase_file), "FILE", NULL,
        "private file whose first line is the passphrase so far"},
    {"new-passphrase-file", OPTION_TEXT, offsetof(options_t, new_file), "FILE", NULL,
        "private file whose first line is the new one"},
    {"no-passphrase", OPTION_FLAG, offsetof(options_t, none), NULL, NULL,
        "leave the key unencrypted: whoever reads the file is the CA"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static int change(const options_t *o, cause_t *why)
{
    buf_t fresh = {0};
    ca_t *ca = ca_begin(ca_folder(o->ca), CA_CHANGE, why);
    int result = ca ? ca_read_key(ca, o->passphrase_file, why) : -1;
    if (result == 0 && !o->none)
        result = passphrase_choose(o->new_file, &fresh, why);
    if (result == 0)
        result = ca_write_key(ca, buf_span(&fresh), why);
    passphrase_wipe(&fresh);
    ca_close(&ca);
    return result;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    if (call->operands)
        return call_usage(call, "nothing stands behind the options");
    if (o->none && o->new_file)
        return call_usage(
            call, "--no-passphrase and --new-passphrase-file exclude each other");
    if (change(o, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (call->common.json)
        ca_print_line(json_pack("{s:b}", "encrypted", !o->none));
    else
        puts(o->none
                 ? say("ca.key is NOT encrypted any more; copies of it still are")
                 : say("ca.key has the new passphrase; copies of it have the old one"));
    return DONE_OK;
}

const command_t ca_command_passphrase = {
    .name = "passphrase",
    .operands = "",
    .summary = "on the CA: change, set or remove the passphrase of its key",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes =
        "The passphrase so far is asked for, then the new one twice.  Nothing that was\n"
        "issued changes.\n",
};
