// hub_options - what an administrator sets in hub.conf, read once into a struct that
// never changes.

#ifndef LIB_CONFIG_HUB_OPTIONS_H
#define LIB_CONFIG_HUB_OPTIONS_H

#include "lib/config/ages.h"
#include "lib/config/conf.h"

#include <stdbool.h>

typedef struct {
    char *origin;
    texts_t listen;
    char *log_key, *seal_key, *channel_key;
    char *ca, *crl, *certificate;
    char *channel_certificate, *next_channel_certificate;
    char *roster, *rules, *registry, *schemas;
    texts_t join_listen;
    char *joins;
    int64_t join_requests, join_address_requests, join_hours;
    texts_t absent_roles;
    texts_t retention_ages;
    bool retention_erase;
    int64_t retention_a_minute, retention_pause;
    char *predecessor_vkey, *predecessor_checkpoint, *predecessor_journal;
    char *journal, *state, *mark, *control, *attachments;
    int64_t segment_bytes;
    int64_t snapshot_entries, state_cache;
    int64_t attachment_bytes, attachment_share, attachment_total, attachment_piece;
    int64_t attachment_reserve, attachment_days;
    int64_t size_limit, depth_limit, frame_limit;
    int64_t publish_window, deliver_window;
    int64_t rate_limit, explain_rate, subscriptions;
    int64_t connections, queue_limit, waiting_bytes, waiting_total;
    int64_t node_connections, address_handshakes;
    int64_t handshake_ms, hello_ms, heartbeat_ms;
    int64_t ack_delay_ms, resend_ms, publish_interval_ms, refusals_ms;
    int64_t future_tolerance_ms, late_after_ms, clock_step_ms;
    int64_t past_days, detection_hours;
    int64_t expiry_notice_days;
    int64_t workers, io_threads;
    char *log_level;
} hub_options_t;

extern const conf_option_t hub_options_table[];

// Whether the limits go together: each by itself may be any in its range.
int hub_options_check(const hub_options_t *options, cause_t *why);

#endif
