#ifndef AIRCLASS_SERVER_CSV_GB_H
#define AIRCLASS_SERVER_CSV_GB_H

#include <iconv.h>

/* A converter between UTF-8 and GB18030; the caller closes it with iconv_close(). -ENOMEM;
 * -ENOTSUP: this system knows no GB18030. Private to this folder. */
int gb_open(iconv_t *out, const char *to, const char *from);

#endif
