#ifndef AIRCLASS_SERVER_INGEST_AVC_H
#define AIRCLASS_SERVER_INGEST_AVC_H

#include <stddef.h>

/* 0 if the bytes are a whole AVCDecoderConfigurationRecord with a parameter set (ISO/IEC 14496-15
 * §5.3.3), else -EPROTO. */
int avc_config_check(const void *bytes, size_t len);

#endif
