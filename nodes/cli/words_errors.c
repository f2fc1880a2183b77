// words_errors - what the console answers where it does not do what was asked, for
// whoever sits before it; what exactly was wrong stands beside it, and is for who is
// called.

#include "nodes/cli/words.h"

#include <stddef.h>

static const word_t errors[] = {
    {"absent", "It is not there, or not any more.", NULL},
    {"ambiguous", "There are several of this name: say whose it is.", NULL},
    {"busy", "Too much is asked at the same time: try again in a moment.", NULL},
    {"certificate.none", "This console wants the certificate of an officer of its node.",
        NULL},
    {"certificate.refused", "The certificate of the browser is not taken.", NULL},
    {"changed", "Somebody else changed it meanwhile.", NULL},
    {"disk.full",
        "The disk of this machine is full: nothing was kept, and what was there stays as "
        "it was.",
        NULL},
    {"enrolment.certificate", "The certificate is not for this officer and this key.",
        NULL},
    {"enrolment.person", "The request is not for this officer.", NULL},
    {"enrolment.request", "This is no request for a certificate.", NULL},
    {"failed", "It could not be done; the log of the console says why.", NULL},
    {"going", "It is on its way to the hub already.", NULL},
    {"header.ambiguous", "The browser asks in a way that could mean two things.", NULL},
    {"host.foreign", "The console was called by a name that is not its own.", NULL},
    {"index.unavailable",
        "The catalogue of messages cannot be read now; it is made anew.", NULL},
    {"lang", "There are Kazakh, Russian and English.", NULL},
    {"large", "It is larger than may be kept.", NULL},
    {"length.absent", "The browser does not say how much it sends.", NULL},
    {"link.used", "This link was used already or is too old.", NULL},
    {"malformed", "The console does not understand what was asked.", NULL},
    {"many", "There are as many of them as there may be: remove some first.", NULL},
    {"method", "This cannot be done here.", NULL},
    {"not-here", "The file is not here yet: have it fetched.", NULL},
    {"origin.foreign", "What was asked came from another site.", NULL},
    {"seal.certificate",
        "This key has no certificate that is good: ask whoever runs the node.", NULL},
    {"seal.full", "A seal has no room for another signature.", NULL},
    {"session.none", "Nobody is known here: open the console anew.", NULL},
    {"site.foreign", "What was asked came from another site.", NULL},
    {"spoiled",
        "The disk of this machine changed the file, which is given to nobody: fetch it "
        "again.",
        NULL},
    {"streams.many", "So many windows of the console are open already.", NULL},
    {"target.malformed", "The console does not understand what was asked.", NULL},
    {"token.wrong", "The page is of another session: load it again.", NULL},
    {"too.large", "It is larger than the console takes.", NULL},
    {"unanswered", "The node's daemon or the hub does not answer now.", NULL},
    {NULL, NULL, NULL},
};

const words_t words_errors = {"error", errors};
