#include "server/ingest/rtmp/why.h"

const char *rtmp_why_name(enum rtmp_why why)
{
    switch (why) {
    case RTMP_STOPPED: return "stopped";
    case RTMP_GONE: return "gone";
    case RTMP_SILENT: return "silent";
    case RTMP_HELLO_TIMEOUT: return "hello_timeout";
    case RTMP_BAD_HANDSHAKE: return "bad_handshake";
    case RTMP_BAD_CHUNK: return "bad_chunk";
    case RTMP_BAD_MESSAGE: return "bad_message";
    case RTMP_BAD_MEDIA: return "bad_media";
    case RTMP_TOO_BIG: return "too_big";
    case RTMP_NOT_READING: return "not_reading";
    case RTMP_BAD_APP: return "bad_app";
    case RTMP_BAD_KEY: return "bad_key";
    case RTMP_BUSY: return "busy";
    case RTMP_NOT_NOW: return "not_now";
    case RTMP_OVER: return "over";
    case RTMP_CODEC: return "codec";
    case RTMP_PLAY: return "play";
    case RTMP_KICKED: return "kicked";
    case RTMP_FULL: return "full";
    case RTMP_FULL_ADDRESS: return "full_address";
    case RTMP_NO_MEMORY: return "no_memory";
    case RTMP_SHUTDOWN: return "shutdown";
    }
    return "other";
}

enum source_end rtmp_why_source_end(enum rtmp_why why)
{
    switch (why) {
    case RTMP_STOPPED: return SOURCE_STOPPED;
    case RTMP_GONE:
    case RTMP_SILENT:
    case RTMP_NO_MEMORY:
    case RTMP_SHUTDOWN: return SOURCE_LOST;
    case RTMP_HELLO_TIMEOUT:
    case RTMP_BAD_HANDSHAKE:
    case RTMP_BAD_CHUNK:
    case RTMP_BAD_MESSAGE:
    case RTMP_BAD_MEDIA:
    case RTMP_TOO_BIG:
    case RTMP_NOT_READING:
    case RTMP_BAD_APP:
    case RTMP_BAD_KEY:
    case RTMP_BUSY:
    case RTMP_NOT_NOW:
    case RTMP_OVER:
    case RTMP_CODEC:
    case RTMP_PLAY:
    case RTMP_KICKED:
    case RTMP_FULL:
    case RTMP_FULL_ADDRESS: return SOURCE_REFUSED;
    }
    return SOURCE_REFUSED;
}
