// node_conf - one table: key, type, range, default, help.  Every default of a number is
// an operational default: the plan gives none of them.

#include "nodes/config/node_conf.h"

#define FIELD(name) offsetof(node_conf_t, name)

const conf_option_t node_conf_table[] = {
    {"node", CONF_TEXT, FIELD(node), 0, 0, NULL,
        "this node's id, as its certificates have it (CN)"},
    {"folder", CONF_PATH, FIELD(folder), 0, 0, ".",
        "where outbox, inbox, sent, refused and state are"},

    {"hub.endpoints", CONF_TEXTS, FIELD(endpoints), 0, 0, NULL,
        "addresses of the hub, such as tcp://hub.example:7600, tried in turn"},
    {"hub.certificate", CONF_PATH, FIELD(hub_certificate), 0, 0, "certs/hub-channel.pem",
        "the hub's channel certificate"},
    {"hub.vkey", CONF_PATH, FIELD(vkey), 0, 0, "hub.vkey",
        "the verifier key of the hub's log (dabyl hub key)"},

    {"ca", CONF_PATH, FIELD(ca), 0, 0, "certs/ca.pem", "the CA's certificate"},
    {"crl", CONF_PATH, FIELD(crl), 0, 0, "",
        "the CA's revocation list; empty: deliveries are not compared with it"},

    {"keys.seal", CONF_PATH, FIELD(seal_key), 0, 0, "keys/seal.key",
        "Ed25519 key that seals messages"},
    {"keys.channel", CONF_PATH, FIELD(channel_key), 0, 0, "keys/channel.key",
        "X25519 key of the CURVE channel"},
    {"certificates.seal", CONF_PATH, FIELD(seal_certificate), 0, 0, "certs/seal.pem",
        "this node's sealing certificate"},
    {"certificates.channel", CONF_PATH, FIELD(channel_certificate), 0, 0,
        "certs/channel.pem", "this node's channel certificate"},

    {"schemas", CONF_PATH, FIELD(schemas), 0, 0, "",
        "folder with the JSON Schemas; empty: only the hub checks messages against them"},

    {"command", CONF_PATH, FIELD(command), 0, 0, "",
        "program run for each delivered message, with the path of its .json file"},
    {"command_timeout", CONF_NUMBER, FIELD(command_timeout_s), 1, 86400, "60",
        "seconds after which the command is killed"},
    {"command_tries", CONF_NUMBER, FIELD(command_tries), 1, 100, "3",
        "times the command is run for one message before it is left"},

    {"window", CONF_NUMBER, FIELD(window), 1, 4096, "256",
        "deliveries taken before they are acknowledged"},
    {"remind_minutes", CONF_NUMBER, FIELD(remind_minutes), 0, 10080, "60",
        "between reminders of messages that a person has to answer; 0: none"},
    {"late_seconds", CONF_NUMBER, FIELD(late_s), 1, 86400, "60",
        "for which a message may be without an answer of the hub before `dabyl status` "
        "ends with 1"},
    {"follow_erasures", CONF_FLAG, FIELD(follow_erasures), 0, 0, "false",
        "take away the text of a message that was erased by law at the hub; false: it "
        "stays until somebody says `dabyl erase`"},
    {"control", CONF_PATH, FIELD(control), 0, 0, "run/control",
        "socket for `dabyl explain` and `dabyl status`, in a folder only its owner may "
        "enter"},
    {"log_level", CONF_TEXT, FIELD(log_level), 0, 0, "info",
        "error, warning, info or debug"},
    {0},
};
