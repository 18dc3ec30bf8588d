#ifndef AIRCLASS_SERVER_INGEST_RTMP_WHY_H
#define AIRCLASS_SERVER_INGEST_RTMP_WHY_H

#include "server/ingest/ingest.h"

/* Why an RTMP connection ended: as `why` in the log and as the label of its metric. */
enum rtmp_why {
    RTMP_STOPPED,       /* the encoder said that it stops, and hung up */
    RTMP_GONE,          /* hung up or broke off without a word */
    RTMP_SILENT,        /* no byte for too long while publishing */
    RTMP_HELLO_TIMEOUT, /* no accepted publish in time */
    RTMP_BAD_HANDSHAKE,
    RTMP_BAD_CHUNK,
    RTMP_BAD_MESSAGE,
    RTMP_BAD_MEDIA,
    RTMP_TOO_BIG, /* a message, their sum or the number of chunk streams */
    RTMP_NOT_READING,
    RTMP_BAD_APP,
    RTMP_BAD_KEY,
    RTMP_BUSY, /* another source publishes with this key */
    RTMP_NOT_NOW,
    RTMP_OVER,  /* the lesson was ended */
    RTMP_CODEC, /* a codec we can't take */
    RTMP_PLAY,  /* wanted to watch */
    RTMP_KICKED,
    RTMP_FULL,         /* too many connections */
    RTMP_FULL_ADDRESS, /* too many from one address */
    RTMP_NO_MEMORY,
    RTMP_SHUTDOWN,
};

/* Static. */
const char *rtmp_why_name(enum rtmp_why why);

/* What the publisher of such a connection is told. */
enum source_end rtmp_why_source_end(enum rtmp_why why);

#endif
