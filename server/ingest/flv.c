#include "server/ingest/flv.h"

#include <errno.h>
#include <string.h>

#include "server/base/bytes.h"
#include "server/ingest/avc.h"

enum {
    AUDIO_ENHANCED = 9,
    AUDIO_AAC = 10,
    AAC_CONFIG = 0,
    AAC_RAW = 1,
    /* ISO/IEC 14496-3: at most 6144 bits a channel in the decoder's buffer; 8 channels. */
    AAC_PACKET_MAX = 8 * 6144 / 8,
    AAC_CONFIG_MAX = 64,

    VIDEO_ENHANCED = 0x80,
    VIDEO_AVC = 7,
    FRAME_KEY = 1,
    FRAME_COMMAND = 5,
    AVC_CONFIG = 0,
    AVC_NALUS = 1,
    AVC_END = 2,
};

static const char *const audio_names[16] = {
    [0] = "PCM",
    [1] = "ADPCM",
    [2] = "MP3",
    [3] = "PCM",
    [4] = "Nellymoser",
    [5] = "Nellymoser",
    [6] = "Nellymoser",
    [7] = "G.711 A-law",
    [8] = "G.711 mu-law",
    [11] = "Speex",
    [13] = "Opus (unofficial FLV id)",
    [14] = "MP3",
    [15] = "device sound",
};

/* 12 and 13 are no part of the standard; encoders and CDNs in China use them. */
static const char *const video_names[16] = {
    [1] = "JPEG",         [2] = "Sorenson H.263", [3] = "Screen video", [4] = "VP6",  [5] = "VP6",
    [6] = "Screen video", [12] = "HEVC",          [13] = "AV1",         [14] = "VVC",
};

struct fourcc_name {
    char fourcc[5];
    const char *name;
};

static const struct fourcc_name fourcc_names[] = {
    {"hvc1", "HEVC"                  },
    {"av01", "AV1"                   },
    {"vp09", "VP9"                   },
    {"vp08", "VP8"                   },
    {"vvc1", "VVC"                   },
    {"avc1", "H.264 as enhanced RTMP"},
    {"Opus", "Opus"                  },
    {"fLaC", "FLAC"                  },
    {"ac-3", "AC-3"                  },
    {"ec-3", "E-AC-3"                },
    {".mp3", "MP3"                   },
    {"mp4a", "AAC as enhanced RTMP"  },
};

static const char *fourcc_name(const uint8_t *fourcc)
{
    for (size_t i = 0; fourcc && i < sizeof(fourcc_names) / sizeof(fourcc_names[0]); i++)
        if (memcmp(fourcc, fourcc_names[i].fourcc, 4) == 0)
            return fourcc_names[i].name;
    return "an enhanced RTMP codec";
}

static int inspect_aac(struct media_info *info, struct bytes *b)
{
    uint8_t kind = bytes_u8(b);
    size_t len = bytes_left(b);
    if (b->bad)
        return -EPROTO;

    if (kind == AAC_CONFIG) {
        info->is_config = true;
        return len >= 2 && len <= AAC_CONFIG_MAX ? 0 : -EPROTO;
    }
    if (kind != AAC_RAW || len > AAC_PACKET_MAX)
        return -EPROTO;
    info->is_empty = len == 0;
    return 0;
}

static int inspect_audio(struct media_info *info, struct bytes *b)
{
    uint8_t codec = bytes_u8(b) >> 4;
    if (codec == AUDIO_AAC)
        return inspect_aac(info, b);

    if (codec == AUDIO_ENHANCED)
        info->unsupported = fourcc_name(bytes_take(b, 4));
    else
        info->unsupported = audio_names[codec] ? audio_names[codec] : "an unknown audio codec";
    return 0;
}

static int inspect_avc(struct media_info *info, struct bytes *b)
{
    uint8_t kind = bytes_u8(b);
    if (kind == AVC_END && !b->bad) { /* some leave out its composition time */
        info->is_empty = true;
        return 0;
    }

    bytes_take(b, 3); /* composition time */
    if (b->bad)
        return -EPROTO;
    if (kind == AVC_CONFIG) {
        info->is_config = true;
        info->is_key = true;
        return avc_config_check(b->p, bytes_left(b));
    }
    if (kind != AVC_NALUS)
        return -EPROTO;
    info->is_empty = bytes_left(b) == 0;
    return 0;
}

static int inspect_video(struct media_info *info, struct bytes *b)
{
    uint8_t first = bytes_u8(b);
    if (first & VIDEO_ENHANCED) {
        info->unsupported = fourcc_name(bytes_take(b, 4));
        return 0;
    }

    uint8_t frame = first >> 4;
    uint8_t codec = first & 15;
    if (frame < FRAME_KEY || frame > FRAME_COMMAND)
        return -EPROTO;
    if (codec != VIDEO_AVC) {
        info->unsupported = video_names[codec] ? video_names[codec] : "an unknown video codec";
        return 0;
    }
    if (frame == FRAME_COMMAND) {
        info->is_empty = true;
        return 0;
    }
    info->is_key = frame == FRAME_KEY;
    return inspect_avc(info, b);
}

int flv_inspect(struct media_info *info, const struct media_tag *tag)
{
    *info = (struct media_info){0};
    struct bytes b = bytes_of(tag->body, tag->len);
    if (tag->len > MEDIA_BODY_MAX)
        return -EPROTO;
    if (tag->type == MEDIA_SCRIPT || tag->len == 0) {
        info->is_empty = true;
        return 0;
    }
    if (tag->type == MEDIA_AUDIO)
        return inspect_audio(info, &b);
    return tag->type == MEDIA_VIDEO ? inspect_video(info, &b) : -EPROTO;
}

void flv_write_file_header(uint8_t out[FLV_FILE_HEADER])
{
    /* Says audio and video: a demuxer that was promised one of them alone ignores the other. */
    static const uint8_t header[FLV_FILE_HEADER] = {'F', 'L', 'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0};
    memcpy(out, header, sizeof(header));
}

void flv_write_tag_header(uint8_t out[FLV_TAG_HEADER], const struct media_tag *tag, uint32_t dts_ms)
{
    uint8_t *p = put_u8(out, tag->type);
    p = put_u24(p, tag->len);
    p = put_u24(p, dts_ms & 0xffffff);
    p = put_u8(p, (uint8_t)(dts_ms >> 24)); /* the upper byte comes last */
    put_u24(p, 0);
}

void flv_write_tag_trailer(uint8_t out[FLV_TAG_TRAILER], const struct media_tag *tag)
{
    put_u32(out, FLV_TAG_HEADER + tag->len);
}
