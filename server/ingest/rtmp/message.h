#ifndef AIRCLASS_SERVER_INGEST_RTMP_MESSAGE_H
#define AIRCLASS_SERVER_INGEST_RTMP_MESSAGE_H

#include <stdint.h>

/* RTMP messages (Adobe's RTMP Specification 1.0, §5.4, §6.2, §7.1), whatever chunks carry them. */
enum rtmp_type {
    RTMP_SET_CHUNK_SIZE = 1,
    RTMP_ABORT = 2,
    RTMP_ACK = 3,
    RTMP_USER_CONTROL = 4,
    RTMP_WINDOW_ACK_SIZE = 5,
    RTMP_SET_PEER_BANDWIDTH = 6,
    RTMP_AUDIO = 8,
    RTMP_VIDEO = 9,
    RTMP_DATA_AMF3 = 15,
    RTMP_COMMAND_AMF3 = 17,
    RTMP_DATA = 18,
    RTMP_COMMAND = 20,
    RTMP_AGGREGATE = 22,
};

struct rtmp_message {
    uint8_t type; /* enum rtmp_type, or anything else */
    uint32_t stream_id;
    uint32_t timestamp_ms; /* wraps */
    const uint8_t *body;   /* borrowed */
    uint32_t len;
};

#endif
