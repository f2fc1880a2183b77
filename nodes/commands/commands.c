// commands - the table of `dabyl`.  To add a command: write cmd_<name>.c with its row,
// name the row in commands.h and here.

#include "nodes/commands/commands.h"

// What people type who have not read anything, or not lately.
static const command_t not_withdrawal = {.name = "withdrawal",
    .operands = "",
    .summary = "To take a message back: dabyl withdraw ID",
    .now = "reached"};
static const command_t not_show = {
    .name = "show", .operands = "", .summary = "", .now = "inbox show ID|NUMBER"};
static const command_t not_read = {.name = "read",
    .operands = "",
    .summary = "To answer that it was read: dabyl ack ID|NUMBER read",
    .now = "inbox show ID|NUMBER"};
static const command_t not_answer = {
    .name = "answer", .operands = "", .summary = "", .now = "ack"};
static const command_t not_reply = {
    .name = "reply", .operands = "", .summary = "", .now = "ack"};
static const command_t not_edit = {
    .name = "edit", .operands = "", .summary = "", .now = "correct ID"};
static const command_t not_cancel = {
    .name = "cancel", .operands = "", .summary = "", .now = "withdraw ID"};
static const command_t not_recall = {
    .name = "recall", .operands = "", .summary = "", .now = "withdraw ID"};
static const command_t not_outbox = {
    .name = "outbox", .operands = "", .summary = "", .now = "sent"};
static const command_t not_exercises = {
    .name = "exercises", .operands = "", .summary = "", .now = "join"};
static const command_t not_version = {
    .name = "version", .operands = "", .summary = "", .now = "--version"};

const command_t *const commands_all[] = {
    &cmd_send,
    &cmd_sent,
    &cmd_correct,
    &cmd_withdraw,
    &cmd_follow,
    &cmd_inbox,
    &cmd_ack,
    &cmd_cosign,
    &cmd_trace,
    &cmd_attachment,
    &cmd_custody,
    &cmd_duties,
    &cmd_incident,
    &cmd_contacts,
    &cmd_feeds,
    &cmd_plans,
    &cmd_join,
    &cmd_nodes,
    &cmd_notify,
    &cmd_explain,
    &cmd_status,
    &cmd_web,
    &cmd_reached,
    &cmd_verify,
    &cmd_erase,
    &cmd_registry,
    &cmd_rules,
    &cmd_node,
    &cmd_hub,
    &cmd_doctor,
    &cmd_completion,
    &cmd_ca,
    &not_withdrawal,
    &not_show,
    &not_read,
    &not_answer,
    &not_reply,
    &not_edit,
    &not_cancel,
    &not_recall,
    &not_outbox,
    &not_exercises,
    &not_version,
    NULL,
};
