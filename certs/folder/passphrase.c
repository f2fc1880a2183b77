// passphrase - asking goes through /dev/tty, so that pipes on standard input and output
// stay usable and nothing typed can end up in a log.  Every buffer that held a passphrase
// is wiped.

#include "certs/folder/passphrase.h"

#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { CONTROL_C = 3 };

void passphrase_wipe(buf_t *secret)
{
    if (secret->data)
        sodium_memzero(secret->data, secret->room);
    buf_destroy(secret);
}

static int read_first_line(const char *file, buf_t *out, cause_t *why)
{
    if (file_read_private(file, PASSPHRASE_MOST, out, why) != 0)
        return -1;
    const uint8_t *end = out->size ? memchr(out->data, '\n', out->size) : NULL;
    if (end)
        out->size = (size_t)(end - out->data);
    return out->size ? 0 : cause_set(why, "%s: the first line is empty", file);
}

// Signals are off while echo is: an interrupt would leave the terminal mute.  Control-C
// ends the line instead, and is then found at its end.
static int hush(int tty, struct termios *before)
{
    struct termios quiet;
    if (tcgetattr(tty, before) != 0)
        return -1;
    quiet = *before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    quiet.c_lflag |= ICANON | ECHONL;
    quiet.c_cc[VEOL] = CONTROL_C;
    return tcsetattr(tty, TCSAFLUSH, &quiet);
}

static int read_line(int tty, buf_t *out)
{
    char c;
    for (;;) {
        ssize_t got = read(tty, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || c == CONTROL_C || out->size == PASSPHRASE_MOST)
            return -1;
        if (c == '\n')
            return 0;
        buf_put_u8(out, (uint8_t)c);
    }
}

static int ask(const char *question, buf_t *out, cause_t *why)
{
    struct termios before;
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0 || hush(tty, &before) != 0) {
        if (tty >= 0)
            (void)close(tty);
        return cause_set(why, "there is no terminal to ask for the passphrase on; "
                              "use --passphrase-file");
    }
    // Room ahead: a growing buffer would leave copies of the secret behind.
    buf_reserve(out, PASSPHRASE_MOST);
    (void)dprintf(tty, "%s: ", question);
    int result = read_line(tty, out);
    (void)tcsetattr(tty, TCSAFLUSH, &before);
    (void)close(tty);
    return result == 0 ? 0 : cause_set(why, "no passphrase was given");
}

int passphrase_give(const char *file, buf_t *out, cause_t *why)
{
    return file ? read_first_line(file, out, why) : ask("Passphrase of the CA", out, why);
}

static int ask_twice(buf_t *out, cause_t *why)
{
    buf_t again = {0};
    int result = ask("New passphrase of the CA", out, why);
    if (result == 0)
        result = ask("The same again", &again, why);
    if (result == 0 && !span_equal(buf_span(out), buf_span(&again)))
        result = cause_set(why, "the two passphrases differ; nothing was made");
    passphrase_wipe(&again);
    return result;
}

int passphrase_choose(const char *file, buf_t *out, cause_t *why)
{
    if ((file ? read_first_line(file, out, why) : ask_twice(out, why)) != 0)
        return -1;
    if (out->size < PASSPHRASE_LEAST)
        return cause_set(why, "a passphrase of at least %d bytes is needed, this has %zu",
            PASSPHRASE_LEAST, out->size);
    return 0;
}
